// SPDX-License-Identifier: Apache-2.0
import { equalBytes, fromHex, Secret, toHex, toUtf8 } from '@notary/base';
import {
  createDirectSigner,
  encryptPkcs8,
  generatePrivateKey,
  importPkcs8,
  type KeyAlgorithm,
  type KeyType,
  parsePkcs12,
  parsePrivateKey,
  parsePublicKey,
  spkiOf,
  verifySignature,
} from '@notary/base/crypto';
import { DerReader, derContext, derElement, derInteger, derNull, derOctets, derOid, derSequence } from '@notary/base/der';
import { parsePem } from '@notary/base/pem';
import { codeOf } from '@notary/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { vector, vectorText } from './vectors.ts';

const passphrase = async (): Promise<Secret<string>> => new Secret('correct horse');
const wrong = async (): Promise<Secret<string>> => new Secret('wrong');
const publicOf = (kind: string): string => toHex(spkiOf(vectorText(`keys/${kind}.pub`)));
const PLAIN = ['rsa', 'ec', 'ec-p224', 'ec-p384', 'ec-p521', 'ed25519'];
const OTHER_FORMS: [file: string, kind: string][] = [
  ['rsa-pkcs1.pem', 'rsa'],
  ['ec-sec1.pem', 'ec'],
  ['ec-no-public.pem', 'ec'],
  ['ec-with-parameters.pem', 'ec'],
  ['rsa-pkcs8.der', 'rsa'],
  ['rsa-pkcs1.der', 'rsa'],
  ['ec-sec1.der', 'ec'],
];
const ENCRYPTED: [file: string, kind: string][] = [
  ...['hmacWithSHA1', 'hmacWithSHA224', 'hmacWithSHA256', 'hmacWithSHA384', 'hmacWithSHA512'].map((prf): [string, string] => [
    `ec-pbes2-${prf}.pem`,
    'ec',
  ]),
  ...['aes-128-cbc', 'aes-192-cbc', 'des3'].map((c): [string, string] => [`rsa-pbes2-${c}.pem`, 'rsa']),
  ['ec-scrypt.pem', 'ec'],
  ['ed25519-pbes2.pem', 'ed25519'],
  ['ec-pbes2.der', 'ec'],
  ['ec-pbe-3des.pem', 'ec'],
  ['ec-pbe-2des.pem', 'ec'],
  ['ec-pbe-rc2-128.pem', 'ec'],
  ['ec-pbe-rc2-40.pem', 'ec'],
  ...['aes128', 'aes192', 'aes256', 'des3'].flatMap((c): [string, string][] => [
    [`rsa-dek-${c}.pem`, 'rsa'],
    [`ec-dek-${c}.pem`, 'ec'],
  ]),
];

