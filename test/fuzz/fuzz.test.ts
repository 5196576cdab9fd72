// SPDX-License-Identifier: Apache-2.0
/**
 * Runs every fuzz target of the house, `packages/<name>/test/fuzz/<target>.fuzz.ts`, for a bounded time. The number of the run is printed
 * with a failure; NOTARY_FUZZ_SEED repeats it, NOTARY_FUZZ_MS sets the time for each target, and `-t oci` picks those of a package. Without
 * either the run is the same each time, as far as it gets; one that was given more time begins somewhere else.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { repositoryRoot } from '@notary/testkit';
import { fuzzTargetsOf, runFuzzTarget } from '@notary/testkit/fuzz';
import { describe, expect, it } from 'vitest';

const budgetMs = Number(process.env['NOTARY_FUZZ_MS'] ?? 150);
const usual = process.env['NOTARY_FUZZ_MS'] === undefined ? 0x2545f491 : Date.now() % 2 ** 31;
const seed = Number(process.env['NOTARY_FUZZ_SEED'] ?? usual);

const packages = join(repositoryRoot(), 'packages');
const modules = readdirSync(packages).flatMap((name) => {
  const folder = join(packages, name, 'test/fuzz');
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.fuzz.ts')) : [];
  return files.map((file) => ({ title: `${name}/${file.slice(0, -'.fuzz.ts'.length)}`, url: pathToFileURL(join(folder, file)).href }));
});

describe('fuzzing', () => {
  it('finds targets', () => expect(modules.length).toBeGreaterThan(0));

  it.each(modules)('$title throws nothing but faults', async ({ url }) => {
    const { targets, seeds } = fuzzTargetsOf(await import(url));
    expect(targets.length).toBeGreaterThan(0);
    // Without a seed of its own a target hardly sees more than its first refusal.
    expect(seeds.length).toBeGreaterThan(1);
    for (const [name, target] of targets) await runFuzzTarget(name, target, { seeds, seed, budgetMs, nowMs: () => performance.now() });
  });
});
