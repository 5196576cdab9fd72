// SPDX-License-Identifier: Apache-2.0
/** Bounds that are too large to keep as files: one step over each is a fault of its own. */
import { concatBytes, toBase64, toBase64Url, toUtf8 } from '@notary/base';
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

/** A COSE envelope whose protected header is a list of lists, each as long as the decoder allows one to be, of one-byte integers. */
function tinyCose(size: number): Uint8Array {
  const list = new Uint8Array(5 + 131_072).fill(0x01);
  list.set([0x9a, 0x00, 0x02, 0x00, 0x00]);
  const lists = Math.min(23, Math.floor(size / list.length));
  return concatBytes(
    Uint8Array.of(0xd2, 0x84, 0x80 | lists),
    ...Array.from({ length: lists }, () => list),
    Uint8Array.of(0xa0, 0x40, 0x41, 0),
  );
}

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

  it('[D-23] items, however small each of them is', async () => {
    const heap = () => process.memoryUsage().heapUsed;
    const items = limits.MAX_ENVELOPE_BYTES / 2 - 100;
    const tiny = [
      [JWS_MEDIA_TYPE, toUtf8(`{"x":[${'0,'.repeat(items)}0]}`), 'JSON_TOO_MANY_VALUES'],
      [JWS_MEDIA_TYPE, toUtf8(`{${Array.from({ length: 1_000_000 }, (_, i) => `"${i}":0`).join(',')}}`), 'JSON_TOO_MANY_VALUES'],
      [COSE_MEDIA_TYPE, tinyCose(items), 'CBOR_TOO_MANY_IN_TOTAL'],
    ] as const;
    for (const [mediaType, bytes, code] of tiny) {
      const before = heap();
      expect(await outcome(() => decodeEnvelope(bytes, mediaType))).toBe(code);
      // The text of the envelope itself, and not much more.
      expect(heap() - before).toBeLessThan(bytes.length + 32 * 1024 * 1024);
    }
    expect(await outcome(() => parsePayload(toUtf8(`{"x":[${'0,'.repeat(limits.MAX_ITEMS)}0]}`)))).toBe('JSON_TOO_MANY_VALUES');
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
