// SPDX-License-Identifier: Apache-2.0
/**
 * The outer object of every metadata file: `{"signed":…,"signatures":[…]}`.
 *
 * Signatures cover the canonical form of `signed`, so it is derived here once, from the very value that is decoded later.
 * Files that our encoder would write byte for byte (every file of Notary's own) need no more than the runtime's parser, most of
 * them not even the encoder: see {@link parsePlain}. Anything else goes through the strict one, which refuses duplicate members,
 * bad UTF-8 and depth.
 */
import { type Fault, fromBase64, fromUtf8, isFault, toBase64, toUtf8 } from '@notary/base';
import { type CanonicalValue, encodeCanonicalJson, encodeNotaryFile, MAX_CANONICAL_DEPTH } from '@notary/base/canonical-json';
import { isJsonObject, type JsonObject, type JsonValue, parseJsonStrict } from '@notary/base/json';
import { tufFaults } from './faults.ts';
import { MAX_JSON_DEPTH, MAX_METADATA_BYTES, MAX_SIGNATURES } from './limits.ts';

/** A signature in an envelope. */
export interface Signature {
  readonly keyId: string;
  /** Lower case. */
  readonly method: string;
  readonly sig: Uint8Array;
}

/** A file taken apart. Nothing in it is verified. */
export interface Envelope {
  /** The file exactly as received: what hashes and caches refer to. */
  readonly bytes: Uint8Array;
  /** The `signed` member. */
  readonly signed: JsonObject;
  /** Canonical form of `signed`: what signatures cover. */
  readonly canonical: Uint8Array;
  readonly signatures: readonly Signature[];
  /** Is the file byte for byte what Go would write? If not, Go signers record a hash for it that fits nobody's bytes. */
  readonly exact: boolean;
}

/** Takes a file apart. Faults: `TUF_JSON_INVALID`, `TUF_TOO_MANY_SIGNATURES`, `JSON_…`, `CANONICAL_JSON_…`. */
export function parseEnvelope(bytes: Uint8Array): Envelope {
  return parseExact(bytes) ?? parseStrict(bytes);
}

/** The envelope if the file is in exact form. That form has no duplicates, no odd numbers and no depth beyond the encoder's. */
function parseExact(bytes: Uint8Array): Envelope | undefined {
  if (bytes.length > MAX_METADATA_BYTES) return undefined;
  try {
    const text = fromUtf8(bytes);
    const file = JSON.parse(text) as JsonValue;
    if (!isJsonObject(file) || !isJsonObject(file.signed) || !Array.isArray(file.signatures)) return undefined;
    const plain = parsePlain(bytes, text, file as OuterObject);
    if (plain !== undefined) return plain;
    const canonical = encodeCanonicalJson(file.signed);
    const signatures = readSignatures(file.signatures);
    if (writeFile(canonical, signatures) !== text) return undefined;
    return { bytes, signed: file.signed, canonical: toUtf8(canonical), signatures, exact: true };
  } catch (e) {
    if (isFault(e) || e instanceof SyntaxError || e instanceof RangeError) return undefined; // the strict parser says what is wrong
    throw e;
  }
}

/** A parsed file whose members have the right kinds. */
interface OuterObject extends JsonObject {
  readonly signed: JsonObject;
  readonly signatures: JsonValue[];
}

// Escapes, what Go escapes, and from the surrogates on, where the order of UTF-16 is not that of UTF-8.
const NOT_PLAIN = /[\\<>&\u2028\u2029\ud800-\uffff]/;
const HEAD = '{"signed":';

/**
 * The envelope of a file in exact form whose text holds nothing that needs an escape: most are. If the runtime's encoder gives the very
 * text again, the file has no white space, no duplicate members and no odd numbers; with all members in order, the `signed` part
 * is its own canonical form. `undefined` says nothing about the file.
 */
function parsePlain(bytes: Uint8Array, text: string, file: OuterObject): Envelope | undefined {
  if (NOT_PLAIN.test(text) || JSON.stringify(file) !== text) return undefined;
  if (!hasMembers(file, 'signed', 'signatures') || !isInOrder(file.signed, 0)) return undefined;
  for (const item of file.signatures) {
    if (!isJsonObject(item) || !hasMembers(item, 'keyid', 'method', 'sig') || item.method !== String(item.method).toLowerCase())
      return undefined;
  }
  const tail = toUtf8(`,"signatures":${JSON.stringify(file.signatures)}}`);
  const canonical = bytes.subarray(HEAD.length, bytes.length - tail.length);
  return { bytes, signed: file.signed, canonical, signatures: readSignatures(file.signatures), exact: true };
}

/** These members in this order, and no others? */
function hasMembers(object: JsonObject, ...names: readonly string[]): boolean {
  const found = Object.keys(object);
  return found.length === names.length && names.join() === found.join();
}

/** Is what the runtime wrote for this value its canonical form too: members in order, numbers whole and exact? */
function isInOrder(value: JsonValue, depth: number): boolean {
  if (typeof value === 'number') return Number.isSafeInteger(value);
  if (typeof value !== 'object' || value === null) return true;
  if (depth >= MAX_CANONICAL_DEPTH) return false;
  if (Array.isArray(value)) {
    for (const item of value) if (!isInOrder(item, depth + 1)) return false;
    return true;
  }
  let last: string | undefined;
  for (const name in value) {
    if ((last !== undefined && last >= name) || !isInOrder(value[name] as JsonValue, depth + 1)) return false;
    last = name;
  }
  return true;
}

function parseStrict(bytes: Uint8Array): Envelope {
  const file = parseJsonStrict(bytes, { maxBytes: MAX_METADATA_BYTES, maxDepth: MAX_JSON_DEPTH, surrogates: 'refuse' });
  if (!isJsonObject(file)) throw problem('metadata is not a JSON object');
  if (!isJsonObject(file.signed)) throw problem('metadata has no signed object');
  const list = file.signatures ?? [];
  if (!Array.isArray(list)) throw problem('the signatures of metadata are not a list');
  return {
    bytes,
    signed: file.signed,
    canonical: toUtf8(encodeCanonicalJson(file.signed as CanonicalValue)),
    signatures: readSignatures(list),
    exact: false,
  };
}

const problem = (text: string): Fault => tufFaults.JSON_INVALID({ problem: text });

function readSignatures(list: readonly JsonValue[]): Signature[] {
  if (list.length > MAX_SIGNATURES) throw tufFaults.TOO_MANY_SIGNATURES({ maximum: MAX_SIGNATURES });
  return list.map((item) => {
    if (!isJsonObject(item) || typeof item.keyid !== 'string' || typeof item.method !== 'string' || typeof item.sig !== 'string') {
      throw problem('a signature lacks keyid, method or sig');
    }
    try {
      return { keyId: item.keyid, method: item.method.toLowerCase(), sig: fromBase64(item.sig) };
    } catch (cause) {
      throw tufFaults.JSON_INVALID({ problem: 'a signature is not base64' }, { cause });
    }
  });
}

function writeFile(canonical: string, signatures: readonly Signature[]): string {
  return encodeNotaryFile({
    signed: canonical,
    signatures: signatures.map((s) => ({ keyid: s.keyId, method: s.method, sig: toBase64(s.sig) })),
  });
}

/** The file of a canonical text and its signatures, exactly as Go writes it. Faults: `CANONICAL_JSON_CONTROL_CHARACTER`. */
export const encodeEnvelope = (canonical: Uint8Array, signatures: readonly Signature[]): Uint8Array =>
  toUtf8(writeFile(fromUtf8(canonical), signatures));
