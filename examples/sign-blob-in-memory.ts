// SPDX-License-Identifier: Apache-2.0
/** Signs some bytes and verifies them again without touching a disk or a network: key, certificate, policy and trust store live in memory. */
import { toUtf8 } from '@notary/base';
import { generatePrivateKey } from '@notary/base/crypto';
import { signBlob } from '@notary/notation/sign';
import { verifyBlob } from '@notary/notation/verify';
import { COSE_MEDIA_TYPE, createLocalSigner } from '@notary/signature';
import { createMemoryTrustStore, parseBlobTrustPolicy } from '@notary/trust';
import { createCertificate, parseCertificate } from '@notary/x509';

const clock = { now: () => new Date(), sleep: async () => {} };
const day = 86_400_000;
const key = await generatePrivateKey('EC-256');
const certificate = parseCertificate(
  await createCertificate({
    subject: [
      [{ type: 'C', value: 'US' }],
      [{ type: 'ST', value: 'WA' }],
      [{ type: 'O', value: 'Acme' }],
      [{ type: 'CN', value: 'builder' }],
    ],
    signer: key,
    serialNumber: crypto.getRandomValues(new Uint8Array(16)).fill(0x2a, 0, 1),
    notBefore: new Date(Date.now() - day),
    notAfter: new Date(Date.now() + day),
    keyUsage: { bits: ['digitalSignature'] },
  }),
);

const release = toUtf8('the bytes of a release');
const content = async function* () {
  yield release;
};
const { envelope, digest } = await signBlob({
  blob: content(),
  contentMediaType: 'application/octet-stream',
  signer: createLocalSigner(key, [certificate]),
  mediaType: COSE_MEDIA_TYPE,
  userMetadata: new Map([['version', '1.2.3']]),
  signingAgent: 'example/1.0',
  clock,
});

const policy = {
  version: '1.0',
  trustPolicies: [
    {
      name: 'releases',
      globalPolicy: true,
      signatureVerification: { level: 'strict' },
      trustStores: ['ca:acme'],
      trustedIdentities: ['x509.subject: C=US, ST=WA, O=Acme'],
    },
  ],
};
const report = await verifyBlob({
  blob: content,
  signature: envelope,
  signatureMediaType: COSE_MEDIA_TYPE,
  policy: parseBlobTrustPolicy(toUtf8(JSON.stringify(policy))),
  trustStore: createMemoryTrustStore(new Map([['ca:acme', [certificate]]])),
  clock,
});
console.log(`${report.basis} ${digest}, version ${report.signature?.target?.annotations.get('version')}`);
