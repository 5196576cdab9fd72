// SPDX-License-Identifier: Apache-2.0
import { constants, createHash, generateKeyPairSync, sign as nodeSign } from 'node:crypto';
import { fromHex, toHex, toUtf8 } from '@notary/base';
import {
  algorithmForKeySpec,
  createSignatureVerifier,
  derEcdsaSignature,
  ed25519Spki,
  hash,
  hashForAlgorithm,
  type KeyAlgorithm,
  type KeySpec,
  keySpecOf,
  parsePrivateKey,
  parsePublicKey,
  rawEcdsaSignature,
  spkiOf,
  verifySignature,
  verifyX509Signature,
} from '@notary/base/crypto';
import { derBits, derContext, derElement, derInteger, derNull, derOid, derSequence, derUnsigned } from '@notary/base/der';
import { describe, expect, it } from 'vitest';
import { vector, vectorText } from './vectors.ts';

const data = toUtf8('to be signed');
const key = async (kind: string) => parsePrivateKey(vector(`keys/${kind}.pem`));
const codeOf = async (run: Promise<unknown>): Promise<string> => run.then(String, (e: { code?: string }) => e.code ?? String(e));

describe('algorithms and keys', () => {
  it('binds each kind of key to one algorithm', () => {
    const specs: KeySpec[] = ['RSA-2048', 'RSA-3072', 'RSA-4096', 'EC-256', 'EC-384', 'EC-521'];
    expect(specs.map(algorithmForKeySpec)).toEqual(['PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512']);
    expect((['PS256', 'ES384', 'RS512', 'ECDSA-SHA256', 'Ed25519'] as const).map(hashForAlgorithm)).toEqual([
      'SHA-256',
      'SHA-384',
      'SHA-512',
      'SHA-256',
      'SHA-512',
    ]);
    expect(keySpecOf(parsePublicKey(spkiOf(vectorText('keys/ec-p224.pub'))))).toBeUndefined();
  });

  const ecdsa: KeyAlgorithm[] = ['ECDSA-SHA256', 'ECDSA-SHA384', 'ECDSA-SHA512'];
  const pairs: [kind: string, algorithms: KeyAlgorithm[]][] = [
    ['rsa', ['PS256', 'PS384', 'PS512', 'RS256', 'RS384', 'RS512']],
    ['ec-p224', ecdsa],
    ['ec', ['ES256', ...ecdsa]],
    ['ec-p384', ['ES384', ...ecdsa]],
    ['ec-p521', ['ES512', ...ecdsa]],
    ['ed25519', ['Ed25519']],
  ];
  const all = [...new Set(pairs.flatMap(([, a]) => a))];

  it.each(pairs)('verifies with %s what belongs to it and nothing else', async (kind, allowed) => {
    const { spki, sign } = await key(kind).then((k) => ({ spki: k.spki, sign: k.sign.bind(k) }));
    for (const algorithm of all) {
      if (!allowed.includes(algorithm)) {
        expect(await codeOf(verifySignature({ algorithm, spki, data, signature: new Uint8Array(64) }))).toBe('CRYPTO_ALGORITHM_MISMATCH');
        expect(await codeOf(sign(algorithm, data))).toBe('CRYPTO_ALGORITHM_MISMATCH');
        expect(() => createSignatureVerifier({ algorithm, spki })).toThrow(expect.objectContaining({ code: 'CRYPTO_ALGORITHM_MISMATCH' }));
        continue;
      }
      const signature = await sign(algorithm, data);
      const prepared = createSignatureVerifier({ algorithm, spki });
      for (const round of [1, 2]) expect([round, await prepared(data, signature)]).toEqual([round, true]);
      for (const wrong of [signature.map((b, i) => (i === 10 ? b ^ 1 : b)), signature.subarray(1), new Uint8Array([0, ...signature])])
        expect(await prepared(data, wrong)).toBe(false);
      expect(await prepared(data.subarray(1), signature)).toBe(false);
      expect(await verifySignature({ algorithm, spki, data, signature })).toBe(true);
      const flipped = signature.slice();
      flipped[10] = (flipped[10] as number) ^ 1;
      expect(await verifySignature({ algorithm, spki, data, signature: flipped })).toBe(false);
      for (const wrong of [signature.subarray(1), new Uint8Array([0, ...signature]), new Uint8Array(0)]) {
        expect(await verifySignature({ algorithm, spki, data, signature: wrong })).toBe(false);
      }
    }
  });

  it('wants a salt as long as the hash', async () => {
    const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const spki = new Uint8Array(pair.publicKey.export({ format: 'der', type: 'spki' }));
    for (const saltLength of [0, 20, 31, 32, 33, 64]) {
      const options = { key: pair.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength };
      const signature = new Uint8Array(nodeSign('sha256', data, options));
      expect(await verifySignature({ algorithm: 'PS256', spki, data, signature })).toBe(saltLength === 32);
    }
  });

  it('refuses a signature of zeros and one with the numbers of the order', async () => {
    const { spki } = await key('ec');
    const order = fromHex('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');
    for (const half of [new Uint8Array(32), order, new Uint8Array(32).fill(255)]) {
      const signature = new Uint8Array([...half, ...half]);
      expect(await verifySignature({ algorithm: 'ES256', spki, data, signature })).toBe(false);
    }
  });
});

