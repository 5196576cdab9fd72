// SPDX-License-Identifier: Apache-2.0
/** Every rule of the code-signing profile with its result: the report behind `certificate check`. */
import type { Fault } from '@notary/base';
import { type ChainOptions, linkFault, loneIssuerFault, loneSignatureFault, validityFault } from './chain.ts';
import { faults } from './faults.ts';
import { checkSignatureFrom, settle } from './issuance.ts';
import { MAX_CHAIN_LENGTH } from './limits.ts';
import { goName } from './name.ts';
import { CODE_SIGNING } from './profile-rules.ts';
import type { Certificate } from './types.ts';

/** One rule applied to one certificate of a chain. */
export interface ProfileFinding {
  /** Stable name of the rule. */
  readonly rule: string;
  readonly clause: string;
  readonly result: 'pass' | 'fail';
  /** Place in the chain, 0 is the leaf; `undefined` for rules about the chain as a whole. */
  readonly certificate: number | undefined;
  /** Subject of that certificate in Go's form. */
  readonly subject: string | undefined;
  /** The rule in words where it passes, the message of its fault where it fails. */
  readonly message: string;
  readonly remedy: string | undefined;
  /** The fault's code where the rule fails. */
  readonly code: string | undefined;
}

const CLAUSE = 'Notary Project signature specification, Certificate Requirements';

function finding(
  at: number | undefined,
  chain: readonly Certificate[],
  rule: { name: string; says: string; clause?: string },
  fault: Fault | undefined,
): ProfileFinding {
  const certificate = at === undefined ? undefined : chain[at];
  return {
    rule: rule.name,
    clause: rule.clause ?? CLAUSE,
    result: fault === undefined ? 'pass' : 'fail',
    certificate: at,
    subject: certificate && goName(certificate.subject),
    message: fault?.message ?? rule.says,
    remedy: fault?.remedy?.text,
    code: fault?.code,
  };
}

/**
 * Applies every rule to every certificate of `chain` (leaf first) and never faults for a broken one. With a signing time, validity at
 * that time is among the rules. All findings pass exactly where `checkCodeSigningChain` accepts.
 */
export async function explainCodeSigningProfile(chain: readonly Certificate[], options: ChainOptions = {}): Promise<ProfileFinding[]> {
  const presence = chain.length === 0 ? faults.CHAIN_EMPTY() : undefined;
  const length = chain.length > MAX_CHAIN_LENGTH ? faults.CHAIN_TOO_LONG({ length: chain.length, max: MAX_CHAIN_LENGTH }) : undefined;
  const findings = [
    finding(undefined, chain, { name: 'chain-length', says: `the chain has 1 to ${MAX_CHAIN_LENGTH} certificates` }, presence ?? length),
  ];
  if (length !== undefined) return findings;
  for (const [i, certificate] of chain.entries()) {
    const add = (rule: { name: string; says: string; clause?: string }, fault: Fault | undefined): void => {
      findings.push(finding(i, chain, rule, fault));
    };
    if (options.signingTime !== undefined) {
      add({ name: 'validity', says: 'the certificate is valid at the signing time' }, validityFault(certificate, options.signingTime));
    }
    for (const { rule, fault } of await issuance(chain, i)) add(rule, fault);
    const rules = i === 0 ? CODE_SIGNING.leaf : CODE_SIGNING.issuer;
    for (const rule of rules) add(rule, rule.check(certificate, i - 1));
  }
  return findings;
}

async function issuance(
  chain: readonly Certificate[],
  i: number,
): Promise<{ rule: { name: string; says: string }; fault: Fault | undefined }[]> {
  const certificate = chain[i] as Certificate;
  if (chain.length === 1) {
    return [
      { rule: { name: 'self-signed', says: 'the certificate is signed with its own key' }, fault: await loneSignatureFault(certificate) },
      { rule: { name: 'self-issued', says: 'issuer and subject are the same' }, fault: loneIssuerFault(CODE_SIGNING, certificate) },
    ];
  }
  const issuer = chain[i + 1];
  const link = await settle(checkSignatureFrom(certificate, issuer ?? certificate));
  const fault = await linkFault(chain, i, link);
  const rule =
    issuer === undefined
      ? { name: 'root-self-signed', says: 'the last certificate is a self-signed root' }
      : { name: 'issued-by-next', says: 'the certificate is issued by the next one and not by itself' };
  return [{ rule, fault }];
}
