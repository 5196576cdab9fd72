// SPDX-License-Identifier: Apache-2.0
/**
 * The signature primitives of the runtime.
 *
 * Measured on Node 20 and Bun 1.4: in a compiled Bun executable the first WebCrypto check costs 1.5 ms and loading node:crypto 2 ms,
 * so Bun uses WebCrypto. On Node WebCrypto hops through a thread pool, 160 µs for an RSA-2048 check where node:crypto needs 40 µs.
 * There, importing DER through OpenSSL's decoders costs 110 to 160 µs, importing the PKCS#1 part of an RSA key 6 µs and an EC key as
 * JWK 60 µs (most of it the check of the point): with that a cache of imported keys has nothing left to save, so there is none.
 */
import { toBase64Url } from '../bytes.ts';
import { cryptoFaults } from './faults.ts';
import type { HashName } from './hash.ts';
import { hashBytes } from './oids.ts';
import type { PublicKey } from './types.ts';

export interface Primitive {
  readonly scheme: 'pss' | 'pkcs1' | 'ecdsa' | 'ed25519';
  readonly hash: HashName;
}

export interface PrimitiveCheck {
  readonly primitive: Primitive;
  readonly key: PublicKey;
  readonly spki: Uint8Array;
  readonly data: Uint8Array;
  readonly signature: Uint8Array;
}

export type NodeCrypto = typeof import('node:crypto');

/** The module of the runtime, loaded on first use. */
export const nodeCrypto = (): NodeCrypto => process.getBuiltinModule('node:crypto');

/** Does the signature hold? Lengths are checked by the caller. */
export function checkPrimitive(check: PrimitiveCheck): boolean | Promise<boolean> {
  return preparePrimitive(check)(check.data, check.signature);
}

/** {@link checkPrimitive} for many signatures under one key, which is imported when the first of them is checked. */
export function preparePrimitive(check: Pick<PrimitiveCheck, 'primitive' | 'key' | 'spki'>): PreparedPrimitive {
  return prefersWebCrypto(check.key) ? prepareWebCrypto(check) : prepareNode(check);
}

export type PreparedPrimitive = (data: Uint8Array, signature: Uint8Array) => boolean | Promise<boolean>;

/** On Bun, for every key but those on P-224, which WebCrypto has not and node:crypto has on both runtimes. */
export function prefersWebCrypto(key: PublicKey): boolean {
  return (globalThis as { Bun?: unknown }).Bun !== undefined && !(key.type === 'ec' && key.curve === 'P-224');
}

function keyRefused(cause: unknown): Error {
  return cryptoFaults.PUBLIC_KEY_INVALID({ reason: 'public key is refused by the cryptography of the runtime' }, { cause });
}

function prepareWebCrypto({ primitive, key, spki }: Pick<PrimitiveCheck, 'primitive' | 'key' | 'spki'>): PreparedPrimitive {
  const { scheme, hash } = primitive;
  const { subtle } = globalThis.crypto;
  const parameters = webSignParameters(scheme, hash);
  let imported: CryptoKey | undefined;
  const check = (with_: CryptoKey, data: Uint8Array, signature: Uint8Array): Promise<boolean> =>
    subtle.verify(parameters, with_, signature as BufferSource, data as BufferSource);
  const first: PreparedPrimitive = async (data, signature) => {
    try {
      imported = await subtle.importKey('spki', spki as BufferSource, webImportParameters(scheme, hash, key), false, ['verify']);
    } catch (cause) {
      throw keyRefused(cause);
    }
    return check(imported, data, signature);
  };
  return (data, signature) => (imported === undefined ? first(data, signature) : check(imported, data, signature));
}

/** How WebCrypto signs and verifies: PSS salts as long as the hash. */
export function webSignParameters(scheme: Primitive['scheme'], hash: HashName): RsaPssParams | EcdsaParams | Algorithm {
  if (scheme === 'pss') return { name: 'RSA-PSS', saltLength: hashBytes(hash) };
  if (scheme === 'ecdsa') return { name: 'ECDSA', hash };
  return { name: scheme === 'pkcs1' ? 'RSASSA-PKCS1-v1_5' : 'Ed25519' };
}

export function webImportParameters(
  scheme: Primitive['scheme'],
  hash: HashName,
  key: PublicKey,
): RsaHashedImportParams | EcKeyImportParams | Algorithm {
  if (scheme === 'pss') return { name: 'RSA-PSS', hash };
  if (scheme === 'pkcs1') return { name: 'RSASSA-PKCS1-v1_5', hash };
  return scheme === 'ecdsa' && key.type === 'ec' ? { name: 'ECDSA', namedCurve: key.curve } : { name: 'Ed25519' };
}

const NODE_HASHES = { 'SHA-1': 'sha1', 'SHA-256': 'sha256', 'SHA-384': 'sha384', 'SHA-512': 'sha512' } as const;
/** OpenSSL's name of a hash. */
export const nodeHash = (hash: HashName): string => NODE_HASHES[hash];

function prepareNode({ primitive, key, spki }: Pick<PrimitiveCheck, 'primitive' | 'key' | 'spki'>): PreparedPrimitive {
  const { scheme, hash } = primitive;
  const node = nodeCrypto();
  let imported: import('node:crypto').KeyObject | undefined;
  return (data, signature) => {
    try {
      imported ??= node.createPublicKey(nodeKey(key, spki));
    } catch (cause) {
      throw keyRefused(cause);
    }
    if (scheme === 'ed25519') return node.verify(null, data, imported, signature);
    if (scheme === 'ecdsa') return node.verify(NODE_HASHES[hash], data, { key: imported, dsaEncoding: 'ieee-p1363' }, signature);
    const { RSA_PKCS1_PSS_PADDING, RSA_PKCS1_PADDING } = node.constants;
    const padding = scheme === 'pss' ? { padding: RSA_PKCS1_PSS_PADDING, saltLength: hashBytes(hash) } : { padding: RSA_PKCS1_PADDING };
    return node.verify(NODE_HASHES[hash], data, { key: imported, ...padding }, signature);
  };
}

/** The form of a public key that node:crypto imports fastest. */
function nodeKey(key: PublicKey, spki: Uint8Array): import('node:crypto').PublicKeyInput | import('node:crypto').JsonWebKeyInput {
  if (key.type === 'rsa') return { key: Buffer.from(key.pkcs1), format: 'der', type: 'pkcs1' };
  if (key.type === 'ec' && key.curve !== 'P-224') {
    return { key: { kty: 'EC', crv: key.curve, x: toBase64Url(key.x), y: toBase64Url(key.y) }, format: 'jwk' };
  }
  return { key: Buffer.from(spki), format: 'der', type: 'spki' };
}
