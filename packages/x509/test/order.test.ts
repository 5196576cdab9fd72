// SPDX-License-Identifier: Apache-2.0
import { type Certificate, goName, orderChain } from '@notary/x509';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { caTemplate, codeOf, commonName, issue, leafTemplate, loadKey } from './support.ts';

let leaf: Certificate;
let middle: Certificate;
let root: Certificate;
let stranger: Certificate;
const names = (chain: readonly Certificate[]): string[] => chain.map((c) => goName(c.subject));

beforeAll(async () => {
  const [a, b, c, d] = [await loadKey('ec-p384'), await loadKey('ec'), await loadKey('rsa'), await loadKey('ec-p521')];
  root = await issue({ subject: commonName('root'), signer: a, ...caTemplate, subjectKeyId: Uint8Array.of(1) });
  middle = await issue({
    subject: commonName('middle'),
    issuer: commonName('root'),
    publicKey: b.spki,
    signer: a,
    ...caTemplate,
    subjectKeyId: Uint8Array.of(2),
    authorityKeyId: Uint8Array.of(1),
  });
  leaf = await issue({
    subject: commonName('leaf'),
    issuer: commonName('middle'),
    publicKey: c.spki,
    signer: b,
    ...leafTemplate,
    authorityKeyId: Uint8Array.of(2),
  });
  stranger = await issue({ subject: commonName('stranger'), signer: d, ...caTemplate });
});

describe('order', () => {
  it('does not depend on the order of the files, nor on repetitions', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([0, 1, 2, 2, 1], { minLength: 5 }), (indices) => {
        const given = indices.map((i) => [leaf, middle, root][i] as Certificate);
        expect(names(orderChain(given))).toEqual(['CN=leaf', 'CN=middle', 'CN=root']);
      }),
    );
  });

  it('finds the leaf of a key and leaves strangers out', () => {
    expect(names(orderChain([stranger, root, leaf, middle], leaf.spki))).toEqual(['CN=leaf', 'CN=middle', 'CN=root']);

    expect(names(orderChain([middle, root], middle.spki))).toEqual(['CN=middle', 'CN=root']);
  });

  it('takes the renewed certificate of a key and the issuer with the right key', async () => {
    const [a, b, c] = [await loadKey('ec-p384'), await loadKey('ec'), await loadKey('rsa')];
    const renewed = await issue({
      subject: commonName('leaf'),
      issuer: commonName('middle'),
      publicKey: c.spki,
      signer: b,
      ...leafTemplate,
      authorityKeyId: Uint8Array.of(2),
      notAfter: new Date('2030-01-01T00:00:00Z'),
    });
    const otherMiddle = await issue({
      subject: commonName('middle'),
      issuer: commonName('root'),
      publicKey: a.spki,
      signer: a,
      ...caTemplate,
      subjectKeyId: Uint8Array.of(9),
      notAfter: new Date('2040-01-01T00:00:00Z'),
    });
    const chain = orderChain([otherMiddle, root, leaf, renewed, middle], c.spki);
    expect(chain).toEqual([renewed, middle, root]);
  });

  it('says what is unclear', async () => {
    expect(await codeOf(() => orderChain([]))).toBe('X509_CHAIN_EMPTY');
    expect(await codeOf(() => orderChain([leaf, stranger]))).toBe('X509_CHAIN_LEAF_UNCLEAR');
    expect(await codeOf(() => orderChain([root, middle], leaf.spki))).toBe('X509_CHAIN_LEAF_NOT_FOUND');
  });

  it('ends on certificates that issued each other', async () => {
    const key = await loadKey('ec');
    const one = await issue({ subject: commonName('one'), issuer: commonName('two'), signer: key });
    const two = await issue({ subject: commonName('two'), issuer: commonName('one'), signer: key });
    expect(await codeOf(() => orderChain([one, two]))).toBe('X509_CHAIN_LEAF_UNCLEAR');
    expect(orderChain([one, two], key.spki)).toHaveLength(2);
  });
});
