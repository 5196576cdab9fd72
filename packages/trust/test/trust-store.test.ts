// SPDX-License-Identifier: Apache-2.0
/** What may stand in a trust store, and what is said about everything else. A store that holds something unexpected is not trusted. */
import { type Files, filesFaults } from '@notary/base';
import { codeOf, createMemoryFiles, createTestCa, type MemoryFiles, type TestCa, type TestIdentity } from '@notary/testkit';
import { parseCertificate } from '@notary/x509';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { checkAnchors, checkIdentity, createFileTrustStore, createMemoryTrustStore, type StoreType, trustLimits } from '../src/index.ts';

let ca: TestCa;
let intermediate: TestCa;
let leaf: TestIdentity;
let files: MemoryFiles;
beforeAll(async () => {
  ca = await createTestCa();
  intermediate = await ca.intermediate();
  leaf = await ca.codeSigner();
});
beforeEach(() => {
  files = createMemoryFiles();
});

/** The PEM text of a certificate alone. */
const pemOf = ({ chainPem }: TestIdentity): string => `${chainPem.split('-----END CERTIFICATE-----')[0]}-----END CERTIFICATE-----\n`;

const load = (type: StoreType, name: string, from: Files = files) => createFileTrustStore(from, '/t').certificates(type, name);

describe('a store in a directory', () => {
  it('holds roots, intermediates and self-signed certificates, PEM and DER, several in one file', async () => {
    files.put('/t/x509/ca/acme/bundle.pem', ca.rootPem + pemOf(intermediate));
    files.put('/t/x509/ca/acme/root.der', ca.certificate.der);
    expect((await load('ca', 'acme')).map((c) => c.thumbprint)).toEqual([
      ca.certificate.thumbprint,
      intermediate.certificate.thumbprint,
      ca.certificate.thumbprint,
    ]);
  });

  it('is read once', async () => {
    files.put('/t/x509/ca/acme/root.pem', ca.rootPem);
    const store = createFileTrustStore(files, '/t');
    const first = await store.certificates('ca', 'acme');
    files.put('/t/x509/ca/acme/root.pem', 'changed meanwhile');
    expect(await store.certificates('ca', 'acme')).toBe(first);
  });

  it.each<[string, StoreType, () => void]>([
    ['TRUST_STORE_MISSING', 'ca', () => undefined],
    ['TRUST_STORE_NOT_DIRECTORY', 'ca', () => files.put('/t/x509/ca/acme', ca.rootPem)],
    ['TRUST_STORE_NOT_DIRECTORY', 'ca', () => files.putLink('/t/x509/ca/acme', '/elsewhere')],
    ['TRUST_CERTIFICATE_NOT_REGULAR', 'ca', () => files.put('/t/x509/ca/acme/below/root.pem', ca.rootPem)],
    ['TRUST_CERTIFICATE_NOT_REGULAR', 'ca', () => files.putLink('/t/x509/ca/acme/root.pem', '/elsewhere/root.pem')],
    ['TRUST_CERTIFICATE_UNREADABLE', 'ca', () => files.put('/t/x509/ca/acme/root.pem', 'no certificate')],
    ['TRUST_CERTIFICATE_UNREADABLE', 'ca', () => files.put('/t/x509/ca/acme/root.der', ca.certificate.der.subarray(0, 100))],
    ['TRUST_CERTIFICATE_UNREADABLE', 'ca', () => files.put('/t/x509/ca/acme/x', new Uint8Array(trustLimits.trustStoreFileBytes + 1))],
    ['TRUST_CERTIFICATE_INVALID', 'ca', () => files.put('/t/x509/ca/acme/leaf.pem', pemOf(leaf))],
    ['TRUST_CERTIFICATE_INVALID', 'ca', () => files.put('/t/x509/ca/acme/both.pem', ca.rootPem + pemOf(leaf))],
    ['TRUST_TSA_CERTIFICATE_INVALID', 'tsa', () => files.put('/t/x509/tsa/acme/intermediate.pem', pemOf(intermediate))],
  ])('%s (%s)', async (code, type, prepare) => {
    prepare();
    expect(await codeOf(load(type, 'acme'))).toBe(code);
  });

  it('TRUST_STORE_EMPTY for a directory without files', async () => {
    await files.makeDirectory('/t/x509/ca/acme', 0o700);
    expect(await codeOf(load('ca', 'acme'))).toBe('TRUST_STORE_EMPTY');
  });

  it('TRUST_STORE_INACCESSIBLE is not "missing"', async () => {
    const denied = async (): Promise<never> => {
      throw filesFaults.DENIED({ operation: 'open', path: '/t', reason: 'permission denied' });
    };
    files.put('/t/x509/ca/acme/root.pem', ca.rootPem);
    expect(await codeOf(load('ca', 'acme', { ...files, stat: denied }))).toBe('TRUST_STORE_INACCESSIBLE');
    expect(await codeOf(load('ca', 'acme', { ...files, list: denied }))).toBe('TRUST_STORE_INACCESSIBLE');
  });

  it('TRUST_STORE_TOO_LARGE before any file is read', async () => {
    const entries = Array.from({ length: trustLimits.trustStoreFiles + 1 }, (_, i) => ({ name: `${i}`, kind: 'file' as const }));
    await files.makeDirectory('/t/x509/ca/acme', 0o700);
    expect(await codeOf(load('ca', 'acme', { ...files, list: async () => entries }))).toBe('TRUST_STORE_TOO_LARGE');
  });

  it.each(['..', '../ca', 'a/b', '', 'a b', 'ü', 'a\0'])('no name leads out of the stores: %j', async (name) => {
    files.put('/t/x509/ca/root.pem', ca.rootPem);
    expect(await codeOf(load('ca', name))).toBe('TRUST_STORE_NAME_BAD');
  });

  it('no type leads out of them either', async () => {
    for (const type of ['CA', '../ca', '']) expect(await codeOf(load(type as StoreType, 'acme'))).toBe('TRUST_STORE_TYPE_UNKNOWN');
  });
});

describe('a store in memory', () => {
  it('[QB-8] follows the same rules', async () => {
    const memory = createMemoryTrustStore(
      new Map([
        ['ca:leaf', [leaf.certificate]],
        ['ca:none', []],
        ['tsa:intermediate', [intermediate.certificate]],
        ['tsa:root', [parseCertificate(ca.certificate.der)]],
      ]),
    );
    expect(await codeOf(memory.certificates('ca', 'leaf'))).toBe('TRUST_CERTIFICATE_NOT_ANCHOR');
    expect(await codeOf(memory.certificates('ca', 'none'))).toBe('TRUST_STORE_EMPTY');
    expect(await codeOf(memory.certificates('ca', 'absent'))).toBe('TRUST_STORE_MISSING');
    expect(await codeOf(memory.certificates('tsa', 'intermediate'))).toBe('TRUST_NOT_ROOT');
    expect(await memory.certificates('tsa', 'root')).toHaveLength(1);
  });
});

describe('what becomes an anchor', () => {
  it('is never nothing', async () => {
    expect(await codeOf(checkAnchors([]))).toBe('TRUST_CERTIFICATES_EMPTY');
    expect(await codeOf(checkAnchors([ca.certificate]))).toBe('nothing');
  });
});

describe('identities', () => {
  it('none of a kind that is understood matches nobody', () => {
    const fault = checkIdentity(leaf.certificate, ['did:web:example.org'], 'prod');
    expect(fault).toMatchObject({ code: 'TRUST_NO_X509_IDENTITY', facts: { statement: 'prod' } });
    expect(fault?.remedy?.text).not.toMatch(/\*|skip|audit|permissive/);
  });
});
