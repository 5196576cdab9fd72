// SPDX-License-Identifier: Apache-2.0
/** Hashes, signatures and keys over the primitives of the runtime. */
export { cryptoFaults } from './faults.ts';
export { createHasher, type Hasher, type HashName, hash } from './hash.ts';
export { type PassphraseSource, parsePrivateKey } from './key-file.ts';
export { type EncryptPkcs8Options, encryptPkcs8, type Pkcs12Contents, parsePkcs12 } from './lazy.ts';
export { createDirectSigner, type DirectSigner, generatePrivateKey, importPkcs8, type KeyType } from './private-key.ts';
export { derEcdsaSignature, ed25519Spki, parsePublicKey, rawEcdsaSignature, spkiOf } from './public-key.ts';
export {
  algorithmForKeySpec,
  type Curve,
  hashForAlgorithm,
  type KeyAlgorithm,
  type KeySpec,
  keySpecOf,
  type PrivateKey,
  type PublicKey,
  type SignatureAlgorithm,
} from './types.ts';
export {
  createSignatureVerifier,
  type SignatureCheck,
  type SignatureVerifier,
  verifySignature,
  verifyX509Signature,
  type X509SignatureCheck,
} from './verify.ts';
