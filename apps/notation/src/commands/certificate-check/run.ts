// SPDX-License-Identifier: Apache-2.0
import { type Certificate, explainCodeSigningProfile, orderChain, parseCertificates } from '@notary/x509';
import { faults } from '../../faults.ts';
import { limits } from '../../limits.ts';
import { command } from '../../present.ts';
import { readExisting } from '../../store/files.ts';
import { certificateJson } from '../certificate-show/view.ts';
import type { certificateCheckFlags } from './spec.ts';
import { checkText } from './view.ts';

/** Each rule of the code-signing profile against a chain, given in any order. Exit code 1 if one fails. */
export const { run } = command<typeof certificateCheckFlags>(async ({ args }, deps, report) => {
  const certificates: Certificate[] = [];
  for (const path of args) certificates.push(...parseCertificates(await readExisting(deps.files, path, limits.certificateBytes)));
  if (certificates.length === 0) throw faults.CERTIFICATE_NONE();
  const chain = orderChain(certificates);
  const findings = await explainCodeSigningProfile(chain, { signingTime: deps.clock.now() });
  const failed = findings.filter((f) => f.result === 'fail').length;
  report.text(checkText(chain, findings));
  return { certificates: chain.map(certificateJson), findings, failed, exitCode: failed === 0 ? 0 : 1 };
});
