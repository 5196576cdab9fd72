// SPDX-License-Identifier: Apache-2.0
import { concatBytes, Fault, toHex, toUtf8 } from '@notary/base';
import type { PrivateKey } from '@notary/base/crypto';
import {
  derBits,
  derBoolean,
  derContext,
  derContextPrimitive,
  derElement,
  derInteger,
  derNull,
  derOctets,
  derOid,
  derSequence,
  derSet,
  TAG,
} from '@notary/base/der';
import { encodePem } from '@notary/base/pem';
import { type Certificate, goName, parseCertificate, parseCertificates } from '@notary/x509';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { codeOf, commonName, exactly, issue, loadKey, sharedVector, sharedVectorsPresent, vector } from './support.ts';

let key: PrivateKey;
let full: Certificate;
beforeAll(async () => {
  key = await loadKey('ec');
  full = await issue({
    subject: commonName('full'),
    issuer: commonName('issuer'),
    signer: key,
    serialNumber: Uint8Array.of(0x80, 1),
    basicConstraints: { ca: true, pathLength: 3 },
    keyUsage: { bits: ['digitalSignature', 'keyCertSign', 'decipherOnly'] },
    extendedKeyUsage: { critical: true, oids: ['1.3.6.1.5.5.7.3.3', '1.2.3'] },
    dnsNames: ['example.org'],
    ipAddresses: ['127.0.0.1', '::1'],
    ocspUrls: ['http://ocsp.example/a', 'http://ocsp.example/b'],
    caIssuerUrls: ['http://ca.example'],
    crlUrls: ['http://crl.example/1', 'http://crl.example/2'],
    freshestCrlUrls: ['http://crl.example/delta'],
    subjectKeyId: 'derive',
    authorityKeyId: Uint8Array.of(1, 2, 3),
    extensions: [{ oid: '1.2.3.4', critical: true, value: derNull() }],
  });
});

describe('what a certificate says', () => {
  it('reads every field', () => {
    expect(goName(full.subject)).toBe('CN=full');
    expect(goName(full.issuer)).toBe('CN=issuer');
    expect(full.version).toBe(3);
    expect(toHex(full.serialNumber)).toBe('008001');
    expect(full.notBefore.toISOString()).toBe('2026-01-01T00:00:00.000Z');
    expect(full.keySpec).toBe('EC-256');
    expect(full.spki).toEqual(key.spki);
    expect(full.basicConstraints).toEqual({ critical: true, ca: true, pathLength: 3 });
    expect([...(full.keyUsage?.bits ?? [])]).toEqual(['digitalSignature', 'keyCertSign', 'decipherOnly']);
    expect(full.extendedKeyUsage).toEqual({ critical: true, oids: ['1.3.6.1.5.5.7.3.3', '1.2.3'] });
    expect(full.ocspUrls).toEqual(['http://ocsp.example/a', 'http://ocsp.example/b']);
    expect(full.caIssuerUrls).toEqual(['http://ca.example']);
    expect(full.crlUrls).toEqual(['http://crl.example/1', 'http://crl.example/2']);
    expect(full.freshestCrlUrls).toEqual(['http://crl.example/delta']);
    expect(full.subjectKeyId).toHaveLength(20);
    expect(full.authorityKeyId).toEqual(Uint8Array.of(1, 2, 3));
    expect(full.unhandledCriticalExtensions).toEqual(['1.2.3.4']);
    expect(full.thumbprint).toMatch(/^[0-9a-f]{64}$/);
    expect(full.extensions).toHaveLength(10);
  });

  it('reads the certificates of OpenSSL', () => {
    for (const name of [
      'root-rsa',
      'root-pss',
      'root-p224',
      'root-p256',
      'root-p384',
      'root-p521',
      'root-ed25519',
      'leaf-sha1',
      'leaf-md5',
    ]) {
      const [certificate] = parseCertificates(vector(`certs/${name}.pem`));
      expect(certificate && goName(certificate.subject)).toBe(`CN=${name},O=Notary vectors,C=US`);
    }
    expect(parseCertificate(vector('certs/root-rsa.der')).thumbprint).toBe(parseCertificates(vector('certs/root-rsa.pem'))[0]?.thumbprint);
    expect(parseCertificates(vector('certs/key-rsa-pss.pem'))[0]?.publicKey).toEqual({ type: 'unknown', oid: '1.2.840.113549.1.1.10' });
  });

  it('takes PEM under any label, and DER certificates one after the other', () => {
    const pem = toUtf8(`x\n${encodePem('ANYTHING', full.der)}y\n${encodePem('CERTIFICATE', full.der)}`);
    expect(parseCertificates(pem)).toHaveLength(2);
    expect(parseCertificates(concatBytes(full.der, full.der))).toHaveLength(2);
    expect(parseCertificates(new Uint8Array(0))).toEqual([]);
    const key = toUtf8(encodePem('KEY', new Uint8Array(3)));
    expect(() => parseCertificates(key)).toThrow('x509: malformed certificate');
    expect(() => parseCertificates(key)).toThrow(expect.objectContaining({ code: 'X509_CERTIFICATE_MALFORMED' }));
  });

  it('bounds size and number', async () => {
    const huge = derSequence(new Uint8Array(1024 * 1024));
    expect(await codeOf(() => parseCertificate(huge))).toBe('X509_CERTIFICATE_TOO_LARGE');
    const many = concatBytes(...Array.from({ length: 1001 }, () => full.der));
    expect(await codeOf(() => parseCertificates(many))).toBe('X509_TOO_MANY_CERTIFICATES');
  });
});

