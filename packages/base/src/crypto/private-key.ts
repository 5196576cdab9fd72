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

  #signByNode(primitive: Primitive, data: Uint8Array): Uint8Array {
    return signByNode(nodeArguments((this.#nodeKey ??= importNodeKey(this.#pkcs8)), primitive), data);
  }
}

/** What `node:crypto` is told to sign with: its name of the hash, and the key with the form of the signature. */
function nodeArguments(key: import('node:crypto').KeyObject, { scheme, hash }: Primitive): NodeArguments {
  if (scheme === 'ed25519') return { algorithm: null, key };
  const algorithm = nodeHash(hash);
  if (scheme === 'ecdsa') return { algorithm, key: { key, dsaEncoding: 'ieee-p1363' } };
  const { RSA_PKCS1_PSS_PADDING, RSA_PKCS1_PADDING } = nodeCrypto().constants;
  const padding = scheme === 'pss' ? { padding: RSA_PKCS1_PSS_PADDING, saltLength: hashBytes(hash) } : { padding: RSA_PKCS1_PADDING };
  return { algorithm, key: { key, ...padding } };
}

interface NodeArguments {
  readonly algorithm: string | null;
  readonly key: import('node:crypto').KeyObject | import('node:crypto').SignKeyObjectInput;
}

function signByNode({ algorithm, key }: NodeArguments, data: Uint8Array): Uint8Array {
  return new Uint8Array(nodeCrypto().sign(algorithm, data, key));
}

/** A key imported once, for servers that sign all day with small keys. */
export interface DirectSigner {
  /**
   * Signs in the caller's own thread, which is done before the way to another would be. One RSA signature would hold up everybody else
   * for a millisecond.
   */
  sign(data: Uint8Array): Uint8Array;
  /** Signs in a thread of the runtime's: later by the way there and back, but who has much else to do gets more of it done. */
  signAside(data: Uint8Array): Promise<Uint8Array>;
}

/** Imports a key for {@link DirectSigner}. */
export function createDirectSigner(key: PrivateKey, algorithm: KeyAlgorithm): DirectSigner {
  const settings = nodeArguments(importNodeKey(key.pkcs8().reveal()), primitiveFor(algorithm, parsePublicKey(key.spki)));
  return {
    sign: (data) => signByNode(settings, data),
    signAside: (data) =>
      new Promise((resolve, reject) => {
        nodeCrypto().sign(settings.algorithm, data, settings.key, (error, signature) => {
          if (error) reject(error);
          else resolve(new Uint8Array(signature));
        });
      }),
  };
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