describe('private key files of OpenSSL', () => {
  it.each(PLAIN)('reads %s and signs with it', async (kind) => {
    const key = await parsePrivateKey(vector(`keys/${kind}.pem`));
    expect(toHex(key.spki)).toBe(publicOf(kind));
    const algorithm: KeyAlgorithm = kind === 'rsa' ? 'PS256' : kind === 'ed25519' ? 'Ed25519' : 'ECDSA-SHA256';
    const data = toUtf8('data');
    const signature = await key.sign(algorithm, data);
    expect(await verifySignature({ algorithm, spki: key.spki, data, signature })).toBe(true);
    expect(await verifySignature({ algorithm, spki: key.spki, data: toUtf8('Data'), signature })).toBe(false);
  });

  it.each(OTHER_FORMS)('reads %s', async (file, kind) => {
    const key = await parsePrivateKey(vector(`keys/${file}`), () => expect.unreachable('asked for a passphrase'));
    expect(toHex(key.spki)).toBe(publicOf(kind));
    expect(key.pkcs8().reveal()).toEqual((await parsePrivateKey(vector(`keys/${kind}.pem`))).pkcs8().reveal());
  });

  it.each(ENCRYPTED)('decrypts %s', async (file, kind) => {
    const key = await parsePrivateKey(vector(`keys/${file}`), passphrase);
    expect(toHex(key.spki)).toBe(publicOf(kind));
    expect(await codeOf(parsePrivateKey(vector(`keys/${file}`), wrong))).toBe('CRYPTO_PASSPHRASE_INCORRECT');
    expect(await codeOf(parsePrivateKey(vector(`keys/${file}`)))).toBe('CRYPTO_PASSPHRASE_REQUIRED');
    expect(await codeOf(parsePrivateKey(vector(`keys/${file}`), async () => undefined))).toBe('CRYPTO_PASSPHRASE_REQUIRED');
  });

  it.each(['rsa-pss', 'secp256k1', 'explicit', 'x25519', 'pbe-md5-des', 'camellia'])('refuses unsupported-%s', async (name) => {
    expect(await codeOf(parsePrivateKey(vector(`keys/unsupported-${name}.pem`), passphrase))).toBe('CRYPTO_PRIVATE_KEY_UNSUPPORTED');
  });

  it('says what else is in a file without a key', async () => {
    await expect(parsePrivateKey(vector('certs/root-rsa.pem'))).rejects.toThrow('no private key was found, only "CERTIFICATE"');
    await expect(parsePrivateKey(toUtf8('hello'))).rejects.toThrow('no private key was found');
    expect(await codeOf(parsePrivateKey(toUtf8('hello')))).toBe('CRYPTO_PRIVATE_KEY_NOT_FOUND');
    expect(await codeOf(parsePrivateKey(vector('p12/modern.p12')))).toBe('CRYPTO_PRIVATE_KEY_UNSUPPORTED');
    const openssh = toUtf8('-----BEGIN OPENSSH PRIVATE KEY-----\nAQID\n-----END OPENSSH PRIVATE KEY-----\n');
    expect(await codeOf(parsePrivateKey(openssh))).toBe('CRYPTO_PRIVATE_KEY_UNSUPPORTED');
    expect(await codeOf(parsePrivateKey(new Uint8Array(1024 * 1024 + 1)))).toBe('CRYPTO_PRIVATE_KEY_TOO_LARGE');
  });

  it('reads PKCS#1 and SEC 1 under the label of PKCS#8', async () => {
    const relabelled = (file: string): Uint8Array => toUtf8(vectorText(file).replaceAll(/(RSA|EC) PRIVATE/g, 'PRIVATE'));
    expect(toHex((await parsePrivateKey(relabelled('keys/rsa-pkcs1.pem'))).spki)).toBe(publicOf('rsa'));
    expect(toHex((await parsePrivateKey(relabelled('keys/ec-sec1.pem'))).spki)).toBe(publicOf('ec'));
  });

  it('refuses damaged DEK-Info headers', async () => {
    const with_ = (info: string): Uint8Array => toUtf8(vectorText('keys/ec-dek-aes256.pem').replace(/DEK-Info: .*/, `DEK-Info: ${info}`));
    expect(await codeOf(parsePrivateKey(with_('AES-256-CBC'), passphrase))).toBe('CRYPTO_PRIVATE_KEY_INVALID');
    expect(await codeOf(parsePrivateKey(with_('AES-256-CBC,00'), passphrase))).toBe('CRYPTO_PRIVATE_KEY_INVALID');
    expect(await codeOf(parsePrivateKey(with_('AES-256-CBC,zz'), passphrase))).toBe('CRYPTO_PRIVATE_KEY_INVALID');
    expect(await codeOf(parsePrivateKey(with_('DES-CBC,0011223344556677'), passphrase))).toBe('CRYPTO_PRIVATE_KEY_UNSUPPORTED');
  });

  it('shows no secret in text forms', async () => {
    const key = await parsePrivateKey(vector('keys/ec.pem'));
    const secret = toHex(key.pkcs8().reveal().subarray(36, 68));
    expect(`${key.pkcs8()} ${JSON.stringify(key)} ${JSON.stringify(key.pkcs8())}`).not.toContain(secret);
  });
});

