// SPDX-License-Identifier: Apache-2.0
/** Reading JWS envelopes: flattened JSON serialization (RFC 7515 7.2.2) as signature-envelope-jws.md profiles it. */
import { concatBytes, Fault, toUtf8 } from '@notary/base';
import type { SignatureAlgorithm } from '@notary/base/crypto';
import { isJsonObject, type JsonObject } from '@notary/base/json';
import type { Certificate } from '@notary/x509';
import { checkAlgorithm, isSignatureAlgorithm } from '../algorithms.ts';
import { checkSize, EnvelopeReader, type FormatContent, opaque, prefixFault } from '../decoded.ts';
import { envelopeFaults, jwsFaults } from '../faults.ts';
import {
  MAX_CERTIFICATE_BYTES,
  MAX_CHAIN_LENGTH,
  MAX_ENVELOPE_BYTES,
  MAX_PROTECTED_BYTES,
  MAX_SIGNATURE_BYTES,
  MAX_SIGNING_AGENT_CHARACTERS,
  MAX_TIMESTAMP_TOKEN_BYTES,
} from '../limits.ts';
import { ATTRIBUTE, type DecodedEnvelope, JWS_MEDIA_TYPE, type UnverifiedEnvelope } from '../types.ts';
import { decodeBase64, decodeBase64Url } from './base64.ts';
import { checkJwsHeaders, PROTECTED, readJwsHeaders } from './headers.ts';
import { type JsonPlace, member, parseJwsObject, textListMember, textMember, wrongType } from './json.ts';

const ENVELOPE: JsonPlace = { where: 'envelope', type: 'jws.jwsEnvelope' };
const UNPROTECTED: JsonPlace = { where: 'envelope', type: 'jws.jwsUnprotectedHeader', path: 'header.' };
const CLAIMS: JsonPlace = { where: 'payload', type: 'jwt.MapClaims' };

/** Reads the outer structure of a JWS (Go's `ParseEnvelope`). Faults: `JWS_…`, `ENVELOPE_TOO_LARGE`. */
export const decodeJws = (bytes: Uint8Array): DecodedEnvelope => opaque(readJws(bytes));

/** Structure, headers and certificates of a JWS; nothing verified. */
export const parseJws = (bytes: Uint8Array): UnverifiedEnvelope => readJws(bytes).content();

/** As {@link decodeJws}, with what only this package may call. */
export function readJws(bytes: Uint8Array): EnvelopeReader {
  checkSize('envelope', bytes.length, MAX_ENVELOPE_BYTES);
  return new JwsReader(bytes);
}

class JwsReader extends EnvelopeReader {
  readonly mediaType = JWS_MEDIA_TYPE;
  readonly #payload: string;
  readonly #protected: string;
  readonly #signature: string;
  readonly #x5c: readonly Uint8Array[];
  readonly #signingAgent: string;
  readonly #timestampToken: Uint8Array | undefined;
  #header: JsonObject | undefined;
  #decodedPayload: Uint8Array | undefined;

