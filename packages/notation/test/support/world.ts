// SPDX-License-Identifier: Apache-2.0
/** A repository with one artifact, publishers who sign it, and a verifier's trust in some of them. */
import { toUtf8 } from '@notary/base';
import { type Descriptor, describe, type Repository } from '@notary/oci';
import { createMemoryRepository } from '@notary/oci/memory';
import { COSE_MEDIA_TYPE, encodePayload, JWS_MEDIA_TYPE, PAYLOAD_CONTENT_TYPE, type SignRequest, signEnvelope } from '@notary/signature';
import { createMemoryTrustStore, type OciTrustPolicy, parseOciTrustPolicy, type TrustStore } from '@notary/trust';
import type { Certificate } from '@notary/x509';
import { type SignArtifactRequest, type SignedArtifact, signArtifact, type VerifyArtifactRequest } from '../../src/index.ts';
import { emptyConfig, emptyConfigDescriptor, encodeSignatureManifest } from '../../src/signature-manifest.ts';
import { clockAt, now, type Publisher } from './publisher.ts';

export const name = 'registry.example/app';
export const manifestMediaType = 'application/vnd.oci.image.manifest.v1+json';

/** Puts an artifact into a repository under a tag. */
export async function pushArtifact(repository: Repository, tag = 'v1', text = 'artifact'): Promise<Descriptor> {
  const config = toUtf8('{}');
  const configDescriptor = describe('application/vnd.oci.image.config.v1+json', config);
  await repository.pushBlob(configDescriptor, config);
  const bytes = toUtf8(
    JSON.stringify({ schemaVersion: 2, mediaType: manifestMediaType, config: configDescriptor, layers: [], annotations: { text } }),
  );
  const descriptor = describe(manifestMediaType, bytes);
  await repository.pushManifest(descriptor, bytes, tag);
  return descriptor;
}

export interface World {
  readonly repository: Repository;
  readonly artifact: Descriptor;
}

export async function createWorld(): Promise<World> {
  const repository = createMemoryRepository(name);
  return { repository, artifact: await pushArtifact(repository) };
}

export const signing = (
  publisher: Publisher,
  over: Partial<SignArtifactRequest> = {},
): Omit<SignArtifactRequest, 'repository' | 'reference'> => ({
  signer: publisher.signer,
  mediaType: JWS_MEDIA_TYPE,
  clock: clockAt(now),
  signingAgent: 'test/1',
  ...over,
});

export const sign = (
  { repository, artifact }: World,
  publisher: Publisher,
  over: Partial<SignArtifactRequest> = {},
): Promise<SignedArtifact> => signArtifact({ repository, reference: artifact.digest, ...signing(publisher, over) });

/** Attaches any envelope, as anybody with the right to push can. */
export async function attachEnvelope(
  { repository, artifact }: World,
  envelope: Uint8Array,
  mediaType: string,
  thumbprints: readonly string[] = [],
): Promise<Descriptor> {
  const blob = describe(mediaType, envelope);
  await repository.pushBlob(blob, envelope);
  await repository.pushBlob(emptyConfigDescriptor, emptyConfig);
  const { bytes, descriptor } = encodeSignatureManifest({ envelope: blob, subject: artifact, thumbprints, signingTime: now });
  await repository.attach(descriptor, bytes);
  return descriptor;
}

/** An envelope over any target, with attributes that `sign` would never write. */
export const envelopeFor = (
  target: { mediaType: string; digest: string; size: number },
  publisher: Publisher,
  over: Partial<SignRequest> = {},
): Promise<Uint8Array> =>
  signEnvelope({
    mediaType: JWS_MEDIA_TYPE,
    payload: encodePayload(target, over.mediaType === COSE_MEDIA_TYPE ? 'cose' : 'jws'),
    contentType: PAYLOAD_CONTENT_TYPE,
    signingTime: now,
    signingScheme: 'notary.x509',
    signer: publisher.signer,
    ...over,
  });

export interface Trust {
  readonly policy: OciTrustPolicy;
  readonly trustStore: TrustStore;
}

/** A policy for every repository that trusts these roots. */
export function trusting(
  roots: readonly Certificate[],
  over: {
    level?: string;
    override?: Record<string, string>;
    identities?: string[];
    stores?: Map<string, readonly Certificate[]>;
    trustStores?: string[];
  } = {},
): Trust {
  const stores = over.stores ?? new Map([['ca:acme', roots]]);
  const statement = {
    name: 'prod',
    registryScopes: ['*'],
    signatureVerification: { level: over.level ?? 'strict', ...(over.override ? { override: over.override } : {}) },
    trustStores: over.trustStores ?? [...stores.keys()],
    trustedIdentities: over.identities ?? ['*'],
  };
  const skipped = over.level === 'skip' ? { ...statement, trustStores: [], trustedIdentities: [] } : statement;
  return {
    policy: parseOciTrustPolicy(toUtf8(JSON.stringify({ version: '1.0', trustPolicies: [skipped] }))),
    trustStore: createMemoryTrustStore(stores),
  };
}

export const request = (
  { repository, artifact }: World,
  trust: Trust,
  over: Partial<VerifyArtifactRequest> = {},
): VerifyArtifactRequest => ({
  repository,
  reference: artifact.digest,
  clock: clockAt(now),
  ...trust,
  ...over,
});
