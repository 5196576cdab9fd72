// SPDX-License-Identifier: Apache-2.0
/** A countersignature as inspected: its range of time, or why there is none. */
import type { InspectedSignature } from '@notary/notation/inspect';
import type { Certificate } from '@notary/x509';

export type TimestampView =
  | { readonly error: string }
  | {
      readonly lower: Date;
      readonly upper: Date;
      readonly lowerText: string;
      readonly upperText: string;
      readonly certificates: readonly Certificate[];
    };

/** `undefined` where the envelope carries none. */
export function timestampOf({ timestamp }: InspectedSignature): TimestampView | undefined {
  if (timestamp === undefined) return undefined;
  if ('fault' in timestamp) return { error: `failed to parse timestamp countersignature: ${timestamp.fault.message}` };
  const { lower, upper, lowerText, upperText, certificates } = timestamp.token;
  return { lower, upper, lowerText, upperText, certificates };
}
