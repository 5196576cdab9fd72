// SPDX-License-Identifier: Apache-2.0
/**
 * Members by name as Go's encoding/json finds them for struct fields: the exact name or any spelling that differs in case
 * only, where the last one in the text counts and `null` means absent.
 */
import { jsonFaults } from './faults.ts';
import type { JsonObject, JsonValue } from './parse.ts';

/**
 * Go's case folding as far as it can meet an ASCII name: letters, and the two other characters that fold to `s` and `k`. Lower case of the
 * Kelvin sign is `k`; no other character beyond ASCII becomes one of ASCII alone.
 */
const fold = (name: string): string => name.toLowerCase().replaceAll('\u017f', 's');

/**
 * The member `name`, or `undefined` where it is absent or `null`. With `duplicates: 'refuse'`, two spellings of the name in
 * one object are `JSON_DUPLICATE_KEY`; default is that the last one counts, as in Go.
 */
export function goMember(
  object: JsonObject,
  name: string,
  options: { readonly duplicates?: 'refuse' | 'last' } = {},
): JsonValue | undefined {
  let folded: string | undefined;
  let found: JsonValue | undefined;
  let count = 0;
  for (const key in object) {
    if (key.length !== name.length) continue;
    if (key !== name) {
      folded ??= fold(name);
      if (fold(key) !== folded) continue;
    }
    found = object[key] ?? found;
    count++;
    if (count > 1 && options.duplicates === 'refuse') throw jsonFaults.DUPLICATE_KEY({ key, offset: -1 });
  }
  return found ?? undefined;
}

/** All spellings of `name` that an object holds, in order: what a linter warns about when there is more than the exact one. */
export function goMemberSpellings(object: JsonObject, name: string): string[] {
  const folded = fold(name);
  const found: string[] = [];
  for (const key in object) if (key === name || (key.length === name.length && fold(key) === folded)) found.push(key);
  return found;
}
