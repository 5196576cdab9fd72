// SPDX-License-Identifier: Apache-2.0
import type { PrivateKey } from '@notary/base/crypto';
import { recordSkip } from '@notary/testkit';
import {
  type Certificate,
  type CertificateTemplate,
  type ChainOptions,
  checkCodeSigningChain,
  checkTimestampingChain,
  explainCodeSigningProfile,
  parseCertificate,
  parseCertificates,
  verifyCertificateSignature,
} from '@notary/x509';
import { beforeAll, describe, expect, it } from 'vitest';
import { CODE_SIGNING, caTemplate, codeOf, commonName, issue, leafTemplate, loadKey, messageOf, TIME_STAMPING, vector } from './support.ts';

let rootKey: PrivateKey;
let middleKey: PrivateKey;
let leafKey: PrivateKey;
beforeAll(async () => {
  rootKey = await loadKey('ec-p384');
  middleKey = await loadKey('ec');
  leafKey = await loadKey('rsa');
});

type Change = Partial<CertificateTemplate>;
const tsaLeaf: Change = { keyUsage: { bits: ['digitalSignature'] }, extendedKeyUsage: { critical: true, oids: [TIME_STAMPING] } };

/** Leaf, intermediate and root, with changes to any of them. */
async function chainOf(
  change: { leaf?: Change; middle?: Change; root?: Change } = {},
  base: Change = leafTemplate,
): Promise<Certificate[]> {
  const leaf = {
    subject: commonName('leaf'),
    issuer: commonName('middle'),
    publicKey: leafKey.spki,
    signer: middleKey,
    ...base,
    ...change.leaf,
  };
  const middle = {
    subject: commonName('middle'),
    issuer: commonName('root'),
    publicKey: middleKey.spki,
    signer: rootKey,
    ...caTemplate,
    ...change.middle,
  };
  const root = { subject: commonName('root'), signer: rootKey, ...caTemplate, ...change.root };
  return [await issue(leaf), await issue(middle), await issue(root)];
}
/** A template without one of its members. */
const without = (member: keyof CertificateTemplate): Change => ({ [member]: undefined }) as Change;

/** Both the check and the report must come to the same end. */
async function judge(chain: Certificate[], options: ChainOptions = {}): Promise<[string, string]> {
  const code = await codeOf(() => checkCodeSigningChain(chain, options));
  const findings = await explainCodeSigningProfile(chain, options);
  const failed = findings.filter((f) => f.result === 'fail');
  expect(failed.length > 0).toBe(code !== 'nothing');
  if (code !== 'nothing') expect(failed.map((f) => f.code)).toContain(code);
  for (const f of failed) expect(f.remedy, f.rule).toBeTruthy();
  return [code, await messageOf(() => checkCodeSigningChain(chain, options))];
}

