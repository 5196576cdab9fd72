// SPDX-License-Identifier: Apache-2.0
/** Private keys: what a decoded key can do, and how new ones are made. */
import { Secret } from '../bytes.ts';
import type { Fault } from '../faults.ts';
import { cryptoFaults } from './faults.ts';
import { hashBytes } from './oids.ts';
import { decodePkcs8, encodePkcs8, type KeyMaterial } from './pkcs8.ts';
import { nodeCrypto, nodeHash, type Primitive, prefersWebCrypto, webImportParameters, webSignParameters } from './primitive.ts';
import { parsePublicKey } from './public-key.ts';
import { type KeyAlgorithm, type KeySpec, keySpecOf, type PrivateKey, type PublicKey } from './types.ts';
import { primitiveFor } from './verify.ts';

class MemoryKey implements PrivateKey {
  readonly keyType: 'rsa' | 'ec' | 'ed25519';
  readonly keySpec: KeySpec | undefined;
  readonly spki: Uint8Array;
  readonly #public: PublicKey;
  readonly #pkcs8: Uint8Array;
  #nodeKey: import('node:crypto').KeyObject | undefined;

  constructor(pkcs8: Uint8Array, spki: Uint8Array) {
    const key = parsePublicKey(spki);
    if (key.type === 'unknown') throw cryptoFaults.PRIVATE_KEY_UNSUPPORTED({ what: `algorithm ${key.oid}` });
    this.keyType = key.type;
    this.keySpec = keySpecOf(key);
    this.spki = spki;
    this.#public = key;
    this.#pkcs8 = pkcs8;
  }

  pkcs8(): Secret<Uint8Array> {
    return new Secret(this.#pkcs8.slice());
  }

  async sign(algorithm: KeyAlgorithm, data: Uint8Array): Promise<Uint8Array> {
    const primitive = primitiveFor(algorithm, this.#public);
    return prefersWebCrypto(this.#public) ? this.#signByWebCrypto(primitive, data) : this.#signByNode(primitive, data);
  }

  async #signByWebCrypto({ scheme, hash }: Primitive, data: Uint8Array): Promise<Uint8Array> {
    const { subtle } = globalThis.crypto;
    let key: CryptoKey;
    try {
      key = await subtle.importKey('pkcs8', this.#pkcs8 as BufferSource, webImportParameters(scheme, hash, this.#public), false, ['sign']);
    } catch {
      throw refused();
    }
    return new Uint8Array(await subtle.sign(webSignParameters(scheme, hash), key, data as BufferSource));
  }

  #signByNode({ scheme, hash }: Primitive, data: Uint8Array): Uint8Array {
    return signByNode((this.#nodeKey ??= importNodeKey(this.#pkcs8)), { scheme, hash }, data);
  }
}

function signByNode(key: import('node:crypto').KeyObject, { scheme, hash }: Primitive, data: Uint8Array): Uint8Array {
  const node = nodeCrypto();
  if (scheme === 'ed25519') return new Uint8Array(node.sign(null, data, key));
  if (scheme === 'ecdsa') return new Uint8Array(node.sign(nodeHash(hash), data, { key, dsaEncoding: 'ieee-p1363' }));
  const { RSA_PKCS1_PSS_PADDING, RSA_PKCS1_PADDING } = node.constants;
  const padding = scheme === 'pss' ? { padding: RSA_PKCS1_PSS_PADDING, saltLength: hashBytes(hash) } : { padding: RSA_PKCS1_PADDING };
  return new Uint8Array(node.sign(nodeHash(hash), data, { key, ...padding }));
}

/**
 * Signs in the caller's own thread with a key imported once: for servers that sign all day with small keys, where the way through
 * WebCrypto's threads costs more than the signature. One RSA signature would hold up everybody else for a millisecond.
 */
export function createDirectSigner(key: PrivateKey, algorithm: KeyAlgorithm): (data: Uint8Array) => Uint8Array {
  const primitive = primitiveFor(algorithm, parsePublicKey(key.spki));
  const imported = importNodeKey(key.pkcs8().reveal());
  return (data) => signByNode(imported, primitive, data);
}

function importNodeKey(pkcs8: Uint8Array): import('node:crypto').KeyObject {
  try {
    return nodeCrypto().createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' });
  } catch {
    throw refused();
  }
}

/** Without the runtime's own error, which may quote the key. */
const refused = (): Fault => cryptoFaults.PRIVATE_KEY_INVALID({ reason: 'the cryptography of the runtime refuses it' });

/** The key of an unencrypted PKCS#8 structure, the odd forms that Notary v1 wrote included. */
export async function importPkcs8(der: Uint8Array): Promise<PrivateKey> {
  return keyFrom(decodePkcs8(der));
}

/** A usable key from decoded parts; the public half is computed where the file left it out. */
export function keyFrom(material: KeyMaterial): PrivateKey {
  const spki = material.spki ?? derivePublic(encodePkcs8(material));
  return new MemoryKey(encodePkcs8({ ...material, spki }), spki);
}

function derivePublic(pkcs8: Uint8Array): Uint8Array {
  const node = nodeCrypto();
  return new Uint8Array(node.createPublicKey(importNodeKey(pkcs8)).export({ format: 'der', type: 'spki' }));
}

/** Kinds of keys that {@link generatePrivateKey} makes. */
export type KeyType = KeySpec | 'Ed25519';

/** A new key from the runtime's random generator. */
export async function generatePrivateKey(type: KeyType): Promise<PrivateKey> {
  const node = nodeCrypto();
  const done = (resolve: (der: Uint8Array) => void, reject: (e: unknown) => void) => {
    return (error: Error | null, _: unknown, key: import('node:crypto').KeyObject): void => {
      if (error) reject(error);
      else resolve(new Uint8Array(key.export({ format: 'der', type: 'pkcs8' })));
    };
  };
  const der = await new Promise<Uint8Array>((resolve, reject) => {
    if (type === 'Ed25519') node.generateKeyPair('ed25519', {}, done(resolve, reject));
    else if (type.startsWith('RSA-')) node.generateKeyPair('rsa', { modulusLength: Number(type.slice(4)) }, done(resolve, reject));
    else node.generateKeyPair('ec', { namedCurve: `P-${type.slice(3)}` }, done(resolve, reject));
  });
  return importPkcs8(der);
}
