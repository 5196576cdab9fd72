// SPDX-License-Identifier: Apache-2.0
/**
 * Compact JWE (RFC 7516) with PBES2-HS256+A128KW and A256GCM (RFC 7518 4.8, 5.3): the form in which the reference keeps keys.
 * All of it is WebCrypto, whose AES key wrap works on every runtime here.
 */
import { fromBase64Url, fromUtf8, type Random, type Secret, toBase64Url, toUtf8 } from '@notary/base';
import { MAX_JWE_BYTES, MAX_PBES2_ITERATIONS, PBES2_ITERATIONS } from '../limits.ts';

export const KEYWRAP_ALGORITHM = 'PBES2-HS256+A128KW';
export const ENCRYPTION_ALGORITHM = 'A256GCM';

const SALT_BYTES = 12;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Why a text could not be opened: `malformed` bytes, or a `passphrase` (or tampering: the two cannot be told apart). */
export class JweError extends Error {
  readonly reason: 'malformed' | 'passphrase';
  constructor(reason: 'malformed' | 'passphrase', message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'JweError';
    this.reason = reason;
  }
}

const owned = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes);

/** RFC 7518 4.8.1.1: the salt is the algorithm's name, a zero byte and `p2s`. */
async function wrappingKey(passphrase: Secret<string>, salt: Uint8Array, iterations: number): Promise<CryptoKey> {
  const name = toUtf8(KEYWRAP_ALGORITHM);
  const fullSalt = new Uint8Array(name.length + 1 + salt.length);
  fullSalt.set(name);
  fullSalt.set(salt, name.length + 1);
  const base = await crypto.subtle.importKey('raw', owned(toUtf8(passphrase.reveal())), 'PBKDF2', false, ['deriveBits']);
  const bits = await crypto.subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-256', salt: fullSalt, iterations }, base, 128);
  return crypto.subtle.importKey('raw', bits, 'AES-KW', false, ['wrapKey', 'unwrapKey']);
}

/** Encrypts bytes under a passphrase. */
export async function encryptJwe(
  plaintext: Uint8Array,
  passphrase: Secret<string>,
  random: Random,
  iterations = PBES2_ITERATIONS,
): Promise<string> {
  const salt = random.bytes(SALT_BYTES);
  const nonce = owned(random.bytes(NONCE_BYTES));
  const header = toBase64Url(
    toUtf8(JSON.stringify({ alg: KEYWRAP_ALGORITHM, enc: ENCRYPTION_ALGORITHM, p2c: iterations, p2s: toBase64Url(salt) })),
  );
  const contentKey = await crypto.subtle.importKey('raw', owned(random.bytes(32)), 'AES-GCM', true, ['encrypt']);
  const wrapped = await crypto.subtle.wrapKey('raw', contentKey, await wrappingKey(passphrase, salt, iterations), 'AES-KW');
  const parameters = { name: 'AES-GCM', iv: nonce, additionalData: owned(toUtf8(header)), tagLength: TAG_BYTES * 8 };
  const sealed = new Uint8Array(await crypto.subtle.encrypt(parameters, contentKey, owned(plaintext)));
  const cut = sealed.length - TAG_BYTES;
  return [
    header,
    toBase64Url(new Uint8Array(wrapped)),
    toBase64Url(nonce),
    toBase64Url(sealed.subarray(0, cut)),
    toBase64Url(sealed.subarray(cut)),
  ].join('.');
}

interface JweParts {
  readonly header: string;
  readonly salt: Uint8Array;
  readonly iterations: number;
  readonly wrapped: Uint8Array;
  readonly nonce: Uint8Array;
  readonly sealed: Uint8Array;
}

/** Decrypts. Throws {@link JweError}. The algorithms are fixed: a text that names others is malformed. */
export async function decryptJwe(text: string, passphrase: Secret<string>): Promise<Uint8Array> {
  const parts = parseJwe(text);
  try {
    const kek = await wrappingKey(passphrase, parts.salt, parts.iterations);
    const contentKey = await crypto.subtle.unwrapKey('raw', owned(parts.wrapped), kek, 'AES-KW', 'AES-GCM', false, ['decrypt']);
    const parameters = { name: 'AES-GCM', iv: owned(parts.nonce), additionalData: owned(toUtf8(parts.header)), tagLength: TAG_BYTES * 8 };
    return new Uint8Array(await crypto.subtle.decrypt(parameters, contentKey, owned(parts.sealed)));
  } catch (cause) {
    throw new JweError('passphrase', 'the passphrase does not open it', cause);
  }
}

function parseJwe(text: string): JweParts {
  if (text.length > MAX_JWE_BYTES) throw new JweError('malformed', 'too long');
  const parts = text.split('.');
  if (parts.length !== 5) throw new JweError('malformed', 'not five parts');
  const [header, wrapped, nonce, body, tag] = parts as [string, string, string, string, string];
  try {
    const fields = JSON.parse(fromUtf8(fromBase64Url(header))) as Record<string, unknown>;
    const { alg, enc, p2c, p2s, crit } = fields;
    if (alg !== KEYWRAP_ALGORITHM || enc !== ENCRYPTION_ALGORITHM || crit !== undefined)
      throw new JweError('malformed', 'other algorithms');
    if (!Number.isInteger(p2c) || (p2c as number) < 1 || (p2c as number) > MAX_PBES2_ITERATIONS || typeof p2s !== 'string') {
      throw new JweError('malformed', 'its key derivation parameters are out of range');
    }
    const ciphertext = fromBase64Url(body);
    const tagBytes = fromBase64Url(tag);
    const nonceBytes = fromBase64Url(nonce);
    if (tagBytes.length !== TAG_BYTES || nonceBytes.length !== NONCE_BYTES)
      throw new JweError('malformed', 'its tag or nonce has another length');
    const sealed = new Uint8Array(ciphertext.length + TAG_BYTES);
    sealed.set(ciphertext);
    sealed.set(tagBytes, ciphertext.length);
    return { header, salt: fromBase64Url(p2s), iterations: p2c as number, wrapped: fromBase64Url(wrapped), nonce: nonceBytes, sealed };
  } catch (e) {
    if (e instanceof JweError) throw e;
    throw new JweError('malformed', 'not base64url or JSON', e);
  }
}
