// SPDX-License-Identifier: Apache-2.0
/** What signing writes, judged by other implementations, and what it refuses to write. */
import { constants, createPublicKey, verify as nodeVerify } from 'node:crypto';
import { Fault, fromBase64Url, toHex, toUtf8 } from '@notary/base';
import { CborTag } from '@notary/base/cbor';
import type { KeySpec } from '@notary/base/crypto';
import type { Certificate } from '@notary/x509';
import { decode as cbor2Decode } from 'cbor2';
import fc from 'fast-check';
import { flattenedVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { sigStructure } from '../src/cose/read.ts';
import {
  ATTRIBUTE,
  attributeText,
  COSE_MEDIA_TYPE,
  createLocalSigner,
  createSignedEnvelope,
  type EnvelopeMediaType,
  encodePayload,
  JWS_MEDIA_TYPE,
  mediaTypeForFormat,
  PAYLOAD_CONTENT_TYPE,
  parseEnvelope,
  parsePayload,
  type SignRequest,
  signEnvelope,
} from '../src/index.ts';
import { faultOf, identityOf, outcome } from './support.ts';

const SPECS: readonly KeySpec[] = ['RSA-2048', 'RSA-3072', 'RSA-4096', 'EC-256', 'EC-384', 'EC-521'];
const FORMATS: readonly EnvelopeMediaType[] = [JWS_MEDIA_TYPE, COSE_MEDIA_TYPE];
const DIGEST = `sha256:${'5f'.repeat(32)}`;
const TARGET = { mediaType: 'text/plain', digest: DIGEST, size: 942 };
const SIGNING_TIME = new Date('2026-11-22T03:16:23.987Z');

async function request(spec: KeySpec, mediaType: EnvelopeMediaType, change: Partial<SignRequest> = {}): Promise<SignRequest> {
  const { signer } = await identityOf(spec);
  return {
    mediaType,
    payload: encodePayload(TARGET, 'cose'),
    contentType: PAYLOAD_CONTENT_TYPE,
    signingTime: SIGNING_TIME,
    signingScheme: 'notary.x509',
    signingAgent: 'test/1.0',
    signer,
    ...change,
  };
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
/** The key of a signer as Node sees it. */
async function publicKey(spec: KeySpec) {
  return createPublicKey({ key: Buffer.from((await identityOf(spec)).key.spki), format: 'der', type: 'spki' });
}

describe('signEnvelope', () => {
  for (const spec of SPECS) {
    it(`${spec}: jose verifies the JWS`, async () => {
      const jws = JSON.parse(text(await signEnvelope(await request(spec, JWS_MEDIA_TYPE))));
      const verified = await flattenedVerify(jws, await publicKey(spec), { crit: { [ATTRIBUTE.signingScheme]: true } });
      expect(text(verified.payload)).toBe(`{"targetArtifact":{"digest":"${DIGEST}","mediaType":"text/plain","size":942}}`);
    });

    it(`${spec}: Node verifies the COSE_Sign1, cbor2 reads it`, async () => {
      const bytes = await signEnvelope(await request(spec, COSE_MEDIA_TYPE));
      const [header, unprotected, payload, signature] = (
        cbor2Decode(bytes) as { contents: [Uint8Array, Map<unknown, unknown>, Uint8Array, Uint8Array] }
      ).contents;
      const hash = `sha${spec.startsWith('RSA') ? { 2048: 256, 3072: 384, 4096: 512 }[spec.slice(4)] : { 256: 256, 384: 384, 521: 512 }[spec.slice(3)]}`;
      const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
      const key = { key: await publicKey(spec), ...(spec.startsWith('RSA') ? pss : { dsaEncoding: 'ieee-p1363' as const }) };
      expect(nodeVerify(hash, sigStructure(header, payload), key, signature)).toBe(true);
      expect(unprotected instanceof Map ? unprotected.get(33) : undefined).toHaveLength(2);
    });
  }

  it('JWS: members, order and layout are those of the Go tools', async () => {
    const bytes = await signEnvelope(
      await request('EC-256', JWS_MEDIA_TYPE, {
        expiry: new Date('2026-12-22T03:16:23.987Z'),
        utcOffsetMinutes: -210,
        extendedAttributes: [
          { key: 'com.example.z', critical: true, value: '<&>' },
          { key: 'com.example.a', critical: false, value: { b: [1, null], a: true } },
        ],
      }),
    );
    expect(text(bytes)).toMatch(
      /^\{"payload":"[\w-]+","protected":"[\w-]+","header":\{"x5c":\["[^"]+","[^"]+"\],"io\.cncf\.notary\.signingAgent":"test\/1\.0"\},"signature":"[\w-]+"\}$/,
    );
    expect(text(fromBase64Url(JSON.parse(text(bytes)).protected))).toBe(
      '{"alg":"ES256","com.example.a":{"a":true,"b":[1,null]},"com.example.z":"\\u003c\\u0026\\u003e","crit":["io.cncf.notary.signingScheme","com.example.z","io.cncf.notary.expiry"],"cty":"application/vnd.cncf.notary.payload.v1+json","io.cncf.notary.expiry":"2026-12-21T23:46:23-03:30","io.cncf.notary.signingScheme":"notary.x509","io.cncf.notary.signingTime":"2026-11-21T23:46:23-03:30"}',
    );
  });

  it('COSE: header bytes are those of the Go tools', async () => {
    const bytes = await signEnvelope(
      await request('EC-256', COSE_MEDIA_TYPE, {
        signingScheme: 'notary.x509.signingAuthority',
        expiry: new Date('2026-12-22T03:16:23Z'),
        extendedAttributes: [{ key: 'x', critical: true, value: 1 }],
      }),
    );
    const header = (cbor2Decode(bytes) as { contents: [Uint8Array] }).contents[0];
    const hex = (t: string): string => toHex(toUtf8(t));
    const seconds = (at: string): string => (Date.parse(at) / 1000).toString(16);
    const [scheme, time, expiry] = [hex(ATTRIBUTE.signingScheme), hex(ATTRIBUTE.authenticSigningTime), hex(ATTRIBUTE.expiry)];
    const parts = [
      'a7',
      '0126',
      `0284781c${scheme}7823${time}75${expiry}6178`,
      `03782b${hex(PAYLOAD_CONTENT_TYPE)}`,
      '617801',
      `75${expiry}c11a${seconds('2026-12-22T03:16:23Z')}`,
      `781c${scheme}781c${hex('notary.x509.signingAuthority')}`,
      `7823${time}c11a${seconds('2026-11-22T03:16:23Z')}`,
    ];
    expect(toHex(header)).toBe(parts.join(''));
    expect(toHex(bytes.subarray(0, 2))).toBe('d284');
  });

  it('what was asked for comes back: any attributes, annotations, times and schemes', async () => {
    const name = fc
      .string({ minLength: 1, unit: 'grapheme' })
      .filter((s) => !s.startsWith('io.cncf.') && !['alg', 'cty', 'crit'].includes(s));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...FORMATS),
        fc.uniqueArray(fc.tuple(name, fc.boolean(), fc.string({ unit: 'grapheme' })), { selector: ([key]) => key, maxLength: 4 }),
        fc.dictionary(name, fc.string({ unit: 'grapheme' }), { maxKeys: 4 }),
        fc.date({ min: new Date('2027-01-01T00:00:00Z'), max: new Date('2100-01-01T00:00:00Z'), noInvalidDate: true }),
        fc.option(fc.integer({ min: 1, max: 10_000 })),
        fc.boolean(),
        async (mediaType, attributes, annotations, signingTime, expiresIn, authority) => {
          const expiry = expiresIn === null ? undefined : new Date(signingTime.getTime() + expiresIn * 1000);
          const { content } = await createSignedEnvelope(
            await request('EC-256', mediaType, {
              payload: encodePayload({ ...TARGET, annotations }, 'cose'),
              signingTime,
              expiry,
              signingScheme: authority ? 'notary.x509.signingAuthority' : 'notary.x509',
              extendedAttributes: attributes.map(([key, critical, value]) => ({ key, critical, value })),
            }),
          );
          const floor = (at: Date | undefined) => at && new Date(Math.floor(at.getTime() / 1000) * 1000);
          expect(content.signingTime).toEqual(floor(signingTime));
          expect(content.expiry).toEqual(floor(expiry));
          expect(content.authenticSigningTime).toEqual(authority ? floor(signingTime) : undefined);
          expect(new Map(content.extendedAttributes.map((a) => [a.key, [a.critical, a.value]]))).toEqual(
            new Map(attributes.map(([k, c, v]) => [k, [c, v]])),
          );
          expect(parsePayload(content.payload).targetArtifact).toEqual({ ...TARGET, annotations: new Map(Object.entries(annotations)) });
          expect(content.signingAgent).toBe('test/1.0');
        },
      ),
      { numRuns: 40 },
    );
  });

  it('carries a timestamp token under notary.x509, and asks for none under the authority scheme', async () => {
    for (const mediaType of FORMATS) {
      const asked: number[] = [];
      const timestamper = async ({ signature }: { signature: Uint8Array }) => {
        asked.push(signature.length);
        return toUtf8('token');
      };
      const { content } = await createSignedEnvelope(await request('EC-256', mediaType, { timestamper }));
      expect(text(content.timestampToken ?? new Uint8Array())).toBe('token');
      expect(asked).toEqual([64]);
      const other = await createSignedEnvelope(
        await request('EC-256', mediaType, { timestamper, signingScheme: 'notary.x509.signingAuthority' }),
      );
      expect(other.content.timestampToken).toBeUndefined();
      expect(asked).toEqual([64]);
      const failing = async () => {
        throw new Fault({ code: 'TEST_FAILED', category: 'unavailable', message: 'no answer' });
      };
      expect((await faultOf(async () => signEnvelope(await request('EC-256', mediaType, { timestamper: failing })))).message).toBe(
        'timestamp: no answer',
      );
    }
  });

  for (const mediaType of FORMATS) {
    const refusal = async (change: Partial<SignRequest>): Promise<string> =>
      outcome(async () => signEnvelope(await request('EC-256', mediaType, change)));
    it(`${mediaType}: refuses requests that no envelope can hold`, async () => {
      expect(await refusal({ payload: new Uint8Array() })).toBe('ENVELOPE_PAYLOAD_ABSENT');
      expect(await refusal({ expiry: SIGNING_TIME })).toBe('ENVELOPE_EXPIRY_NOT_AFTER_SIGNING');
      expect(await refusal({ expiry: new Date(SIGNING_TIME.getTime() + 10) })).toBe('ENVELOPE_EXPIRY_NOT_AFTER_SIGNING');
      expect(await refusal({ signingTime: new Date(Number.NaN) })).toBe('SIGNING_TIME_INVALID');
      expect(await refusal({ utcOffsetMinutes: 1440 })).toBe('SIGNING_TIME_INVALID');
      expect(await refusal({ signingScheme: '' as 'notary.x509' })).toBe('SIGNING_SCHEME_ABSENT');
      expect(await refusal({ signingScheme: 'other' as 'notary.x509' })).toBe('SIGNING_SCHEME_UNSUPPORTED');
      const twice = { key: 'x', critical: false, value: 1 };
      expect(await refusal({ extendedAttributes: [twice, twice] })).toBe('SIGNING_ATTRIBUTE_INVALID');
      expect(await refusal({ extendedAttributes: [{ key: ATTRIBUTE.signingScheme, critical: false, value: 'x' }] })).toBe(
        'SIGNING_ATTRIBUTE_INVALID',
      );
      expect(await refusal({ mediaType: 'text/plain' as typeof JWS_MEDIA_TYPE })).toBe('ENVELOPE_MEDIA_TYPE_UNSUPPORTED');
      expect(await refusal({ signingTime: new Date('2025-01-01T00:00:00Z') })).toBe('X509_CHAIN_OUTSIDE_VALIDITY');
    });

    it(`${mediaType}: gives out nothing that does not verify`, async () => {
      const { signer, key } = await identityOf('EC-256');
      const other = await identityOf('EC-384');
      const flipped = {
        keySpec: () => 'EC-256' as const,
        sign: async (data: Uint8Array) => ({ ...(await signer.sign(data)), signature: (await signer.sign(toUtf8('else'))).signature }),
      };
      const fault = await faultOf(async () => signEnvelope(await request('EC-256', mediaType, { signer: flipped })));
      expect([fault.code, fault.message.split(':')[0]]).toEqual(['ENVELOPE_SIGNATURE_INVALID', 'generated signature failed verification']);
      const noChain = {
        keySpec: () => 'EC-256' as const,
        sign: async (data: Uint8Array) => ({ signature: await key.sign('ES256', data), certificates: [] }),
      };
      expect(await refusal({ signer: noChain })).toBe('SIGNING_CHAIN_NOT_RETURNED');
      const lying = { keySpec: () => 'EC-256' as const, sign: (data: Uint8Array) => other.signer.sign(data) };
      expect(await refusal({ signer: lying })).toBe('ENVELOPE_ALGORITHM_KEY_MISMATCH');
      const rootless = createLocalSigner(key, (await identityOf('EC-256')).chain.slice(0, 1));
      expect(await refusal({ signer: rootless })).toBe('X509_CHAIN_SELF_SIGNATURE_INVALID');
    });
  }

  it('JWS: payloads are JSON objects, keys are texts', async () => {
    const refusal = async (change: Partial<SignRequest>): Promise<string> =>
      outcome(async () => signEnvelope(await request('EC-256', JWS_MEDIA_TYPE, change)));
    for (const payload of ['text', '"text"', '[]', '{"a":1,"a":2}', '{} '])
      expect(await refusal({ payload: toUtf8(payload) })).toBe(payload === '{} ' ? 'ok' : 'SIGNING_PAYLOAD_NOT_JSON');
    expect(await refusal({ extendedAttributes: [{ key: 1, critical: false, value: 1 }] })).toBe('SIGNING_ATTRIBUTE_INVALID');
  });

  it('COSE: any payload, integer keys and tagged values', async () => {
    const { content } = await createSignedEnvelope(
      await request('EC-256', COSE_MEDIA_TYPE, {
        payload: Uint8Array.of(0, 255),
        contentType: 'a/b',
        extendedAttributes: [{ key: 100, critical: true, value: new CborTag(32, 'x') }],
      }),
    );
    expect(content.payload).toEqual(Uint8Array.of(0, 255));
    expect(content.criticalHeaders).toEqual([ATTRIBUTE.signingScheme, 100]);
    expect(attributeText(content.extendedAttributes[0]?.value)).toBe('{32 x}');
  });

  it('shows large integers in decimals up to a length that takes no time', () => {
    expect(attributeText(new CborTag(2, Uint8Array.of(1, 0)))).toBe('256');
    expect(attributeText(new CborTag(3, Uint8Array.of(1, 0)))).toBe('-257');
    expect(attributeText(new CborTag(2, new Uint8Array(0)))).toBe('0');
    const started = performance.now();
    expect(attributeText(new CborTag(2, new Uint8Array(256 * 1024).fill(7)))).toMatch(/^\{2 \[7 7 /);
    expect(performance.now() - started).toBeLessThan(3000);
  });
});

describe('createLocalSigner', () => {
  it('wants a key of one of six kinds that belongs to the first certificate', async () => {
    const a = await identityOf('EC-256');
    const b = await identityOf('EC-384');
    const refusal = async (chain: readonly Certificate[]): Promise<[string, string]> => {
      const { code, message } = await faultOf(() => createLocalSigner(a.key, chain));
      return [code, message];
    };
    const mismatch = ['SIGNING_KEY_CERTIFICATE_MISMATCH', '"key and certs" param is invalid. Error: key not matches certificate'];
    expect(await refusal([])).toEqual(['SIGNING_CHAIN_EMPTY', '"certs" param is invalid. Error: empty certs']);
    expect(await refusal(b.chain)).toEqual(mismatch);
    expect(await refusal([...a.chain].reverse())).toEqual(mismatch);
    expect(createLocalSigner(a.key, a.chain).keySpec()).toBe('EC-256');
  });
});

describe('mediaTypeForFormat', () => {
  it('knows jws and cose by their exact names', async () => {
    expect(mediaTypeForFormat('jws')).toBe(JWS_MEDIA_TYPE);
    expect(mediaTypeForFormat('cose')).toBe(COSE_MEDIA_TYPE);
    expect(await outcome(() => mediaTypeForFormat('JWS'))).toBe('ENVELOPE_FORMAT_UNSUPPORTED');
    expect((await faultOf(() => mediaTypeForFormat('JWS'))).message).toBe(
      'signature format "JWS" not supported\nSupported signature envelope formats are "jws" and "cose"',
    );
    expect((await faultOf(() => parseEnvelope(new Uint8Array(), 'text/plain'))).message).toBe(
      'signature envelope format with media type "text/plain" is not supported',
    );
  });
});
