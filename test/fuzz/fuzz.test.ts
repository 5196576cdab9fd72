// SPDX-License-Identifier: Apache-2.0
/**
 * Runs every fuzz target of the house for a bounded time: `packages/<name>/test/fuzz/<target>.fuzz.ts` exports functions of the form
 * `(bytes: Uint8Array) => void | Promise<void>`, and arrays of seeds. A target may throw a Fault and nothing else. Inputs are mutations of
 * the seeds: flipped bits, cut tails, repeated and foreign pieces, numbers at their limits. The seed of the run is printed with a failure;
 * NOTARY_FUZZ_SEED repeats it and NOTARY_FUZZ_MS sets the time for each target.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Fault, toHex } from '@notary/base';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const budgetMs = Number(process.env['NOTARY_FUZZ_MS'] ?? 150);
const seed = Number(process.env['NOTARY_FUZZ_SEED'] ?? Date.now() % 2 ** 31);

/** xorshift32: small, and the same on every run of one seed. */
function createRandom(state: number): (below: number) => number {
  let x = state | 1;
  return (below) => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) % below;
  };
}

const interesting = [0, 1, 0x1f, 0x20, 0x22, 0x2f, 0x30, 0x5c, 0x7b, 0x7d, 0x7f, 0x80, 0x81, 0x84, 0xa0, 0xbf, 0xfe, 0xff];

/** One to four random edits of a seed. */
function mutate(input: Uint8Array, foreign: Uint8Array, random: (below: number) => number): Uint8Array {
  let bytes = Array.from(input.subarray(0, 1 << 16));
  for (let edits = 1 + random(4); edits > 0; edits--) {
    const at = random(bytes.length + 1);
    switch (random(6)) {
      case 0:
        if (at < bytes.length) bytes[at] = (bytes[at] as number) ^ (1 << random(8));
        break;
      case 1:
        if (at < bytes.length) bytes[at] = interesting[random(interesting.length)] as number;
        break;
      case 2:
        bytes = bytes.slice(0, at);
        break;
      case 3:
        bytes.splice(at, 0, ...bytes.slice(at, at + random(64)));
        break;
      case 4:
        bytes.splice(at, random(16));
        break;
      default: {
        const from = random(foreign.length + 1);
        bytes.splice(at, 0, ...foreign.subarray(from, from + random(64)));
      }
    }
  }
  return Uint8Array.from(bytes);
}

interface Target {
  readonly title: string;
  readonly file: string;
}

const targets: Target[] = readdirSync(join(root, 'packages')).flatMap((name) => {
  const folder = join(root, 'packages', name, 'test/fuzz');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.fuzz.ts'))
    .map((file) => ({ title: `${name}/${file.slice(0, -'.fuzz.ts'.length)}`, file: join(folder, file) }));
});

type Run = (bytes: Uint8Array) => unknown;

async function load(file: string): Promise<{ runs: [string, Run][]; seeds: Uint8Array[] }> {
  const exported = Object.entries((await import(pathToFileURL(file).href)) as Record<string, unknown>);
  const runs = exported.filter((entry): entry is [string, Run] => typeof entry[1] === 'function');
  const seeds = exported
    .flatMap(([, value]) => (Array.isArray(value) ? value : []))
    .filter((value): value is Uint8Array => value instanceof Uint8Array);
  return { runs, seeds: [...seeds, new Uint8Array()] };
}

describe('fuzzing', () => {
  it('finds targets', () => expect(targets.length).toBeGreaterThan(0));

  it.each(targets)('$title throws nothing but faults', async ({ file }) => {
    const { runs, seeds } = await load(file);
    expect(runs.length).toBeGreaterThan(0);
    for (const [name, run] of runs) {
      const random = createRandom(seed);
      const pick = (): Uint8Array => seeds[random(seeds.length)] as Uint8Array;
      const end = performance.now() + budgetMs;
      for (let count = 0; count < seeds.length || performance.now() < end; count++) {
        const bytes = count < seeds.length ? (seeds[count] as Uint8Array) : mutate(pick(), pick(), random);
        try {
          await run(bytes);
        } catch (e) {
          if (e instanceof Fault && e.category !== 'internal') continue;
          throw new Error(`${name}, run ${seed}, input ${toHex(bytes.subarray(0, 4096))}`, { cause: e });
        }
      }
    }
  });
});