describe('code signing', () => {
  it('accepts the ordinary chain, and longer and shorter ones', async () => {
    expect(await judge(await chainOf())).toEqual(['nothing', 'nothing']);
    const [, middle, root] = await chainOf({ middle: { subject: commonName('leaf'), issuer: commonName('root') } });
    const leaf = await issue({
      subject: commonName('x'),
      issuer: commonName('leaf'),
      publicKey: leafKey.spki,
      signer: middleKey,
      ...leafTemplate,
    });
    expect((await judge([leaf, middle, root] as Certificate[]))[0]).toBe('nothing');
    expect((await judge([await issue({ subject: commonName('own'), signer: leafKey, ...leafTemplate })]))[0]).toBe('nothing');
  });

  it('accepts what Go accepts: any purpose, content commitment, basic constraints that are not critical', async () => {
    const leaf: Change = {
      extendedKeyUsage: { oids: ['2.5.29.37.0', CODE_SIGNING] },
      keyUsage: { bits: ['digitalSignature', 'contentCommitment'] },
      basicConstraints: { ca: false, critical: false },
    };
    const middle: Change = { basicConstraints: { ca: true, critical: false, pathLength: 0 } };
    expect((await judge(await chainOf({ leaf, middle })))[0]).toBe('nothing');
    expect((await judge(await chainOf({ leaf: without('extendedKeyUsage') })))[0]).toBe('nothing');
    const critical = { extensions: [{ oid: '1.2.3', critical: true, value: new Uint8Array([5, 0]) }] };
    expect((await judge(await chainOf({ leaf: critical })))[0]).toBe('nothing');
  });

  const at = (text: string): ChainOptions => ({ signingTime: new Date(text) });
  const cases: [code: string, message: string, change: Parameters<typeof chainOf>[0], options?: ChainOptions][] = [
    [
      'X509_CHAIN_OUTSIDE_VALIDITY',
      'certificate with subject "CN=leaf" was invalid at signing time of 2025-12-31 23:59:59 +0000 UTC. Certificate is valid from [2026-01-01 00:00:00 +0000 UTC] to [2027-01-01 00:00:00 +0000 UTC]',
      {},
      at('2025-12-31T23:59:59Z'),
    ],
    [
      'X509_CHAIN_OUTSIDE_VALIDITY',
      'certificate with subject "CN=leaf" was invalid at signing time of 2027-01-01 00:00:00.5 +0000 UTC. Certificate is valid from [2026-01-01 00:00:00 +0000 UTC] to [2027-01-01 00:00:00 +0000 UTC]',
      {},
      at('2027-01-01T00:00:00.500Z'),
    ],
    [
      'X509_CHAIN_NOT_ISSUED',
      'invalid certificates or certificate with subject "CN=middle" is not issued by "CN=root". Error: x509: invalid signature: parent certificate cannot sign this kind of certificate',
      { root: without('basicConstraints') },
    ],
    [
      'X509_CHAIN_ROOT_NOT_SELF_SIGNED',
      'root certificate with subject "CN=root" is not self-signed. Certificate chain must end with a valid self-signed root certificate',
      { root: { issuer: commonName('other') } },
    ],
    ['X509_CHAIN_NOT_ISSUED', 'certificate with subject "CN=leaf" is not issued by "CN=middle"', { leaf: { issuer: commonName('other') } }],
    [
      'X509_LEAF_IS_CA',
      'certificate with subject "CN=leaf": if the basic constraints extension is present, the ca field must be set to false',
      { leaf: { basicConstraints: { ca: true } } },
    ],
    [
      'X509_LEAF_KEY_USAGE_MISSING',
      'certificate with subject "CN=leaf": key usage extension must be present',
      { leaf: without('keyUsage') },
    ],
    [
      'X509_LEAF_KEY_USAGE_NOT_CRITICAL',
      'certificate with subject "CN=leaf": key usage extension must be marked critical',
      { leaf: { keyUsage: { critical: false, bits: ['digitalSignature'] } } },
    ],
    [
      'X509_LEAF_DIGITAL_SIGNATURE_MISSING',
      'the certificate with subject "CN=leaf" is invalid. The key usage must have the bit positions for "Digital Signature" set',
      { leaf: { keyUsage: { bits: ['contentCommitment'] } } },
    ],
    [
      'X509_LEAF_KEY_USAGE_EXCESSIVE',
      'the certificate with subject "CN=leaf" is invalid. The key usage must be "Digital Signature" only, but found "KeyEncipherment", "DataEncipherment", "KeyAgreement", "CertSign", "CRLSign", "EncipherOnly", "DecipherOnly"',
      {
        leaf: {
          keyUsage: {
            bits: [
              'digitalSignature',
              'contentCommitment',
              'keyEncipherment',
              'dataEncipherment',
              'keyAgreement',
              'keyCertSign',
              'cRLSign',
              'encipherOnly',
              'decipherOnly',
            ],
          },
        },
      },
    ],
    [
      'X509_CA_NOT_CA',
      'certificate with subject "CN=root": ca field in basic constraints must be present, critical, and set to true',
      { root: { version: 1, basicConstraints: undefined, keyUsage: undefined } as unknown as Change },
    ],
    [
      'X509_CA_PATH_LENGTH_EXCEEDED',
      'certificate with subject "CN=root": expected path length of 1 but certificate has path length 0 instead',
      { root: { basicConstraints: { ca: true, pathLength: 0 } } },
    ],
    [
      'X509_CA_KEY_USAGE_MISSING',
      'certificate with subject "CN=middle": key usage extension must be present',
      { middle: without('keyUsage') },
    ],
    [
      'X509_CA_KEY_USAGE_NOT_CRITICAL',
      'certificate with subject "CN=middle": key usage extension must be marked critical',
      { middle: { keyUsage: { critical: false, bits: ['keyCertSign'] } } },
    ],
    [
      'X509_CA_CERT_SIGN_MISSING',
      'certificate with subject "CN=middle": key usage must have the bit positions for key cert sign set',
      { middle: { keyUsage: { bits: [] } } },
    ],
  ];
  // As rest parameters: Bun takes a fourth one that the table leaves out for a callback.
  it.each(cases)('%s: %s', async (...[code, message, change, options]) => {
    expect(await judge(await chainOf(change), options)).toEqual([code, message]);
  });

  it.each([
    ['1.3.6.1.5.5.7.3.1', 'ServerAuth'],
    ['1.3.6.1.5.5.7.3.2', 'ClientAuth'],
    ['1.3.6.1.5.5.7.3.4', 'EmailProtection'],
    [TIME_STAMPING, 'Timestamping'],
    ['1.3.6.1.5.5.7.3.9', 'OCSPSigning'],
  ])('refuses the purpose %s', async (oid, name) => {
    const chain = await chainOf({ leaf: { extendedKeyUsage: { oids: [CODE_SIGNING, oid] } } });
    expect(await judge(chain)).toEqual([
      'X509_LEAF_EXTENDED_KEY_USAGE_FORBIDDEN',
      `certificate with subject "CN=leaf": extended key usage must not contain ${name} eku`,
    ]);
  });

  it('names the key that no algorithm belongs to', async () => {
    const message = async (spki: Uint8Array): Promise<string> => {
      const [code, text] = await judge(await chainOf({ leaf: { publicKey: spki } }));
      expect(code).toBe('X509_LEAF_KEY_UNSUPPORTED');
      return text;
    };
    expect(await message((await loadKey('ec-p224')).spki)).toBe(
      'certificate with subject "CN=leaf": ecdsa key size 224 bits is not supported',
    );
    expect(await message((await loadKey('ed25519')).spki)).toBe('certificate with subject "CN=leaf": unsupported public key type');
    const [pss] = parseCertificates(vector('certs/key-rsa-pss.pem'));
    expect(await message(pss?.spki as Uint8Array)).toBe('certificate with subject "CN=leaf": unsupported public key type');
    const { createPublicKey, generateKeyPairSync } = await import('node:crypto');
    const small = createPublicKey(generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey).export({ format: 'der', type: 'spki' });
    expect(await message(new Uint8Array(small))).toBe('certificate with subject "CN=leaf": rsa key size 1024 bits is not supported');
  });

  it('refuses a broken signature, a wrong order, and self-signed certificates out of place', async () => {
    const [leaf, middle, root] = (await chainOf()) as [Certificate, Certificate, Certificate];
    expect(await judge([leaf, root])).toEqual([
      'X509_CHAIN_NOT_ISSUED',
      'invalid certificates or certificate with subject "CN=leaf" is not issued by "CN=root". Error: x509: ECDSA verification failure',
    ]);
    expect((await judge([leaf, middle]))[1]).toBe(
      'root certificate with subject "CN=middle" is invalid or not self-signed. Certificate chain must end with a valid self-signed root certificate. Error: x509: ECDSA verification failure',
    );
    expect(await judge([root, root])).toEqual([
      'X509_CHAIN_LEAF_SELF_SIGNED',
      'leaf certificate with subject "CN=root" is self-signed. Certificate chain must not contain self-signed leaf certificate',
    ]);
    expect(await judge([leaf, middle, root, root])).toEqual([
      'X509_CHAIN_INTERMEDIATE_SELF_SIGNED',
      'intermediate certificate with subject "CN=root" is self-signed. Certificate chain must not contain self-signed intermediate certificate',
    ]);
    expect(await judge([])).toEqual(['X509_CHAIN_EMPTY', 'certificate chain must contain at least one certificate']);
    expect((await judge(Array.from({ length: 33 }, () => leaf)))[0]).toBe('X509_CHAIN_TOO_LONG');
  });

  it('judges a lone certificate', async () => {
    const lone = (change: Change): Promise<Certificate> =>
      issue({ subject: commonName('own'), signer: leafKey, ...leafTemplate, ...change });
    expect(await judge([await lone({ publicKey: middleKey.spki })])).toEqual([
      'X509_CHAIN_SELF_SIGNATURE_INVALID',
      'invalid self-signed certificate. subject: "CN=own". Error: x509: signature algorithm specifies an RSA public key, but have public key of type *ecdsa.PublicKey',
    ]);
    expect((await judge([await lone({ publicKey: rootKey.spki, signer: middleKey })]))[1]).toBe(
      'invalid self-signed certificate. subject: "CN=own". Error: x509: ECDSA verification failure',
    );
    expect(await judge([await lone({ issuer: commonName('other') })])).toEqual([
      'X509_CHAIN_SELF_ISSUER_MISMATCH',
      'invalid self-signed certificate. subject: "CN=own". Error: issuer(CN=other) and subject(CN=own) are not the same',
    ]);
    expect(await judge([await lone(without('keyUsage'))])).toEqual([
      'X509_LEAF_KEY_USAGE_MISSING',
      'invalid self-signed certificate. Error: certificate with subject "CN=own": key usage extension must be present',
    ]);
    expect((await judge([await lone({})], at('2028-01-01T00:00:00Z')))[0]).toBe('X509_CHAIN_OUTSIDE_VALIDITY');
  });

  it('quotes subjects as Go does', async () => {
    const [, middle, root] = await chainOf();
    const odd = await issue({ subject: commonName('a"b\\c\n'), issuer: commonName('middle'), publicKey: leafKey.spki, signer: middleKey });
    expect((await judge([odd, middle, root] as Certificate[]))[1]).toBe(
      'certificate with subject "CN=a\\\\\\"b\\\\\\\\c\\n": key usage extension must be present',
    );
  });
});

