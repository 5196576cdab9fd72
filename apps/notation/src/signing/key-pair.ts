// SPDX-License-Identifier: Apache-2.0
/** A private key with its certificate chain from files, with the messages of Go's crypto/tls where a pair is no pair. */
import { equalBytes, type Fault, isFault, Secret } from '@notary/base';
import { type PrivateKey, parsePkcs12, parsePrivateKey } from '@notary/base/crypto';
import { type PemBlock, parsePem } from '@notary/base/pem';
import { type Certificate, orderChain, parseCertificate, parseCertificates } from '@notary/x509';
import type { AppDeps } from '../deps.ts';
import { faults } from '../faults.ts';
import { limits } from '../limits.ts';
import { readExisting } from '../store/files.ts';
import { askPassphrase, givenPassphrase, type Passphrases } from './passphrase.ts';

export interface KeyPair {
  readonly key: PrivateKey;
  /** Leaf first. */
  readonly chain: readonly Certificate[];
}

export interface KeyPairFiles extends Passphrases {
  readonly keyPath: string;
  readonly certPath: string;
}

/** The pair of a listed key: two PEM files. Faults: `FILES_…`, `CMD_TLS_PAIR`, `CMD_PAIR_MISMATCH`, `CMD_PASSPHRASE_UNAVAILABLE` and those of the decoders. */
export async function loadKeyPair(deps: AppDeps, files: KeyPairFiles): Promise<KeyPair> {
  const certificateBytes = await readExisting(deps.files, files.certPath, limits.certificateBytes);
  const keyBytes = await readExisting(deps.files, files.keyPath, limits.certificateBytes);
  const chain = certificatesOf(blocksOf(certificateBytes));
  checkKeyBlocks(blocksOf(keyBytes));
  const leaf = parseCertificate(chain[0] as Uint8Array);
  const key = await parseKey(deps, keyBytes, files);
  const certificates = [leaf, ...chain.slice(1).map((der) => parseCertificate(der))];
  return { key, chain: chainOf(key, certificates) };
}

export interface AdHocFiles extends Passphrases {
  /** PEM (plain or encrypted) or PKCS#12. */
  readonly keyFile: string;
  /** Empty: the certificates are in the key file. */
  readonly certFiles: readonly string[];
}

/** The pair of `--key-file`: certificates in any order, in one file or several, or beside the key. */
export async function loadAdHocKeyPair(deps: AppDeps, files: AdHocFiles): Promise<KeyPair> {
  const bytes = await readExisting(deps.files, files.keyFile, limits.certificateBytes);
  const certificates: Certificate[] = [];
  for (const path of files.certFiles) {
    const found = parseCertificates(await readExisting(deps.files, path, limits.certificateBytes));
    if (found.length === 0) throw faults.CHAIN_ABSENT({ path });
    certificates.push(...found);
  }
  const passphrase = { keyPath: files.keyFile, passphraseFile: files.passphraseFile };
  if (isPkcs12(bytes)) {
    const bag = await openWith(deps, passphrase, async (source) => parsePkcs12(bytes, await source()));
    if (certificates.length === 0) certificates.push(...bag.certificates.map((der) => parseCertificate(der)));
    return { key: bag.key, chain: adHocChain(bag.key, certificates, files.keyFile) };
  }
  const blocks = blocksOf(bytes);
  if (blocks.length > 0) checkKeyBlocks(blocks);
  const key = await parseKey(deps, bytes, passphrase);
  if (certificates.length === 0) certificates.push(...certificatesAmong(blocks));
  return { key, chain: adHocChain(key, certificates, files.keyFile) };
}

function adHocChain(key: PrivateKey, certificates: readonly Certificate[], path: string): readonly Certificate[] {
  if (certificates.length === 0) throw faults.CHAIN_ABSENT({ path });
  if (!certificates.some((c) => equalBytes(c.spki, key.spki))) throw faults.CHAIN_WITHOUT_LEAF();
  return orderChain(certificates, key.spki);
}

const certificatesAmong = (blocks: readonly PemBlock[]): Certificate[] =>
  blocks.filter((b) => b.label === 'CERTIFICATE').map((b) => parseCertificate(b.bytes));

