// SPDX-License-Identifier: Apache-2.0
import { lines } from '../../present.ts';

/** `defaultKey` is the default before anything was removed. */
export function keysRemovedText(names: readonly string[], defaultKey: string | undefined): string {
  if (names.length === 1) {
    const kind = names[0] === defaultKey ? 'default key ' : '';
    return lines(`Removed ${kind}${names[0]} from Notation signing key list. The source key still exists.`);
  }
  return lines(
    'Removed the following keys from Notation signing key list. The source keys still exist.',
    ...names.map((name) => (name === defaultKey ? `${name} (default)` : name)),
  );
}
