// SPDX-License-Identifier: Apache-2.0
/** The rules of whole chains: leaf first, each certificate issued by the next, ending in a self-signed root. */
import { Fault } from '@notary/base';
import { faults } from './faults.ts';
import { checkSelfSignature, checkSignatureFrom, namesMatch, type Settled, settle } from './issuance.ts';
import { MAX_CHAIN_LENGTH } from './limits.ts';
import { goName } from './name.ts';
import { CODE_SIGNING, type Profile, type Rule, TIMESTAMPING } from './profile-rules.ts';
import type { Certificate } from './types.ts';

/** How a chain is judged. */
export interface ChainOptions {
  /** When signing: each certificate must be valid at this time. Verification judges validity elsewhere, with the timestamp. */
  readonly signingTime?: Date | undefined;
}

/**
 * Faults with `X509_…` unless `chain` (leaf first) meets the code-signing profile of the Notary Project ("Certificate Requirements"). The first broken rule in Go's order decides, and the
 * fault's message is Go's.
 */
export const checkCodeSigningChain = (chain: readonly Certificate[], options: ChainOptions = {}): Promise<void> =>
  checkChain(CODE_SIGNING, chain, options.signingTime);

/** Faults unless `chain` meets the rules for time-stamping authorities. */
export const checkTimestampingChain = (chain: readonly Certificate[]): Promise<void> => checkChain(TIMESTAMPING, chain, undefined);

async function checkChain(profile: Profile, chain: readonly Certificate[], signingTime: Date | undefined): Promise<void> {
  const [first] = chain;
  if (first === undefined) throw faults.CHAIN_EMPTY();
  if (chain.length > MAX_CHAIN_LENGTH) throw faults.CHAIN_TOO_LONG({ length: chain.length, max: MAX_CHAIN_LENGTH });
  if (chain.length === 1) return checkLone(profile, first, signingTime);
  // The signatures of all links are checked side by side, and judged in order below.
  const links = chain.map((certificate, i) => settle(checkSignatureFrom(certificate, chain[i + 1] ?? certificate)));
  await Promise.all(links);
  for (const [i, certificate] of chain.entries()) {
    const broken =
      validityFault(certificate, signingTime) ??
      (await linkFault(chain, i, await (links[i] as Promise<Settled>))) ??
      firstBroken(i === 0 ? profile.leaf : profile.issuer, certificate, i - 1);
    if (broken !== undefined) throw broken;
  }
}

/** A chain of one: a certificate that signed itself and is no CA. */
async function checkLone(profile: Profile, certificate: Certificate, signingTime: Date | undefined): Promise<void> {
  const broken =
    (await loneSignatureFault(certificate)) ?? loneIssuerFault(profile, certificate) ?? validityFault(certificate, signingTime);
  if (broken !== undefined) throw broken;
  const rule = firstBroken(profile.leaf, certificate, 0);
  if (rule !== undefined) throw prefixed('invalid self-signed certificate. Error: ', rule);
}

/** The fault with the same code and remedy under a longer message. */
function prefixed(prefix: string, fault: Fault): Fault {
  const { code, category, facts, remedy, rank, message } = fault;
  return new Fault({ code, category, facts, remedy, rank, message: prefix + message, cause: fault });
}

function firstBroken(rules: readonly Rule[], certificate: Certificate, below: number): Fault | undefined {
  for (const rule of rules) {
    const fault = rule.check(certificate, below);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

export async function loneSignatureFault(certificate: Certificate): Promise<Settled> {
  const failure = await settle(checkSelfSignature(certificate));
  if (failure === undefined) return undefined;
  return faults.CHAIN_SELF_SIGNATURE_INVALID({ subject: goName(certificate.subject), reason: failure.message }, { cause: failure });
}

export function loneIssuerFault(profile: Profile, certificate: Certificate): Settled {
  if (namesMatch(certificate, certificate)) return undefined;
  const { subject, issuer } = certificate;
  return faults.CHAIN_SELF_ISSUER_MISMATCH({ subject: goName(subject), issuer: goName(issuer), of: profile.purpose });
}

export function validityFault(certificate: Certificate, at: Date | undefined): Settled {
  const { notBefore, notAfter } = certificate;
  if (at === undefined || (at >= notBefore && at <= notAfter)) return undefined;
  const times = { signingTime: goTime(at), notBefore: goTime(notBefore), notAfter: goTime(notAfter) };
  return faults.CHAIN_OUTSIDE_VALIDITY({ subject: goName(certificate.subject), ...times });
}

/** Go's default text of a UTC time. */
function goTime(at: Date): string {
  const [day = '', time = ''] = at.toISOString().slice(0, -1).split('T');
  const fraction = time.slice(8).replace(/\.?0+$/, '');
  return `${day} ${time.slice(0, 8)}${fraction} +0000 UTC`;
}

/** Is each certificate signed by the next, the last by itself and no other one by itself? `link` is what came of its signature check. */
export async function linkFault(chain: readonly Certificate[], i: number, link: Settled): Promise<Settled> {
  const certificate = chain[i] as Certificate;
  const issuer = chain[i + 1];
  const selfIssued = namesMatch(certificate, certificate);
  if (link === undefined && selfIssued === (issuer === undefined) && (issuer === undefined || namesMatch(certificate, issuer)))
    return undefined;
  const subject = goName(certificate.subject);
  if (issuer === undefined) {
    return link === undefined
      ? faults.CHAIN_ROOT_NOT_SELF_SIGNED({ subject })
      : faults.CHAIN_ROOT_NOT_SELF_SIGNED({ subject, reason: link.message }, { cause: link });
  }
  if (selfIssued && (await settle(checkSignatureFrom(certificate, certificate))) === undefined) {
    return i === 0 ? faults.CHAIN_LEAF_SELF_SIGNED({ subject }) : faults.CHAIN_INTERMEDIATE_SELF_SIGNED({ subject });
  }
  const names = { subject, issuer: goName(issuer.subject) };
  if (link !== undefined) return faults.CHAIN_NOT_ISSUED({ ...names, reason: link.message }, { cause: link });
  return namesMatch(certificate, issuer) ? undefined : faults.CHAIN_NOT_ISSUED(names);
}