describe('keys of Notary v1', () => {
  const forms = [
    'ecdsa-plain',
    'ecdsa-encrypted',
    'rsa-plain',
    'rsa-encrypted',
    'ed25519-plain',
    'ed25519-encrypted',
    'ed25519-legacy',
    'ed25519-legacy-encrypted',
  ];
  it.each(forms)('reads %s under its RFC 1421 headers', async (form) => {
    const kind = form.split('-')[0] as string;
    const expected = fromHex(vectorText(`notary/notary-${kind}.pub`).trim());
    const key = await parsePrivateKey(vector(`notary/notary-${form}.pem`), passphrase);
    const parsed = parsePublicKey(key.spki);
    expect(toHex(parsed.type === 'ed25519' ? parsed.key : key.spki)).toBe(toHex(expected));
    const algorithm: KeyAlgorithm = kind === 'rsa' ? 'PS256' : kind === 'ed25519' ? 'Ed25519' : 'ECDSA-SHA256';
    const signature = await key.sign(algorithm, expected);
    expect(await verifySignature({ algorithm, spki: key.spki, data: expected, signature })).toBe(true);
  });

  it('writes encryption in the one form that Notary reads', async () => {
    const key = await parsePrivateKey(vector('keys/ec.pem'));
    const random = { bytes: (count: number): Uint8Array => new Uint8Array(count).fill(7) };
    const der = await encryptPkcs8(key.pkcs8(), new Secret('correct horse'), { iterations: 2048, prf: 'sha1', saltLength: 8, random });
    const kdf = DerReader.over(der).sequence().sequence();
    expect(kdf.oid()).toBe('1.2.840.113549.1.5.13');
    const pbkdf2 = kdf.sequence().sequence();
    pbkdf2.oid();
    const parameters = pbkdf2.sequence();
    expect(parameters.octets()).toEqual(new Uint8Array(8).fill(7));
    expect(parameters.unsigned()).toBe(2048);
    parameters.end();
    expect(toHex((await parsePrivateKey(der, passphrase)).spki)).toBe(publicOf('ec'));
  });

  it.each(['sha1', 'sha256'] as const)('opens what it sealed with %s', async (prf) => {
    const key = await parsePrivateKey(vector('keys/rsa.pem'));
    const sealed = await encryptPkcs8(key.pkcs8(), new Secret('päss'), { iterations: 10, prf, saltLength: 16 });
    expect((await parsePrivateKey(sealed, async () => new Secret('päss'))).pkcs8().reveal()).toEqual(key.pkcs8().reveal());
    expect(await codeOf(encryptPkcs8(key.pkcs8(), new Secret('x'), { iterations: 0, prf, saltLength: 16 }))).toBe(
      'CRYPTO_PRIVATE_KEY_INVALID',
    );
    expect(await codeOf(encryptPkcs8(key.pkcs8(), new Secret('x'), { iterations: 1, prf, saltLength: 4 }))).toBe(
      'CRYPTO_PRIVATE_KEY_INVALID',
    );
  });
});

