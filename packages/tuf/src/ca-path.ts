// SPDX-License-Identifier: Apache-2.0
/** Paths from a root certificate to an authority that a user pinned. */
import { equalBytes } from '@notary/base';
import { type Certificate, verifyCertificateSignature } from '@notary/x509';
import { isCa, isUsableCertificate } from './certificates.ts';
import { MAX_CA_PATH } from './limits.ts';

// Go's default is serverAuth. Root certificates are for signing, so codeSigning is taken as well: the reference's own
// root certificates carry it, and a CA that issues them could otherwise never be pinned.
const ACCEPTED_USAGES = ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.3', '2.5.29.37.0'];
const NAME_CONSTRAINTS = '2.5.29.30';

const acceptsUsage = (c: Certificate): boolean =>
  c.extendedKeyUsage === undefined || c.extendedKeyUsage.oids.some((o) => ACCEPTED_USAGES.includes(o));
const inTime = (c: Certificate, at: Date): boolean => c.notBefore <= at && at <= c.notAfter;

/** Is there a path from `leaf` over `intermediates` to one of the authorities? Name constraints are not evaluated: such a path is refused. */
export async function chainsTo(
  authorities: readonly Certificate[],
  leaf: Certificate,
  intermediates: readonly Certificate[],
  at: Date,
): Promise<boolean> {
  const roots = authorities.filter((c) => isUsableCertificate(c, at));
  if (!inTime(leaf, at) || !acceptsUsage(leaf)) return false;
  if (roots.some((r) => equalBytes(r.der, leaf.der))) return true;
  return climb(leaf, 0, { roots, intermediates, at });
}

async function climb(
  child: Certificate,
  below: number,
  pool: { roots: readonly Certificate[]; intermediates: readonly Certificate[]; at: Date },
): Promise<boolean> {
  if (below >= MAX_CA_PATH) return false;
  for (const issuer of [...pool.roots, ...pool.intermediates]) {
    if (!equalBytes(issuer.subject.der, child.issuer.der) || !mayIssue(issuer, below, pool.at)) continue;
    if (!(await verifyCertificateSignature(child, issuer))) continue;
    if (pool.roots.includes(issuer)) return true;
    if (await climb(issuer, below + 1, { ...pool, intermediates: pool.intermediates.filter((c) => c !== issuer) })) return true;
  }
  return false;
}

function mayIssue(issuer: Certificate, below: number, at: Date): boolean {
  if (!isCa(issuer) || !inTime(issuer, at) || !acceptsUsage(issuer)) return false;
  if (issuer.keyUsage !== undefined && !issuer.keyUsage.bits.has('keyCertSign')) return false;
  const length = issuer.basicConstraints?.pathLength;
  if (length !== undefined && below > length) return false;
  return !issuer.extensions.some((e) => e.oid === NAME_CONSTRAINTS);
}
