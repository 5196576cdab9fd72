// SPDX-License-Identifier: Apache-2.0
import { toUtf8 } from '@notary/base';
import { derContextPrimitive, derElement, derInteger, derNull, derOctets, derOid, derSequence, derSet } from '@notary/base/der';
import {
  type Authority,
  certificateId,
  makeToken,
  SHA1,
  SHA256,
  signingCertificate,
  type TokenParts,
  TST_INFO,
} from '@notary/testkit/timestamp-token';
import { type Certificate, checkTimestampingChain, goName } from '@notary/x509';
import { checkTimestampImprint, parseTimestampToken, type TimestampToken, verifyTimestampToken } from '@notary/x509/timestamp';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { caTemplate, codeOf, commonName, issue, loadKey, messageOf, TIME_STAMPING } from '../support.ts';

let authority: Authority;
let root: Certificate;
let middle: Certificate;
const tsa = { keyUsage: { bits: ['digitalSignature'] }, extendedKeyUsage: { critical: true, oids: [TIME_STAMPING] } } as const;

beforeAll(async () => {
  const [rootKey, middleKey, key] = [await loadKey('ec-p384'), await loadKey('ec-p521'), await loadKey('ec')];
  root = await issue({ subject: commonName('root'), signer: rootKey, ...caTemplate });
  middle = await issue({
    subject: commonName('middle'),
    issuer: commonName('root'),
    publicKey: middleKey.spki,
    signer: rootKey,
    ...caTemplate,
  });
  const leaf = await issue({
    subject: commonName('tsa'),
    issuer: commonName('middle'),
    publicKey: key.spki,
    signer: middleKey,
    serialNumber: Uint8Array.of(9),
    ...tsa,
  });
  authority = { key, chain: [leaf, middle] };
});

const token = async (change: Partial<TokenParts> = {}): Promise<TimestampToken> => parseTimestampToken(await makeToken(authority, change));
const verified = (t: TimestampToken): Promise<readonly Certificate[]> => verifyTimestampToken(t, { roots: [root] });

describe('a sound token', () => {
  it('verifies up to the root, and the chain meets the profile', async () => {
    const t = await token();
    const chain = await verified(t);
    expect(chain.map((c) => goName(c.subject))).toEqual(['CN=tsa', 'CN=middle', 'CN=root']);
    await checkTimestampingChain(chain);
    checkTimestampImprint(t, toUtf8('message'));
    expect(t.genTime.toISOString()).toBe('2026-06-01T12:00:00.000Z');
    expect(t.policy).toBe('1.2.3.4');
    expect([...t.serialNumber]).toEqual([42]);
    expect([...(t.nonce ?? [])]).toEqual([7]);
    expect(t.certificates).toHaveLength(2);
  });

  it('may leave out issuer and serial number, and name its hash', async () => {
    const leaf = authority.chain[0] as Certificate;
    for (const id of [certificateId(leaf, { issuerSerial: false }), certificateId(leaf, { hashOid: SHA256 })]) {
      expect(await codeOf(async () => verified(await token({ signingCertificate: signingCertificate(id) })))).toBe('nothing');
    }
    expect(await codeOf(async () => verified(await token({ signingTime: '260601120000Z' })))).toBe('nothing');
    expect(await codeOf(async () => verified(await token({ signers: 3 })))).toBe('nothing');
  });

  it('may be signed with RSA, PKCS#1 v1.5 or PSS, named by the digest beside it', async () => {
    const key = await loadKey('rsa');
    const signer = await loadKey('ec-p521');
    const leaf = await issue({ subject: commonName('tsa'), issuer: commonName('middle'), publicKey: key.spki, signer, ...tsa });
    for (const [algorithm, signatureAlgorithm] of [
      ['RS256', '1.2.840.113549.1.1.1'],
      ['RS256', '1.2.840.113549.1.1.11'],
      ['PS256', '1.2.840.113549.1.1.10'],
    ] as const) {
      const bytes = await makeToken({ key, chain: [leaf, middle], algorithm }, { signatureAlgorithm });
      expect(await codeOf(() => verified(parseTimestampToken(bytes)))).toBe('nothing');
      const broken = await makeToken({ key, chain: [leaf, middle], algorithm }, { signatureAlgorithm, breakSignature: true });
      expect(await messageOf(() => verified(parseTimestampToken(broken)))).toBe(
        'failed to verify signed token: cms verification failure: crypto/rsa: verification error',
      );
    }
  });

  it('may come in BER with indefinite lengths', async () => {
    const der = await makeToken(authority);
    const outer = der.subarray(4);
    const ber = Uint8Array.from([0x30, 0x80, ...outer, 0, 0]);
    expect(parseTimestampToken(ber).genTime).toEqual((await token()).genTime);
  });

  it('may have a leaf that is itself trusted', async () => {
    const chain = await verifyTimestampToken(await token(), { roots: [authority.chain[0] as Certificate] });
    expect(chain).toHaveLength(1);
  });
});