describe('signatures of OpenSSL', () => {
  const load = (name: string): Certificate => parseCertificates(vector(`certs/${name}.pem`))[0] as Certificate;
  const outcome = (leaf: string, root: string): Promise<string> => messageOf(() => checkCodeSigningChain([load(leaf), load(root)]));

  it.each([
    ['leaf-of-rsa', 'root-rsa'],
    ['leaf-of-pss', 'root-pss'],
    ['leaf-of-p384', 'root-p384'],
    ['leaf-of-p521', 'root-p521'],
    ['leaf-of-ed25519', 'root-ed25519'],
  ])('%s under %s', async (leaf, root) => {
    expect(await outcome(leaf, root)).toBe('nothing');
  });

  const refused = (leaf: string, root: string, reason: string): string =>
    `invalid certificates or certificate with subject "CN=${leaf},O=Notary vectors,C=US" is not issued by "CN=${root},O=Notary vectors,C=US". Error: ${reason}`;
  it.each([
    ['leaf-sha1', 'root-rsa', 'x509: cannot verify signature: insecure algorithm SHA1-RSA'],
    ['leaf-md5', 'root-rsa', 'x509: cannot verify signature: insecure algorithm MD5-RSA'],
    ['leaf-sha224', 'root-rsa', 'x509: cannot verify signature: algorithm unimplemented'],
    ['leaf-odd-salt', 'root-pss', 'x509: cannot verify signature: algorithm unimplemented'],
    ['leaf-odd-mgf', 'root-pss', 'x509: cannot verify signature: algorithm unimplemented'],
    ['leaf-of-rsa', 'root-p521', 'x509: signature algorithm specifies an RSA public key, but have public key of type *ecdsa.PublicKey'],
    ['leaf-of-p521', 'root-p384', 'x509: ECDSA verification failure'],
  ])('%s under %s', async (leaf, root, reason) => {
    expect(await outcome(leaf, root)).toBe(refused(leaf, root, reason));
  });

  it('answers yes or no where no reason is wanted', async () => {
    expect(await verifyCertificateSignature(load('root-p224'), load('root-p224'))).toBe(true);
    expect(await verifyCertificateSignature(load('root-ec-sha1'), load('root-ec-sha1'))).toBe(true);
    expect(await verifyCertificateSignature(load('leaf-sha1'), load('root-rsa'))).toBe(false);
    expect(await verifyCertificateSignature(load('leaf-of-rsa'), load('root-rsa'))).toBe(true);
    expect(await verifyCertificateSignature(load('leaf-of-rsa'), load('root-pss'))).toBe(true);
    expect(await verifyCertificateSignature(load('root-rsa'), load('key-rsa-pss'))).toBe(false);
  });
});

