// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KeyAlgorithm } from '@notary/base/crypto';
import { encodePem } from '@notary/base/pem';
import { createCertificate, parseCertificate } from '@notary/x509';
import { describe, expect, it } from 'vitest';
import { caTemplate, codeOf, commonName, issue, leafTemplate, loadKey, NOT_AFTER, NOT_BEFORE, openssl } from './support.ts';

describe('certificates that we make', () => {
  const kinds: [kind: string, algorithm: KeyAlgorithm | undefined][] = [
    ['rsa', undefined],
    ['rsa', 'RS512'],
    ['rsa', 'PS256'],
    ['rsa', 'PS384'],
    ['rsa', 'PS512'],
    ['ec', undefined],
    ['ec-p224', undefined],
    ['ec-p384', undefined],
    ['ec-p521', undefined],
    ['ed25519', undefined],
  ];
  it.skipIf(openssl === undefined).each(kinds)('OpenSSL verifies a chain under %s with %s', async (kind, signatureAlgorithm) => {
    const signer = await loadKey(kind);
    const algorithm = signatureAlgorithm && { signatureAlgorithm };
    const root = await issue({ subject: commonName('root'), signer, ...algorithm, ...caTemplate, subjectKeyId: 'derive' });
    const leaf = await issue({
      subject: commonName('leaf'),
      issuer: commonName('root'),
      publicKey: (await loadKey('ec')).spki,
      signer,
      ...algorithm,
      ...leafTemplate,
      dnsNames: ['localhost'],
      ipAddresses: ['127.0.0.1', '::1'],
      ocspUrls: ['http://o.example'],
      crlUrls: ['http://c.example'],
    });
    const folder = mkdtempSync(join(tmpdir(), 'notary-x509-'));
    try {
      writeFileSync(join(folder, 'root.pem'), encodePem('CERTIFICATE', root.der));
      writeFileSync(join(folder, 'leaf.pem'), encodePem('CERTIFICATE', leaf.der));
      // P-224 is below OpenSSL's default level of security.
      const level = kind === 'ec-p224' ? ['-auth_level', '0'] : [];
      const verify = ['verify', ...level, '-attime', String(Date.UTC(2026, 5, 1) / 1000), '-CAfile', 'root.pem', 'leaf.pem'];
      expect(execFileSync(openssl as string, verify, { cwd: folder, encoding: 'utf8' })).toBe('leaf.pem: OK\n');
      const text = execFileSync(openssl as string, ['x509', '-in', 'leaf.pem', '-noout', '-text'], { cwd: folder, encoding: 'utf8' });
      expect(text).toContain('DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1');
      expect(text).toContain('OCSP - URI:http://o.example');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('writes version 1 without extensions only', async () => {
    const signer = await loadKey('ec');
    const base = {
      subject: commonName('x'),
      signer,
      serialNumber: Uint8Array.of(1),
      notBefore: NOT_BEFORE,
      notAfter: NOT_AFTER,
      version: 1,
    } as const;
    expect(parseCertificate(await createCertificate(base)).version).toBe(1);
    expect(await codeOf(() => createCertificate({ ...base, ...caTemplate }))).toBe('X509_TEMPLATE_INVALID');
  });

  it('refuses what cannot be written', async () => {
    const signer = await loadKey('ec');
    expect(await codeOf(() => issue({ subject: commonName('x'), signer, ipAddresses: ['1.2.3'] }))).toBe('X509_TEMPLATE_INVALID');
    expect(await codeOf(() => issue({ subject: commonName('x'), signer, ipAddresses: ['1.2.3.256'] }))).toBe('X509_TEMPLATE_INVALID');
    expect(await codeOf(() => issue({ subject: commonName('x'), signer, signatureAlgorithm: 'ES256' }))).toBe('X509_TEMPLATE_INVALID');
    expect(await codeOf(() => issue({ subject: commonName('x'), signer, signatureAlgorithm: 'RS256' }))).toBe('CRYPTO_ALGORITHM_MISMATCH');
    expect(await codeOf(() => issue({ subject: [[{ type: 'bad', value: 'x' }]], signer }))).toBe('X509_NAME_INVALID');
  });
});
