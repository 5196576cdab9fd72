// SPDX-License-Identifier: Apache-2.0
/** Public keys: the five key types, unknown ones that are carried along, and key IDs. */
import { fromBase64, fromUtf8, toBase64, toHex, toUtf8 } from '@notary/base';
import { type CanonicalValue, encodeCanonicalJson } from '@notary/base/canonical-json';
import { hash } from '@notary/base/crypto';
import { isJsonObject, type JsonValue, parseJsonStrict } from '@notary/base/json';
import { tufFaults } from './faults.ts';
import { MAX_KEY_BYTES } from './limits.ts';

/** The types of keys. Those with `x509` carry certificates in place of bare keys. */
export type KeyType = 'ecdsa' | 'ecdsa-x509' | 'rsa' | 'rsa-x509' | 'ed25519';
const KEY_TYPES: readonly string[] = ['ecdsa', 'ecdsa-x509', 'rsa', 'rsa-x509', 'ed25519'] satisfies KeyType[];
/** Is this a type that can be read? */
export const isKeyType = (type: string): type is KeyType => KEY_TYPES.includes(type);

/** A public key. `id` is always computed from the content, never taken from a file. */
export interface PublicKey {
  /** One of {@link KeyType}, or a type unknown here: such a key verifies nothing. */
  readonly keytype: string;
  /** SPKI DER (`ecdsa`, `rsa`), PEM certificates (`…-x509`), 32 raw bytes (`ed25519`). */
  readonly public: Uint8Array;
  /** Lower-case hex SHA-256 of the key's canonical JSON. */
  readonly id: string;
}

/** The `keyval` object in canonical member order. */
export const publicKeyValue = (key: Pick<PublicKey, 'keytype' | 'public'>): CanonicalValue => ({
  keytype: key.keytype,
  keyval: { private: null, public: toBase64(key.public) },
});

/** Base64 and the known types need no escapes: most IDs are computed without the encoder. */
const canonicalKey = (key: Pick<PublicKey, 'keytype' | 'public'>): string =>
  isKeyType(key.keytype)
    ? `{"keytype":"${key.keytype}","keyval":{"private":null,"public":"${toBase64(key.public)}"}}`
    : encodeCanonicalJson(publicKeyValue(key));

class TufKey implements PublicKey {
  readonly keytype: string;
  readonly public: Uint8Array;
  #id: string | undefined;

  constructor(keytype: string, publicBytes: Uint8Array) {
    this.keytype = keytype;
    this.public = publicBytes;
  }

  /** Computed on first use: of the keys that a file lists, a reader needs the ones that have signed. */
  get id(): string {
    this.#id ??= toHex(hash('SHA-256', toUtf8(canonicalKey(this))));
    return this.#id;
  }
}

/** A public key. Its bytes must not be changed afterwards: they are what its ID speaks of. */
export const createPublicKey = (keytype: string, publicBytes: Uint8Array): PublicKey => new TufKey(keytype, publicBytes);

/** A key out of parsed JSON, as it stands in metadata, change lists and key endpoints. Faults: `TUF_KEY_INVALID`. */
export function publicKeyFromJson(value: JsonValue | undefined): PublicKey {
  const keyval = isJsonObject(value) ? value.keyval : undefined;
  const keytype = isJsonObject(value) ? value.keytype : undefined;
  const text = isJsonObject(keyval) ? keyval.public : undefined;
  if (typeof keytype !== 'string' || typeof text !== 'string')
    throw tufFaults.KEY_INVALID({ problem: 'a key has no keytype or no public value' });
  try {
    return createPublicKey(keytype, fromBase64(text));
  } catch (cause) {
    throw tufFaults.KEY_INVALID({ problem: 'the public value of a key is not base64' }, { cause });
  }
}

/** The body of a key endpoint: `{"keytype":…,"keyval":{"public":…,"private":null}}`. Faults: `TUF_KEY_INVALID`, `JSON_…`. */
export function parseKeyResponse(bytes: Uint8Array): PublicKey {
  return publicKeyFromJson(parseJsonStrict(bytes, { maxBytes: MAX_KEY_BYTES }));
}

/** The Go struct form of a key: public first, private null. Used by key endpoints and change lists. */
export function encodeKeyResponse(key: PublicKey): string {
  return `{"keytype":${encodeCanonicalJson(key.keytype)},"keyval":{"public":"${toBase64(key.public)}","private":null}}`;
}

/** Key ID of a key in text form, for messages. */
export const shortKeyId = (id: string): string => id.slice(0, 7);

/** PEM text of an x509 key. */
export const certificateText = (key: PublicKey): string => fromUtf8(key.public);

/** Does a key of this type carry a certificate? */
export const isX509KeyType = (keytype: string): keytype is 'ecdsa-x509' | 'rsa-x509' => keytype === 'ecdsa-x509' || keytype === 'rsa-x509';
