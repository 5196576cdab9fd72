// SPDX-License-Identifier: Apache-2.0
/** Whole processes: how long they take, what processor time and how much memory they use. */
import { readFileSync } from 'node:fs';
import { type Comparison, compare, type Stats, stats } from './statistics.ts';

/** A command to measure. `args` gets the number of the round, so that a round can have an artifact of its own. */
export interface Contender {
  readonly name: string;
  readonly file: string;
  readonly args: (round: number) => readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export interface ProcessSamples {
  readonly wallMs: number[];
  readonly cpuMs: number[];
  readonly peakMiB: number[];
}

/** The part of Bun's global that the harness uses. */
interface BunSpawn {
  spawnSync(
    command: readonly string[],
    options: object,
  ): {
    exitCode: number;
    stderr: Uint8Array;
    resourceUsage: { cpuTime: { total: number | bigint } };
  };
  spawn(command: readonly string[], options: object): { pid: number; exited: Promise<number> };
}
const bun = (globalThis as unknown as { Bun: BunSpawn }).Bun;

const optionsOf = ({ env, cwd }: Contender, stderr: 'pipe' | 'ignore'): object => ({
  env,
  stdin: 'ignore',
  stdout: 'ignore',
  stderr,
  ...(cwd ? { cwd } : {}),
});

function run(contender: Contender, round: number): { wallMs: number; cpuMs: number } {
  const command = [contender.file, ...contender.args(round)];
  const options = optionsOf(contender, 'pipe');
  const started = performance.now();
  const child = bun.spawnSync(command, options);
  const wallMs = performance.now() - started;
  if (child.exitCode !== 0) throw new Error(`${command.join(' ')} ended with ${child.exitCode}: ${new TextDecoder().decode(child.stderr)}`);
  return { wallMs, cpuMs: Number(child.resourceUsage.cpuTime.total) / 1_000 };
}

/**
 * Peak resident memory, in MiB, read from `/proc` until the process has gone. `ru_maxrss` would count the memory of this process too:
 * a child begins as its copy. The last look is some tenths of a millisecond before the end.
 */
async function peakMemory(contender: Contender, round: number): Promise<number> {
  const child = bun.spawn([contender.file, ...contender.args(round)], optionsOf(contender, 'ignore'));
  let peak = 0;
  for (;;) {
    let text: string;
    try {
      text = readFileSync(`/proc/${child.pid}/status`, 'utf8');
    } catch {
      break;
    }
    const found = /VmHWM:\s+(\d+) kB/.exec(text)?.[1];
    // A process that has ended and was not collected yet has no memory any more.
    if (found === undefined) break;
    peak = Math.max(peak, Number(found) / 1_024);
  }
  await child.exited;
  return peak;
}

/** Runs contenders in turn, A B A B, the first of a round changing; one unmeasured round first. Then their memory, some rounds more. */
export async function interleave(contenders: readonly Contender[], rounds: number, memoryRounds = 5): Promise<Map<string, ProcessSamples>> {
  const samples = new Map<string, ProcessSamples>(contenders.map((c) => [c.name, { wallMs: [], cpuMs: [], peakMiB: [] }]));
  for (let round = -1; round < rounds; round++) {
    const order = round % 2 === 0 ? contenders : [...contenders].reverse();
    for (const contender of order) {
      const sample = run(contender, round + 1);
      if (round < 0) continue;
      samples.get(contender.name)?.wallMs.push(sample.wallMs);
      samples.get(contender.name)?.cpuMs.push(sample.cpuMs);
    }
  }
  for (let round = 0; round < memoryRounds; round++)
    for (const contender of contenders) samples.get(contender.name)?.peakMiB.push(await peakMemory(contender, rounds + 1 + round));
  return samples;
}

/** How many artifacts rounds use that need one of their own. */
export const roundsInAll = (rounds: number, memoryRounds = 5): number => rounds + 1 + memoryRounds;

export interface Row {
  readonly row: string;
  readonly unit: string;
  readonly better: 'less' | 'more';
  /** By contender; ours first. */
  readonly values: Readonly<Record<string, Stats>>;
  readonly cpuMs?: Readonly<Record<string, number>>;
  readonly peakMiB?: Readonly<Record<string, number>>;
  /** Ours against each other contender. */
  readonly comparisons: Readonly<Record<string, Comparison>>;
  /** What the project aims at, and whether it is met. */
  readonly aim?: { readonly text: string; readonly met: boolean };
  readonly note?: string;
}

const medians = (samples: ReadonlyMap<string, ProcessSamples>, key: 'cpuMs' | 'peakMiB'): Record<string, number> =>
  Object.fromEntries([...samples].map(([name, s]) => [name, stats(s[key]).median]));

/** One row of a table from plain samples by contender, ours first. */
export function sampleRow(row: string, unit: string, better: 'less' | 'more', samples: ReadonlyMap<string, readonly number[]>): Row {
  const [first, ...others] = [...samples];
  return {
    row,
    unit,
    better,
    values: Object.fromEntries([...samples].map(([name, s]) => [name, stats(s)])),
    comparisons: Object.fromEntries(others.map(([name, s]) => [name, compare(first?.[1] ?? [], s, better)])),
  };
}

/** One row of a table of processes. */
export function processRow(row: string, samples: ReadonlyMap<string, ProcessSamples>): Row {
  const wall = new Map([...samples].map(([name, s]) => [name, s.wallMs]));
  return { ...sampleRow(row, 'ms', 'less', wall), cpuMs: medians(samples, 'cpuMs'), peakMiB: medians(samples, 'peakMiB') };
}

/** With an aim: a cold command is not slower than the counterpart's, say. */
export const withAim = (row: Row, text: string, met: boolean | undefined): Row =>
  met === undefined ? row : { ...row, aim: { text, met } };
