// SPDX-License-Identifier: Apache-2.0
import type { KeyAlgorithm } from './types.ts';
export interface SignatureCheck {
  readonly algorithm: KeyAlgorithm;
  /** SubjectPublicKeyInfo of the signer. */
  readonly spki: Uint8Array;
  readonly data: Uint8Array;
  /** r‖s for EC keys. */
  readonly signature: Uint8Array;
}
export interface X509SignatureCheck {
  readonly algorithmOid: string;
  /** The whole parameters element, if there is one. */
  readonly algorithmParameters?: Uint8Array | undefined;
  readonly spki: Uint8Array;
  readonly data: Uint8Array;
  /** As X.509 has it: ECDSA signatures are DER. */
  readonly signature: Uint8Array;
  readonly sha1?: 'accept' | 'refuse';
}
export declare function verifySignature(check: SignatureCheck): Promise<boolean>;
export declare function verifyX509Signature(check: X509SignatureCheck): Promise<boolean>;
