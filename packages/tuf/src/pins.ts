// SPDX-License-Identifier: Apache-2.0
/**
 * Trust pins: what a user knows about a root before the first contact. Precedence: `certs[GUN]`, the longest `certs["prefix*"]`,
 * the longest `ca` prefix, then trust on first use unless it is switched off. GUNs are compared with their case: the reference
 * lower-cases the keys of its configuration and thereby ignores pins of names with capitals.
 */
import { equalBytes } from '@notary/base';
import { type Certificate, verifyCertificateSignature } from '@notary/x509';
import { bundleKey, isCa, isUsableCertificate } from './certificates.ts';
import { MAX_CA_PATH } from './limits.ts';

export interface TrustPins {
  /** GUN or `prefix*` to IDs of root keys in their x509 form. */
  readonly certs: ReadonlyMap<string, readonly string[]>;
  /** GUN prefix to the certificates of the authorities that may issue root certificates. */
  readonly ca: ReadonlyMap<string, readonly Certificate[]>;
  /** Refuse a first contact that no pin covers. */
  readonly disableTofu: boolean;
}

/** No pins, trust on first use: how the reference behaves out of the box. */
export const NO_PINS: TrustPins = { certs: new Map(), ca: new Map(), disableTofu: false };

/** Which pin covers a GUN. */
export type PinChoice =
  | { readonly kind: 'certs'; readonly pattern: string; readonly keyIds: readonly string[] }
  | { readonly kind: 'ca'; readonly prefix: string; readonly authorities: readonly Certificate[] }
  | { readonly kind: 'tofu' }
  | { readonly kind: 'refused' };

export function choosePin(pins: TrustPins, gun: string): PinChoice {
  const exact = pins.certs.get(gun);
  if (exact !== undefined) return { kind: 'certs', pattern: gun, keyIds: exact };
  const wildcards = [...pins.certs.keys()].filter((p) => p.endsWith('*') && gun.startsWith(p.slice(0, -1)));
  const pattern = longest(wildcards);
  if (pattern !== undefined) return { kind: 'certs', pattern, keyIds: pins.certs.get(pattern) ?? [] };
  const prefix = longest([...pins.ca.keys()].filter((p) => gun.startsWith(p)));
  if (prefix !== undefined) return { kind: 'ca', prefix, authorities: pins.ca.get(prefix) ?? [] };
  return pins.disableTofu ? { kind: 'refused' } : { kind: 'tofu' };
}

const longest = (texts: readonly string[]): string | undefined => [...texts].sort((a, b) => b.length - a.length)[0];

/** Does a root certificate (with the intermediates that travel with it) satisfy the pin? */
export async function satisfiesPin(
  choice: PinChoice,
  leaf: Certificate,
  intermediates: readonly Certificate[],
  at: Date,
): Promise<boolean> {
  switch (choice.kind) {
    case 'certs':
      return choice.keyIds.includes(bundleKey(leaf, intermediates).id);
    case 'ca':
      return chainsTo(choice.authorities, leaf, intermediates, at);
    case 'tofu':
      return true;
    case 'refused':
      return false;
  }
}

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
