// SPDX-License-Identifier: Apache-2.0
/** Reading COSE envelopes: COSE_Sign1_Tagged (RFC 9052 4.2) as signature-envelope-cose.md profiles it. */
import { concatBytes, Fault, isFault, toUtf8 } from '@notary/base';
import { type CborMap, type CborValue, cborFaults, decodeCbor, encodeCborHead } from '@notary/base/cbor';
import type { Certificate } from '@notary/x509';
import { algorithmOfKey } from '../algorithms.ts';
import { checkSize, EnvelopeReader, type FormatContent, opaque, prefixFault } from '../decoded.ts';
import { coseFaults, envelopeFaults } from '../faults.ts';
import {
  MAX_ATTRIBUTES,
  MAX_CHAIN_LENGTH,
  MAX_ENVELOPE_BYTES,
  MAX_ITEMS,
  MAX_PROTECTED_BYTES,
  MAX_SIGNING_AGENT_CHARACTERS,
  MAX_TIMESTAMP_TOKEN_BYTES,
} from '../limits.ts';
import { ATTRIBUTE, COSE_MEDIA_TYPE, type DecodedEnvelope, type UnverifiedEnvelope } from '../types.ts';
import { readContentType, readCoseHeaders } from './headers.ts';
import { COSE_ALGORITHM, coseAlgorithm, coseAlgorithmName, LABEL } from './labels.ts';
import { checkLabels, checkParameters } from './parameters.ts';

/** Reads the outer structure and the generic header parameters (Go's `ParseEnvelope`). Faults: `COSE_…`, `ENVELOPE_TOO_LARGE`. */
export const decodeCose = (bytes: Uint8Array): DecodedEnvelope => opaque(readCose(bytes));

/** Structure, headers and certificates of a COSE envelope; nothing verified. */
export const parseCose = (bytes: Uint8Array): UnverifiedEnvelope => readCose(bytes).content();

/** As {@link decodeCose}, with what only this package may call. */
export function readCose(bytes: Uint8Array): EnvelopeReader {
  checkSize('envelope', bytes.length, MAX_ENVELOPE_BYTES);
  // Tag 18 and an array of four, each in its one-byte form: what go-cose takes for a COSE_Sign1_Tagged at all.
  if (bytes[0] !== 0xd2 || bytes[1] !== 0x84) throw coseFaults.MALFORMED({ problem: 'cbor: invalid COSE_Sign1_Tagged object' });
  return new CoseReader(bytes);
}

class CoseReader extends EnvelopeReader {
  readonly mediaType = COSE_MEDIA_TYPE;
  readonly #protectedBytes: Uint8Array;
  readonly #protected: CborMap;
  readonly #unprotected: CborMap;
  readonly #payload: Uint8Array | undefined;
  readonly #signature: Uint8Array;

