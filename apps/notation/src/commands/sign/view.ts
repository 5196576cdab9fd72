// SPDX-License-Identifier: Apache-2.0
import { lines } from '../../present.ts';

export interface SignedPair {
  /** `registry/repository`, or the path of a layout. */
  readonly name: string;
  readonly artifact: string;
  readonly signature: string;
}

export const signedText = ({ name, artifact, signature }: SignedPair): string =>
  lines(`Successfully signed ${name}@${artifact}`, `Pushed the signature to ${name}@${signature}`);