  constructor(bytes: Uint8Array) {
    super(bytes);
    const envelope = parseJwsObject(bytes, ENVELOPE);
    this.#payload = textMember(envelope, 'payload', ENVELOPE);
    this.#protected = textMember(envelope, 'protected', ENVELOPE);
    this.#signature = textMember(envelope, 'signature', ENVELOPE);
    const header = member(envelope, 'header', ENVELOPE) ?? (Object.create(null) as JsonObject);
    if (!isJsonObject(header)) throw wrongType(header, 'header', ENVELOPE, 'jws.jwsUnprotectedHeader');
    const x5c = textListMember(header, 'x5c', UNPROTECTED, '[]uint8');
    checkSize('certificate chain', x5c.length, MAX_CHAIN_LENGTH);
    this.#x5c = x5c.map((text, i) => boundedBase64(`x5c[${i}]`, text, MAX_CERTIFICATE_BYTES));
    this.#signingAgent = textMember(header, ATTRIBUTE.signingAgent, UNPROTECTED);
    checkSize('signing agent', this.#signingAgent.length, MAX_SIGNING_AGENT_CHARACTERS);
    const token = textMember(header, ATTRIBUTE.timestampSignature, UNPROTECTED);
    this.#timestampToken = token === '' ? undefined : boundedBase64('timestamp signature', token, MAX_TIMESTAMP_TOKEN_BYTES);
  }

  protected chain(): readonly Uint8Array[] {
    return this.#x5c;
  }

  protected signed(leaf: Certificate): { toBeSigned: Uint8Array; signature: Uint8Array } {
    return insideSignatureFault(() => {
      const header = this.#protectedHeader();
      this.#checkClaims();
      const algorithm = namedAlgorithm(header);
      const signature = this.#signatureBytes();
      checkKeyKind(algorithm, leaf);
      checkAlgorithm(algorithm, leaf);
      return { toBeSigned: concatBytes(toUtf8(this.#protected), DOT, toUtf8(this.#payload)), signature };
    });
  }

  protected failure(leaf: Certificate): string {
    return leaf.publicKey.type === 'rsa' ? 'crypto/rsa: verification error' : 'crypto/ecdsa: verification error';
  }

  protected headers(): FormatContent {
    const headers = readJwsHeaders(this.#protectedHeader());
    const payload = prefixed('payload error: ', () => this.#payloadBytes());
    checkJwsHeaders(headers);
    const signature = this.#signatureBytes();
    if (signature.length === 0) throw jwsFaults.SIGNATURE_ABSENT();
    return {
      algorithm: headers.algorithm,
      signingScheme: headers.signingScheme,
      signingTime: headers.signingScheme === 'notary.x509' ? headers.signingTime : headers.authenticSigningTime,
      expiry: headers.expiry,
      contentType: headers.contentType,
      payload,
      criticalHeaders: headers.critical,
      extendedAttributes: headers.extendedAttributes,
      signingAgent: this.#signingAgent === '' ? undefined : this.#signingAgent,
      timestampToken: this.#timestampToken,
      signature,
    };
  }

  #protectedHeader(): JsonObject {
    if (this.#header === undefined) {
      checkSize('protected header', this.#protected.length, (MAX_PROTECTED_BYTES * 4) / 3);
      const bytes = prefixed("jws envelope protected header can't be decoded: ", () =>
        decodeBase64Url('protected header', this.#protected),
      );
      this.#header = parseJwsObject(bytes, PROTECTED);
    }
    return this.#header;
  }

  #payloadBytes(): Uint8Array {
    this.#decodedPayload ??= decodeBase64Url('payload', this.#payload);
    return this.#decodedPayload;
  }

  /** The Go tools' JWT library reads the payload as a JSON object before it looks at the signature. */
  #checkClaims(): void {
    const payload = this.#payloadBytes();
    if (payload.length === 0) throw jwsFaults.MALFORMED({ where: CLAIMS.where, problem: 'EOF' });
    parseJwsObject(payload, CLAIMS);
  }

  #signatureBytes(): Uint8Array {
    return boundedBase64('signature', this.#signature, MAX_SIGNATURE_BYTES, decodeBase64Url);
  }
}

const DOT = Uint8Array.of(0x2e);
/** What golang-jwt knows beside the six: its message tells these from names that it has never heard. */
const JWT_METHODS: ReadonlySet<string> = new Set(['none', 'HS256', 'HS384', 'HS512', 'RS256', 'RS384', 'RS512', 'EdDSA']);

function boundedBase64(where: string, text: string, max: number, decode = decodeBase64): Uint8Array {
  checkSize(where, Math.floor((text.length * 3) / 4), max + 2);
  return decode(where, text);
}

/** `alg` by its exact name, as the Go tools' JWT library looks it up: absent, `none` and foreign ones are refused. */
function namedAlgorithm(header: JsonObject): SignatureAlgorithm {
  const algorithm = header['alg'];
  if (typeof algorithm !== 'string')
    throw envelopeFaults.ALGORITHM_INVALID({ algorithm: '', reason: 'signing method (alg) is unspecified.' });
  if (isSignatureAlgorithm(algorithm)) return algorithm;
  const reason = JWT_METHODS.has(algorithm) ? `signing method ${algorithm} is invalid` : 'signing method (alg) is unavailable.';
  throw envelopeFaults.ALGORITHM_INVALID({ algorithm: algorithm.slice(0, 100), reason });
}

/** An RSA algorithm on an EC key, or the reverse, in golang-jwt's words. */
function checkKeyKind(algorithm: SignatureAlgorithm, leaf: Certificate): void {
  const wanted = algorithm.startsWith('PS') ? 'rsa' : 'ec';
  if (leaf.publicKey.type === wanted) return;
  throw envelopeFaults.ALGORITHM_INVALID({ algorithm, reason: wanted === 'rsa' ? 'key is invalid' : 'key is of invalid type' });
}

function prefixed<T>(prefix: string, read: () => T): T {
  try {
    return read();
  } catch (e) {
    throw e instanceof Fault && e.category === 'malformed' ? prefixFault(prefix, e) : e;
  }
}

/** The Go tools report whatever their JWT library finds malformed as an invalid signature, without the words of later checks. */
function insideSignatureFault<T>(read: () => T): T {
  try {
    return read();
  } catch (e) {
    if (!(e instanceof Fault) || !e.code.startsWith('JWS_')) throw e;
    let first = e;
    while (first.cause instanceof Fault && first.cause.code === e.code) first = first.cause;
    const problem = first.facts['problem'];
    throw prefixFault('signature is invalid. Error: ', e, typeof problem === 'string' ? problem : first.message);
  }
}
