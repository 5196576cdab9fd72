// SPDX-License-Identifier: Apache-2.0
import { failPlainly, type Invocation } from '@notary/cli';
import type { Settled } from '@notary/notation/lookup';
import { ChainMemory } from '@notary/signature';
import { createFileTrustStore, parseOciTrustPolicy } from '@notary/trust';
import type { ArtifactOpener } from '../../artifact/open.ts';
import type { AppDeps } from '../../deps.ts';
import { configPath } from '../../directories.ts';
import { faults } from '../../faults.ts';
import { parsePairs } from '../../pairs.ts';
import type { Report, Result } from '../../present.ts';
import { loadPolicy } from '../../store/policy-file.ts';
import type { LookedUp } from './looked-up.ts';
import type { verifyFlags } from './spec.ts';
import { type ReferenceOutcome, verifyReference } from './verify-reference.ts';

/** Verifies one reference as the reference tool does, or several side by side, each reported in order. `early` is the only one, where it is being looked up. */
export async function verifyAll(
  { path, args, options }: Invocation<typeof verifyFlags>,
  deps: AppDeps,
  report: Report,
  { open, early }: { readonly open: ArtifactOpener; readonly early: Settled<LookedUp> | undefined },
): Promise<Result> {
  const policy = parseOciTrustPolicy(await loadPolicy(deps, 'oci'));
  const trustStore = createFileTrustStore(deps.files, configPath(deps, 'truststore'));
  const userMetadata = parsePairs(options.userMetadata, 'user-metadata');
  const context = { policy, trustStore, userMetadata, options, open };
  const references =
    options.file === '' ? args : [...args, ...(await (await import('./references.ts')).readReferences(deps, options.file))];
  const [only] = references;
  if (only === undefined) throw faults.REFERENCES_NONE({ path: options.file });
  if (references.length === 1) {
    const outcome = await verifyReference(deps, only, context, early);
    print(outcome);
    return { ...outcome.json, failure: outcome.failure };
  }
  const [{ inOrder }, { createProgress }] = await Promise.all([import('./references.ts'), import('@notary/cli/terminal')]);
  const progress = createProgress(deps.terminal, deps.clock, deps.environment);
  const results: Readonly<Record<string, unknown>>[] = [];
  let failed = 0;
  progress.update(`verifying ${references.length} references`);
  deps.expectLongWork();
  const shared = { ...context, chains: new ChainMemory() };
  for await (const outcome of inOrder(references, (reference) => verifyReference(deps, reference, shared))) {
    progress.done();
    print(outcome);
    const failure = outcome.failure && (await import('../../remedies.ts')).withCommand(outcome.failure);
    results.push(failure ? { ...outcome.json, error: failure.toJSON() } : outcome.json);
    if (failure) {
      failed++;
      await failPlainly({ error: failure, path }, deps, outcome.warnings);
    }
    progress.update(`verified ${results.length} of ${references.length} references`);
  }
  progress.done();
  const failure = failed === 0 ? undefined : faults.REFERENCES_FAILED({ failed, total: references.length });
  return { references: results, verified: references.length - failed, failed, failure };

  function print(outcome: ReferenceOutcome): void {
    report.stderr(outcome.warnings);
    report.text(outcome.text);
  }
}