/** A certificate built by hand, any part of which a test may replace. */
interface Parts {
  version: Uint8Array[];
  serial: Uint8Array;
  innerAlgorithm: Uint8Array;
  outerAlgorithm: Uint8Array;
  issuer: Uint8Array;
  validity: Uint8Array;
  subject: Uint8Array;
  spki: Uint8Array;
  rest: Uint8Array[];
  signature: Uint8Array;
  behind: Uint8Array[];
}
const algorithm = derSequence(derOid('1.2.840.10045.4.3.2'));
const time = (text: string): Uint8Array => derElement(text.startsWith('20') ? TAG.GENERALIZED_TIME : TAG.UTC_TIME, toUtf8(text));
const version = (n: number): Uint8Array => derContext(0, derInteger(n));

function build(change: Partial<Parts>): Uint8Array {
  const p: Parts = {
    version: [version(2)],
    serial: derInteger(1),
    innerAlgorithm: algorithm,
    outerAlgorithm: algorithm,
    issuer: commonName('i'),
    validity: derSequence(time('260101000000Z'), time('20500101000000Z')),
    subject: commonName('s'),
    spki: key.spki,
    rest: [],
    signature: derBits(new Uint8Array(8)),
    behind: [],
    ...change,
  };
  const tbs = derSequence(...p.version, p.serial, p.innerAlgorithm, p.issuer, p.validity, p.subject, p.spki, ...p.rest);
  return derSequence(tbs, p.outerAlgorithm, p.signature, ...p.behind);
}
const ext = (oid: string, value: Uint8Array, critical = false): Uint8Array =>
  derSequence(derOid(oid), ...(critical ? [derBoolean(true)] : []), derOctets(value));
const withExtensions = (...list: Uint8Array[]): Partial<Parts> => ({ rest: [derContext(3, derSequence(...list))] });
const ID = (n: number): string => `2.5.29.${n}`;
const AIA = '1.3.6.1.5.5.7.1.1';

describe('what Go takes is taken', () => {
  it.each([
    ['as it is', {}],
    ['version 1 without the field', { version: [] }],
    ['version 1 written out', { version: [version(0)] }],
    [
      'version 2 with unique identifiers',
      { version: [version(1)], rest: [derContextPrimitive(1, Uint8Array.of(0)), derContextPrimitive(2, Uint8Array.of(0))] },
    ],
    ['a serial number of zero', { serial: derInteger(0) }],
    ['empty names', { issuer: derSequence(), subject: derSequence() }],
    ['a time with an offset', { validity: derSequence(time('260101000000+0100'), time('2601010000Z')) }],
    ['elements behind the last known ones', { rest: [derContext(3, derSequence()), derNull()], behind: [derNull()] }],
    ['extensions in version 1, ignored', { version: [], rest: [derContext(3, derInteger(1))] }],
    ['critical written as false', withExtensions(derSequence(derOid('1.2.3'), derBoolean(false), derOctets()))],
    ['an empty sequence of key purposes', withExtensions(ext(ID(37), derSequence()))],
    ['a distribution point without a name', withExtensions(ext(ID(31), derSequence(derSequence(derContext(2)))))],
    ['an authority key identifier by name only', withExtensions(ext(ID(35), derSequence(derContext(1))))],
    ['SAN of other kinds', withExtensions(ext(ID(17), derSequence(derContextPrimitive(8, Uint8Array.of(1)))))],
    [
      'policies, mappings, constraints',
      withExtensions(
        ext(ID(32), derSequence(derSequence(derOid('2.25.340282366920938463463374607431768211455')))),
        ext(ID(33), derSequence(derSequence(derOid('1.2'), derOid('1.3')))),
        ext(ID(36), derSequence(derContextPrimitive(0, Uint8Array.of(1)), derContextPrimitive(1, Uint8Array.of(0)))),
        ext(ID(54), derInteger(0)),
      ),
    ],
    [
      'name constraints',
      withExtensions(ext(ID(30), derSequence(derContext(0, derSequence(derContextPrimitive(2, toUtf8('x.org'))))), true)),
    ],
    ['access without a URI', withExtensions(ext(AIA, derSequence(derSequence(derOid('1.2.3'), derContext(4)))))],
  ] as [string, Partial<Parts>][])('%s', (_, change) => {
    expect(() => parseCertificate(build(change))).not.toThrow();
  });
});

