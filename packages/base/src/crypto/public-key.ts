// SPDX-License-Identifier: Apache-2.0
import type { PublicKey } from './types.ts';
export declare function parsePublicKey(spki: Uint8Array): PublicKey;
export declare function spkiOf(publicKeyPem: string | Uint8Array): Uint8Array;
export declare function ed25519Spki(raw: Uint8Array): Uint8Array;
export declare function rawEcdsaSignature(der: Uint8Array, size: number): Uint8Array;
export declare function derEcdsaSignature(raw: Uint8Array): Uint8Array;
