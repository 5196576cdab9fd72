// SPDX-License-Identifier: Apache-2.0
/** Publishers for tests: a root, a signing certificate below it, and a signer, valid around a fixed instant. */
import type { Clock } from '@notary/base';
import { generatePrivateKey, type KeySpec, type PrivateKey } from '@notary/base/crypto';
import { createLocalSigner, type Signer } from '@notary/signature';
import { type Certificate, createCertificate, type NamePart, parseCertificate } from '@notary/x509';

/** The instant at which tests judge unless they say otherwise. */
export const now = new Date('2026-06-01T12:00:00Z');
const day = 86_400_000;
export const days = (count: number): Date => new Date(now.getTime() + count * day);

export const clockAt = (at: Date): Clock => ({ now: () => at, sleep: async () => {} });

export interface Publisher {
  readonly signer: Signer;
  readonly key: PrivateKey;
  /** Leaf first. */
  readonly chain: readonly Certificate[];
  readonly root: Certificate;
}

export interface PublisherOptions {
  readonly keySpec?: KeySpec;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  readonly crlUrls?: readonly string[];
  readonly ocspUrls?: readonly string[];
  readonly subject?: readonly (readonly NamePart[])[];
}

let serial = 1;
const nextSerial = (): Uint8Array => Uint8Array.from([1, (serial >> 8) & 255, serial++ & 255]);

/** One attribute an RDN, in order. */
export const nameOf = (...parts: readonly [type: string, value: string][]): NamePart[][] => parts.map(([type, value]) => [{ type, value }]);
export const subjectOf = (name: string): NamePart[][] => nameOf(['C', 'US'], ['ST', 'WA'], ['O', 'Acme'], ['CN', name]);

/** Makes a publisher named `name`: EC P-256 unless said otherwise. */
export async function createPublisher(name: string, options: PublisherOptions = {}): Promise<Publisher> {
  const rootKey = await generatePrivateKey('EC-256');
  const key = await generatePrivateKey(options.keySpec ?? 'EC-256');
  const issuer = subjectOf(`${name} root`);
  const root = parseCertificate(
    await createCertificate({
      subject: issuer,
      signer: rootKey,
      serialNumber: nextSerial(),
      notBefore: days(-3650),
      notAfter: days(3650),
      basicConstraints: { ca: true },
      keyUsage: { bits: ['keyCertSign', 'cRLSign'] },
    }),
  );
  const leaf = parseCertificate(
    await createCertificate({
      subject: options.subject ?? subjectOf(name),
      issuer,
      publicKey: key.spki,
      signer: rootKey,
      serialNumber: nextSerial(),
      notBefore: options.notBefore ?? days(-30),
      notAfter: options.notAfter ?? days(30),
      keyUsage: { bits: ['digitalSignature'] },
      extendedKeyUsage: { oids: ['1.3.6.1.5.5.7.3.3'] },
      ...(options.crlUrls ? { crlUrls: options.crlUrls } : {}),
      ...(options.ocspUrls ? { ocspUrls: options.ocspUrls } : {}),
    }),
  );
  const chain = [leaf, root];
  return { signer: createLocalSigner(key, chain), key, chain, root };
}
