// SPDX-License-Identifier: Apache-2.0
/**
 * Chains from a certificate to one of a set of roots at an instant: Go's `Certificate.Verify`, with its order of candidates, its
 * bound on signature checks and its words. Used for time-stamping authorities; code-signing chains come complete and ordered.
 */
import { equalBytes, Fault, toHex } from '@notary/base';
import { EXTENSION } from './extensions.ts';
import { faults } from './faults.ts';
import { checkSignatureFrom, namesMatch, type Settled, settle } from './issuance.ts';
import { MAX_CHAIN_LENGTH, MAX_PATH_CHECKS } from './limits.ts';
import type { Certificate } from './types.ts';

export interface PathOptions {
  readonly roots: readonly Certificate[];
  readonly intermediates: readonly Certificate[];
  readonly at: Date;
  /** The purpose that every certificate with an extended key usage must allow. */
  readonly purpose: string;
}

const ANY_PURPOSE = '2.5.29.37.0';

const refuse = (reason: string): Fault => faults.PATH_CERTIFICATE_INVALID({ reason: `x509: ${reason}` });

/** Every chain from `leaf` to a root that holds at that instant, leaf first, most plausible first; faults if there is none. */
export async function buildChains(leaf: Certificate, options: PathOptions): Promise<Certificate[][]> {
  const invalid = invalidReason(leaf, 'leaf', [], options.at);
  if (invalid !== undefined) throw invalid;
  const found = options.roots.some((r) => equalBytes(r.der, leaf.der)) ? [[leaf]] : await new PathSearch(options).from([leaf]);
  const fitting = found.filter((chain) => allowsPurpose(chain, options.purpose));
  if (fitting.length === 0) throw refuse('certificate specifies an incompatible key usage');
  const allowed = fitting.filter((chain) => !hasConstrainedNames(chain));
  if (allowed.length === 0) {
    throw refuse('a root or intermediate certificate is not authorized to sign for this name: name constraints are not evaluated');
  }
  return allowed;
}

class PathSearch {
  readonly #options: PathOptions;
  #checks = 0;

  constructor(options: PathOptions) {
    this.#options = options;
  }

  /** Chains that begin with `chain`. Throws the reason if there is none. */
  async from(chain: readonly Certificate[]): Promise<Certificate[][]> {
    const last = chain[chain.length - 1] as Certificate;
    const { roots, intermediates } = this.#options;
    const chains: Certificate[][] = [];
    let hint: { fault: Fault; candidate: Certificate } | undefined;
    let deeper: Fault | undefined;
    for (const [kind, pool] of [
      ['root', roots],
      ['intermediate', intermediates],
    ] as const) {
      for (const candidate of potentialIssuers(last, pool)) {
        if (++this.#checks > MAX_PATH_CHECKS) {
          if (chains.length > 0) return chains;
          throw faults.PATH_TOO_MANY_CHECKS({ max: MAX_PATH_CHECKS });
        }
        if (candidate.publicKey.type === 'unknown' || alreadyIn(chain, candidate) || chain.length >= MAX_CHAIN_LENGTH) continue;
        const refused = await this.#refusal(candidate, kind, chain);
        if (refused !== undefined) hint ??= { fault: refused, candidate };
        else if (kind === 'root') chains.push([...chain, candidate]);
        else deeper = (await this.#descend([...chain, candidate], chains)) ?? deeper;
      }
    }
    if (chains.length > 0) return chains;
    throw deeper ?? faults.PATH_SIGNER_UNTRUSTED({ hint: hint?.fault.message, candidate: hint && displayName(hint.candidate) });
  }

  async #refusal(candidate: Certificate, kind: 'root' | 'intermediate', chain: readonly Certificate[]): Promise<Settled> {
    const last = chain[chain.length - 1] as Certificate;
    return (await settle(checkSignatureFrom(last, candidate))) ?? invalidReason(candidate, kind, chain, this.#options.at);
  }

  async #descend(chain: readonly Certificate[], into: Certificate[][]): Promise<Settled> {
    try {
      into.push(...(await this.from(chain)));
      return undefined;
    } catch (e) {
      if (e instanceof Fault && e.code !== faults.PATH_TOO_MANY_CHECKS.code) return e;
      throw e;
    }
  }
}

