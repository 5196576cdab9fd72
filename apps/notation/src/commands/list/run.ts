// SPDX-License-Identifier: Apache-2.0
import { withinArtifactTime } from '@notary/notation/deadline';
import { openArtifact } from '../../artifact/open.ts';
import { resolveTarget, tagWarnings } from '../../artifact/resolve.ts';
import { checkMaxSignatures, firstSignatures } from '../../artifact/signatures.ts';
import { command } from '../../present.ts';
import type { listFlags } from './spec.ts';
import { listText } from './view.ts';

/** The signatures that stand beside an artifact, none of them looked into. */
export const { run } = command<typeof listFlags>(async ({ args, options }, deps, report) => {
  const max = options.maxSignatures;
  checkMaxSignatures(max);
  const { repository, target } = await openArtifact(deps, args[0] as string, options);
  const asking = { clock: deps.clock, work: 'listing', repository, reference: target } as const;
  const { artifact, signatures, exceeded } = await withinArtifactTime(asking, async (signal) => {
    const found = await resolveTarget(repository, target, { signal });
    for (const line of tagWarnings('list', target)) report.warn(line);
    return { artifact: found, ...(await firstSignatures(repository, found, max, { signal })) };
  });
  if (exceeded) report.warn(`Warning: exceeded configured limit of max signatures ${max} to examine`);
  const reference = `${repository.name}@${artifact.digest}`;
  const digests = signatures.map((s) => s.digest);
  report.text(listText(reference, digests));
  return { reference, signatures: digests, limitReached: exceeded };
});
