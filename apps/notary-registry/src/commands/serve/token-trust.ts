// SPDX-License-Identifier: Apache-2.0
/** Keys that verify tokens, from the files operators have: PEM certificates (roots of x5c chains too), PEM public keys, a JWK set. */
import { equalBytes, type Files, fromUtf8Lossy } from '@notary/base';
import { parsePem } from '@notary/base/pem';
import { type ChainCheck, type TokenKey, tokenKeyFromSpki, tokenKeysFromJwks } from '@notary/service/token';
import { type Certificate, checkSignatureFrom, parseCertificate } from '@notary/x509';
import { faults } from '../../faults.ts';

/** A bundle of roots; as large as a system's whole store. */
const MAX_KEY_FILE_BYTES = 1024 * 1024;

export interface TokenKeys {
  readonly keys: readonly TokenKey[];
  readonly checkChain: ChainCheck | undefined;
}

const validAt = (c: Certificate, at: Date): boolean => c.notBefore <= at && at <= c.notAfter;

/** Walks a chain from its leaf until a certificate is a root or signed by one. */
function chainCheck(roots: readonly Certificate[]): ChainCheck {
  return async (ders, at) => {
    const chain = ders.map(parseCertificate);
    for (let i = 0; i < chain.length; i++) {
      const certificate = chain[i] as Certificate;
      if (!validAt(certificate, at)) break;
      if (roots.some((r) => equalBytes(r.der, certificate.der))) return (chain[0] as Certificate).spki;
      const root = roots.find((r) => equalBytes(r.subject.der, certificate.issuer.der) && validAt(r, at));
      if (root !== undefined) {
        await checkSignatureFrom(certificate, root);
        return (chain[0] as Certificate).spki;
      }
      const next = chain[i + 1];
      if (next === undefined || !equalBytes(next.subject.der, certificate.issuer.der)) break;
      await checkSignatureFrom(certificate, next);
    }
    throw faults.FLAG_CONFLICT({ reason: 'the chain leads to no trusted root' });
  };
}

/** Reads the file of `--token-key`. */
export async function readTokenKeys(files: Files, path: string): Promise<TokenKeys> {
  const bytes = await files.read(path, MAX_KEY_FILE_BYTES);
  if (bytes === undefined) throw faults.FILE_MISSING({ path, purpose: '--token-key' });
  const text = fromUtf8Lossy(bytes);
  if (text.trimStart().startsWith('{')) return { keys: await tokenKeysFromJwks(text), checkChain: undefined };
  const keys: TokenKey[] = [];
  const roots: Certificate[] = [];
  for (const block of parsePem(bytes)) {
    if (block.label === 'CERTIFICATE') {
      const certificate = parseCertificate(block.bytes);
      roots.push(certificate);
      keys.push(await tokenKeyFromSpki(certificate.spki));
    } else if (block.label === 'PUBLIC KEY') keys.push(await tokenKeyFromSpki(block.bytes));
  }
  if (keys.length === 0) throw faults.TOKEN_KEYS_EMPTY({ path });
  return { keys, checkChain: roots.length > 0 ? chainCheck(roots) : undefined };
}
