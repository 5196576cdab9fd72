// SPDX-License-Identifier: Apache-2.0
import type { PrivateKey } from '@notary/base/crypto';
import { derContext, derContextPrimitive, derNull, derSequence } from '@notary/base/der';
import { type Certificate, type CertificateTemplate, goName } from '@notary/x509';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkSignatureFrom } from '../../src/issuance.ts';
import { buildChains } from '../../src/path.ts';
import { caTemplate, codeOf, commonName, issue, loadKey, messageOf, TIME_STAMPING } from '../support.ts';

let keys: Record<'a' | 'b' | 'c', PrivateKey>;
let root: Certificate;
beforeAll(async () => {
  keys = { a: await loadKey('ec'), b: await loadKey('ec-p384'), c: await loadKey('rsa') };
  root = await issue({ subject: commonName('root'), signer: keys.a, ...caTemplate });
});

const AT = new Date('2026-06-01T00:00:00Z');
type Change = Partial<CertificateTemplate>;
const under = (issuer: string, signer: PrivateKey, subject: string, key: PrivateKey, change: Change = {}): Promise<Certificate> =>
  issue({ subject: commonName(subject), issuer: commonName(issuer), publicKey: key.spki, signer, ...change });
const ca = (issuer: string, signer: PrivateKey, subject: string, key: PrivateKey, change: Change = {}): Promise<Certificate> =>
  under(issuer, signer, subject, key, { ...caTemplate, ...change });
const chains = (leaf: Certificate, intermediates: Certificate[], roots = [root], at = AT): Promise<Certificate[][]> =>
  buildChains(leaf, { roots, intermediates, at, purpose: TIME_STAMPING });
const names = (found: readonly (readonly Certificate[])[]): string[] =>
  found.map((chain) => chain.map((c) => goName(c.subject).slice(3)).join('<'));

