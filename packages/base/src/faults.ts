// SPDX-License-Identifier: Apache-2.0
/**
 * Faults: the one way anything in this project fails on purpose.
 *
 * A fault is a fact (`code`, `facts`), a category that decides what callers, gates and HTTP servers do with it,
 * a message for people and, where one exists, a remedy that mends the cause. Each package declares its faults in one
 * table (`faults.ts`) through {@link defineFaults}; codes are `AREA_FACT` and never change once released.
 */

/** What a fault means for whoever has to act on it. */
export type FaultCategory =
  | 'usage' // the caller asked for the impossible
  | 'malformed' // the bytes are not the format
  | 'untrusted' // well formed, but a rule of trust fails
  | 'unsupported' // valid, but not implemented or not allowed here
  | 'limit' // a budget or size bound was reached
  | 'conflict' // state moved under us: version, lock, downgrade
  | 'unavailable' // could not find out: network, disk, plugin
  | 'internal'; // our bug

/** JSON-safe data of a fault. Never holds secrets. */
export type Facts = Readonly<Record<string, unknown>>;

/** How to mend the cause. A remedy never weakens a policy, skips a check or turns off TLS. */
export interface Remedy {
  readonly text: string;
  /** A command that does it, as an argument list: never a shell line. */
  readonly command?: readonly string[];
}

/** What a {@link Fault} is made of. */
export interface FaultInit {
  readonly code: string;
  readonly category: FaultCategory;
  readonly message: string;
  readonly facts?: Facts;
  readonly remedy?: Remedy | undefined;
  readonly cause?: unknown;
  readonly attempts?: readonly Fault[] | undefined;
  readonly rank?: number | undefined;
}

/** The error class of the whole project. */
export class Fault extends Error {
  readonly code: string;
  readonly category: FaultCategory;
  readonly facts: Facts;
  readonly remedy: Remedy | undefined;
  /** Every candidate that was tried, most telling first, where several failed. */
  readonly attempts: readonly Fault[];
  /** How telling this fault is among several (0 to 100): the highest is the one reported. */
  readonly rank: number;

  constructor(init: FaultInit) {
    super(init.message, init.cause === undefined ? undefined : { cause: init.cause });
    this.name = 'Fault';
    this.code = init.code;
    this.category = init.category;
    this.facts = init.facts ?? {};
    this.remedy = init.remedy;
    this.attempts = init.attempts ?? [];
    this.rank = init.rank ?? 50;
  }

  /** The stable JSON form, as printed by `--json`: code, category, message, facts, remedy, attempts. */
  toJSON(): Record<string, unknown> {
    return {
      code: this.code,
      category: this.category,
      message: this.message,
      facts: this.facts,
      ...(this.remedy ? { remedy: this.remedy } : {}),
      ...(this.attempts.length > 0 ? { attempts: this.attempts.map((a) => a.toJSON()) } : {}),
    };
  }
}

/** One row of a package's fault table. `say` gets the facts and returns the message. */
export interface FaultRow<F> {
  readonly category: FaultCategory;
  readonly say: (facts: F) => string;
  readonly remedy?: string | ((facts: F) => Remedy | undefined);
  readonly rank?: number;
  /** One paragraph for `explain CODE`: what it means. */
  readonly meaning?: string;
  /** The clause it comes from, for example `RFC 5280 4.2.1.9`. */
  readonly clause?: string;
}

/** What the place of a fault adds to the row of its table: its cause, the tries that failed before, a remedy in place of the row's. */
export interface FaultExtras {
  readonly cause?: unknown;
  readonly attempts?: readonly Fault[];
  readonly remedy?: Remedy;
}

// biome-ignore lint/suspicious/noExplicitAny: the row's facts are inferred per row; `any` only bounds the inference.
type AnyRow = FaultRow<any>;

/** A maker for each row of a table, and the code that it makes. */
export type FaultMakers<A extends string, T extends Record<string, AnyRow>> = {
  readonly [K in keyof T & string]: ((
    ...args: Parameters<T[K]['say']> extends []
      ? [facts?: undefined, extras?: FaultExtras]
      : [facts: Parameters<T[K]['say']>[0], extras?: FaultExtras]
  ) => Fault) & { readonly code: `${A}_${K}`; readonly row: T[K] };
};

/**
 * Declares a package's faults and returns one maker per row:
 *
 * ```ts
 * export const faults = defineFaults('X509', {
 *   CHAIN_EXPIRED: { category: 'untrusted', say: (f: { subject: string }) => `certificate ${f.subject} has expired` },
 * });
 * throw faults.CHAIN_EXPIRED({ subject });   // code X509_CHAIN_EXPIRED
 * ```
 */
export function defineFaults<const A extends string, T extends Record<string, AnyRow>>(area: A, table: T): FaultMakers<A, T> {
  // Made when first asked for: a command that goes well throws none of the several hundred faults whose tables it loads.
  const makers: Record<string, unknown> = Object.create(null);
  const makerOf = (key: string): unknown => {
    if (!Object.hasOwn(table, key)) return undefined;
    makers[key] ??= makeFault(`${area}_${key}`, table[key] as AnyRow);
    return makers[key];
  };
  return new Proxy(makers, {
    get: (_, key) => (typeof key === 'string' ? makerOf(key) : undefined),
    has: (_, key) => Object.hasOwn(table, key),
    ownKeys: () => Reflect.ownKeys(table),
    getOwnPropertyDescriptor: (_, key) =>
      Object.hasOwn(table, key) ? { value: makerOf(key as string), enumerable: true, configurable: true, writable: false } : undefined,
  }) as FaultMakers<A, T>;
}

/** The maker of one row, with the row and its code beside it. */
function makeFault(code: string, row: AnyRow): unknown {
  const make = (facts?: unknown, extras?: FaultExtras): Fault => {
    const remedy = extras?.remedy ?? (typeof row.remedy === 'string' ? { text: row.remedy } : row.remedy ? row.remedy(facts) : undefined);
    return new Fault({
      code,
      category: row.category,
      message: row.say(facts),
      facts: (facts ?? {}) as Facts,
      remedy,
      cause: extras?.cause,
      attempts: extras?.attempts,
      rank: row.rank,
    });
  };
  return Object.assign(make, { code, row });
}

/** Is `e` a fault, optionally with one of these codes? */
export function isFault(e: unknown, ...codes: string[]): e is Fault {
  return e instanceof Fault && (codes.length === 0 || codes.includes(e.code));
}

/** Turns anything thrown into a fault; what was not a fault becomes `INTERNAL_UNEXPECTED`. */
export function toFault(e: unknown): Fault {
  if (e instanceof Fault) return e;
  const message = e instanceof Error ? e.message : String(e);
  return new Fault({ code: 'INTERNAL_UNEXPECTED', category: 'internal', message, cause: e });
}

/** A fault as it is. What is none is a bug and goes up, as does one that calls itself internal: a bug must never pass for a finding. */
export function knownFault(e: unknown): Fault {
  const fault = toFault(e);
  if (fault.category === 'internal') throw fault;
  return fault;
}

/** The most telling of several faults, the others kept as its attempts. Throws on an empty list. */
export function mostTelling(attempts: readonly Fault[]): Fault {
  const sorted = [...attempts].sort((a, b) => b.rank - a.rank);
  const first = sorted[0];
  if (first === undefined) throw new RangeError('mostTelling needs at least one fault');
  return new Fault({
    code: first.code,
    category: first.category,
    message: first.message,
    facts: first.facts,
    remedy: first.remedy,
    cause: first.cause,
    rank: first.rank,
    attempts: sorted,
  });
}
