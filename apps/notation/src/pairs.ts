// SPDX-License-Identifier: Apache-2.0
import { faults } from './faults.ts';

/** `key=value` pairs of a repeatable flag, split at the first `=`; a later pair of the same key wins. Fault: `CMD_PAIR_INVALID`. */
export function parsePairs(pairs: readonly string[], flag: string): ReadonlyMap<string, string> {
  const map = new Map<string, string>();
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    if (equals <= 0 || equals === pair.length - 1) throw faults.PAIR_INVALID({ flag });
    map.set(pair.slice(0, equals), pair.slice(equals + 1));
  }
  return map;
}
