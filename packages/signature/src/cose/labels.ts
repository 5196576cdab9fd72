// SPDX-License-Identifier: Apache-2.0
/** Labels and algorithm numbers from the IANA COSE registries. */
import type { SignatureAlgorithm } from '@notary/base/crypto';

export const LABEL = {
  algorithm: 1,
  critical: 2,
  contentType: 3,
  keyId: 4,
  iv: 5,
  partialIv: 6,
  counterSignature: 7,
  counterSignature0: 9,
  counterSignatureV2: 11,
  counterSignature0V2: 12,
  type: 16,
  x5chain: 33,
} as const;

/** RFC 9053 2.1, RFC 8230 2. */
export const COSE_ALGORITHM: Readonly<Record<SignatureAlgorithm, number>> = {
  PS256: -37,
  PS384: -38,
  PS512: -39,
  ES256: -7,
  ES384: -35,
  ES512: -36,
};

const NAMES: ReadonlyMap<number | bigint, SignatureAlgorithm> = new Map(
  Object.entries(COSE_ALGORITHM).map(([name, number]) => [number, name as SignatureAlgorithm]),
);
const OTHER_NAMES: ReadonlyMap<number | bigint, string> = new Map([
  [-257, 'RS256'],
  [-258, 'RS384'],
  [-259, 'RS512'],
  [-8, 'EdDSA'],
  [0, 'Reserved'],
]);

/** The algorithm of a number, if it is one of the six. */
export const coseAlgorithm = (number: number | bigint): SignatureAlgorithm | undefined => NAMES.get(number);
/** go-cose's name for an algorithm number, as its messages have it. */
export const coseAlgorithmName = (number: number | bigint): string =>
  NAMES.get(number) ?? OTHER_NAMES.get(number) ?? `Algorithm(${number})`;
