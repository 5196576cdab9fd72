// SPDX-License-Identifier: Apache-2.0
import type { Secret } from '../bytes.ts';
import type { Random } from '../ports.ts';
import type { PrivateKey } from './types.ts';
export type KeyType = 'RSA-2048' | 'RSA-3072' | 'RSA-4096' | 'EC-256' | 'EC-384' | 'EC-521' | 'Ed25519';
export type PassphraseSource = () => Promise<Secret<string> | undefined>;
export interface EncryptPkcs8Options {
  readonly iterations: number;
  readonly prf: 'sha1' | 'sha256';
  readonly saltLength: number;
  readonly random: Random;
}
export declare function parsePrivateKey(bytes: Uint8Array, passphrase?: PassphraseSource): Promise<PrivateKey>;
export declare function importPkcs8(der: Uint8Array): Promise<PrivateKey>;
export declare function generatePrivateKey(type: KeyType): Promise<PrivateKey>;
export declare function encryptPkcs8(
  der: Secret<Uint8Array>,
  passphrase: Secret<string>,
  options: EncryptPkcs8Options,
): Promise<Uint8Array>;
export declare function parsePkcs12(
  bytes: Uint8Array,
  passphrase: Secret<string>,
): Promise<{ readonly key: PrivateKey; readonly certificates: readonly Uint8Array[] }>;