describe('work factors', () => {
  const sealed = (kdfOid: string, kdf: Uint8Array): Uint8Array => {
    const cipher = derSequence(derOid('2.16.840.1.101.3.4.1.42'), derOctets(new Uint8Array(16)));
    const scheme = derSequence(derSequence(derOid(kdfOid), kdf), cipher);
    return derSequence(derSequence(derOid('1.2.840.113549.1.5.13'), scheme), derOctets(new Uint8Array(32)));
  };
  const salt = derOctets(new Uint8Array(8));
  const PBKDF2 = '1.2.840.113549.1.5.12';
  const SCRYPT = '1.3.6.1.4.1.11591.4.11';
  const scrypt = (n: number, r: number, p: number): Uint8Array =>
    sealed(SCRYPT, derSequence(salt, derInteger(n), derInteger(r), derInteger(p)));

  it.each([
    ['PBKDF2 rounds', sealed(PBKDF2, derSequence(salt, derInteger(10_000_001)))],
    ['scrypt memory', scrypt(2 ** 24, 8, 1)],
    ['scrypt work', scrypt(2 ** 20, 8, 100)],
    ['a salt of 2 KiB', sealed(PBKDF2, derSequence(derOctets(new Uint8Array(2048)), derInteger(1)))],
    [
      'old PBE rounds',
      derSequence(derSequence(derOid('1.2.840.113549.1.12.1.3'), derSequence(salt, derInteger(2_000_000))), derOctets(new Uint8Array(8))),
    ],
  ])('bounds %s before any is spent', async (_, der) => {
    expect(await codeOf(parsePrivateKey(der, passphrase))).toBe('CRYPTO_WORK_FACTOR_EXCEEDED');
  });

  it.each([
    ['zero rounds', sealed(PBKDF2, derSequence(salt, derInteger(0)))],
    ['another key length', sealed(PBKDF2, derSequence(salt, derInteger(1), derInteger(16)))],
    ['a scrypt cost that is no power of two', scrypt(1000, 8, 1)],
    ['a scrypt cost of 1', scrypt(1, 8, 1)],
    ['parameters that are no DER', sealed(PBKDF2, derSequence(derNull()))],
  ])('refuses %s', async (_, der) => {
    expect(await codeOf(parsePrivateKey(der, passphrase))).toBe('CRYPTO_PRIVATE_KEY_INVALID');
  });
});

describe('odd keys', () => {
  const EC = '1.2.840.10045.2.1';
  const P256 = '1.2.840.10045.3.1.7';
  const ec = (scalar: Uint8Array): Uint8Array =>
    derSequence(derInteger(0), derSequence(derOid(EC), derOid(P256)), derOctets(derSequence(derInteger(1), derOctets(scalar))));
  const scalar = fromHex('00c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721');

  it('mends scalars with a zero too many or too few, as Go does', async () => {
    const exact = await importPkcs8(ec(scalar.subarray(1)));
    expect(equalBytes((await importPkcs8(ec(scalar))).spki, exact.spki)).toBe(true);
    expect(toHex(exact.spki)).toContain('60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6');
    expect(await codeOf(importPkcs8(ec(fromHex(`01${'00'.repeat(32)}`))))).toBe('CRYPTO_PRIVATE_KEY_INVALID');
    const short = await importPkcs8(ec(Uint8Array.of(5)));
    expect(short.keySpec).toBe('EC-256');
  });

  it.each([
    ['a scalar of zero', ec(new Uint8Array(32))],
    ['another version', derSequence(derInteger(2), derSequence(derOid(EC), derOid(P256)), derOctets())],
    ['no algorithm', derSequence(derInteger(0))],
    [
      'an Ed25519 seed of 31 bytes',
      derSequence(derInteger(0), derSequence(derOid('1.3.101.112')), derOctets(derOctets(new Uint8Array(31)))),
    ],
    [
      'a Notary Ed25519 key of 95 bytes',
      derSequence(derInteger(0), derSequence(derOid('1.3.6.1.4.1.11591.15.1')), derOctets(new Uint8Array(95))),
    ],
    [
      'a negative RSA number',
      derSequence(
        derInteger(0),
        derSequence(derOid('1.2.840.113549.1.1.1')),
        derOctets(derSequence(derInteger(0), ...Array.from({ length: 8 }, () => derElement(2, Uint8Array.of(0x80))))),
      ),
    ],
  ])('refuses %s', async (_, der) => {
    expect(await codeOf(importPkcs8(der))).toBe('CRYPTO_PRIVATE_KEY_INVALID');
  });

  it.each([
    ['P-224', '1.3.132.0.33', 'ffffffffffffffffffffffffffff16a2e0b8f03e13dd29455c5c2a3d'],
    ['P-256', '1.2.840.10045.3.1.7', 'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551'],
    ['P-384', '1.3.132.0.34', 'ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973'],
    [
      'P-521',
      '1.3.132.0.35',
      '01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409',
    ],
  ])('takes scalars on %s up to the order', async (_, curve, order) => {
    const n = fromHex(order);
    const of = (d: Uint8Array): Promise<string> =>
      codeOf(
        importPkcs8(
          derSequence(derInteger(0), derSequence(derOid(EC), derOid(curve)), derOctets(derSequence(derInteger(1), derOctets(d)))),
        ),
      );
    const below = n.slice();
    below[below.length - 1] = (below[below.length - 1] as number) - 1;
    expect(await of(n)).toBe('CRYPTO_PRIVATE_KEY_INVALID');
    expect(await of(below)).toBe('nothing');
  });

  it('refuses RSA with three primes', async () => {
    const pkcs1 = derSequence(derInteger(1), ...Array.from({ length: 8 }, () => derInteger(3)));
    expect(await codeOf(importPkcs8(derSequence(derInteger(0), derSequence(derOid('1.2.840.113549.1.1.1')), derOctets(pkcs1))))).toBe(
      'CRYPTO_PRIVATE_KEY_UNSUPPORTED',
    );
  });

  it('throws nothing but faults for mutated keys', async () => {
    const files = ['rsa-pkcs8.der', 'ec-sec1.der', 'ec-pbes2.der'].map((f) => vector(`keys/${f}`));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...files), fc.nat(), fc.nat({ max: 255 }), fc.nat(), async (file, at, value, cut) => {
        const bytes = file.slice(0, cut % 4 === 0 ? cut % file.length : file.length);
        if (bytes.length > 0) bytes[at % Math.min(bytes.length, 60)] = value;
        expect(await codeOf(parsePrivateKey(bytes, passphrase))).toMatch(/^CRYPTO_|^nothing$/);
      }),
      { numRuns: 400 },
    );
  });
});

