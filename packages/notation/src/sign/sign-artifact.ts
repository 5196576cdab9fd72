// SPDX-License-Identifier: Apache-2.0
/** Signs an OCI artifact and stores the signature beside it, without touching its digest or tag. */
import { type Clock, isDigest, knownFault } from '@notary/base';
import { type Attachment, type Descriptor, describe, type Repository, type WriteOptions } from '@notary/oci';
import {
  type EnvelopeMediaType,
  encodePayload,
  JWS_MEDIA_TYPE,
  PAYLOAD_CONTENT_TYPE,
  parseEnvelope,
  type Signer,
  signEnvelope,
  type Timestamper,
} from '@notary/signature';
import { type EndOptions, withinArtifactTime } from '../deadline.ts';
import { faults } from '../faults.ts';
import { emptyConfig, emptyConfigDescriptor, encodeSignatureManifest } from '../signature-manifest.ts';
import { addUserMetadata, type UserMetadata } from '../user-metadata.ts';

/** What artifacts and blobs have in common when they are signed. */
export interface SigningOptions {
  readonly signer: Signer;
  readonly mediaType: EnvelopeMediaType;
  readonly clock: Clock;
  /** Lifetime of the signature in milliseconds; 0 or absent is no expiry. Negative or with a fraction of a second is refused. */
  readonly expiryMs?: number | undefined;
  readonly userMetadata?: UserMetadata | undefined;
  /** Named in the envelope, unsigned. */
  readonly signingAgent: string;
  /** Minutes east of UTC in which JWS times are written; default 0. */
  readonly utcOffsetMinutes?: number | undefined;
  readonly timestamper?: Timestamper | undefined;
}

/** An artifact and how to sign it. */
export interface SignArtifactRequest extends SigningOptions, EndOptions {
  readonly repository: Repository;
  /** Tag or digest. */
  readonly reference: string;
}

/** What was signed, and what the signature became part of. */
export interface SignedArtifact {
  readonly artifact: Descriptor;
  /** The signature manifest. */
  readonly signature: Descriptor;
  readonly attachment: Attachment;
}

/**
 * Resolves, signs, stores and looks the signature up as a verifier would. Faults: `NOTATION_…` for the request, those of the signer, and
 * `NOTATION_PUSH_FAILED` or `NOTATION_NOT_DISCOVERABLE`; after a failure the artifact is as it was. The deadline counts from here, signer
 * included: past it `NOTATION_DEADLINE_EXCEEDED`, or `NOTATION_SIGNATURE_UNCONFIRMED` once storing has begun.
 */
export async function signArtifact(request: SignArtifactRequest): Promise<SignedArtifact> {
  checkExpiry(request.expiryMs);
  const { repository, reference } = request;
  return withinSigning(request, reference, async (run) => {
    const artifact = await repository.resolve(reference, { signal: run.signal });
    if (isDigest(reference) && artifact.digest !== reference)
      throw faults.DIGEST_NOT_RESOLVED({ asked: reference, resolved: artifact.digest });
    return signResolved(request, artifact, run);
  });
}

/** Signs an artifact that is resolved already; the deadline counts from here. */
export async function signDescriptor(request: Omit<SignArtifactRequest, 'reference'>, artifact: Descriptor): Promise<SignedArtifact> {
  checkExpiry(request.expiryMs);
  return withinSigning(request, artifact.digest, (run) => signResolved(request, artifact, run));
}

/** What one signing knows of its end. */
interface Run {
  readonly signal: AbortSignal;
  /** From here on something of this signature manifest may be stored. Throws if the signing is over. */
  storingBegins(signature: Descriptor): void;
}

