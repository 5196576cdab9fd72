// SPDX-License-Identifier: Apache-2.0
/** Writing COSE envelopes, byte for byte as the Go tools do: core deterministic encoding, shortest forms. */
import { concatBytes, type Fault } from '@notary/base';
import { CborTag, type CborValue, encodeCbor } from '@notary/base/cbor';
import { signingFaults } from '../faults.ts';
import { ATTRIBUTE, type AttributeKey } from '../types.ts';
import type { EnvelopeWriter, UnsignedParts, WritableRequest } from '../writer.ts';
import { COSE_ALGORITHM, LABEL } from './labels.ts';
import { sigStructure } from './read.ts';

/** Prepares what is to be signed: the Sig_structure. */
export function writeCose(request: WritableRequest): EnvelopeWriter {
  const header = encodeCbor(protectedHeader(request));
  return {
    toBeSigned: sigStructure(header, request.payload),
    finish: (parts) => encodeEnvelope(header, request.payload, parts),
  };
}

function encodeEnvelope(header: Uint8Array, payload: Uint8Array, parts: UnsignedParts): Uint8Array {
  // x5chain is an array even for one certificate: the Go tools refuse the single bstr that RFC 9360 would have.
  const unprotected = new Map<CborValue, CborValue>([[LABEL.x5chain, [...parts.certificates]]]);
  if (parts.signingAgent !== '') unprotected.set(ATTRIBUTE.signingAgent, parts.signingAgent);
  if (parts.timestampToken !== undefined) unprotected.set(ATTRIBUTE.timestampSignature, parts.timestampToken);
  return concatBytes(Uint8Array.of(0xd2), encodeCbor([header, unprotected, payload, parts.signature]));
}

function protectedHeader(request: WritableRequest): Map<CborValue, CborValue> {
  const { signingScheme, expiry } = request;
  const header = new Map<CborValue, CborValue>([[LABEL.algorithm, COSE_ALGORITHM[request.algorithm]]]);
  const critical: AttributeKey[] = [ATTRIBUTE.signingScheme];
  header.set(ATTRIBUTE.signingScheme, signingScheme);
  if (signingScheme === 'notary.x509') header.set(ATTRIBUTE.signingTime, epoch(request.signingTime));
  else if (signingScheme === 'notary.x509.signingAuthority') {
    header.set(ATTRIBUTE.authenticSigningTime, epoch(request.signingTime));
    critical.push(ATTRIBUTE.authenticSigningTime);
  } else {
    const problem = 'signing scheme: require notary.x509 or notary.x509.signingAuthority';
    throw signingFaults.SCHEME_UNSUPPORTED({ problem, scheme: signingScheme });
  }
  if (expiry !== undefined) {
    critical.push(ATTRIBUTE.expiry);
    header.set(ATTRIBUTE.expiry, epoch(expiry));
  }
  addExtended(request, header, critical);
  header.set(LABEL.contentType, request.contentType);
  header.set(LABEL.critical, critical);
  return header;
}

function addExtended(request: WritableRequest, header: Map<CborValue, CborValue>, critical: AttributeKey[]): void {
  for (const { key, value, critical: marked } of request.extendedAttributes ?? []) {
    if (header.has(key) || key === LABEL.contentType || key === LABEL.critical) throw repeated(key);
    if (marked) critical.push(key);
    header.set(key, value as CborValue);
  }
}

const repeated = (key: AttributeKey): Fault =>
  signingFaults.ATTRIBUTE_INVALID({
    problem: `${JSON.stringify(String(key))} already exists in the protected header`,
    attribute: String(key),
  });

const epoch = (at: Date): CborTag => new CborTag(1, at.getTime() / 1000);