describe('accuracy', () => {
  const accuracy = (seconds?: number, millis?: number, micros?: number): Uint8Array =>
    derSequence(
      ...(seconds === undefined ? [] : [derInteger(seconds)]),
      ...(millis === undefined ? [] : [derContextPrimitive(0, derInteger(millis).subarray(2))]),
      ...(micros === undefined ? [] : [derContextPrimitive(1, derInteger(micros).subarray(2))]),
    );
  it.each([
    [undefined, '1.2.3', '20260601120000Z', '2026-06-01T12:00:00Z', '2026-06-01T12:00:00Z'],
    [undefined, '0.4.0.2023.1.1', '20260601120000Z', '2026-06-01T11:59:59Z', '2026-06-01T12:00:01Z'],
    [accuracy(2), '1.2.3', '20260601120000Z', '2026-06-01T11:59:58Z', '2026-06-01T12:00:02Z'],
    [accuracy(1, 500), '1.2.3', '20260601120000.25Z', '2026-06-01T11:59:58.75Z', '2026-06-01T12:00:01.75Z'],
    [accuracy(undefined, undefined, 100), '1.2.3', '20260601120000Z', '2026-06-01T11:59:59.9999Z', '2026-06-01T12:00:00.0001Z'],
    [accuracy(), '0.4.0.2023.1.1', '20260601120000+0200', '2026-06-01T09:59:59Z', '2026-06-01T10:00:01Z'],
  ])('%# gives its range', async (value, policy, genTime, lower, upper) => {
    const t = await token({ accuracy: value, policy, genTime });
    expect([t.lowerText, t.upperText]).toEqual([lower, upper]);
  });

  it('rounds away from the instant, so that no check becomes laxer', async () => {
    const t = await token({ accuracy: accuracy(undefined, undefined, 100), genTime: '20260601120000.0005Z' });
    expect(t.lower.toISOString()).toBe('2026-06-01T12:00:00.000Z');
    expect(t.upper.toISOString()).toBe('2026-06-01T12:00:00.001Z');
    expect(t.accuracyMs).toBe(0.1);
  });

  it.each([
    '20260601120000',
    '20260601120000.Z',
    '20260601120000.10Z',
    '20260601120000,5Z',
    '20261301120000Z',
    '202606011200Z',
    '20260601120000.0000000001Z',
  ])('refuses the time %s', async (genTime) => {
    expect(await codeOf(() => token({ genTime }))).toBe('TIMESTAMP_INFO_MALFORMED');
  });

  it('refuses an accuracy of centuries', async () => {
    expect(await codeOf(() => token({ accuracy: accuracy(2 ** 32) }))).toBe('TIMESTAMP_INFO_MALFORMED');
  });
});

