// SPDX-License-Identifier: Apache-2.0
/**
 * A signer of your own: all it needs is to say what kind of key it has and to sign bytes. Here the key sits behind an asynchronous function, as
 * it would in a key service; the artifact lives in memory.
 */
import { toUtf8 } from '@notary/base';
import { generatePrivateKey } from '@notary/base/crypto';
import { signArtifact } from '@notary/notation/sign';
import { describe } from '@notary/oci';
import { createMemoryRepository } from '@notary/oci/memory';
import { JWS_MEDIA_TYPE, type Signer } from '@notary/signature';
import { createCertificate } from '@notary/x509';

// What the key service holds. Its signatures are PSS for RSA and r‖s for EC, with the algorithm that belongs to the key.
const key = await generatePrivateKey('EC-384');
const day = 86_400_000;
const certificate = await createCertificate({
  subject: [[{ type: 'CN', value: 'key service' }]],
  signer: key,
  serialNumber: Uint8Array.of(1),
  notBefore: new Date(Date.now() - day),
  notAfter: new Date(Date.now() + day),
  keyUsage: { bits: ['digitalSignature'] },
});

const service: Signer = {
  keySpec: () => 'EC-384',
  sign: async (toBeSigned) => ({ signature: await key.sign('ES384', toBeSigned), certificates: [certificate] }),
};

const repository = createMemoryRepository('registry.example/app');
const manifest = toUtf8('{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}');
const artifact = describe('application/vnd.oci.image.index.v1+json', manifest);
await repository.pushManifest(artifact, manifest, 'v1');

const { signature } = await signArtifact({
  repository,
  reference: artifact.digest,
  signer: service,
  mediaType: JWS_MEDIA_TYPE,
  expiryMs: 30 * day,
  signingAgent: 'example/1.0',
  clock: { now: () => new Date(), sleep: async () => {} },
});
console.log(`signed ${artifact.digest} with ${signature.digest}`);
