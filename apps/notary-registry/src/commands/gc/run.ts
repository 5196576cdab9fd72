// SPDX-License-Identifier: Apache-2.0
import type { Invocation } from '@notary/cli';
import { openDiskStore } from '@notary/registry/store-disk';
import { createJsonLog } from '@notary/service';
import type { AppDeps } from '../../deps.ts';
import type { gcFlags } from './spec.ts';
import { gcText } from './view.ts';

/** Collects once. */
export async function run({ options }: Invocation<typeof gcFlags>, deps: AppDeps): Promise<void> {
  const { clock, random, terminal } = deps;
  const log = createJsonLog({ clock, write: (line) => terminal.err(line), level: 'warn' });
  const store = await openDiskStore({ root: options.root, clock, random, log });
  try {
    const report = await store.collect({ graceMs: Number(options.grace / 1_000_000n), untagged: options.untagged, dryRun: options.dryRun });
    terminal.out(
      options.json ? `${JSON.stringify({ schemaVersion: 1, dryRun: options.dryRun, ...report })}\n` : gcText(report, options.dryRun),
    );
  } finally {
    await store.close();
  }
}