describe('public keys', () => {
  const ec = (curve: string, point: Uint8Array): Uint8Array =>
    derSequence(derSequence(derOid('1.2.840.10045.2.1'), derOid(curve)), derBits(point));
  const rsa = (n: Uint8Array, e: Uint8Array, parameters = [derNull()]): Uint8Array =>
    derSequence(derSequence(derOid('1.2.840.113549.1.1.1'), ...parameters), derBits(derSequence(n, e)));
  const P256 = '1.2.840.10045.3.1.7';
  const big = derUnsigned(new Uint8Array(256).fill(0xc1));
  const cases: [what: string, spki: Uint8Array, message: string][] = [
    ['no DER', new Uint8Array(3), 'x509: malformed spki'],
    ['no algorithm', derSequence(), 'x509: malformed public key algorithm identifier'],
    ['no object identifier', derSequence(derSequence()), 'x509: malformed OID'],
    ['no key', derSequence(derSequence(derOid('1.2.3'))), 'x509: malformed subjectPublicKey'],
    ['RSA without NULL', rsa(big, derInteger(65537), []), 'x509: RSA key missing NULL parameters'],
    ['a negative modulus', rsa(derElement(2, Uint8Array.of(0x80)), derInteger(3)), 'x509: RSA modulus is not a positive number'],
    ['an exponent of zero', rsa(big, derInteger(0)), 'x509: RSA public exponent is not a positive number'],
    ['a huge exponent', rsa(big, derUnsigned(new Uint8Array(20).fill(1))), 'x509: invalid RSA public exponent'],
    ['an unknown curve', ec('1.3.132.0.10', new Uint8Array(65)), 'x509: unsupported elliptic curve'],
    ['a compressed point', ec(P256, new Uint8Array(33).fill(2)), 'ecdsa: invalid uncompressed public key'],
    ['a short point', ec(P256, new Uint8Array(64).fill(4)), 'invalid P256 point encoding'],
    ['a point off the curve', ec(P256, new Uint8Array(65).fill(4)), 'P256 point not on curve'],
    [
      'Ed25519 with parameters',
      derSequence(derSequence(derOid('1.3.101.112'), derNull()), derBits(new Uint8Array(32))),
      'x509: Ed25519 key encoded with illegal parameters',
    ],
    [
      'Ed25519 of 31 octets',
      derSequence(derSequence(derOid('1.3.101.112')), derBits(new Uint8Array(31))),
      'x509: wrong Ed25519 public key size',
    ],
  ];
  it.each(cases)('refuses %s', async (what, spki, message) => {
    expect(() => parsePublicKey(spki)).toThrow(message);
    const code = await codeOf(Promise.resolve().then(() => parsePublicKey(spki)));
    expect(code).toBe(what === 'an unknown curve' ? 'CRYPTO_CURVE_UNSUPPORTED' : 'CRYPTO_PUBLIC_KEY_INVALID');
  });

  it('takes an unknown algorithm for what it is', () => {
    expect(parsePublicKey(derSequence(derSequence(derOid('1.2.3.4')), derBits(new Uint8Array(1))))).toEqual({
      type: 'unknown',
      oid: '1.2.3.4',
    });
  });

  it.each([
    [512, 'CRYPTO_KEY_UNSUPPORTED'],
    [20_000, 'CRYPTO_KEY_UNSUPPORTED'],
  ])('does not verify with RSA of %i bits', async (bits, code) => {
    const modulus = new Uint8Array(bits / 8).fill(0xc1);
    const spki = rsa(derUnsigned(modulus), derInteger(65537));
    expect(await codeOf(verifySignature({ algorithm: 'PS256', spki, data, signature: modulus }))).toBe(code);
  });

  const even = derUnsigned(new Uint8Array(256).fill(0xc2));
  it.each([
    ['crypto/rsa: public modulus is even', even, 65537],
    ['crypto/rsa: public exponent too small or negative', big, 1],
    ['crypto/rsa: public exponent is even', big, 65536],
    ['crypto/rsa: public exponent too large', big, 2 ** 31 + 1],
  ])('%s', async (message, modulus, exponent) => {
    const check = { algorithm: 'PS256', spki: rsa(modulus, derInteger(exponent)), data, signature: new Uint8Array(256) } as const;
    await expect(verifySignature(check)).rejects.toThrow(message);
  });

  it('finds public keys in PEM', () => {
    const pkcs1 = parsePublicKey(spkiOf(vectorText('keys/rsa.pub')));
    if (pkcs1.type !== 'rsa') throw new Error('not RSA');
    const body = Buffer.from(pkcs1.pkcs1).toString('base64');
    expect(toHex(spkiOf(`-----BEGIN RSA PUBLIC KEY-----\n${body}\n-----END RSA PUBLIC KEY-----\n`))).toBe(
      toHex(spkiOf(vectorText('keys/rsa.pub'))),
    );
    expect(() => spkiOf(vectorText('certs/root-rsa.pem'))).toThrow('no PUBLIC KEY block');
    expect(() => spkiOf(vectorText('certs/root-rsa.pem'))).toThrow(expect.objectContaining({ code: 'CRYPTO_PUBLIC_KEY_NOT_FOUND' }));
  });

  it('wraps raw Ed25519 keys (RFC 8032 7.1, test 2)', async () => {
    const spki = ed25519Spki(fromHex('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c'));
    const signature = fromHex(
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    );
    expect(await verifySignature({ algorithm: 'Ed25519', spki, data: Uint8Array.of(0x72), signature })).toBe(true);
    expect(() => ed25519Spki(new Uint8Array(31))).toThrow();
  });
});

