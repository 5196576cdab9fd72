// SPDX-License-Identifier: Apache-2.0
/** Our reading of certificates against pkijs, @peculiar/x509 and OpenSSL: three other opinions on the same bytes. */
import 'reflect-metadata';
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { toHex } from '@notary/base';
import { encodePem } from '@notary/base/pem';
import { ownVectors } from '@notary/testkit';
import { type Certificate, goName, parseCertificates } from '@notary/x509';
import * as peculiar from '@peculiar/x509';
import * as pkijs from 'pkijs';
import { describe, expect, it } from 'vitest';
import { openssl, sharedVector, sharedVectorsPresent, vector } from './support.ts';

const folder = join(ownVectors(), 'x509/certs');

const committed = readdirSync(folder).flatMap((file) => parseCertificates(vector(`certs/${file}`)));
const upstream = [
  'multi-pem.crt',
  'timestamp_leaf.crt',
  'timestamp_intermediate.crt',
  'timestamp_root.crt',
  'openssl-minimum-self-signed.pem',
];
const shared = sharedVectorsPresent ? upstream.flatMap((f) => parseCertificates(sharedVector(`notation-core-go/x509/testdata/${f}`))) : [];
const all: [name: string, certificate: Certificate][] = [...committed, ...shared].map((c) => [goName(c.subject), c]);
const copy = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer;
const hex = (buffer: ArrayBuffer | Uint8Array): string => toHex(new Uint8Array(buffer));

describe('other readers agree', () => {
  it.each(all)('@peculiar/x509 on %s', (_, certificate) => {
    const other = new peculiar.X509Certificate(copy(certificate.der));
    expect(other.serialNumber).toBe(toHex(certificate.serialNumber).replace(/^00(?=.)/, ''));
    expect(other.notBefore).toEqual(certificate.notBefore);
    expect(other.notAfter).toEqual(certificate.notAfter);
    expect(hex(other.publicKey.rawData)).toBe(toHex(certificate.spki));
    expect(hex(other.signature)).toBe(toHex(certificate.signature));
    expect(other.extensions.map((e) => [e.type, e.critical, hex(e.value)])).toEqual(
      certificate.extensions.map((e) => [e.oid, e.critical, toHex(e.value)]),
    );
  });

  it.each(all)('pkijs on %s', (_, certificate) => {
    const other = pkijs.Certificate.fromBER(copy(certificate.der));
    expect(hex(other.tbsView)).toBe(toHex(certificate.tbs));
    expect(hex(other.issuer.toSchema().toBER())).toBe(toHex(certificate.issuer.der));
    expect(hex(other.subject.toSchema().toBER())).toBe(toHex(certificate.subject.der));
    const attributes = certificate.subject.rdns.flat().map((a) => [a.oid, a.value]);
    expect(other.subject.typesAndValues.map((a) => [a.type, String(a.value.valueBlock.value)])).toEqual(attributes);
    expect(other.signatureAlgorithm.algorithmId).toBe(certificate.signatureAlgorithm.oid);
    const usage = other.extensions?.find((e) => e.extnID === '2.5.29.19');
    expect(usage === undefined ? undefined : usage.parsedValue.cA).toBe(certificate.basicConstraints?.ca);
  });

  it.skipIf(openssl === undefined).each(all)('OpenSSL on %s', (_, certificate) => {
    const input = encodePem('CERTIFICATE', certificate.der);
    const text = execFileSync(openssl as string, ['x509', '-noout', '-fingerprint', '-sha256', '-serial', '-ocsp_uri', '-pubkey'], {
      input,
      encoding: 'utf8',
    });
    expect(text.replaceAll(':', '').toLowerCase()).toContain(certificate.thumbprint);
    expect(text).toContain(
      `serial=${toHex(certificate.serialNumber)
        .toUpperCase()
        .replace(/^00(?=.)/, '')}`,
    );
    for (const url of certificate.ocspUrls) expect(text).toContain(url);
    expect(text).toContain(encodePem('PUBLIC KEY', certificate.spki));
  });
});