describe('new keys', () => {
  it.each(['RSA-2048', 'EC-256', 'EC-384', 'EC-521', 'Ed25519'] satisfies KeyType[])('makes %s', async (type) => {
    const key = await generatePrivateKey(type);
    expect(key.keySpec).toBe(type === 'Ed25519' ? undefined : type);
    expect((await importPkcs8(key.pkcs8().reveal())).spki).toEqual(key.spki);
  });
});

describe('a direct signer', () => {
  const algorithms: [KeyType, KeyAlgorithm][] = [
    ['EC-256', 'ES256'],
    ['Ed25519', 'Ed25519'],
    ['RSA-2048', 'PS256'],
  ];
  it.each(algorithms)('signs with %s what everybody can verify', async (type, algorithm) => {
    const key = await generatePrivateKey(type);
    const signer = createDirectSigner(key, algorithm);
    for (const data of [toUtf8('one'), toUtf8('two')]) {
      for (const signature of [signer.sign(data), await signer.signAside(data)])
        expect(await verifySignature({ algorithm, spki: key.spki, data, signature })).toBe(true);
    }
  });

  it('refuses an algorithm that is not for its key', async () => {
    const key = await generatePrivateKey('EC-256');
    expect(() => createDirectSigner(key, 'Ed25519')).toThrow(/Ed25519/);
  });
});