describe('ECDSA encodings', () => {
  it('converts both ways', () => {
    const raw = fromHex(`00${'80'.repeat(31)}${'00'.repeat(31)}01`);
    const der = derEcdsaSignature(raw);
    expect(toHex(der)).toBe(`3025022000${'80'.repeat(31)}020101`);
    expect(rawEcdsaSignature(der, 32)).toEqual(raw);
  });

  it.each([
    ['a negative number', derSequence(derElement(2, Uint8Array.of(0x80)), derInteger(1))],
    ['a number too long', derSequence(derUnsigned(new Uint8Array(33).fill(1)), derInteger(1))],
    ['a third number', derSequence(derInteger(1), derInteger(1), derInteger(1))],
    ['bytes behind', new Uint8Array([...derSequence(derInteger(1), derInteger(1)), 0])],
    ['one number', derSequence(derInteger(1))],
    ['a padded number', derSequence(derElement(2, Uint8Array.of(0, 1)), derInteger(1))],
  ])('refuses %s', (_, der) => {
    expect(() => rawEcdsaSignature(der, 32)).toThrow('ECDSA signature is malformed');
    expect(() => rawEcdsaSignature(der, 32)).toThrow(expect.objectContaining({ code: 'CRYPTO_SIGNATURE_ENCODING_INVALID' }));
  });

  it('refuses halves of unequal length', () => {
    expect(() => derEcdsaSignature(new Uint8Array(3))).toThrow('unequal');
    expect(() => derEcdsaSignature(new Uint8Array(0))).toThrow('unequal');
  });
});

