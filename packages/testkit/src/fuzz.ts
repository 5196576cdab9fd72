// SPDX-License-Identifier: Apache-2.0
/**
 * The fuzzer. A module `<package>/test/fuzz/<target>.fuzz.ts` exports functions `(bytes) => void | Promise<void>`, which may throw faults and
 * nothing else, and arrays of seeds. Inputs are the seeds, then mutations of them: flipped bits, cut tails, repeated and foreign pieces,
 * numbers at their limits. One number makes a run, and makes it again.
 */
import { Fault, toHex } from '@notary/base';

export type FuzzTarget = (bytes: Uint8Array) => unknown;

export interface FuzzRun {
  readonly seeds: readonly Uint8Array[];
  /** Makes the run; another number makes another. */
  readonly seed: number;
  /** Ends it after the seeds, when it has taken so long by this clock. */
  readonly budgetMs: number;
  readonly nowMs: () => number;
}

/** Inputs are kept small: what large ones do, the tests of limits say. */
const MAX_INPUT = 1 << 16;
/** As much of an input as a message shows. */
const MAX_SHOWN = 4_096;
const INTERESTING = [0, 1, 0x1f, 0x20, 0x22, 0x2f, 0x30, 0x5c, 0x7b, 0x7d, 0x7f, 0x80, 0x81, 0x84, 0xa0, 0xbf, 0xfe, 0xff];

type Draw = (below: number) => number;

/** xorshift32: small, and the same on every run of one seed. */
function createDraw(seed: number): Draw {
  let x = seed | 1;
  return (below) => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) % below;
  };
}

/** One to four random edits of a seed. */
function mutate(input: Uint8Array, foreign: Uint8Array, draw: Draw): Uint8Array {
  let bytes = Array.from(input.subarray(0, MAX_INPUT));
  for (let edits = 1 + draw(4); edits > 0; edits--) {
    const at = draw(bytes.length + 1);
    switch (draw(6)) {
      case 0:
        if (at < bytes.length) bytes[at] = (bytes[at] as number) ^ (1 << draw(8));
        break;
      case 1:
        if (at < bytes.length) bytes[at] = INTERESTING[draw(INTERESTING.length)] as number;
        break;
      case 2:
        bytes = bytes.slice(0, at);
        break;
      case 3:
        bytes.splice(at, 0, ...bytes.slice(at, at + draw(64)));
        break;
      case 4:
        bytes.splice(at, draw(16));
        break;
      default: {
        const from = draw(foreign.length + 1);
        bytes.splice(at, 0, ...foreign.subarray(from, from + draw(64)));
      }
    }
  }
  return Uint8Array.from(bytes);
}

/** The targets and the seeds that a module exports; no bytes at all are a seed of every target. */
export function fuzzTargetsOf(module: object): { targets: [name: string, target: FuzzTarget][]; seeds: Uint8Array[] } {
  const exported = Object.entries(module);
  const seeds = exported.flatMap(([, value]) => (Array.isArray(value) ? value : [])).filter((value) => value instanceof Uint8Array);
  return { targets: exported.filter(([, value]) => typeof value === 'function'), seeds: [...seeds, new Uint8Array()] };
}

/** Runs a target; throws what it threw that is no fault, with the input that made it. Returns how many inputs it got. */
export async function runFuzzTarget(name: string, target: FuzzTarget, { seeds, seed, budgetMs, nowMs }: FuzzRun): Promise<number> {
  const draw = createDraw(seed);
  const pick = (): Uint8Array => seeds[draw(seeds.length)] as Uint8Array;
  const end = nowMs() + budgetMs;
  let count = 0;
  for (; count < seeds.length || nowMs() < end; count++) {
    const bytes = count < seeds.length ? (seeds[count] as Uint8Array) : mutate(pick(), pick(), draw);
    try {
      await target(bytes);
    } catch (e) {
      if (e instanceof Fault && e.category !== 'internal') continue;
      throw new Error(`${name}, run ${seed}, input ${toHex(bytes.subarray(0, MAX_SHOWN))}`, { cause: e });
    }
  }
  return count;
}

/** For targets of several readers: each is called, and none may throw anything but a fault. */
export function onlyFaults(...readers: readonly (() => unknown)[]): void {
  for (const read of readers) {
    try {
      read();
    } catch (e) {
      if (!(e instanceof Fault) || e.category === 'internal') throw e;
    }
  }
}