describe('time-stamping', () => {
  const judgeTsa = async (change: Parameters<typeof chainOf>[0]): Promise<[string, string]> => {
    const chain = await chainOf(change, tsaLeaf);
    return [await codeOf(() => checkTimestampingChain(chain)), await messageOf(() => checkTimestampingChain(chain))];
  };

  it('accepts the ordinary chain, also with a key usage that is not critical', async () => {
    expect((await judgeTsa({}))[0]).toBe('nothing');
    const lax = {
      leaf: { keyUsage: { critical: false, bits: ['digitalSignature'] } },
      middle: { keyUsage: { critical: false, bits: ['keyCertSign'] } },
    } as const;
    expect((await judgeTsa(lax))[0]).toBe('nothing');
  });

  const exclusive = 'timestamp signing certificate with subject "CN=leaf" must have and only have Timestamping as extended key usage';
  it.each([
    ['X509_TSA_EXTENDED_KEY_USAGE_INVALID', exclusive, { leaf: without('extendedKeyUsage') }],
    ['X509_TSA_EXTENDED_KEY_USAGE_INVALID', exclusive, { leaf: { extendedKeyUsage: { critical: true, oids: [TIME_STAMPING, '1.2.3'] } } }],
    ['X509_TSA_EXTENDED_KEY_USAGE_INVALID', exclusive, { leaf: { extendedKeyUsage: { critical: true, oids: [CODE_SIGNING] } } }],
    [
      'X509_TSA_EXTENDED_KEY_USAGE_NOT_CRITICAL',
      'timestamp signing certificate with subject "CN=leaf" must have extended key usage extension marked as critical',
      { leaf: { extendedKeyUsage: { oids: [TIME_STAMPING] } } },
    ],
    [
      'X509_LEAF_KEY_USAGE_MISSING',
      'certificate with subject "CN=leaf": key usage extension must be present',
      { leaf: without('keyUsage') },
    ],
    [
      'X509_CA_KEY_USAGE_MISSING',
      'certificate with subject "CN=middle": key usage extension must be present',
      { middle: without('keyUsage') },
    ],
    [
      'X509_CA_PATH_LENGTH_EXCEEDED',
      'certificate with subject "CN=root": expected path length of 1 but certificate has path length 0 instead',
      { root: { basicConstraints: { ca: true, pathLength: 0 } } },
    ],
  ] as [string, string, Parameters<typeof chainOf>[0]][])('%s: %s', async (code, message, change) => {
    expect(await judgeTsa(change)).toEqual([code, message]);
  });

  it('judges a lone certificate in its own words', async () => {
    const lone = await issue({ subject: commonName('own'), issuer: commonName('x'), signer: leafKey, ...tsaLeaf });
    expect(await messageOf(() => checkTimestampingChain([lone]))).toBe(
      'invalid self-signed certificate. subject: "CN=own". Error: issuer (CN=x) and subject (CN=own) are not the same',
    );
    expect(await codeOf(() => checkTimestampingChain([]))).toBe('X509_CHAIN_EMPTY');
  });
});

