// SPDX-License-Identifier: Apache-2.0
/** What a verification found, in the log of `--debug`, in the reference's sentences. */
import type { Log } from '@notary/base';
import { printable } from '@notary/cli';
import { type ArtifactReport, decisiveFault, type EnvelopeReport } from '@notary/notation/verify';

/** Logs the statement that was chosen and every signature that was evaluated. */
export function logArtifactReport(log: Log, report: ArtifactReport): void {
  log.info(`Check verification level against artifact ${report.reference}`);
  log.info(
    `Trust policy configuration: statement ${report.statement}, chosen by ${report.matched}, verification level ${report.level.name}`,
  );
  for (const signature of report.signatures) {
    const { digest } = signature.signature;
    log.info(
      `Verify signature against artifact ${report.artifact.digest} referenced as ${report.reference} in signature media type ${signature.mediaType ?? 'unknown'}`,
    );
    logEnvelopeReport(log, signature);
    const fault = signature.outcome === 'rejected' || signature.outcome === 'inconclusive' ? decisiveFault(signature) : undefined;
    if (fault !== undefined) log.error(printable(`Signature ${digest} failed verification with error: ${fault.message}`));
  }
}

/** Logs the checks of one signature. */
export function logEnvelopeReport(log: Log, report: EnvelopeReport): void {
  for (const { check, action, result, fault, detail } of report.findings) {
    if (result === 'pass') log.debug(printable(`Validating ${check}: passed${detail === undefined ? '' : `, ${detail}`}`));
    else if (result === 'not-run') log.debug(`Validating ${check}: not run${detail === undefined ? '' : `, ${detail}`}`);
    else if (action === 'log')
      log.warn(printable(`${check} validation failed with validation action set to "logged". Failure reason: ${fault?.message ?? ''}`));
    else log.error(printable(`${check} validation failed. Failure reason: ${fault?.message ?? ''}`));
  }
}
