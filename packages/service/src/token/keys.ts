// SPDX-License-Identifier: Apache-2.0
/**
 * Keys of tokens. The algorithms a key may be used with follow from the key, never from the message. A key has up to three names:
 * the `kid` of its JWK, its RFC 7638 thumbprint, and Docker's older libtrust fingerprint.
 */
import { toBase64Url, toUtf8 } from '@notary/base';
import { hash } from '@notary/base/crypto';
import { faults } from '../faults.ts';
import { isObject, type JsonObject } from './jwt.ts';

type HashId = 'SHA-256' | 'SHA-384' | 'SHA-512';
interface Algorithm {
  readonly importAs: RsaHashedImportParams | EcKeyImportParams | { name: 'Ed25519' };
  readonly verifyAs: AlgorithmIdentifier | RsaPssParams | EcdsaParams;
}

const rsa = (name: string, hashId: HashId, saltLength?: number): Algorithm => ({
  importAs: { name, hash: hashId },
  verifyAs: saltLength === undefined ? { name } : { name, saltLength },
});
const ec = (namedCurve: string, hashId: HashId): Algorithm => ({
  importAs: { name: 'ECDSA', namedCurve },
  verifyAs: { name: 'ECDSA', hash: hashId },
});

/** Key kind to the algorithms of RFC 7518 and RFC 8037 it may be used with. */
const ALGORITHMS: ReadonlyMap<string, ReadonlyMap<string, Algorithm>> = new Map([
  [
    'RSA',
    new Map([
      ['RS256', rsa('RSASSA-PKCS1-v1_5', 'SHA-256')],
      ['RS384', rsa('RSASSA-PKCS1-v1_5', 'SHA-384')],
      ['RS512', rsa('RSASSA-PKCS1-v1_5', 'SHA-512')],
      ['PS256', rsa('RSA-PSS', 'SHA-256', 32)],
      ['PS384', rsa('RSA-PSS', 'SHA-384', 48)],
      ['PS512', rsa('RSA-PSS', 'SHA-512', 64)],
    ]),
  ],
  ['P-256', new Map([['ES256', ec('P-256', 'SHA-256')]])],
  ['P-384', new Map([['ES384', ec('P-384', 'SHA-384')]])],
  ['P-521', new Map([['ES512', ec('P-521', 'SHA-512')]])],
  ['Ed25519', new Map([['EdDSA', { importAs: { name: 'Ed25519' }, verifyAs: { name: 'Ed25519' } }]])],
]);

/** Object identifiers inside a SubjectPublicKeyInfo, as DER, to tell the kind of key. */
const SPKI_MARKS: readonly (readonly [string, readonly number[]])[] = [
  ['RSA', [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01]],
  ['P-256', [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07]],
  ['P-384', [0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22]],
  ['P-521', [0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23]],
  ['Ed25519', [0x06, 0x03, 0x2b, 0x65, 0x70]],
];

function kindOfSpki(spki: Uint8Array): string {
  const head = spki.subarray(0, 40);
  for (const [kind, mark] of SPKI_MARKS) {
    for (let at = 0; at + mark.length <= head.length; at++) if (mark.every((b, i) => head[at + i] === b)) return kind;
  }
  throw faults.TOKEN_KEY_INVALID({ reason: 'unknown kind of key' });
}

const kindOfJwk = (jwk: JsonObject): string => (jwk['kty'] === 'RSA' ? 'RSA' : String(jwk['crv']));

/** A public key that may verify tokens. */
export interface TokenKey {
  /** All names it goes by in `kid`. */
  readonly ids: readonly string[];
  /** False for a wrong signature, and for an algorithm that is not this key's. */
  verify(algorithm: string, signed: Uint8Array, signature: Uint8Array): Promise<boolean>;
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
function base32(bytes: Uint8Array): string {
  let out = '';
  let acc = 0;
  let bits = 0;
  for (const b of bytes) {
    acc = ((acc << 8) | b) & 0xffff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      out += BASE32.charAt((acc >> bits) & 31);
    }
  }
  return out;
}

