// SPDX-License-Identifier: Apache-2.0
import { defineFaults } from '@notary/base';
import { fuzzTargetsOf, onlyFaults, runFuzzTarget } from '@notary/testkit/fuzz';
import { describe, expect, it } from 'vitest';

const faults = defineFaults('FUZZED', {
  BAD: { category: 'malformed', say: () => 'bad' },
  BUG: { category: 'internal', say: () => 'bug' },
});
const seeds = [Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)];

/** A run whose clock ticks once a look: as many inputs as the budget, on every machine. */
function run(budgetMs: number, seed = 7) {
  let now = 0;
  return { seeds, seed, budgetMs, nowMs: () => now++ };
}

describe('the fuzzer', () => {
  it('finds functions and seeds in what a module exports', () => {
    const target = () => undefined;
    const found = fuzzTargetsOf({ target, seeds, more: [Uint8Array.of(9), 'no seed'], version: 1 });
    expect(found.targets).toEqual([['target', target]]);
    expect(found.seeds.map((s) => s.length)).toEqual([8, 1, 0]);
  });

  it('gives the seeds as they are, then others, the same on every run of one number', async () => {
    const inputs = async (seed: number): Promise<string[]> => {
      const seen: string[] = [];
      expect(await runFuzzTarget('t', (bytes) => void seen.push(bytes.join()), run(50, seed))).toBe(seen.length);
      return seen;
    };
    const first = await inputs(7);
    expect(first[0]).toBe('1,2,3,4,5,6,7,8');
    expect(new Set(first).size).toBeGreaterThan(30);
    expect(await inputs(7)).toEqual(first);
    expect(await inputs(8)).not.toEqual(first);
  });

  it('passes faults, and names the input of anything else', async () => {
    const fail = (error: unknown) => async () => {
      throw error;
    };
    await runFuzzTarget('t', fail(faults.BAD()), run(5));
    await expect(runFuzzTarget('t', fail(new TypeError('x')), run(5))).rejects.toThrow('t, run 7, input 0102030405060708');
    await expect(runFuzzTarget('t', fail(faults.BUG()), run(5))).rejects.toThrow('input');
  });

  it('calls every reader of a target whatever those before it threw', () => {
    const seen: number[] = [];
    const bad = () => {
      seen.push(1);
      throw faults.BAD();
    };
    onlyFaults(bad, () => seen.push(2));
    expect(seen).toEqual([1, 2]);
    expect(() =>
      onlyFaults(() => {
        throw new TypeError('x');
      }),
    ).toThrow(TypeError);
  });
});