function withinSigning<T>(
  { clock, repository, deadlineMs, signal }: Omit<SignArtifactRequest, 'reference'>,
  reference: string,
  work: (run: Run) => Promise<T>,
): Promise<T> {
  let storing: Descriptor | undefined;
  const run = (over: AbortSignal): Run => ({
    signal: over,
    storingBegins(signature) {
      // Whoever asked has had an answer if the time ran out while the signer worked: nothing is stored behind their back.
      over.throwIfAborted();
      storing = signature;
    },
  });
  const fault = (facts: { readonly reference: string; readonly deadlineMs: number }) =>
    storing && faults.SIGNATURE_UNCONFIRMED({ ...facts, signature: storing.digest });
  return withinArtifactTime({ clock, work: 'signing', repository, reference, fault, deadlineMs, signal }, (over) => work(run(over)));
}

async function signResolved(request: Omit<SignArtifactRequest, 'reference'>, artifact: Descriptor, run: Run): Promise<SignedArtifact> {
  const { mediaType, digest, size, annotations } = artifact;
  const signed = await signTarget(request, { mediaType, digest, size, ...(annotations === undefined ? {} : { annotations }) });
  const envelope = describe(request.mediaType, signed.envelope);
  const manifest = encodeSignatureManifest({
    envelope,
    subject: artifact,
    thumbprints: signed.thumbprints,
    signingTime: signed.signingTime,
  });
  run.storingBegins(manifest.descriptor);
  const options = { signal: run.signal };
  const attachment = await push(request.repository, manifest, { descriptor: envelope, bytes: signed.envelope }, options);
  try {
    await request.repository.confirmDiscoverable(artifact, manifest.descriptor, options);
  } catch (cause) {
    throw faults.NOT_DISCOVERABLE({ signature: manifest.descriptor.digest, reason: knownFault(cause).message }, { cause });
  }
  return { artifact, signature: manifest.descriptor, attachment };
}

async function push(
  repository: Repository,
  manifest: { bytes: Uint8Array; descriptor: Descriptor },
  envelope: { descriptor: Descriptor; bytes: Uint8Array },
  options: WriteOptions,
): Promise<Attachment> {
  try {
    await Promise.all([
      repository.pushBlob(envelope.descriptor, envelope.bytes, { ...options, fresh: true }),
      repository.pushBlob(emptyConfigDescriptor, emptyConfig, options),
    ]);
    return await repository.attach(manifest.descriptor, manifest.bytes, options);
  } catch (cause) {
    throw faults.PUSH_FAILED({ reason: knownFault(cause).message }, { cause });
  }
}

/** What signing a descriptor yields, before anything is stored. */
export interface SignedTarget {
  readonly envelope: Uint8Array;
  readonly thumbprints: readonly string[];
  readonly signingTime: Date;
}

/** Builds, signs and checks the envelope over a target descriptor. */
export async function signTarget(
  options: SigningOptions,
  target: { mediaType: string; digest: string; size: number; annotations?: Readonly<Record<string, string>> },
): Promise<SignedTarget> {
  const described = addUserMetadata(target, options.userMetadata ?? new Map());
  const now = options.clock.now();
  const signingTime = new Date(Math.floor(now.getTime() / 1000) * 1000);
  const expiryMs = options.expiryMs ?? 0;
  const envelope = await signEnvelope({
    mediaType: options.mediaType,
    payload: encodePayload(described, options.mediaType === JWS_MEDIA_TYPE ? 'jws' : 'cose'),
    contentType: PAYLOAD_CONTENT_TYPE,
    signingTime,
    expiry: expiryMs === 0 ? undefined : new Date(signingTime.getTime() + expiryMs),
    signingScheme: 'notary.x509',
    signingAgent: options.signingAgent,
    signer: options.signer,
    timestamper: options.timestamper,
    ...(options.utcOffsetMinutes === undefined ? {} : { utcOffsetMinutes: options.utcOffsetMinutes }),
  });
  const { certificates } = await parseEnvelope(envelope, options.mediaType);
  return { envelope, thumbprints: certificates.map((c) => c.thumbprint), signingTime };
}

export function checkExpiry(expiryMs: number | undefined): void {
  if (expiryMs === undefined) return;
  if (expiryMs < 0) throw faults.EXPIRY_NEGATIVE();
  if (expiryMs % 1000 !== 0) throw faults.EXPIRY_FRACTION();
}
