// SPDX-License-Identifier: Apache-2.0
/** What a proof is, who makes it, and what becomes of critical attributes. */
import { describe, expect, it } from 'vitest';
import { formatGoTime, goTimeProblem, parseGoTime } from '../src/go-time.ts';
import {
  ChainMemory,
  COSE_MEDIA_TYPE,
  checkCriticalAttributes,
  checkEnvelope,
  decodeEnvelope,
  JWS_MEDIA_TYPE,
  parseEnvelope,
  type UnverifiedEnvelope,
  type VerifiedEnvelope,
  verifyEnvelope,
} from '../src/index.ts';
import { outcome, readJson, readVector } from './support.ts';

const parse = (file: string): Promise<UnverifiedEnvelope> => parseEnvelope(readVector(`envelope/jws/${file}.sig`), JWS_MEDIA_TYPE);

describe('verifyEnvelope', () => {
  it('verifies what was decoded, not what fields of an object say', async () => {
    const forged = { ...(await parse('tampered-signature')), signature: (await parse('ok-p256')).signature };
    expect(await outcome(() => verifyEnvelope(forged))).toBe('ENVELOPE_SIGNATURE_INVALID');
    const honest = { ...(await parse('ok-p256')), payload: new Uint8Array([1]) };
    expect((await verifyEnvelope(honest)).content.payload).toEqual((await parse('ok-p256')).payload);
    const bytes = readVector('envelope/cose/ok-p256.sig');
    for (const [mediaType, original] of [
      [JWS_MEDIA_TYPE, readVector('envelope/jws/ok-p256.sig')],
      [COSE_MEDIA_TYPE, bytes],
    ] as const) {
      const parsed = await parseEnvelope(original, mediaType);
      const payload = parsed.payload.slice();
      parsed.payload.fill(0);
      original.fill(0);
      expect((await verifyEnvelope(parsed)).content.payload).toEqual(payload);
    }
    const decoded = await decodeEnvelope(readVector('envelope/jws/tampered-payload.sig'), JWS_MEDIA_TYPE);
    expect(() => Object.assign(decoded, { checkSignature: async () => {} })).toThrow(TypeError);
    const stranger = { ...(await parse('ok-p256')), decoded: { checkSignature: async () => {}, content: () => honest } };
    await expect(verifyEnvelope(stranger as unknown as UnverifiedEnvelope)).rejects.toThrow(TypeError);
    await expect(checkEnvelope(stranger as unknown as UnverifiedEnvelope)).rejects.toThrow(TypeError);
  });

  it('is the only maker of proofs', async () => {
    const content = await parse('ok-p256');
    // @ts-expect-error a literal is no proof
    const literal: VerifiedEnvelope = { content };
    expect(literal).toBeDefined();
    // @ts-expect-error the constructor is private
    const construct = (make: typeof VerifiedEnvelope): VerifiedEnvelope => new make(content);
    expect(construct).toBeDefined();
  });

  it('gives the same proof from a decoded and from a parsed envelope', async () => {
    const bytes = readVector('envelope/jws/ok-p256.sig');
    const a = await verifyEnvelope(await decodeEnvelope(bytes, JWS_MEDIA_TYPE));
    const b = await verifyEnvelope(await parseEnvelope(bytes, JWS_MEDIA_TYPE));
    expect(a.content.signature).toEqual(b.content.signature);
  });
});

describe('a memory of chains', () => {
  it.each([2, 256])('of %i changes no answer', async (maxChains) => {
    const chains = new ChainMemory({ maxChains });
    for (let round = 0; round < 2; round++) {
      for (const row of readJson<{ file: string; mediaType: string; expect: string }[]>('envelope/manifest.json')) {
        const bytes = readVector(`envelope/${row.file}`);
        expect([row.file, await outcome(async () => verifyEnvelope(await decodeEnvelope(bytes, row.mediaType), { chains }))]).toEqual([
          row.file,
          row.expect,
        ]);
      }
    }
  });

  it('answers with the certificates of the envelope at hand', async () => {
    const chains = new ChainMemory();
    for (const file of ['ok-p256', 'ok-p384', 'ok-p256']) {
      const { content } = await verifyEnvelope(await parse(file), { chains });
      expect(content.certificates.map((c) => c.thumbprint)).toEqual((await parse(file)).certificates.map((c) => c.thumbprint));
    }
  });
});

