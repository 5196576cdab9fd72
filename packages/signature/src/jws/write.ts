// SPDX-License-Identifier: Apache-2.0
/** Writing JWS envelopes, byte for byte as the Go tools do. */
import { concatBytes, Fault, toBase64Url, toUtf8 } from '@notary/base';
import { encodeGoJson, type GoJsonInput, isJsonObject, type JsonValue, parseJsonStrict } from '@notary/base/json';
import { signingFaults } from '../faults.ts';
import { formatGoTime } from '../go-time.ts';
import { MAX_ENVELOPE_BYTES, MAX_JSON_DEPTH } from '../limits.ts';
import { ATTRIBUTE } from '../types.ts';
import type { EnvelopeWriter, UnsignedParts, WritableRequest } from '../writer.ts';

/** Prepares what is to be signed: `base64url(protected) . base64url(payload)`. */
export function writeJws(request: WritableRequest): EnvelopeWriter {
  const header = toBase64Url(toUtf8(encodeGoJson(protectedHeader(request), { sortKeys: true })));
  const payload = toBase64Url(encodeClaims(request.payload));
  return {
    toBeSigned: concatBytes(toUtf8(header), Uint8Array.of(0x2e), toUtf8(payload)),
    finish: (parts) => encodeEnvelope(header, payload, parts),
  };
}

function encodeEnvelope(header: string, payload: string, parts: UnsignedParts): Uint8Array {
  const unprotected: GoJsonInput = {
    [ATTRIBUTE.timestampSignature]: parts.timestampToken,
    x5c: parts.certificates,
    [ATTRIBUTE.signingAgent]: parts.signingAgent === '' ? undefined : parts.signingAgent,
  };
  return toUtf8(encodeGoJson({ payload, protected: header, header: unprotected, signature: toBase64Url(parts.signature) }));
}

/** The Go tools send the payload through a map: members in byte order, numbers as doubles. */
function encodeClaims(payload: Uint8Array): Uint8Array {
  let value: JsonValue;
  try {
    value = parseJsonStrict(payload, { maxBytes: MAX_ENVELOPE_BYTES, maxDepth: MAX_JSON_DEPTH });
  } catch (cause) {
    throw cause instanceof Fault ? signingFaults.PAYLOAD_NOT_JSON({ problem: cause.message }, { cause }) : cause;
  }
  if (!isJsonObject(value))
    throw signingFaults.PAYLOAD_NOT_JSON({ problem: 'json: cannot unmarshal it into Go value of type jwt.MapClaims' });
  return toUtf8(encodeGoJson(value, { sortKeys: true }));
}

function protectedHeader(request: WritableRequest): ReadonlyMap<string, GoJsonInput> {
  const { algorithm, contentType, signingScheme, signingTime, expiry, utcOffsetMinutes = 0 } = request;
  const header = new Map<string, GoJsonInput>();
  const critical: string[] = [ATTRIBUTE.signingScheme];
  for (const { key, value, critical: marked } of request.extendedAttributes ?? []) {
    if (typeof key !== 'string') throw attributeFault('JWS envelope format only supports key of type string', String(key));
    if (header.has(key)) throw attributeFault(`${JSON.stringify(key)} already exists in the extAttrs`, key);
    header.set(key, value as GoJsonInput);
    if (marked) critical.push(key);
  }
  const system = new Map<string, GoJsonInput>([
    ['alg', algorithm],
    ['cty', contentType],
    [ATTRIBUTE.signingScheme, signingScheme],
  ]);
  const time = formatGoTime(signingTime, utcOffsetMinutes);
  if (signingScheme === 'notary.x509') system.set(ATTRIBUTE.signingTime, time);
  else if (signingScheme === 'notary.x509.signingAuthority') {
    critical.push(ATTRIBUTE.authenticSigningTime);
    system.set(ATTRIBUTE.authenticSigningTime, time);
  } else throw signingFaults.SCHEME_UNSUPPORTED({ problem: `unsupported SigningScheme: \`${signingScheme}\``, scheme: signingScheme });
  if (expiry !== undefined) {
    critical.push(ATTRIBUTE.expiry);
    system.set(ATTRIBUTE.expiry, formatGoTime(expiry, utcOffsetMinutes));
  }
  system.set('crit', critical);
  for (const [key, value] of system) {
    if (header.has(key)) throw attributeFault(`attribute key:${key} repeated`, key);
    header.set(key, value);
  }
  return header;
}

const attributeFault = (problem: string, attribute: string): Fault => signingFaults.ATTRIBUTE_INVALID({ problem, attribute });