describe('PKCS#12', () => {
  const certificates = ['leaf-of-rsa', 'root-rsa'].map((n) => toHex(parsePem(vectorText(`certs/${n}.pem`))[0]?.bytes ?? new Uint8Array()));

  it.each(['modern', 'legacy', 'triple-des', 'unencrypted', 'no-mac', 'mac-sha512'])('reads %s', async (name) => {
    const { key, certificates: found } = await parsePkcs12(vector(`p12/${name}.p12`), new Secret('correct horse'));
    expect(toHex(key.spki)).toBe(publicOf('ec'));
    expect(found.map(toHex)).toEqual(certificates);
    if (name === 'unencrypted') return;
    expect(await codeOf(parsePkcs12(vector(`p12/${name}.p12`), new Secret('wrong')))).toBe('CRYPTO_PASSPHRASE_INCORRECT');
  });

  it.each(['empty', 'null-modern', 'null-triple-des'])(
    'reads %s: an empty passphrase is two zero octets for some, and nothing for others',
    async (name) => {
      const { key } = await parsePkcs12(vector(`p12/${name}.p12`), new Secret(''));
      expect(toHex(key.spki)).toBe(publicOf('ec'));
      expect(await codeOf(parsePkcs12(vector(`p12/${name}.p12`), new Secret('x')))).toBe('CRYPTO_PASSPHRASE_INCORRECT');
    },
  );

  it('refuses a changed file, a file without a key, and what is no PKCS#12', async () => {
    const changed = vector('p12/unencrypted.p12').slice();
    changed[100] = (changed[100] as number) ^ 1;
    expect(await codeOf(parsePkcs12(changed, new Secret('correct horse')))).toBe('CRYPTO_PASSPHRASE_INCORRECT');
    expect(await codeOf(parsePkcs12(vector('p12/no-key.p12'), new Secret('correct horse')))).toBe('CRYPTO_PKCS12_INVALID');
    expect(await codeOf(parsePkcs12(vector('keys/rsa-pkcs8.der'), new Secret('x')))).toBe('CRYPTO_PKCS12_INVALID');
    expect(await codeOf(parsePkcs12(new Uint8Array(0), new Secret('x')))).toBe('CRYPTO_PKCS12_INVALID');
    expect(await codeOf(parsePkcs12(new Uint8Array(4 * 1024 * 1024 + 1), new Secret('x')))).toBe('CRYPTO_PKCS12_TOO_LARGE');
  });

  it('bounds the rounds of its MAC before any is spent', async () => {
    const content = derSequence(derOid('1.2.840.113549.1.7.1'), derContext(0, derOctets(derSequence())));
    const mac = (rounds: Uint8Array, salt = new Uint8Array(8)): Uint8Array =>
      derSequence(derSequence(derSequence(derOid('2.16.840.1.101.3.4.2.1')), derOctets(new Uint8Array(32))), derOctets(salt), rounds);
    const open = (m: Uint8Array): Promise<string> => codeOf(parsePkcs12(derSequence(derInteger(3), content, m), new Secret('x')));
    expect(await open(mac(derInteger(1_000_001)))).toBe('CRYPTO_WORK_FACTOR_EXCEEDED');
    expect(await open(mac(derInteger(0)))).toBe('CRYPTO_PKCS12_INVALID');
    expect(await open(mac(derInteger(1), new Uint8Array(2000)))).toBe('CRYPTO_PKCS12_INVALID');
    expect(await open(mac(derInteger(1)))).toBe('CRYPTO_PASSPHRASE_INCORRECT');
  });

  it('refuses other integrity modes and more than one key', async () => {
    const data = '1.2.840.113549.1.7.1';
    const pfx = (type: string, ...content: Uint8Array[]): Uint8Array =>
      derSequence(derInteger(3), derSequence(derOid(type), derContext(0, derOctets(derSequence(...content)))));
    const bag = derSequence(derOid('1.2.840.113549.1.12.10.1.1'), derContext(0, vector('keys/rsa-pkcs8.der')));
    const safe = (...bags: Uint8Array[]): Uint8Array => derSequence(derOid(data), derContext(0, derOctets(derSequence(...bags))));
    expect((await parsePkcs12(pfx(data, safe(bag)), new Secret(''))).key.keySpec).toBe('RSA-2048');
    const nested = derSequence(derOid('1.2.840.113549.1.12.10.1.6'), derContext(0, derSequence(bag)));
    expect((await parsePkcs12(pfx(data, safe(nested)), new Secret(''))).key.keySpec).toBe('RSA-2048');
    expect(await codeOf(parsePkcs12(pfx(data, safe(bag, bag)), new Secret('')))).toBe('CRYPTO_PKCS12_UNSUPPORTED');
    expect(await codeOf(parsePkcs12(pfx('1.2.840.113549.1.7.2'), new Secret('')))).toBe('CRYPTO_PKCS12_UNSUPPORTED');
  });
});
