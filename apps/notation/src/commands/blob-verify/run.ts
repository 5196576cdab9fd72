// SPDX-License-Identifier: Apache-2.0
import { type Fault, toFault } from '@notary/base';
import { type BlobReport, evaluateBlob, finalLine } from '@notary/notation/verify';
import { createFileTrustStore, parseBlobTrustPolicy } from '@notary/trust';
import { configPath } from '../../directories.ts';
import { faults, reworded } from '../../faults.ts';
import { limits } from '../../limits.ts';
import { parsePairs } from '../../pairs.ts';
import { command } from '../../present.ts';
import { readTold } from '../../progress.ts';
import { signatureMediaType } from '../../signature-file.ts';
import { readExisting, statExisting } from '../../store/files.ts';
import { loadPolicy } from '../../store/policy-file.ts';
import { successText, toleratedWarnings } from '../../verification/success.ts';
import type { blobVerifyFlags } from './spec.ts';

/** Verifies a file against a detached signature. */
export const { run, preRun } = command<typeof blobVerifyFlags>(
  async ({ args, options, changed }, deps, report) => {
    const path = args[0] as string;
    await statExisting(deps.files, path, 'open');
    const signature = await readExisting(deps.files, options.signature, limits.signatureBytes);
    const policy = parseBlobTrustPolicy(await loadPolicy(deps, 'blob'));
    const userMetadata = parsePairs(options.userMetadata, 'user-metadata');
    const mediaType = signatureMediaType(deps, options.signature);
    let found: BlobReport;
    try {
      found = await evaluateBlob({
        blob: () => readTold(deps, path, 'reading'),
        signature,
        signatureMediaType: mediaType,
        policy,
        policyName: options.policyName || undefined,
        trustStore: createFileTrustStore(deps.files, configPath(deps, 'truststore')),
        clock: deps.clock,
        mediaType: changed.has('media-type') ? options.mediaType : undefined,
        userMetadata,
      });
    } catch (e) {
      const fault = toFault(e);
      throw reworded(fault, () => finalLine(fault));
    }
    if (options.debug && found.signature) {
      const [{ createDebugLog }, { logEnvelopeReport }] = await Promise.all([
        import('../../debug/log.ts'),
        import('../../debug/verification.ts'),
      ]);
      const log = createDebugLog(deps);
      log.info(`Verify signature of media type ${mediaType}`);
      logEnvelopeReport(log, found.signature);
    }
    const json = options.json ? await reportJson(path, options.signature, found) : {};
    if (found.basis === 'rejected' || found.basis === 'inconclusive') {
      const { refusalText } = await import('../../verification/refusal.ts');
      if (found.signature) report.stderr(refusalText([{ name: options.signature, report: found.signature }], deps.clock.now()));
      const fault = found.fault as Fault;
      return { ...json, failure: reworded(fault, () => finalLine(fault)) };
    }
    const warnings = toleratedWarnings(found.signature);
    for (const line of warnings) report.warn(line);
    report.text(successText(path, found.basis, found.signature, warnings.length > 0));
    return json;
  },
  ({ options, changed }) => {
    if (options.signature === '') throw faults.USAGE({ message: 'filepath of the signature cannot be empty' });
    if (changed.has('media-type') && options.mediaType === '') throw faults.USAGE({ message: '--media-type is set but with empty value' });
  },
);

async function reportJson(path: string, signature: string, found: BlobReport): Promise<Readonly<Record<string, unknown>>> {
  const { signatureReportJson } = await import('../../verification/json.ts');
  return {
    path,
    basis: found.basis,
    policy: { statement: found.statement, level: found.level.name, actions: found.level.actions },
    ...(found.signature ? { signatures: [signatureReportJson(signature, found.signature)] } : {}),
  };
}