describe('what Go refuses is refused in its words', () => {
  const cases: [message: string, change: Partial<Parts>][] = [
    ['malformed version', { version: [derContext(0)] }],
    ['malformed version', { version: [derContext(0, derElement(2, Uint8Array.of(0xff)))] }],
    ['malformed version', { version: [derContext(0, derInteger(2), derNull())] }],
    ['invalid version', { version: [version(3)] }],
    ['malformed serial number', { serial: derElement(2, Uint8Array.of(0, 1)) }],
    ['malformed serial number', { serial: derElement(2, new Uint8Array(0)) }],
    ['negative serial number', { serial: derElement(2, Uint8Array.of(0x80)) }],
    ['malformed signature algorithm identifier', { innerAlgorithm: derSet() }],
    ['malformed algorithm identifier', { outerAlgorithm: derSet() }],
    ["inner and outer signature algorithm identifiers don't match", { outerAlgorithm: derSequence(derOid('1.2.840.10045.4.3.3')) }],
    ['malformed OID', { innerAlgorithm: derSequence(), outerAlgorithm: derSequence() }],
    [
      'malformed parameters',
      { innerAlgorithm: derSequence(derOid('1.2'), Uint8Array.of(5)), outerAlgorithm: derSequence(derOid('1.2'), Uint8Array.of(5)) },
    ],
    ['malformed issuer', { issuer: derSet() }],
    ['malformed issuer', { subject: derSet() }],
    ['invalid RDNSequence', { issuer: derSequence(derNull()) }],
    ['malformed validity', { validity: derSet() }],
    ['unsupported time format', { validity: derSequence() }],
    ['malformed UTCTime', { validity: derSequence(time('260230000000Z'), time('260101000000Z')) }],
    ['malformed GeneralizedTime', { validity: derSequence(time('260101000000Z'), time('20260101000000.5Z')) }],
    ['malformed spki', { spki: derSet() }],
    ['malformed subjectPublicKey', { spki: derSequence(algorithm) }],
    [
      'unsupported elliptic curve',
      { spki: derSequence(derSequence(derOid('1.2.840.10045.2.1'), derOid('1.2.3')), derBits(new Uint8Array(2))) },
    ],
    ['malformed extensions', { rest: [derContext(3, derSet())] }],
    ['malformed extension', { rest: [derContext(3, derSequence(derNull()))] }],
    ['malformed extension OID field', withExtensions(derSequence(derNull()))],
    ['malformed extension critical field', withExtensions(derSequence(derOid('1.2'), derElement(1, Uint8Array.of(1)), derOctets()))],
    ['malformed extension value field', withExtensions(derSequence(derOid('1.2'), derNull()))],
    ['certificate contains duplicate extension with OID "1.2.3"', withExtensions(ext('1.2.3', derNull()), ext('1.2.3', derNull()))],
    ['invalid key usage', withExtensions(ext(ID(15), derNull()))],
    ['invalid basic constraints', withExtensions(ext(ID(19), derNull()))],
    ['invalid basic constraints', withExtensions(ext(ID(19), derSequence(derElement(1, Uint8Array.of(2)))))],
    ['invalid basic constraints', withExtensions(ext(ID(19), derSequence(derElement(2, Uint8Array.of(0xff)))))],
    ['invalid subject alternative names', withExtensions(ext(ID(17), derNull()))],
    ['SAN rfc822Name is malformed', withExtensions(ext(ID(17), derSequence(derContextPrimitive(1, Uint8Array.of(0xff)))))],
    ['SAN dNSName is malformed', withExtensions(ext(ID(17), derSequence(derContextPrimitive(2, Uint8Array.of(0xff)))))],
    ['SAN uniformResourceIdentifier is malformed', withExtensions(ext(ID(17), derSequence(derContextPrimitive(6, Uint8Array.of(0xff)))))],
    ['cannot parse IP address of length 5', withExtensions(ext(ID(17), derSequence(derContextPrimitive(7, new Uint8Array(5)))))],
    ['invalid NameConstraints extension', withExtensions(ext(ID(30), derNull()))],
    ['empty name constraints extension', withExtensions(ext(ID(30), derSequence()))],
    ['invalid CRL distribution points', withExtensions(ext(ID(31), derNull()))],
    ['invalid CRL distribution point', withExtensions(ext(ID(31), derSequence(derNull())))],
    ['invalid CRL distribution point', withExtensions(ext(ID(31), derSequence(derSequence(derContext(0, derContext(1))))))],
    ['authority key identifier incorrectly marked critical', withExtensions(ext(ID(35), derSequence(), true))],
    ['invalid authority key identifier', withExtensions(ext(ID(35), derNull()))],
    ['subject key identifier incorrectly marked critical', withExtensions(ext(ID(14), derOctets(), true))],
    ['invalid subject key identifier', withExtensions(ext(ID(14), derNull()))],
    ['invalid policy constraints extension', withExtensions(ext(ID(36), derNull()))],
    ['invalid extended key usages', withExtensions(ext(ID(37), derSequence(derNull())))],
    ['invalid certificate policies', withExtensions(ext(ID(32), derSequence(derSequence())))],
    ['invalid certificate policies', withExtensions(ext(ID(32), derSequence(derSequence(derOid('1.2')), derSequence(derOid('1.2')))))],
    ['invalid policy mappings extension', withExtensions(ext(ID(33), derSequence(derSequence(derOid('1.2')))))],
    ['invalid inhibit any policy extension', withExtensions(ext(ID(54), derNull()))],
    ['authority info access incorrectly marked critical', withExtensions(ext(AIA, derSequence(), true))],
    ['invalid authority info access', withExtensions(ext(AIA, derSequence(derSequence())))],
    ['malformed signature', { signature: derNull() }],
  ];
  it.each(cases)('%s', (message, change) => {
    expect(() => parseCertificate(build(change))).toThrow(exactly(`x509: ${message}`));
  });

  it('trailing data, and what is no certificate', () => {
    expect(() => parseCertificate(concatBytes(full.der, Uint8Array.of(0)))).toThrow(exactly('x509: trailing data'));
    expect(() => parseCertificate(new Uint8Array(0))).toThrow(exactly('x509: malformed certificate'));
    expect(() => parseCertificate(derSequence())).toThrow(exactly('x509: malformed tbs certificate'));
  });

  it('reads the freshest CRL only when asked, and then strictly', () => {
    const certificate = parseCertificate(build(withExtensions(ext(ID(46), derNull()))));
    expect(() => certificate.freshestCrlUrls).toThrow('x509: invalid CRL distribution points');
    const other = parseCertificate(build(withExtensions(ext(ID(46), derSequence(derSequence(derContext(0, derNull())))))));
    expect(() => other.freshestCrlUrls).toThrow('x509: invalid CRL distribution point');
  });
});

