// SPDX-License-Identifier: Apache-2.0
/** Numbers from samples, and when a difference is one. Pure. */

export interface Stats {
  readonly median: number;
  readonly p10: number;
  readonly p90: number;
  readonly least: number;
  readonly most: number;
  readonly count: number;
}

/** The value below which the share `q` of the samples lies, between neighbours in proportion. */
export function quantile(sorted: readonly number[], q: number): number {
  const at = (sorted.length - 1) * q;
  const low = sorted[Math.floor(at)] ?? Number.NaN;
  const high = sorted[Math.ceil(at)] ?? Number.NaN;
  return low + (high - low) * (at - Math.floor(at));
}

/** Median and spread. */
export function stats(samples: readonly number[]): Stats {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (q: number): number => quantile(sorted, q);
  return { median: at(0.5), p10: at(0.1), p90: at(0.9), least: at(0), most: at(1), count: sorted.length };
}

export type Verdict = 'better' | 'worse' | 'no difference within noise' | 'too few samples to judge';

/** Fewer rounds say nothing of the noise. */
const FEWEST_ROUNDS = 3;

export interface Comparison {
  /** Median of ours over median of theirs. */
  readonly ratio: number;
  /** The middle 95 % of the ratios of resampled medians. */
  readonly low: number;
  readonly high: number;
  readonly verdict: Verdict;
}

/** Draws that are the same on every run: xorshift32. */
function drawer(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const RESAMPLES = 1_000;

/**
 * Compares two sets of samples by the bootstrap: how much the ratio of the medians would vary had we measured again. A range that
 * holds 1 is no difference, however the medians fall. Samples of one round belong together, so rounds are drawn as pairs.
 */
export function compare(ours: readonly number[], theirs: readonly number[], better: 'less' | 'more'): Comparison {
  const draw = drawer(20_260_101);
  const rounds = Math.min(ours.length, theirs.length);
  const ratios: number[] = [];
  for (let i = 0; i < RESAMPLES; i++) {
    const picks = Array.from({ length: rounds }, () => draw(rounds));
    ratios.push(stats(picks.map((p) => ours[p] as number)).median / stats(picks.map((p) => theirs[p] as number)).median);
  }
  ratios.sort((a, b) => a - b);
  const ratio = stats(ours).median / stats(theirs).median;
  const [low, high] = [quantile(ratios, 0.025), quantile(ratios, 0.975)];
  const smaller = high < 1;
  const larger = low > 1;
  if (rounds < FEWEST_ROUNDS) return { ratio, low, high, verdict: 'too few samples to judge' };
  const verdict = smaller || larger ? (smaller === (better === 'less') ? 'better' : 'worse') : 'no difference within noise';
  return { ratio, low, high, verdict };
}

/** Most intervals that follow one another without overlap: how often a client waited for one answer before it asked the next. */
export function longestChain(intervals: readonly { readonly startMs: number; readonly endMs: number }[]): number {
  let chain = 0;
  let until = Number.NEGATIVE_INFINITY;
  for (const { startMs, endMs } of [...intervals].sort((a, b) => a.endMs - b.endMs)) {
    if (startMs < until) continue;
    chain++;
    until = endMs;
  }
  return chain;
}
