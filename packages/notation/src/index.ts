// SPDX-License-Identifier: Apache-2.0
export * from './deadline.ts';
export { faults as notationFaults } from './faults.ts';
export * from './inspect/index.ts';
export { limits as notationLimits } from './limits.ts';
export { signatureArtifactType, thumbprintAnnotation } from './media-types.ts';
export * from './sign/index.ts';
export { encodeSignatureManifest, parseSignatureManifest } from './signature-manifest.ts';
export { fetchEnvelope } from './signature-source.ts';
export type { UserMetadata } from './user-metadata.ts';
export * from './verify/index.ts';
