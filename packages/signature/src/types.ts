// SPDX-License-Identifier: Apache-2.0
/** The vocabulary of signature envelopes (Notary Project, signature-specification.md). */
import type { CborValue } from '@notary/base/cbor';
import type { KeySpec, SignatureAlgorithm } from '@notary/base/crypto';
import type { JsonValue } from '@notary/base/json';
import type { Certificate } from '@notary/x509';

/** Media types of the two envelope formats. */
export const JWS_MEDIA_TYPE = 'application/jose+json';
/** Media type of a COSE_Sign1 envelope. */
export const COSE_MEDIA_TYPE = 'application/cose';
/** The formats of envelopes. */
export type EnvelopeMediaType = typeof JWS_MEDIA_TYPE | typeof COSE_MEDIA_TYPE;

/** The only content type of payloads that Notation signs and accepts. */
export const PAYLOAD_CONTENT_TYPE = 'application/vnd.cncf.notary.payload.v1+json';

/** Names of the attributes that the specification defines. */
export const ATTRIBUTE = {
  signingScheme: 'io.cncf.notary.signingScheme',
  signingTime: 'io.cncf.notary.signingTime',
  authenticSigningTime: 'io.cncf.notary.authenticSigningTime',
  expiry: 'io.cncf.notary.expiry',
  verificationPlugin: 'io.cncf.notary.verificationPlugin',
  verificationPluginMinVersion: 'io.cncf.notary.verificationPluginMinVersion',
  signingAgent: 'io.cncf.notary.signingAgent',
  timestampSignature: 'io.cncf.notary.timestampSignature',
} as const;

/**
 * How the time of signing is vouched for: by the signer's own word, or by a signing authority (signature specification, "Signing
 * Scheme").
 */
export type SigningScheme = 'notary.x509' | 'notary.x509.signingAuthority';

/** A key of an extended attribute: text, or in COSE an integer. */
export type AttributeKey = string | number | bigint;
/** A value of an extended attribute: JSON in JWS, CBOR in COSE. */
export type AttributeValue = JsonValue | CborValue;

/** A signed attribute beyond those that the specification names. */
export interface ExtendedAttribute {
  readonly key: AttributeKey;
  readonly critical: boolean;
  readonly value: AttributeValue;
}

/** What an envelope says. Whether that is true is what verification finds out. */
export interface EnvelopeContent {
  readonly mediaType: EnvelopeMediaType;
  /** The envelope as received. */
  readonly bytes: Uint8Array;
  readonly algorithm: SignatureAlgorithm;
  readonly signingScheme: SigningScheme;
  /** Claimed by the signer (scheme notary.x509), or vouched for by the authority (`authenticSigningTime`). */
  readonly signingTime: Date;
  /** The signing time as written, with its zone offset (JWS); RFC 3339 in UTC for COSE, which has no zones. */
  readonly signingTimeText: string;
  /** The signing time under the scheme notary.x509.signingAuthority, where it counts as authentic. */
  readonly authenticSigningTime: Date | undefined;
  readonly expiry: Date | undefined;
  /** The expiry as written (JWS) or in UTC (COSE). */
  readonly expiryText: string | undefined;
  readonly contentType: string;
  readonly payload: Uint8Array;
  /** Labels listed in `crit`, in order. */
  readonly criticalHeaders: readonly AttributeKey[];
  readonly extendedAttributes: readonly ExtendedAttribute[];
  /** Leaf first. */
  readonly certificates: readonly Certificate[];
  /** Unsigned. */
  readonly signingAgent: string | undefined;
  /** RFC 3161 token, unsigned by the envelope, unparsed: see `@notary/x509/timestamp`. */
  readonly timestampToken: Uint8Array | undefined;
  readonly signature: Uint8Array;
}

/** A parsed envelope of which nothing is verified. */
export interface UnverifiedEnvelope extends EnvelopeContent {
  readonly decoded: DecodedEnvelope;
}

/**
 * The outer structure of an envelope, before its headers are judged: Go's `ParseEnvelope`. Verifying from here reports faults
 * in Go's order, signature first and headers after. Only the decoders make them.
 */
export interface DecodedEnvelope {
  readonly mediaType: EnvelopeMediaType;
  readonly bytes: Uint8Array;
  readonly [decoded]: never;
}
declare const decoded: unique symbol;

/** What a payload says about content: its type, digest and size in bytes. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>> | ReadonlyMap<string, string>;
}

/** The target of a payload, with whatever other OCI descriptor members it carries (Go shows them in `inspect`). */
export interface TargetArtifact {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly annotations: ReadonlyMap<string, string>;
  readonly urls?: readonly string[];
  readonly data?: Uint8Array;
  readonly platform?: {
    readonly architecture: string;
    readonly os: string;
    readonly osVersion?: string;
    readonly osFeatures?: readonly string[];
    readonly variant?: string;
  };
  readonly artifactType?: string;
}

/** The payload `application/vnd.cncf.notary.payload.v1+json` (signature specification, "Payload"). */
export interface Payload {
  readonly targetArtifact: TargetArtifact;
}

/** What holds the key: a local key, a plugin, a service of the caller. */
export interface Signer {
  keySpec(): Promise<KeySpec> | KeySpec;
  /** Signs with the algorithm that belongs to the key: PSS with a salt as long as the hash, or r‖s for EC. */
  sign(toBeSigned: Uint8Array): Promise<{ readonly signature: Uint8Array; readonly certificates: readonly Uint8Array[] }>;
}

/** Gets an RFC 3161 token over the signature bytes. Validating the token is the implementation's job. */
export type Timestamper = (request: { readonly signature: Uint8Array; readonly algorithm: SignatureAlgorithm }) => Promise<Uint8Array>;

/** What an envelope shall hold. */
export interface SignRequest {
  readonly mediaType: EnvelopeMediaType;
  readonly payload: Uint8Array;
  readonly contentType: string;
  readonly signingTime: Date;
  /** Minutes east of UTC in which a JWS writes its times, as Go writes local times; default 0, written `Z`. */
  readonly utcOffsetMinutes?: number;
  readonly expiry?: Date | undefined;
  readonly signingScheme: SigningScheme;
  readonly extendedAttributes?: readonly { readonly key: AttributeKey; readonly critical: boolean; readonly value: AttributeValue }[];
  /** The unsigned name of the signing software; empty or absent writes none. */
  readonly signingAgent?: string;
  readonly signer: Signer;
  /** Asked only under the scheme notary.x509. */
  readonly timestamper?: Timestamper | undefined;
}
