// SPDX-License-Identifier: Apache-2.0
/** A short run of every fuzz target with changed seeds, so that a broken target is noticed at once. */
import { Fault } from '@notary/base';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as targets from './fuzz/registry-auth.fuzz.ts';

const { seeds, ...functions } = targets;
const changed = fc
  .tuple(fc.constantFrom(...seeds), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }), fc.nat())
  .map(([seed, edits, cut]) => {
    const bytes = seed.slice(0, seed.length - (cut % 3 === 0 ? cut % (seed.length + 1) : 0));
    for (const [at, value] of edits) if (bytes.length > 0) bytes[at % bytes.length] = value;
    return bytes;
  });

describe('whatever the bytes, there are only faults', () => {
  it.each(Object.entries(functions))('%s', async (_name, target) => {
    await fc.assert(
      fc.asyncProperty(changed, async (bytes) => {
        try {
          await target(bytes);
        } catch (e) {
          expect(e).toBeInstanceOf(Fault);
        }
      }),
      { numRuns: 300 },
    );
  });
});