describe('hostile bytes', () => {
  it('refuses every truncated certificate', () => {
    for (let length = 0; length < full.der.length; length++) {
      expect(() => parseCertificate(full.der.subarray(0, length)), `${length}`).toThrow(Fault);
    }
  });

  it('throws nothing but faults for mutated certificates', async () => {
    const bases = ['root-rsa', 'leaf-of-pss', 'root-p521', 'root-ed25519'].flatMap((n) => parseCertificates(vector(`certs/${n}.pem`)));
    const edits = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...bases, full), edits, async (base, changes) => {
        const bytes = base.der.slice();
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        expect(await codeOf(() => parseCertificate(bytes))).toMatch(/^X509_|^nothing$/);
      }),
      { numRuns: 2000 },
    );
  });
});

describe.skipIf(!sharedVectorsPresent)('vectors of notation-core-go', () => {
  const at = (file: string): string => `notation-core-go/${file}`;
  it.each([
    ['der.der', 1],
    ['multi-der.der', 2],
    ['pem.crt', 1],
    ['multi-pem.crt', 2],
    ['openssl-minimum-self-signed.pem', 1],
    ['timestamp_leaf.crt', 1],
  ])('%s holds %i', (file, count) => {
    expect(parseCertificates(sharedVector(at(`x509/testdata/${file}`)))).toHaveLength(count);
  });

  it('refuses the invalid one', () => {
    expect(() => parseCertificates(sharedVector(at('x509/testdata/invalid')))).toThrow('x509: malformed certificate');
  });

  it.each([
    ['certificateWithDeltaCRL.cer', 1],
    ['certificateWith2DeltaCRL.cer', 2],
    ['certificateWithNonURIDeltaCRL.cer', 0],
    ['certificateWithZeroDeltaCRLURL.cer', 0],
    ['certificateWithIncompleteFreshestCRL.cer', 'x509: invalid CRL distribution point'],
    ['certificateWithIncompleteFreshestCRL2.cer', 0],
  ])('%s gives %s', (file, expected) => {
    const [certificate] = parseCertificates(sharedVector(at(`revocation/crl/testdata/${file}`)));
    if (typeof expected === 'number') expect(certificate?.freshestCrlUrls).toHaveLength(expected);
    else expect(() => certificate?.freshestCrlUrls).toThrow(exactly(expected));
  });
});
