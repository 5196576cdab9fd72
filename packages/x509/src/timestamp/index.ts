// SPDX-License-Identifier: Apache-2.0
import type { AlgorithmIdentifier, Certificate } from '../types.ts';
/** A parsed time-stamp token (RFC 3161): claims of its maker until verified. */
export interface TimestampToken {
  readonly genTime: Date;
  /** Accuracy in milliseconds, after the rule that the ETSI baseline policy means one second where none is given. */
  readonly accuracyMs: number;
  /** genTime less accuracy, and genTime plus accuracy. */
  readonly lower: Date;
  readonly upper: Date;
  readonly policy: string;
  readonly serialNumber: Uint8Array;
  readonly nonce: Uint8Array | undefined;
  readonly messageImprint: { readonly algorithm: AlgorithmIdentifier; readonly digest: Uint8Array };
  readonly certificates: readonly Certificate[];
}
export declare function parseTimestampToken(bytes: Uint8Array): TimestampToken;
export declare function checkTimestampImprint(token: TimestampToken, message: Uint8Array): void;
/** Verifies signature and chain at genTime; resolves to the chain of the authority, leaf first. */
export declare function verifyTimestampToken(
  token: TimestampToken,
  options: { readonly roots: readonly Certificate[] },
): Promise<readonly Certificate[]>;