/** Certificates with the issuer's name: matching key identifiers first, then those that cannot be compared, then mismatches. */
function potentialIssuers(certificate: Certificate, pool: readonly Certificate[]): Certificate[] {
  const none = new Uint8Array(0);
  const wanted = certificate.authorityKeyId ?? none;
  const rank = (c: Certificate): number => {
    const own = c.subjectKeyId ?? none;
    return equalBytes(own, wanted) ? 0 : own.length === 0 || wanted.length === 0 ? 1 : 2;
  };
  return pool.filter((c) => namesMatch(certificate, c)).sort((a, b) => rank(a) - rank(b));
}

const subjectAltName = (c: Certificate): Uint8Array | undefined => c.extensions.find((e) => e.oid === EXTENSION.SUBJECT_ALT_NAME)?.value;

/** The same subject, key and alternative names: a cross-signed twin leads nowhere new. */
function alreadyIn(chain: readonly Certificate[], candidate: Certificate): boolean {
  const names = subjectAltName(candidate) ?? new Uint8Array(0);
  return chain.some(
    (c) =>
      equalBytes(c.subject.der, candidate.subject.der) &&
      equalBytes(c.spki, candidate.spki) &&
      equalBytes(subjectAltName(c) ?? new Uint8Array(0), names),
  );
}

function invalidReason(certificate: Certificate, kind: 'leaf' | 'intermediate' | 'root', chain: readonly Certificate[], at: Date): Settled {
  if (certificate.unhandledCriticalExtensions.length > 0) return refuse('unhandled critical extension');
  const { notBefore, notAfter, basicConstraints } = certificate;
  if (at < notBefore)
    return refuse(`certificate has expired or is not yet valid: current time ${rfc3339(at)} is before ${rfc3339(notBefore)}`);
  if (at > notAfter)
    return refuse(`certificate has expired or is not yet valid: current time ${rfc3339(at)} is after ${rfc3339(notAfter)}`);
  if (kind === 'intermediate' && basicConstraints?.ca !== true) return refuse('certificate is not authorized to sign other certificates');
  const pathLength = basicConstraints?.pathLength;
  if (pathLength !== undefined && chain.length - 1 > pathLength) return refuse('too many intermediates for path length constraint');
  return undefined;
}

const rfc3339 = (at: Date): string => at.toISOString().replace(/\.\d+Z$/, 'Z');

const allowsPurpose = (chain: readonly Certificate[], purpose: string): boolean =>
  chain.every(({ extendedKeyUsage }) => {
    const oids = extendedKeyUsage?.oids ?? [];
    return oids.length === 0 || oids.includes(purpose) || oids.includes(ANY_PURPOSE);
  });

/**
 * Do name constraints of an issuer meet alternative names of a certificate below it? Time-stamping authorities have no use for
 * either; where both are present the chain is refused rather than half judged.
 */
const hasConstrainedNames = (chain: readonly Certificate[]): boolean =>
  chain.some(
    (issuer, i) =>
      i > 0 &&
      issuer.extensions.some((e) => e.oid === EXTENSION.NAME_CONSTRAINTS) &&
      chain.slice(0, i).some((c) => subjectAltName(c) !== undefined),
  );

/** RFC 5280 4.1.2.2 allows 20; what is longer is no serial number that anybody would look up. */
const MAX_SHOWN_SERIAL_OCTETS = 64;

/** Common name, else organization, else serial number: how Go names a candidate. */
function displayName(certificate: Certificate): string {
  const attributes = certificate.subject.rdns.flat();
  const last = attributes.filter((a) => a.oid === '2.5.4.3').at(-1)?.value;
  if (last) return last;
  const organization = attributes.find((a) => a.oid === '2.5.4.10')?.value;
  if (organization !== undefined) return organization;
  // RFC 5280 allows 20 octets. Numbers of many more would keep a verifier busy with decimals, and tokens are not signed by the signer.
  const { serialNumber } = certificate;
  if (serialNumber.length > MAX_SHOWN_SERIAL_OCTETS) return `serial:0x${toHex(serialNumber.subarray(0, MAX_SHOWN_SERIAL_OCTETS))}…`;
  return `serial:${BigInt(`0x${toHex(serialNumber)}`)}`;
}
