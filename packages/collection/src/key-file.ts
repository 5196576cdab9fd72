// SPDX-License-Identifier: Apache-2.0
/**
 * Key files: PEM with RFC 1421 headers `role` and `gun`. Written as the Go client can read them: PKCS#8, encrypted with PBES2,
 * PBKDF2 over HMAC-SHA1 (the PRF field left out) and AES-256-CBC. Read in every form that it ever wrote.
 */
import { concatBytes, isFault, type Random, Secret, toUtf8 } from '@notary/base';
import { encryptPkcs8, type PrivateKey, parsePrivateKey } from '@notary/base/crypto';
import { derInteger, derOctets, derOid, derSequence } from '@notary/base/der';
import { encodePem, type PemBlock, parsePem } from '@notary/base/pem';
import { createSigningKey, isBaseRole } from '@notary/tuf';
import { collectionFaults } from './faults.ts';
import { KEY_FILE_ITERATIONS, KEY_FILE_SALT_BYTES } from './limits.ts';

/** What a key file says about its key. */
export interface KeyInfo {
  /** Any text: a base role, a delegation, a Docker signer's name, or nothing. */
  readonly role: string;
  /** Only keys of targets, snapshot and timestamp carry one. */
  readonly gun: string;
}

const KEY_LABELS: ReadonlySet<string> = new Set([
  'PRIVATE KEY',
  'ENCRYPTED PRIVATE KEY',
  'RSA PRIVATE KEY',
  'EC PRIVATE KEY',
  'ED25519 PRIVATE KEY',
]);

/** The first block of a key file. Faults: `COLLECTION_KEY_FILE_INVALID`. */
export function readKeyBlock(bytes: Uint8Array, name: string): PemBlock {
  const block = parsePem(bytes)[0];
  if (block === undefined) throw collectionFaults.KEY_FILE_INVALID({ problem: 'PEM block is empty', name });
  if (!KEY_LABELS.has(block.label)) throw collectionFaults.KEY_FILE_INVALID({ problem: 'unknown key format', name });
  return block;
}

/** Role and collection that the headers of a key file name; empty where they do not. */
export const keyInfoOf = (block: PemBlock): KeyInfo => ({ role: block.headers.get('role') ?? '', gun: block.headers.get('gun') ?? '' });

/** Does it take a passphrase to open the block? */
export const isEncrypted = (block: PemBlock): boolean =>
  block.label === 'ENCRYPTED PRIVATE KEY' ||
  (block.headers.get('Proc-Type')?.includes('ENCRYPTED') ?? false) ||
  block.headers.has('DEK-Info');

/** Opens a block. Faults: `CRYPTO_PASSPHRASE_INCORRECT`, `COLLECTION_KEY_FILE_INVALID`. */
export async function openKeyBlock(block: PemBlock, passphrase?: Secret<string>): Promise<PrivateKey> {
  const kept = [...block.headers].filter(([name]) => name === 'Proc-Type' || name === 'DEK-Info');
  try {
    return await parsePrivateKey(toUtf8(encodePem(block.label, block.bytes, new Map(kept))), async () => passphrase);
  } catch (cause) {
    if (!isFault(cause) || cause.code.startsWith('CRYPTO_PASSPHRASE_')) throw cause;
    throw collectionFaults.KEY_FILE_INVALID({ problem: cause.message, name: '' }, { cause });
  }
}

/** Only keys of these roles belong to one collection. */
export const carriesGun = (role: string): boolean => isBaseRole(role) && role !== 'root';

/** A key file. An empty passphrase leaves the key unencrypted, as in the reference. */
export async function encodeKeyFile(key: PrivateKey, info: KeyInfo, passphrase: Secret<string>, random: Random): Promise<Uint8Array> {
  const headers = new Map<string, string>();
  if (info.role !== '') headers.set('role', info.role);
  if (info.gun !== '' && carriesGun(info.role)) headers.set('gun', info.gun);
  const der = notaryPkcs8(key);
  if (passphrase.reveal() === '') return toUtf8(encodePem('PRIVATE KEY', der.reveal(), headers));
  const sealed = await encryptPkcs8(der, passphrase, {
    iterations: KEY_FILE_ITERATIONS,
    prf: 'sha1',
    saltLength: KEY_FILE_SALT_BYTES,
    random,
  });
  return toUtf8(encodePem('ENCRYPTED PRIVATE KEY', sealed, headers));
}

const NOTARY_ED25519 = '1.3.6.1.4.1.11591.15.1';

/** PKCS#8 as the Go client reads it: standard, except for Ed25519, which it keeps under an OID of its own. */
function notaryPkcs8(key: PrivateKey): Secret<Uint8Array> {
  const der = key.pkcs8();
  if (key.keyType !== 'ed25519') return der;
  const seed = der.reveal().subarray(-32); // RFC 8410 7: the seed is the last element of what `pkcs8()` writes
  const publicKey = createSigningKey(key).publicKey.public;
  return new Secret(derSequence(derInteger(0), derSequence(derOid(NOTARY_ED25519)), derOctets(concatBytes(publicKey, seed, publicKey))));
}

/** The canonical ID of a private key: the name of its file. */
export const privateKeyId = (key: PrivateKey): string => createSigningKey(key).publicKey.id;
