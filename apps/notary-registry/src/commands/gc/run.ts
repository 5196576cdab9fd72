// SPDX-License-Identifier: Apache-2.0
import { isFault } from '@notary/base';
import type { Invocation } from '@notary/cli';
import type { CollectReport, RegistryStore } from '@notary/registry';
import { openDiskStore } from '@notary/registry/store-disk';
import { createJsonLog } from '@notary/service';
import type { AppDeps } from '../../deps.ts';
import { faults } from '../../faults.ts';
import type { GcRequest } from '../../gc-requests.ts';
import type { gcFlags } from './spec.ts';
import { gcText } from './view.ts';

/** Collects once: here, or in the process that serves the root. */
export async function run({ options }: Invocation<typeof gcFlags>, deps: AppDeps): Promise<void> {
  const { terminal } = deps;
  // opening a store makes its root: a misspelt one would be made, found empty, and called clean
  if ((await deps.files.stat(options.root)) === undefined) throw faults.ROOT_MISSING({ root: options.root });
  const request = { graceMs: Number(options.grace / 1_000_000n), untagged: options.untagged, dryRun: options.dryRun };
  const report = (await collectHere(options.root, request, deps)) ?? (await collectThere(options.root, request, deps));
  terminal.out(
    options.json ? `${JSON.stringify({ schemaVersion: 1, dryRun: options.dryRun, ...report })}\n` : gcText(report, options.dryRun),
  );
}

/** `undefined` if another process has the root. */
async function collectHere(root: string, request: GcRequest, deps: AppDeps): Promise<CollectReport | undefined> {
  const { clock, random, terminal } = deps;
  const log = createJsonLog({ clock, write: (line) => terminal.err(line), level: 'warn' });
  let store: RegistryStore;
  try {
    store = await openDiskStore({ root, clock, random, log });
  } catch (e) {
    if (isFault(e, 'REGISTRY_ROOT_LOCKED')) return undefined;
    throw e;
  }
  try {
    return await store.collect(request);
  } finally {
    await store.close();
  }
}

async function collectThere(root: string, request: GcRequest, deps: AppDeps): Promise<CollectReport> {
  const { LEAST_GRACE_MS, requestGc } = await import('../../gc-requests.ts');
  if (request.graceMs < LEAST_GRACE_MS)
    deps.terminal.err(`note: the registry is running; content younger than ${LEAST_GRACE_MS / 60_000} minutes stays\n`);
  return requestGc(root, request, deps);
}