describe('paths', () => {
  it('finds every chain, the one with matching key identifiers first', async () => {
    const id = Uint8Array.of(7);
    const plain = await ca('root', keys.a, 'm', keys.b);
    const right = await ca('root', keys.a, 'm', keys.b, { subjectKeyId: id });
    const wrong = await ca('root', keys.a, 'm', keys.b, { subjectKeyId: Uint8Array.of(8) });
    const leaf = await under('m', keys.b, 'leaf', keys.c, { authorityKeyId: id });
    const found = await chains(leaf, [wrong, plain, right]);
    expect(names(found)).toEqual(['leaf<m<root', 'leaf<m<root', 'leaf<m<root']);
    expect(found.map((chain) => chain[1])).toEqual([right, plain, wrong]);
  });

  it('crosses from an old root to a new one', async () => {
    const cross = await ca('root', keys.a, 'new', keys.b);
    const own = await issue({ subject: commonName('new'), signer: keys.b, ...caTemplate });
    const leaf = await under('new', keys.b, 'leaf', keys.c);
    expect(names(await chains(leaf, [own, cross]))).toEqual(['leaf<new<root']);
    expect(names(await chains(leaf, [cross], [own]))).toEqual(['leaf<new']);
  });

  it('ends on certificates that issued each other', async () => {
    const one = await ca('two', keys.b, 'one', keys.a);
    const two = await ca('one', keys.a, 'two', keys.b);
    const leaf = await under('one', keys.a, 'leaf', keys.c);
    expect(await messageOf(() => chains(leaf, [one, two]))).toBe('x509: certificate signed by unknown authority');
    expect(await codeOf(() => chains(leaf, [one, two]))).toBe('X509_PATH_SIGNER_UNTRUSTED');
  });

  it('gives up after a hundred signature checks', async () => {
    const many = await Promise.all(
      Array.from({ length: 101 }, (_, i) => ca('nobody', keys.a, 'm', keys.b, { serialNumber: Uint8Array.of(1, i) })),
    );
    const leaf = await under('m', keys.a, 'leaf', keys.c);
    expect(await codeOf(() => chains(leaf, many))).toBe('X509_PATH_TOO_MANY_CHECKS');
  });

  it.each([
    [
      'x509: certificate has expired or is not yet valid: current time 2026-06-01T00:00:00Z is after 2026-05-01T00:00:00Z',
      { notAfter: new Date('2026-05-01T00:00:00Z') },
    ],
    [
      'x509: certificate has expired or is not yet valid: current time 2026-06-01T00:00:00Z is before 2026-07-01T00:00:00Z',
      { notBefore: new Date('2026-07-01T00:00:00Z') },
    ],
    ['x509: unhandled critical extension', { extensions: [{ oid: '1.2.3', critical: true, value: derNull() }] }],
    ['x509: certificate specifies an incompatible key usage', { extendedKeyUsage: { oids: ['1.3.6.1.5.5.7.3.3'] } }],
  ] as [string, Change][])('refuses a leaf: %s', async (message, change) => {
    const leaf = await under('root', keys.a, 'leaf', keys.c, change);
    expect(await messageOf(() => chains(leaf, []))).toBe(message);
    expect(await codeOf(() => chains(leaf, []))).toBe('X509_PATH_CERTIFICATE_INVALID');
  });

  const hinted = (hint: string): string =>
    `x509: certificate signed by unknown authority (possibly because of "${hint}" while trying to verify candidate authority certificate "m")`;
  it.each([
    [
      hinted('x509: certificate is not authorized to sign other certificates'),
      { version: 1, basicConstraints: undefined, keyUsage: undefined },
    ],
    [hinted('x509: invalid signature: parent certificate cannot sign this kind of certificate'), { basicConstraints: { ca: false } }],
    [hinted('x509: unhandled critical extension'), { extensions: [{ oid: '1.2.3', critical: true, value: derNull() }] }],
    ['x509: certificate specifies an incompatible key usage', { extendedKeyUsage: { oids: ['1.3.6.1.5.5.7.3.3'] } }],
  ] as unknown as [string, Change][])('refuses an issuer: %s', async (message, change) => {
    const middle = await ca('root', keys.a, 'm', keys.b, change);
    expect(await messageOf(async () => chains(await under('m', keys.b, 'leaf', keys.c), [middle]))).toBe(message);
  });

  it('keeps path lengths', async () => {
    const short = await issue({
      subject: commonName('root'),
      signer: keys.a,
      ...caTemplate,
      basicConstraints: { ca: true, pathLength: 0 },
    });
    const middle = await ca('root', keys.a, 'm', keys.b);
    const leaf = await under('m', keys.b, 'leaf', keys.c);
    expect(await messageOf(() => chains(leaf, [middle], [short]))).toContain('x509: too many intermediates for path length constraint');
    expect(names(await chains(await under('root', keys.a, 'leaf', keys.c), [], [short]))).toEqual(['leaf<root']);
  });

  it('allows any purpose and none at all', async () => {
    const middle = await ca('root', keys.a, 'm', keys.b, { extendedKeyUsage: { oids: ['2.5.29.37.0'] } });
    const leaf = await under('m', keys.b, 'leaf', keys.c, { extendedKeyUsage: { oids: [TIME_STAMPING] } });
    expect(names(await chains(leaf, [middle]))).toEqual(['leaf<m<root']);
  });

  it('does not half judge name constraints', async () => {
    const constraints = derSequence(derContext(0, derSequence(derContextPrimitive(2, new TextEncoder().encode('example.org')))));
    const middle = await ca('root', keys.a, 'm', keys.b, { extensions: [{ oid: '2.5.29.30', critical: true, value: constraints }] });
    const leaf = (change: Change): Promise<Certificate> => under('m', keys.b, 'leaf', keys.c, change);
    expect(names(await chains(await leaf({}), [middle]))).toEqual(['leaf<m<root']);
    expect(await messageOf(async () => chains(await leaf({ dnsNames: ['a.example.org'] }), [middle]))).toContain(
      'not authorized to sign for this name',
    );
  });

  it('names a candidate by what it has', async () => {
    const odd = await issue({ subject: [[{ type: 'O', value: 'Acme' }]], signer: keys.b, ...caTemplate });
    const leaf = await issue({ subject: commonName('leaf'), issuer: odd.subject.der, publicKey: keys.c.spki, signer: keys.a });
    expect(await messageOf(() => chains(leaf, [], [odd]))).toContain('candidate authority certificate "Acme")');
    const bare = await issue({ subject: [], signer: keys.b, serialNumber: Uint8Array.of(1, 0), ...caTemplate });
    const other = await issue({ subject: commonName('leaf'), issuer: bare.subject.der, publicKey: keys.c.spki, signer: keys.a });
    expect(await messageOf(() => chains(other, [], [bare]))).toContain('candidate authority certificate "serial:256")');
  });

  it('names a candidate at once however long its serial number is', async () => {
    const long = await issue({ subject: [], signer: keys.b, serialNumber: new Uint8Array(200_000).fill(0x11), ...caTemplate });
    const leaf = await issue({ subject: commonName('leaf'), issuer: long.subject.der, publicKey: keys.c.spki, signer: keys.a });
    const started = performance.now();
    expect(await messageOf(() => chains(leaf, [], [long]))).toContain(`"serial:0x${'11'.repeat(64)}…")`);
    expect(performance.now() - started).toBeLessThan(3000);
  });
});

describe('who signed a certificate', () => {
  it('refuses a signature of another key, and an issuer that may not sign certificates', async () => {
    const leaf = await under('root', keys.a, 'leaf', keys.c);
    await checkSignatureFrom(leaf, root);
    const twin = await issue({ subject: commonName('root'), signer: await loadKey('ec-p521'), ...caTemplate });
    expect(await codeOf(() => checkSignatureFrom(leaf, twin))).toBe('X509_SIGNATURE_INVALID');
    for (const change of [{ basicConstraints: { ca: false } }, { keyUsage: { bits: ['digitalSignature'] } }] as const) {
      const parent = await issue({ subject: commonName('root'), signer: keys.a, ...caTemplate, ...change });
      expect(await codeOf(() => checkSignatureFrom(leaf, parent))).toBe('X509_ISSUER_CANNOT_SIGN');
    }
  });
});