/** Docker's libtrust fingerprint: 240 bits of SHA-256 over the key info, base32, twelve groups of four. */
export function libtrustId(spki: Uint8Array): string {
  return (base32(hash('SHA-256', spki).subarray(0, 30)).match(/.{4}/g) ?? []).join(':');
}

/** RFC 7638: the required members in lexical order, hashed. */
export function jwkThumbprint(jwk: JsonObject): string {
  const members = jwk['kty'] === 'RSA' ? ['e', 'kty', 'n'] : jwk['kty'] === 'OKP' ? ['crv', 'kty', 'x'] : ['crv', 'kty', 'x', 'y'];
  return toBase64Url(hash('SHA-256', toUtf8(JSON.stringify(Object.fromEntries(members.map((m) => [m, jwk[m]]))))));
}

const own = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes);

async function fromImports(kind: string, doImport: (a: Algorithm) => Promise<CryptoKey>, kid: string | undefined): Promise<TokenKey> {
  const algorithms = ALGORITHMS.get(kind);
  const first = algorithms?.values().next().value;
  if (algorithms === undefined || first === undefined) throw faults.TOKEN_KEY_INVALID({ reason: 'unknown kind of key' });
  let key: CryptoKey;
  try {
    key = await doImport(first);
  } catch (cause) {
    throw faults.TOKEN_KEY_INVALID({ reason: 'it does not parse' }, { cause });
  }
  const bits = (key.algorithm as { modulusLength?: number }).modulusLength;
  if (bits !== undefined && (bits < 2048 || bits > 8192)) throw faults.TOKEN_KEY_INVALID({ reason: `RSA of ${bits} bits` });
  const spki = new Uint8Array(await crypto.subtle.exportKey('spki', key));
  const jwk = (await crypto.subtle.exportKey('jwk', key)) as JsonObject;
  const imported = new Map<Algorithm, Promise<CryptoKey>>([[first, Promise.resolve(key)]]);
  return {
    ids: [...(kid === undefined ? [] : [kid]), jwkThumbprint(jwk), libtrustId(spki)],
    async verify(algorithm, signed, signature) {
      const row = algorithms.get(algorithm);
      if (row === undefined) return false;
      let usable = imported.get(row);
      if (usable === undefined) imported.set(row, (usable = doImport(row)));
      return crypto.subtle.verify(row.verifyAs, await usable, own(signature), own(signed));
    },
  };
}

/** A key from a SubjectPublicKeyInfo (DER). Faults: `SERVICE_TOKEN_KEY_INVALID`. */
export async function tokenKeyFromSpki(spki: Uint8Array, kid?: string): Promise<TokenKey> {
  return fromImports(kindOfSpki(spki), (a) => crypto.subtle.importKey('spki', own(spki), a.importAs, true, ['verify']), kid);
}

/** A key from a public JWK (RFC 7517). Private members are ignored. Faults: `SERVICE_TOKEN_KEY_INVALID`. */
export async function tokenKeyFromJwk(jwk: unknown): Promise<TokenKey> {
  if (!isObject(jwk)) throw faults.TOKEN_KEY_INVALID({ reason: 'not a JWK' });
  const wanted = ['kty', 'crv', 'x', 'y', 'n', 'e'].filter((m) => m in jwk).map((m) => [m, jwk[m]]);
  const publicJwk = Object.fromEntries(wanted) as JsonWebKey;
  const kid = typeof jwk['kid'] === 'string' ? jwk['kid'] : undefined;
  return fromImports(kindOfJwk(jwk), (a) => crypto.subtle.importKey('jwk', publicJwk, a.importAs, true, ['verify']), kid);
}

/** All keys of a JWK set. */
export async function tokenKeysFromJwks(text: string): Promise<TokenKey[]> {
  let set: unknown;
  try {
    set = JSON.parse(text);
  } catch (cause) {
    throw faults.TOKEN_KEY_INVALID({ reason: 'the key set is not JSON' }, { cause });
  }
  const keys = isObject(set) && Array.isArray(set['keys']) ? set['keys'] : [set];
  return Promise.all(keys.map(tokenKeyFromJwk));
}