  constructor(bytes: Uint8Array) {
    super(bytes);
    // A copy: headers and payload are views of it, and nobody else can change them between signature check and reading.
    const [header, unprotected, payload, signature] = decode('envelope', bytes.slice(1), 'refuse') as CborValue[];
    this.#payload = bytesOrNil(payload);
    const signatureBytes = bytesOrNil(signature);
    if (signatureBytes === undefined || signatureBytes.length === 0) throw coseFaults.SIGNATURE_ABSENT();
    this.#signature = signatureBytes;
    this.#protectedBytes = protectedBytes(header);
    checkSize('protected header', this.#protectedBytes.length, MAX_PROTECTED_BYTES);
    this.#protected = headerMap('cbor: invalid protected header: ', () => protectedMap(this.#protectedBytes), 'protected');
    this.#unprotected = headerMap('cbor: invalid unprotected header: ', () => unprotectedMap(unprotected), 'unprotected');
    checkVectors(this.#protected, this.#unprotected);
  }

  protected chain(purpose: 'leaf' | 'all'): readonly Uint8Array[] {
    const chain = this.#unprotected.get(LABEL.x5chain);
    if (!Array.isArray(chain) || chain.length === 0) throw envelopeFaults.CHAIN_ABSENT({ problem: NO_CHAIN });
    checkSize('certificate chain', chain.length, MAX_CHAIN_LENGTH);
    if (purpose === 'leaf' && !(chain[0] instanceof Uint8Array)) throw coseFaults.LEAF_NOT_BYTES();
    const certificates = purpose === 'leaf' ? chain.slice(0, 1) : chain;
    if (!certificates.every((certificate) => certificate instanceof Uint8Array)) throw envelopeFaults.CHAIN_ABSENT({ problem: NO_CHAIN });
    return certificates;
  }

  protected signed(leaf: Certificate): { toBeSigned: Uint8Array; signature: Uint8Array } {
    const derived = algorithmOfKey(leaf);
    if (this.#payload === undefined) throw coseFaults.PAYLOAD_DETACHED();
    const named = this.#protected.get(LABEL.algorithm);
    const invalid = (reason: string): Fault => envelopeFaults.ALGORITHM_INVALID({ algorithm: String(named).slice(0, 100), reason });
    if (named === undefined) throw invalid('algorithm not found');
    if (typeof named === 'string') throw invalid(`Algorithm(${JSON.stringify(named.slice(0, 100))})`);
    const number = named as number | bigint;
    if (number !== COSE_ALGORITHM[derived]) {
      const reason = `algorithm mismatch: verifier ${derived}: header ${coseAlgorithmName(number)}`;
      // One of the six on another key of the same kind is a swap; everything else is no algorithm for envelopes.
      const other = coseAlgorithm(number);
      throw other === undefined || other.slice(0, 2) !== derived.slice(0, 2)
        ? invalid(reason)
        : envelopeFaults.ALGORITHM_SWAPPED({ named: other, derived, reason });
    }
    return { toBeSigned: sigStructure(this.#protectedBytes, this.#payload), signature: this.#signature };
  }

  protected failure(): string {
    return 'verification error';
  }

  protected headers(): FormatContent {
    const contentType = readContentType(this.#protected);
    const headers = readCoseHeaders(this.#protected);
    const agent = this.#unprotected.get(ATTRIBUTE.signingAgent);
    const token = this.#unprotected.get(ATTRIBUTE.timestampSignature);
    if (typeof agent === 'string') checkSize('signing agent', agent.length, MAX_SIGNING_AGENT_CHARACTERS);
    if (token instanceof Uint8Array) checkSize('timestamp signature', token.length, MAX_TIMESTAMP_TOKEN_BYTES);
    return {
      algorithm: headers.algorithm,
      signingScheme: headers.signingScheme,
      signingTime: headers.signingTime,
      expiry: headers.expiry,
      contentType,
      payload: this.#payload ?? new Uint8Array(),
      criticalHeaders: headers.critical,
      extendedAttributes: headers.extendedAttributes,
      signingAgent: typeof agent === 'string' && agent !== '' ? agent : undefined,
      timestampToken: token instanceof Uint8Array ? token : undefined,
      signature: this.#signature,
    };
  }
}

/** `["Signature1", protected, external_aad = h'', payload]` (RFC 9052 4.4), with the protected octets as received. */
export function sigStructure(protectedHeader: Uint8Array, payload: Uint8Array): Uint8Array {
  return concatBytes(
    SIGNATURE1,
    encodeCborHead(2, protectedHeader.length),
    protectedHeader,
    EMPTY,
    encodeCborHead(2, payload.length),
    payload,
  );
}

const SIGNATURE1 = concatBytes(Uint8Array.of(0x84, 0x6a), toUtf8('Signature1'));
const EMPTY = Uint8Array.of(0x40);
const NO_CHAIN = 'certificate chain is not present';

function decode(where: string, bytes: Uint8Array, tags: 'accept' | 'refuse'): CborValue {
  try {
    return decodeCbor(bytes, { maxBytes: MAX_ENVELOPE_BYTES, maxTotalItems: MAX_ITEMS, tags });
  } catch (cause) {
    if (!isFault(cause) || cause.category === 'limit') throw cause;
    // Of the outer array only the unprotected header holds maps and texts, and Go looks into that later.
    const inside = where === 'envelope' && INSIDE.has(cause.code);
    const problem = inside ? `cbor: invalid unprotected header: ${cause.message}` : cause.message;
    if (cause.code === cborFaults.DUPLICATE_KEY.code) throw coseFaults.DUPLICATE_LABEL({ where, problem }, { cause });
    if (cause.code === cborFaults.TRAILING.code) throw coseFaults.TRAILING_BYTES({ problem }, { cause });
    if (cause.code === cborFaults.INDEFINITE.code) throw coseFaults.INDEFINITE_LENGTH({ problem }, { cause });
    throw coseFaults.MALFORMED({ problem }, { cause });
  }
}

const INSIDE: ReadonlySet<string> = new Set([cborFaults.DUPLICATE_KEY.code, cborFaults.UTF8_INVALID.code, cborFaults.KEY_TYPE.code]);

function bytesOrNil(value: CborValue): Uint8Array | undefined {
  if (value === null) return undefined;
  if (value instanceof Uint8Array) return value;
  throw coseFaults.MALFORMED({ problem: 'cbor: require bstr type' });
}

function protectedBytes(header: CborValue): Uint8Array {
  const bytes = bytesOrNil(header);
  if (bytes === undefined) throw coseFaults.MALFORMED({ problem: 'cbor: invalid protected header: cbor: nil protected header' });
  return bytes;
}

function protectedMap(bytes: Uint8Array): CborMap {
  if (bytes.length === 0) return new Map();
  if ((bytes[0] as number) >> 5 !== 5) throw coseFaults.MALFORMED({ problem: 'cbor: protected header: require map type' });
  return decode('protected header', bytes, 'accept') as CborMap;
}

function unprotectedMap(value: CborValue): CborMap {
  if (!(value instanceof Map)) throw coseFaults.MALFORMED({ problem: 'cbor: unprotected header: require map type' });
  return value;
}

function headerMap(prefix: string, read: () => CborMap, bucket: 'protected' | 'unprotected'): CborMap {
  try {
    const map = read();
    checkSize(`number of ${bucket} headers`, map.size, MAX_ATTRIBUTES + 16);
    checkLabels(map);
    checkParameters(map, bucket);
    return map;
  } catch (e) {
    throw e instanceof Fault && (e.category === 'malformed' || e.code.startsWith('CBOR_')) ? prefixFault(prefix, e) : e;
  }
}

/** RFC 9052 3.1: IV and Partial IV exclude each other over both buckets. */
function checkVectors(header: CborMap, unprotected: CborMap): void {
  const clash = (a: string, b: string): Fault =>
    coseFaults.HEADER_INVALID({ header: a, problem: `${a} and ${b} parameters must not both be present` });
  if (header.has(LABEL.iv) && unprotected.has(LABEL.partialIv)) throw clash('IV (protected)', 'PartialIV (unprotected)');
  if (header.has(LABEL.partialIv) && unprotected.has(LABEL.iv)) throw clash('IV (unprotected)', 'PartialIV (protected)');
}