describe('signatures by AlgorithmIdentifier', () => {
  const check = async (kind: string, algorithmOid: string, signature: Uint8Array, algorithmParameters?: Uint8Array): Promise<string> =>
    codeOf(verifyX509Signature({ algorithmOid, algorithmParameters, spki: (await key(kind)).spki, data, signature }));
  const PSS = '1.2.840.113549.1.1.10';
  const SHA256 = '2.16.840.1.101.3.4.2.1';
  const SHA384 = '2.16.840.1.101.3.4.2.2';
  const pss = (digest = SHA256, mgf = SHA256, salt = 32, trailer?: number): Uint8Array =>
    derSequence(
      derContext(0, derSequence(derOid(digest), derNull())),
      derContext(1, derSequence(derOid('1.2.840.113549.1.1.8'), derSequence(derOid(mgf)))),
      derContext(2, derInteger(salt)),
      ...(trailer === undefined ? [] : [derContext(3, derInteger(trailer))]),
    );

  it('verifies PKCS#1 v1.5, PSS, ECDSA and Ed25519', async () => {
    expect(await check('rsa', '1.2.840.113549.1.1.11', await (await key('rsa')).sign('RS256', data))).toBe('true');
    expect(await check('rsa', PSS, await (await key('rsa')).sign('PS256', data), pss())).toBe('true');
    expect(await check('rsa', PSS, await (await key('rsa')).sign('PS256', data), pss(SHA256, SHA256, 32, 1))).toBe('true');
    for (const kind of ['ec', 'ec-p224', 'ec-p384', 'ec-p521']) {
      const der = derEcdsaSignature(await (await key(kind)).sign('ECDSA-SHA256', data));
      expect(await check(kind, '1.2.840.10045.4.3.2', der)).toBe('true');
      expect(await check(kind, '1.2.840.10045.4.3.2', der.subarray(1))).toBe('false');
      expect(await check(kind, '1.2.840.10045.4.3.3', der)).toBe('false');
    }
    expect(await check('ed25519', '1.3.101.112', await (await key('ed25519')).sign('Ed25519', data))).toBe('true');
  });

  it.each([
    ['another hash in MGF1', pss(SHA256, SHA384)],
    ['a salt of 20', pss(SHA256, SHA256, 20)],
    ['another trailer', pss(SHA256, SHA256, 32, 2)],
    ['SHA-1', pss('1.3.14.3.2.26', '1.3.14.3.2.26', 20)],
    ['empty parameters', derSequence()],
    ['unreadable parameters', Uint8Array.of(1)],
    ['no parameters', undefined],
  ])('does not know PSS with %s', async (_, parameters) => {
    expect(await check('rsa', PSS, new Uint8Array(256), parameters)).toBe('CRYPTO_SIGNATURE_ALGORITHM_UNSUPPORTED');
  });

  it('refuses weak, unknown and mismatched algorithms in the words of Go', async () => {
    const message = async (kind: string, oid: string, parameters?: Uint8Array): Promise<string> =>
      verifyX509Signature({ algorithmOid: oid, algorithmParameters: parameters, spki: (await key(kind)).spki, data, signature: data }).then(
        String,
        (e: Error) => e.message,
      );
    expect(await message('rsa', '1.2.840.113549.1.1.4')).toBe('x509: cannot verify signature: insecure algorithm MD5-RSA');
    expect(await message('rsa', '1.2.840.113549.1.1.5')).toBe('x509: cannot verify signature: insecure algorithm SHA1-RSA');
    expect(await message('ec', '1.2.840.10045.4.1')).toBe('x509: cannot verify signature: insecure algorithm ECDSA-SHA1');
    expect(await message('rsa', '1.2.840.113549.1.1.14')).toBe('x509: cannot verify signature: algorithm unimplemented');
    expect(await message('ed25519', '1.3.101.112', derNull())).toBe('x509: cannot verify signature: algorithm unimplemented');
    expect(await message('ec', '1.2.840.113549.1.1.11')).toBe(
      'x509: signature algorithm specifies an RSA public key, but have public key of type *ecdsa.PublicKey',
    );
    const { spki } = await key('ec');
    const mismatched = verifyX509Signature({ algorithmOid: '1.2.840.113549.1.1.11', spki, data, signature: data });
    expect(await codeOf(mismatched)).toBe('CRYPTO_SIGNATURE_ALGORITHM_MISMATCH');
    expect(await message('rsa', '1.3.101.112')).toBe(
      'x509: signature algorithm specifies an Ed25519 public key, but have public key of type *rsa.PublicKey',
    );
    expect(await message('rsa', '2.16.840.1.101.3.4.3.2')).toBe(
      'x509: signature algorithm specifies an DSA public key, but have public key of type *rsa.PublicKey',
    );
  });

  it('takes SHA-1 only where it is asked to, never MD5', async () => {
    const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const spki = new Uint8Array(pair.publicKey.export({ format: 'der', type: 'spki' }));
    const signature = new Uint8Array(nodeSign('sha1', data, pair.privateKey));
    const request = { algorithmOid: '1.2.840.113549.1.1.5', spki, data, signature };
    expect(await verifyX509Signature({ ...request, sha1: 'accept' })).toBe(true);
    expect(await codeOf(verifyX509Signature(request))).toBe('CRYPTO_SIGNATURE_ALGORITHM_INSECURE');
    expect(await codeOf(verifyX509Signature({ ...request, algorithmOid: '1.2.840.113549.1.1.4', sha1: 'accept' }))).toBe(
      'CRYPTO_SIGNATURE_ALGORITHM_INSECURE',
    );
  });
});

it('hashes like the runtime', () => {
  for (const [name, node] of [
    ['SHA-1', 'sha1'],
    ['SHA-256', 'sha256'],
    ['SHA-384', 'sha384'],
    ['SHA-512', 'sha512'],
  ] as const) {
    expect(toHex(hash(name, data))).toBe(createHash(node).update(data).digest('hex'));
  }
});