describe('what is no token', () => {
  it.each([
    ['CMS_MALFORMED', 'cms: syntax error: invalid signed data: failed to convert from BER to DER', new Uint8Array(0)],
    ['CMS_MALFORMED', 'cms: syntax error: invalid content info: failed to unmarshal DER to ContentInfo', derNull()],
    [
      'CMS_NOT_SIGNED_DATA',
      'cms: content type is not signed-data',
      derSequence(derOid('1.2.840.113549.1.7.1'), derElement(0xa0, derNull())),
    ],
    ['CMS_MALFORMED', 'cms: syntax error: invalid signed data: ', derSequence(derOid('1.2.840.113549.1.7.2'), derElement(0xa0, derSet()))],
  ])('%s: %s', async (code, message, bytes) => {
    expect(await codeOf(() => parseTimestampToken(bytes))).toBe(code);
    expect(await messageOf(() => parseTimestampToken(bytes))).toContain(message);
  });

  it.each([
    [
      'TIMESTAMP_CONTENT_TYPE_UNEXPECTED',
      'unexpected content type: 1.2.840.113549.1.7.1. Expected to be id-ct-TSTInfo (1.2.840.113549.1.9.16.1.4)',
      { contentType: '1.2.840.113549.1.7.1' },
    ],
    ['CMS_MALFORMED', 'cms: syntax error: unsupported signed data version: got 1, want 3', { signedDataVersion: 1 }],
    ['TIMESTAMP_INFO_MALFORMED', 'cannot unmarshal TSTInfo from timestamp token: ', { info: derNull() }],
    ['CMS_TOO_MANY_ITEMS', 'CMS message holds more than 8 signers', { signers: 9 }],
    ['CMS_TOO_MANY_ITEMS', 'CMS message holds more than 64 attributes', { extraAttributes: 62 }],
  ] as [string, string, Partial<TokenParts>][])('%s: %s', async (code, message, change) => {
    expect(await codeOf(() => token(change))).toBe(code);
    expect(await messageOf(() => token(change))).toContain(message);
  });

  it('refuses certificates that are none, and too many bytes', async () => {
    const bad = { ...(authority.chain[0] as Certificate), der: derSequence(derNull()) };
    expect(await messageOf(() => token({ certificates: [bad] }))).toContain(
      'failed to parse X.509 certificates from signed data. Only X.509 certificates are supported: x509: malformed tbs certificate',
    );
    expect(await codeOf(() => parseTimestampToken(new Uint8Array(1024 * 1024 + 1)))).toBe('DER_BER_TOO_LARGE');
  });
});

describe('what a token is about', () => {
  it('refuses another message, version and hash', async () => {
    const message = toUtf8('message');
    const t = await token();
    expect(await messageOf(() => checkTimestampImprint(t, toUtf8('other')))).toBe('invalid TSTInfo: mismatched message');
    expect(await codeOf(() => checkTimestampImprint(t, toUtf8('other')))).toBe('TIMESTAMP_IMPRINT_MISMATCH');
    const two = await token({ infoVersion: 2 });
    expect(await messageOf(() => checkTimestampImprint(two, message))).toBe(
      'invalid TSTInfo: timestamp token info version must be 1, but got 2',
    );
    expect(await codeOf(() => checkTimestampImprint(two, message))).toBe('TIMESTAMP_INFO_VERSION_UNSUPPORTED');
    const weak = await token({ imprintHash: SHA1 });
    expect(await messageOf(() => checkTimestampImprint(weak, message))).toBe('invalid TSTInfo: unrecognized hash algorithm: 1.3.14.3.2.26');
    expect(await codeOf(() => checkTimestampImprint(weak, message))).toBe('TIMESTAMP_HASH_UNSUPPORTED');
  });
});

