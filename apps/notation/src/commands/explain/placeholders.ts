// SPDX-License-Identifier: Apache-2.0
/**
 * What a message says where its facts are not known: names in their places, `<path>`. A placeholder can stand in a text and nowhere else.
 * A message that computes with a fact, compares it as a number, counts it or goes through it as a list has no such form.
 */

/** Thrown by a placeholder of which more is wanted than its text. */
class FactNeeded extends Error {}

/** Methods of a text that make a text of it and ask nothing about it. */
const REWORDING: ReadonlySet<string> = new Set([
  'charAt',
  'normalize',
  'padEnd',
  'padStart',
  'replace',
  'replaceAll',
  'slice',
  'substring',
  'toLowerCase',
  'toUpperCase',
  'trim',
  'trimEnd',
  'trimStart',
]);

function refuse(): never {
  throw new FactNeeded();
}

/** A fact that is not known. */
function placeholder(name: string): unknown {
  const text = `<${name}>`;
  const inText = (hint: string): string => (hint === 'string' ? text : refuse());
  return new Proxy(Object.create(null) as object, {
    get(_, key) {
      if (key === Symbol.toPrimitive) return inText;
      if (key === 'toString' || key === 'toJSON') return () => text;
      if (typeof key === 'string' && REWORDING.has(key)) return (text[key as 'trim'] as () => string).bind(text);
      return refuse();
    },
    has: refuse,
    ownKeys: refuse,
  });
}

const unknownFacts: unknown = new Proxy(Object.create(null) as object, {
  get: (_, name) => (typeof name === 'string' ? placeholder(name) : refuse()),
  has: refuse,
  ownKeys: refuse,
});

/** What `say` makes of facts that are not known; `undefined` where it needs one of them. */
export function withPlaceholders<T>(say: (facts: unknown) => T): T | undefined {
  try {
    return say(unknownFacts);
  } catch (e) {
    if (e instanceof FactNeeded) return undefined;
    throw e;
  }
}
