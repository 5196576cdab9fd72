// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { compare, longestChain, stats } from '../statistics.ts';

const around = (center: number, noise: number, phase = 0, count = 40): number[] =>
  Array.from({ length: count }, (_, i) => center + noise * Math.sin((i + phase) * 12.9898));

describe('statistics', () => {
  it('gives median and spread', () => {
    expect(stats([3, 1, 2])).toEqual({ median: 2, p10: 1.2, p90: 2.8, least: 1, most: 3, count: 3 });
    expect(stats([5])).toEqual({ median: 5, p10: 5, p90: 5, least: 5, most: 5, count: 1 });
  });

  it('calls a difference one only beyond the noise', () => {
    expect(compare(around(10, 0.5), around(12, 0.5), 'less')).toMatchObject({ verdict: 'better' });
    expect(compare(around(12, 0.5), around(10, 0.5), 'less')).toMatchObject({ verdict: 'worse' });
    expect(compare(around(12, 0.5), around(10, 0.5), 'more')).toMatchObject({ verdict: 'better' });
    expect(compare(around(10, 3), around(10.05, 3, 7), 'less')).toMatchObject({ verdict: 'no difference within noise' });
    expect(compare(around(10, 0), around(10, 0), 'less').verdict).toBe('no difference within noise');
    expect(compare([1, 1], [2, 2], 'less')).toMatchObject({ ratio: 0.5, verdict: 'too few samples to judge' });
  });

  it('gives the same answer each time', () => {
    expect(compare(around(10, 3), around(11, 3), 'less')).toEqual(compare(around(10, 3), around(11, 3), 'less'));
  });

  it('counts what was waited for one after the other', () => {
    expect(longestChain([])).toBe(0);
    const sideBySide = [
      { startMs: 0, endMs: 10 },
      { startMs: 1, endMs: 11 },
      { startMs: 12, endMs: 20 },
      { startMs: 12, endMs: 22 },
      { startMs: 21, endMs: 30 },
    ];
    expect(longestChain(sideBySide)).toBe(3);
    expect(longestChain([{ startMs: 0, endMs: 100 }, ...sideBySide])).toBe(3);
  });
});
