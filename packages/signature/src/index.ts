// SPDX-License-Identifier: Apache-2.0
export { attributeText } from './attribute-text.ts';
export { ChainMemory } from './chain-memory.ts';
export { checkCriticalAttributes } from './critical.ts';
export { decodeEnvelope, mediaTypeForFormat, parseEnvelope } from './envelope.ts';
export { coseFaults, envelopeFaults, jwsFaults, payloadFaults, signingFaults } from './faults.ts';
export { checkPayloadContentType, encodePayload, parsePayload } from './payload.ts';
export { createSignedEnvelope, signEnvelope } from './sign.ts';
export { createLocalSigner } from './signer.ts';
export {
  ATTRIBUTE,
  type AttributeKey,
  type AttributeValue,
  COSE_MEDIA_TYPE,
  type DecodedEnvelope,
  type Descriptor,
  type EnvelopeContent,
  type EnvelopeMediaType,
  type ExtendedAttribute,
  JWS_MEDIA_TYPE,
  PAYLOAD_CONTENT_TYPE,
  type Payload,
  type Signer,
  type SigningScheme,
  type SignRequest,
  type TargetArtifact,
  type Timestamper,
  type UnverifiedEnvelope,
} from './types.ts';
export { checkEnvelope, VerifiedEnvelope, type VerifyEnvelopeOptions, verifyEnvelope } from './verify.ts';
