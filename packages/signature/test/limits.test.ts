// SPDX-License-Identifier: Apache-2.0
/** Bounds that are too large to keep as files: one step over each is a fault of its own. */
import { toBase64, toBase64Url, toUtf8 } from '@notary/base';
import { encodeCbor } from '@notary/base/cbor';
import { describe, expect, it } from 'vitest';
import { COSE_MEDIA_TYPE, decodeEnvelope, JWS_MEDIA_TYPE, parseEnvelope, parsePayload, signEnvelope } from '../src/index.ts';
import * as limits from '../src/limits.ts';
import { identityOf, outcome, readVector } from './support.ts';

const jws = JSON.parse(new TextDecoder().decode(readVector('envelope/jws/ok-p256.sig')));
const parse = (value: unknown): Promise<string> => outcome(() => parseEnvelope(toUtf8(JSON.stringify(value)), JWS_MEDIA_TYPE));
const cose = (unprotected: Map<string | number, unknown>, header: Uint8Array = new Uint8Array()): Promise<string> => {
  const body = encodeCbor([header, unprotected as Map<string, string>, Uint8Array.of(1), Uint8Array.of(1)]);
  return outcome(() => parseEnvelope(Uint8Array.of(0xd2, ...body), COSE_MEDIA_TYPE));
};

describe('bounds', () => {
  it('envelope', async () => {
    const big = new Uint8Array(limits.MAX_ENVELOPE_BYTES + 1);
    for (const mediaType of [JWS_MEDIA_TYPE, COSE_MEDIA_TYPE])
      expect(await outcome(() => decodeEnvelope(big, mediaType))).toBe('ENVELOPE_TOO_LARGE');
    expect(await outcome(() => parsePayload(big))).toBe('JSON_TOO_LARGE');
  });

  it('[D-23] protected header', async () => {
    const big = 'x'.repeat(limits.MAX_PROTECTED_BYTES);
    expect(await parse({ ...jws, protected: toBase64Url(toUtf8(JSON.stringify({ x: big }))) })).toBe('ENVELOPE_TOO_LARGE');
    expect(await cose(new Map(), encodeCbor(new Map([['x', big]])))).toBe('ENVELOPE_TOO_LARGE');
  });

  it('certificate, timestamp token and signing agent', async () => {
    const certificate = new Uint8Array(limits.MAX_CERTIFICATE_BYTES + 4);
    const token = new Uint8Array(limits.MAX_TIMESTAMP_TOKEN_BYTES + 4);
    const agent = 'x'.repeat(limits.MAX_SIGNING_AGENT_CHARACTERS + 1);
    const header = (change: object) => ({ ...jws, header: { ...jws.header, ...change } });
    expect(await parse(header({ x5c: [toBase64(certificate)] }))).toBe('ENVELOPE_TOO_LARGE');
    expect(await parse(header({ 'io.cncf.notary.timestampSignature': toBase64(token) }))).toBe('ENVELOPE_TOO_LARGE');
    expect(await parse(header({ 'io.cncf.notary.signingAgent': agent }))).toBe('ENVELOPE_TOO_LARGE');
  });

  it('payload to sign', async () => {
    const { signer } = await identityOf('EC-256');
    const payload = new Uint8Array(limits.MAX_ENVELOPE_BYTES);
    const request = {
      mediaType: COSE_MEDIA_TYPE,
      payload,
      contentType: 'a/b',
      signingTime: new Date('2026-12-01T00:00:00Z'),
      signingScheme: 'notary.x509',
      signer,
    } as const;
    expect(await outcome(() => signEnvelope(request))).toBe('ENVELOPE_TOO_LARGE');
  });
});