it('reports every rule once per certificate', async () => {
  const findings = await explainCodeSigningProfile(await chainOf(), { signingTime: new Date('2026-06-01T00:00:00Z') });
  expect(findings.every((f) => f.result === 'pass' && f.message !== '' && f.clause !== '')).toBe(true);
  expect(findings.filter((f) => f.certificate === 0).map((f) => f.rule)).toEqual([
    'validity',
    'issued-by-next',
    'leaf-not-ca',
    'leaf-key-usage-present',
    'leaf-key-usage-critical',
    'leaf-digital-signature',
    'leaf-key-usage-exclusive',
    'leaf-extended-key-usage',
    'leaf-key',
  ]);
  expect(findings.filter((f) => f.certificate === 2).map((f) => f.rule)).toEqual([
    'validity',
    'root-self-signed',
    'ca-basic-constraints',
    'ca-path-length',
    'ca-key-usage-present',
    'ca-key-usage-critical',
    'ca-key-cert-sign',
  ]);
});

it('carries remedies and clauses on every chain rule', async () => {
  const { faults } = await import('@notary/x509');
  for (const [name, make] of Object.entries(faults)) {
    if (!/^(LEAF|CA|TSA|CHAIN)_/.test(name) || make.row.category === 'limit') continue;
    expect((make.row as { remedy?: unknown }).remedy, name).toBeTruthy();
  }
});

const onBun = 'Bun' in globalThis;
if (!onBun) recordSkip('Bun', 'these tests run on Node');
it.skipIf(!onBun)('verifies on Bun without loading node:crypto, which every start would pay for', async () => {
  const { verifySignature } = await import('@notary/base/crypto');
  const chain = await chainOf();
  const data = new Uint8Array(3);
  const signature = await leafKey.sign('PS256', data);
  const load = process.getBuiltinModule;
  process.getBuiltinModule = (() => expect.unreachable('a module of Node was loaded')) as typeof load;
  try {
    expect(await verifySignature({ algorithm: 'PS256', spki: leafKey.spki, data, signature })).toBe(true);
    await checkCodeSigningChain(chain.map((c) => parseCertificate(c.der)));
    expect(chain[0]?.thumbprint).toHaveLength(64);
  } finally {
    process.getBuiltinModule = load;
  }
});