describe('verification', () => {
  const prefix = 'failed to verify signed token: ';
  const cms = `${prefix}cms verification failure: `;
  const refused = async (change: Partial<TokenParts>): Promise<string> => messageOf(async () => verified(await token(change)));

  it.each([
    ['TIMESTAMP_SIGNATURE_INVALID', `${cms}x509: ECDSA verification failure`, { breakSignature: true }],
    ['TIMESTAMP_ATTRIBUTES_INVALID', `${cms}invalid signer info version: only version 1 is supported; got 3`, { signerVersion: 3 }],
    ['TIMESTAMP_SIGNATURE_INVALID', `${cms}unknown signature algorithm`, { signatureAlgorithm: '1.2.840.10045.4.1' }],
    [
      'TIMESTAMP_SIGNATURE_INVALID',
      `${cms}x509: signature algorithm specifies an RSA public key, but have public key of type *ecdsa.PublicKey`,
      { signatureAlgorithm: '1.2.840.113549.1.1.1' },
    ],
    [
      'TIMESTAMP_SIGNATURE_INVALID',
      `${cms}x509: signature algorithm specifies an RSA public key, but have public key of type *ecdsa.PublicKey`,
      { signatureAlgorithm: '1.2.840.113549.1.1.10' },
    ],
    ['TIMESTAMP_ATTRIBUTES_INVALID', `${cms}unsupported digest algorithm`, { digestAlgorithm: SHA1 }],
    ['TIMESTAMP_ATTRIBUTES_INVALID', `${cms}mismatch message digest`, { digestAttribute: derOctets(new Uint8Array(32)) }],
    [
      'TIMESTAMP_ATTRIBUTES_INVALID',
      `${cms}mismatch content type: found "1.2.3" in signer info, and "${TST_INFO}" in signed data`,
      { contentTypeAttribute: derOid('1.2.3') },
    ],
    ['TIMESTAMP_ATTRIBUTES_INVALID', `${cms}invalid content type: attribute not found`, { contentTypeAttribute: undefined }],
    [
      'TIMESTAMP_ATTRIBUTES_INVALID',
      `${cms}signing time, 2030-01-01 00:00:00 +0000 UTC, is outside certificate's validity period`,
      { signingTime: '300101000000Z' },
    ],
    [
      'TIMESTAMP_CHAIN_UNTRUSTED',
      `${cms}x509: certificate has expired or is not yet valid: current time 2028-01-01T00:00:00Z is after 2027-01-01T00:00:00Z`,
      { genTime: '20280101000000Z' },
    ],
    [
      'TIMESTAMP_CHAIN_UNTRUSTED',
      `${cms}x509: certificate has expired or is not yet valid: current time 2025-01-01T00:00:00Z is before 2026-01-01T00:00:00Z`,
      { genTime: '20250101000000Z' },
    ],
    ['TIMESTAMP_SIGNER_MISSING', `${prefix}signerInfo not found`, { signers: 0 }],
    ['TIMESTAMP_SIGNING_CERTIFICATE_NOT_FOUND', `${prefix}signing certificate not found in the timestamp token`, { certificates: [] }],
    [
      'TIMESTAMP_SIGNING_CERTIFICATE_INVALID',
      `${prefix}failed to get SigningCertificateV2 from signed attributes: attribute not found`,
      { signingCertificate: undefined },
    ],
    [
      'TIMESTAMP_SIGNING_CERTIFICATE_INVALID',
      `${prefix}failed to get SigningCertificateV2 from signed attributes: attribute not found`,
      { noAttributes: true },
    ],
    [
      'TIMESTAMP_SIGNING_CERTIFICATE_INVALID',
      `${prefix}signingCertificateV2 does not contain any certificate`,
      { signingCertificate: signingCertificate() },
    ],
  ] as [string, string, Partial<TokenParts>][])('%s: %s', async (code, message, change) => {
    expect(await codeOf(async () => verified(await token(change)))).toBe(code);
    expect(await refused(change)).toBe(message);
  });

  it('holds the signing certificate to its hash and name', async () => {
    const leaf = authority.chain[0] as Certificate;
    const of = (options: Parameters<typeof certificateId>[1]): Promise<string> =>
      refused({ signingCertificate: signingCertificate(certificateId(leaf, options)) });
    expect(await of({ digest: new Uint8Array(32) })).toBe(`${prefix}signing certificate hash does not match CertHash in signed attribute`);
    expect(await of({ hashOid: SHA1 })).toBe(`${prefix}unsupported certificate hash algorithm in SigningCertificateV2 attribute`);
    expect(await of({ issuerTag: 1 })).toBe(`${prefix}issuer name is missing in IssuerSerial`);
    expect(await refused({ signingCertificate: derNull() })).toContain(
      `${prefix}failed to get SigningCertificateV2 from signed attributes: DER`,
    );
    expect(await refused({ signingCertificate: signingCertificate(certificateId(middle)) })).toContain(cms);
  });

  it('needs roots', async () => {
    const t = await token();
    expect(await messageOf(() => verifyTimestampToken(t, { roots: [] }))).toBe(`${prefix}tsa root certificate pool cannot be nil`);
    expect(await codeOf(() => verifyTimestampToken(t, { roots: [] }))).toBe('TIMESTAMP_ROOTS_MISSING');
    const stranger = await issue({ subject: commonName('root'), signer: await loadKey('rsa'), ...caTemplate });
    expect(await messageOf(() => verifyTimestampToken(t, { roots: [stranger] }))).toBe(
      `${cms}x509: certificate signed by unknown authority (possibly because of "x509: signature algorithm specifies an ECDSA public key, but have public key of type *rsa.PublicKey" while trying to verify candidate authority certificate "root")`,
    );
    const later = new Date('2028-01-01T00:00:00Z');
    expect(await messageOf(() => verifyTimestampToken(t, { roots: [root], at: later }))).toContain('certificate has expired');
  });

  it('wants the time-stamping purpose alone and critical', async () => {
    const signer = await loadKey('ec-p521');
    const make = async (extendedKeyUsage: { critical?: boolean; oids: string[] } | undefined, code = 'TIMESTAMP_PURPOSE_INVALID') => {
      const leaf = await issue({
        subject: commonName('tsa'),
        issuer: commonName('middle'),
        publicKey: authority.key.spki,
        signer,
        keyUsage: tsa.keyUsage,
        ...(extendedKeyUsage && { extendedKeyUsage }),
      });
      const other: Authority = { key: authority.key, chain: [leaf, middle] };
      const run = async () => verified(parseTimestampToken(await makeToken(other)));
      expect(await codeOf(run)).toBe(code);
      return messageOf(run);
    };
    const only = `${prefix}signing certificate must have and only have ExtKeyUsageTimeStamping as extended key usage`;
    expect(await make(undefined)).toBe(only);
    expect(await make({ critical: true, oids: [TIME_STAMPING, '1.2.3'] })).toBe(only);
    expect(await make({ oids: [TIME_STAMPING] })).toBe(`${prefix}signing certificate extended key usage extension must be set as critical`);
    expect(await make({ critical: true, oids: ['1.3.6.1.5.5.7.3.3'] }, 'TIMESTAMP_CHAIN_UNTRUSTED')).toBe(
      `${cms}x509: certificate specifies an incompatible key usage`,
    );
  });

  it('reports the last of several failures with all of them', async () => {
    const t = await token({ breakSignature: true, signers: 2 });
    const e = await verified(t).catch((x: unknown) => x);
    expect(e).toMatchObject({ code: 'TIMESTAMP_SIGNATURE_INVALID', attempts: [{}, {}] });
  });
});

it('throws nothing but faults for mutated tokens', async () => {
  const base = await makeToken(authority);
  const edits = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(edits, async (changes) => {
      const bytes = base.slice();
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      expect(await codeOf(() => checkTimestampImprint(parseTimestampToken(bytes), toUtf8('message')))).toMatch(
        /^(X509|CMS|TIMESTAMP|DER)_|^nothing$/,
      );
    }),
    { numRuns: 1500 },
  );
});