/** Files that were written leaf first stay as they are; others are put in order if the key's own certificate is among them. */
function chainOf(key: PrivateKey, certificates: readonly Certificate[]): readonly Certificate[] {
  const leaf = certificates[0] as Certificate;
  if (equalBytes(leaf.spki, key.spki)) return certificates;
  if (certificates.some((c) => equalBytes(c.spki, key.spki))) return orderChain(certificates, key.spki);
  const types = { rsa: 'rsa', ec: 'ec', ed25519: 'ed25519' } as const;
  if (leaf.publicKey.type === 'unknown') throw faults.TLS_PAIR({ reason: 'unknown public key algorithm' });
  if (types[leaf.publicKey.type] !== key.keyType) throw faults.TLS_PAIR({ reason: 'private key type does not match public key type' });
  throw faults.PAIR_MISMATCH();
}

/** PEM blocks of text that may hold anything beside them. What is no PEM at all has none. */
function blocksOf(bytes: Uint8Array): readonly PemBlock[] {
  try {
    return parsePem(bytes);
  } catch (e) {
    if (isFault(e)) return [];
    throw e;
  }
}

function certificatesOf(blocks: readonly PemBlock[]): readonly Uint8Array[] {
  const certificates = blocks.filter((b) => b.label === 'CERTIFICATE');
  if (certificates.length > 0) return certificates.map((b) => b.bytes);
  const labels = blocks.map((b) => b.label);
  if (labels.length === 0) throw faults.TLS_PAIR({ reason: 'failed to find any PEM data in certificate input' });
  if (labels.length === 1 && labels[0]?.endsWith('PRIVATE KEY'))
    throw faults.TLS_PAIR({
      reason: 'failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched',
    });
  throw faults.TLS_PAIR({
    reason: `failed to find "CERTIFICATE" PEM block in certificate input after skipping PEM blocks of the following types: [${labels.join(' ')}]`,
  });
}

function checkKeyBlocks(blocks: readonly PemBlock[]): void {
  const labels = blocks.map((b) => b.label);
  if (labels.some((l) => l === 'PRIVATE KEY' || l.endsWith(' PRIVATE KEY'))) return;
  if (labels.length === 0) throw faults.TLS_PAIR({ reason: 'failed to find any PEM data in key input' });
  if (labels.length === 1 && labels[0] === 'CERTIFICATE')
    throw faults.TLS_PAIR({ reason: 'found a certificate rather than a key in the PEM for the private key' });
  throw faults.TLS_PAIR({
    reason: `failed to find PEM block with type ending in "PRIVATE KEY" in key input after skipping PEM blocks of the following types: [${labels.join(' ')}]`,
  });
}

async function parseKey(deps: AppDeps, bytes: Uint8Array, files: Passphrases & { readonly keyPath: string }): Promise<PrivateKey> {
  try {
    return await openWith(deps, files, (source) => parsePrivateKey(bytes, source));
  } catch (cause) {
    throw isFault(cause) && isUnreadable(cause) ? faults.TLS_PAIR({ reason: 'failed to parse private key' }, { cause }) : cause;
  }
}

/** Go says no more about a key that it cannot read; a wrong passphrase and a refused algorithm keep their own words. */
const isUnreadable = (fault: Fault): boolean => fault.category === 'malformed' && !/PASSPHRASE|PASSWORD|DECRYPT/.test(fault.code);

/**
 * Opens a file that may have a passphrase. Many have the empty one, which protects nothing: it is tried before anybody is asked, and where
 * the given one, meant for another key, fails. A passphrase that is given and right costs no second derivation, which takes 2 ms with what
 * OpenSSL writes by default and more than 50 ms with its scrypt.
 */
async function openWith<T>(
  deps: AppDeps,
  files: Passphrases & { readonly keyPath: string },
  open: (passphrase: () => Promise<Secret<string>>) => Promise<T>,
): Promise<T> {
  const none = new Secret('');
  let given: Secret<string> | undefined;
  const attempt = (passphrase: () => Promise<Secret<string>>) =>
    open(passphrase).catch((e: unknown) => {
      if (isFault(e, 'CRYPTO_PASSPHRASE_INCORRECT')) return e;
      throw e;
    });
  const first = await attempt(async () => {
    given = await givenPassphrase(deps, files);
    return given ?? none;
  });
  if (!isFault(first)) return first;
  if (given === undefined) return open(() => askPassphrase(deps, files.keyPath));
  const second = await attempt(async () => none);
  if (isFault(second)) throw first;
  return second;
}

/** A PFX begins with a sequence that begins with the version 3 (RFC 7292 4). */
function isPkcs12(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0x30 || bytes[1] === undefined) return false;
  const head = bytes[1] < 0x80 ? 2 : 2 + (bytes[1] & 0x7f);
  return bytes[head] === 0x02 && bytes[head + 1] === 0x01 && bytes[head + 2] === 0x03;
}
