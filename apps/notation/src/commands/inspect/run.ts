// SPDX-License-Identifier: Apache-2.0

import { printable } from '@notary/cli';
import { withinArtifactTime } from '@notary/notation/deadline';
import { type InspectionStep, inspectSignatures } from '@notary/notation/inspect';
import { openArtifact } from '../../artifact/open.ts';
import { resolveTarget, tagWarnings } from '../../artifact/resolve.ts';
import { checkMaxSignatures, firstSignatures } from '../../artifact/signatures.ts';
import { faults } from '../../faults.ts';
import { signatureJson } from '../../inspection/json.ts';
import { signatureNode } from '../../inspection/tree.ts';
import { command } from '../../present.ts';
import type { TreeNode } from '../../tree.ts';
import type { inspectFlags } from './spec.ts';
import { inspectJsonText, inspectTreeText } from './view.ts';

/** What the signatures of an artifact say, trusted or not. */
export const { run, preRun } = command<typeof inspectFlags>(
  async ({ args, options }, deps, report) => {
    const max = options.maxSignatures;
    checkMaxSignatures(max);
    const { repository, target } = await openArtifact(deps, args[0] as string, options);
    const nodes: TreeNode[] = [];
    const signatures: Record<string, unknown>[] = [];
    const skipped: { digest: string; code: string; message: string }[] = [];
    const take = (step: InspectionStep): void => {
      if (step.kind === 'limit') return;
      const { digest } = step.signature;
      if (step.kind === 'signature') {
        nodes.push(signatureNode(digest, step.mediaType, step.inspected, deps.host));
        signatures.push(signatureJson(digest, step.mediaType, step.inspected, deps.host));
        return;
      }
      const { message, code } = step.fault;
      skipped.push({ digest, code, message });
      const why =
        step.kind === 'unavailable' ? `unable to fetch signature ${digest} due to error` : `Skipping signature ${digest} because of error`;
      report.warn(`Warning: ${why}: ${printable(message)}`);
    };
    const asking = { clock: deps.clock, work: 'inspection', repository, reference: target } as const;
    const { artifact, exceeded } = await withinArtifactTime(asking, async (signal) => {
      const found = await resolveTarget(repository, target, { signal });
      for (const line of tagWarnings('inspect', target)) report.warn(line);
      const listed = await firstSignatures(repository, found, max, { signal });
      for await (const step of inspectSignatures(repository, found, listed.signatures, { maxSignatures: max, signal })) take(step);
      return { artifact: found, exceeded: listed.exceeded };
    });
    const { mediaType } = artifact;
    const reference = `${repository.name}@${artifact.digest}`;
    report.text(options.output === 'json' ? inspectJsonText(mediaType, signatures) : inspectTreeText(reference, nodes));
    if (exceeded) report.text(`Warning: exceeded configured limit of max signatures ${max} to examine\n`);
    const failure = skipped.length === 0 ? undefined : faults.INSPECT_SKIPPED({ skipped: skipped.length });
    return { reference, mediaType, signatures, skipped, limitReached: exceeded, failure };
  },
  ({ options }) => {
    if (options.output !== 'tree' && options.output !== 'json') throw faults.OUTPUT_INVALID({ format: options.output });
  },
);
