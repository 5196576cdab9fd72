// SPDX-License-Identifier: Apache-2.0
/** Keys and roots that bearer tokens are checked with, from `auth.options.rootcertbundle`. */
import { equalBytes, toUtf8 } from '@notary/base';
import type { TokenAuthConfig } from '@notary/notary-server';
import type { Platform } from '@notary/platform';
import { type TokenKey, type TokenTrust, tokenKeyFromSpki } from '@notary/service/token';
import { type Certificate, checkSignatureFrom, parseCertificate, parseCertificates } from '@notary/x509';
import { readTextFile } from './configuration.ts';
import { appFaults } from './faults.ts';

/** Longest chain that is followed: a token carries at most a handful of certificates. */
const MAX_STEPS = 8;

/** Reads the bundle. Every certificate in it is a root for `x5c` chains and its key is trusted by name. */
export async function loadTokenTrust(auth: TokenAuthConfig, platform: Platform): Promise<TokenTrust> {
  const text = await readTextFile(platform, auth.rootCertBundle, 'auth.options.rootcertbundle');
  const roots = parseCertificates(toUtf8(text));
  if (roots.length === 0) throw appFaults.TOKEN_BUNDLE_EMPTY({ file: auth.rootCertBundle });
  const keys: TokenKey[] = [];
  for (const root of roots) keys.push(await tokenKeyFromSpki(root.spki));
  return {
    issuer: auth.issuer,
    service: auth.service,
    keys,
    checkChain: (chain, at) => checkTokenChain(chain, roots, at),
  };
}

const untrusted = (reason: string) => appFaults.TOKEN_CHAIN_UNTRUSTED({ reason });

/** From the leaf upwards until a root; every certificate on the way must be valid at `at`. Returns the leaf's key. */
async function checkTokenChain(chain: readonly Uint8Array[], roots: readonly Certificate[], at: Date): Promise<Uint8Array> {
  const certificates = chain.map((der) => parseCertificate(der));
  const [leaf, ...others] = certificates;
  if (leaf === undefined) throw untrusted('the chain is empty');
  let current = leaf;
  for (let step = 0; step < MAX_STEPS; step++) {
    if (at < current.notBefore || at > current.notAfter) throw untrusted('a certificate is not valid now');
    if (roots.some((r) => equalBytes(r.der, current.der))) return leaf.spki;
    const root = await findIssuer(current, roots);
    if (root !== undefined) {
      if (at < root.notBefore || at > root.notAfter) throw untrusted('its root is not valid now');
      return leaf.spki;
    }
    const next = await findIssuer(current, others);
    if (next === undefined) throw untrusted('an issuer is missing');
    current = next;
  }
  throw untrusted('the chain is too long');
}

async function findIssuer(certificate: Certificate, candidates: readonly Certificate[]): Promise<Certificate | undefined> {
  for (const candidate of candidates) {
    if (!equalBytes(candidate.subject.der, certificate.issuer.der)) continue;
    try {
      await checkSignatureFrom(certificate, candidate);
      return candidate;
    } catch {
      // another certificate of this name may be the one
    }
  }
  return undefined;
}