describe('the key of a known chain', () => {
  it('is the memory’s own: what a caller does to the certificates it was given changes nothing', async () => {
    const chains = new ChainMemory();
    const verify = async () =>
      (await verifyEnvelope(await decodeEnvelope(readVector('envelope/jws/ok-p256.sig'), JWS_MEDIA_TYPE), { chains })).content;
    await verify();
    (await verify()).certificates[0]?.spki.fill(0);
    expect(await outcome(verify)).toBe('ok');
  });
});

describe('critical extended attributes', () => {
  it('are refused unless the caller defers them and its plugin has processed them', async () => {
    const envelope = await parse('crit-unknown');
    expect(await outcome(() => verifyEnvelope(envelope))).toBe('ENVELOPE_CRITICAL_ATTRIBUTE_UNPROCESSED');
    const { content } = await verifyEnvelope(envelope, { criticalAttributes: 'defer' });
    expect(await outcome(() => checkCriticalAttributes(content, []))).toBe('ENVELOPE_CRITICAL_ATTRIBUTE_UNPROCESSED');
    expect(await outcome(() => checkCriticalAttributes(content, ['com.example.other']))).toBe('ENVELOPE_CRITICAL_ATTRIBUTE_UNPROCESSED');
    expect(await outcome(() => checkCriticalAttributes(content, ['com.example.rule']))).toBe('ok');
  });

  it('with integer keys are processed under the number or its text', async () => {
    const content = { extendedAttributes: [{ key: 100, critical: true, value: 'x' }] };
    expect(await outcome(() => checkCriticalAttributes(content, ['100']))).toBe('ok');
    expect(await outcome(() => checkCriticalAttributes(content, [100]))).toBe('ok');
    expect(await outcome(() => checkCriticalAttributes({ extendedAttributes: [{ key: '100', critical: true, value: 'x' }] }, [100]))).toBe(
      'ENVELOPE_CRITICAL_ATTRIBUTE_UNPROCESSED',
    );
  });
});

describe('times', () => {
  it('are read as Go reads them', () => {
    const nanos = (text: string): bigint | undefined => parseGoTime(text)?.nanos;
    expect(nanos('1970-01-01T00:00:00Z')).toBe(0n);
    expect(nanos('1970-01-01T01:00:00.000000001+01:00')).toBe(1n);
    expect(nanos('1969-12-31T23:59:59.5Z')).toBe(-500_000_000n);
    expect(parseGoTime('1969-12-31T23:59:59.9999Z')?.at.getTime()).toBe(-1);
    expect(nanos('0001-01-01T00:00:00Z')).toBe(-62_135_596_800_000_000_000n);
    expect(nanos('2024-02-29T00:00:00.1234567899Z')).toBe(BigInt(Date.parse('2024-02-29T00:00:00Z')) * 1_000_000n + 123_456_789n);
  });

  it('are refused in the words of Go', () => {
    const layout = 'as "2006-01-02T15:04:05Z07:00": cannot parse';
    const cases: Record<string, string> = {
      '': `parsing time "" ${layout} "" as "2006"`,
      '2026-12-01 12:00:00Z': `parsing time "2026-12-01 12:00:00Z" ${layout} " 12:00:00Z" as "T"`,
      '2026-12-01T12:00:00': `parsing time "2026-12-01T12:00:00" ${layout} "" as "Z07:00"`,
      '2016-12-31T23:59:60Z': 'parsing time "2016-12-31T23:59:60Z": second out of range',
      '2023-02-29T00:00:00Z': 'parsing time "2023-02-29T00:00:00Z": day out of range',
      '2023-13-01T00:00:00Z': 'parsing time "2023-13-01T00:00:00Z": month out of range',
      '2023-01-01T00:00:00Zx': 'parsing time "2023-01-01T00:00:00Zx": extra text: "x"',
    };
    for (const [text, problem] of Object.entries(cases)) {
      expect(parseGoTime(text)).toBeUndefined();
      expect(goTimeProblem(text)).toBe(problem);
    }
    for (const text of [
      '2026-12-01t12:00:00Z',
      '2026-12-01T12:00:00z',
      '2026-12-01T12:00:00,5Z',
      '2026-12-01T12:00:00+24:00',
      '02026-12-01T12:00:00Z',
    ]) {
      expect(parseGoTime(text)).toBeUndefined();
    }
  });

  it('are written in whole seconds with the offset', () => {
    const at = new Date('2026-11-22T03:16:23.999Z');
    expect([0, 60, -210, 345].map((offset) => formatGoTime(at, offset))).toEqual([
      '2026-11-22T03:16:23Z',
      '2026-11-22T04:16:23+01:00',
      '2026-11-21T23:46:23-03:30',
      '2026-11-22T09:01:23+05:45',
    ]);
  });
});
