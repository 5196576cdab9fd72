// SPDX-License-Identifier: Apache-2.0
/** Chains from certificates in any order, by names and key identifiers. The chain rules prove afterwards what this only arranges. */
import { equalBytes } from '@notary/base';
import { faults } from './faults.ts';
import { namesMatch } from './issuance.ts';
import { MAX_CHAIN_LENGTH } from './limits.ts';
import type { Certificate } from './types.ts';

/**
 * The chain from the leaf to the last issuer that is there. The leaf is the certificate of the key `leafSpki`, else the only one that
 * issued no other. Repeated certificates count once; certificates that do not belong to the chain are left out.
 */
export function orderChain(certificates: readonly Certificate[], leafSpki?: Uint8Array): Certificate[] {
  const pool = certificates.filter((c, i) => certificates.findIndex((d) => equalBytes(c.der, d.der)) === i);
  const chain = [findLeaf(pool, leafSpki)];
  for (;;) {
    const last = chain[chain.length - 1] as Certificate;
    if (namesMatch(last, last)) return chain;
    const next = bestIssuer(
      last,
      pool.filter((c) => !chain.includes(c)),
    );
    if (next === undefined || chain.length >= MAX_CHAIN_LENGTH) return chain;
    chain.push(next);
  }
}

function findLeaf(pool: readonly Certificate[], leafSpki: Uint8Array | undefined): Certificate {
  const leaves =
    leafSpki === undefined
      ? pool.filter((c) => !pool.some((d) => d !== c && namesMatch(d, c)))
      : preferLeaf(pool.filter((c) => equalBytes(c.spki, leafSpki)));
  const [leaf] = leaves;
  if (pool.length === 0) throw faults.CHAIN_EMPTY();
  if (leaf === undefined) throw leafSpki === undefined ? faults.CHAIN_LEAF_UNCLEAR({ candidates: 0 }) : faults.CHAIN_LEAF_NOT_FOUND();
  if (leaves.length > 1) throw faults.CHAIN_LEAF_UNCLEAR({ candidates: leaves.length });
  return leaf;
}

/** Of several certificates of one key (a renewed one beside the old one) the one that lasts longest. */
const preferLeaf = (candidates: Certificate[]): Certificate[] =>
  candidates.sort((a, b) => b.notAfter.getTime() - a.notAfter.getTime()).slice(0, 1);

/** Among certificates with the issuer's name: the one with the right key identifier, then the one that lasts longest. */
function bestIssuer(certificate: Certificate, pool: readonly Certificate[]): Certificate | undefined {
  const keyId = certificate.authorityKeyId;
  const score = (c: Certificate): number =>
    keyId === undefined || c.subjectKeyId === undefined ? 1 : equalBytes(keyId, c.subjectKeyId) ? 2 : 0;
  return pool
    .filter((c) => namesMatch(certificate, c))
    .sort((a, b) => score(b) - score(a) || b.notAfter.getTime() - a.notAfter.getTime())[0];
}
