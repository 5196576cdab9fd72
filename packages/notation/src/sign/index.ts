// SPDX-License-Identifier: Apache-2.0
export {
  type SignArtifactRequest,
  type SignedArtifact,
  type SignedTarget,
  type SigningOptions,
  signArtifact,
  signDescriptor,
  signTarget,
} from './sign-artifact.ts';
export { type SignBlobRequest, type SignedBlob, signBlob } from './sign-blob.ts';
