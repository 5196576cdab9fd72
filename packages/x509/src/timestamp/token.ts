// SPDX-License-Identifier: Apache-2.0
/** Time-stamp tokens (RFC 3161): reading, and what they say. */
import { equalBytes, type Fault, isFault } from '@notary/base';
import { type HashName, hash } from '@notary/base/crypto';
import { contextPrimitiveTag, contextTag, DerReader, TAG } from '@notary/base/der';
import { parseSignedData, readAlgorithm, type SignedData } from '../cms.ts';
import type { AlgorithmIdentifier, Certificate } from '../types.ts';
import { timestampFaults } from './faults.ts';
import { formatNanoseconds, parseGenTime } from './gen-time.ts';

export const TST_INFO = '1.2.840.113549.1.9.16.1.4';
/** The policy of ETSI EN 319 421, under which no stated accuracy means one second. */
const BASELINE_POLICY = '0.4.0.2023.1.1';

/** A parsed time-stamp token: claims of its maker until verified. */
export interface TimestampToken {
  readonly version: number;
  readonly policy: string;
  readonly messageImprint: { readonly algorithm: AlgorithmIdentifier; readonly digest: Uint8Array };
  /** Octets as encoded. */
  readonly serialNumber: Uint8Array;
  /** To the millisecond, what is below cut off. */
  readonly genTime: Date;
  /** Milliseconds, with a fraction where the token states microseconds. One second where the ETSI baseline policy implies it. */
  readonly accuracyMs: number;
  /** genTime less accuracy, rounded down to the millisecond, and genTime plus accuracy, rounded up. */
  readonly lower: Date;
  readonly upper: Date;
  /** The same exactly, as RFC 3339 text with up to nine decimals. */
  readonly lowerText: string;
  readonly upperText: string;
  readonly nonce: Uint8Array | undefined;
  readonly certificates: readonly Certificate[];
  /** The CMS message that carries all this. */
  readonly signedData: SignedData;
}

/** Reads a token without verifying it. */
export function parseTimestampToken(bytes: Uint8Array): TimestampToken {
  const signedData = parseSignedData(bytes);
  const { contentType, content, certificates } = signedData;
  if (contentType !== TST_INFO) throw timestampFaults.CONTENT_TYPE_UNEXPECTED({ contentType });
  try {
    return { ...readInfo(DerReader.over(content)), certificates, signedData };
  } catch (e) {
    throw isFault(e) && e.code.startsWith('DER_') ? malformed(e.message, e) : e;
  }
}

const malformed = (reason: string, cause?: unknown): Fault => timestampFaults.INFO_MALFORMED({ reason }, { cause });

function readInfo(outer: DerReader): Omit<TimestampToken, 'certificates' | 'signedData'> {
  const reader = outer.sequence();
  const version = reader.unsigned();
  const policy = reader.oid();
  const imprint = reader.sequence();
  const messageImprint = { algorithm: readAlgorithm(imprint.sequence()), digest: imprint.octets() };
  const serialNumber = reader.integer();
  const genTime = parseGenTime(reader.read(TAG.GENERALIZED_TIME));
  if (genTime === undefined) throw malformed('genTime is malformed');
  const stated = reader.is(TAG.SEQUENCE) ? readAccuracy(reader.sequence()) : 0n;
  if (reader.is(TAG.BOOLEAN)) reader.boolean();
  const nonce = reader.is(TAG.INTEGER) ? reader.integer() : undefined;
  reader.skip(contextTag(0));
  reader.skip(contextTag(1));
  const accuracy = stated === 0n && policy === BASELINE_POLICY ? 1_000_000_000n : stated;
  return { version, policy, messageImprint, serialNumber, nonce, ...range(genTime, accuracy) };
}

/** Accuracy in nanoseconds. */
function readAccuracy(reader: DerReader): bigint {
  const seconds = reader.is(TAG.INTEGER) ? reader.unsigned() : 0;
  const millis = reader.is(contextPrimitiveTag(0)) ? reader.unsigned(contextPrimitiveTag(0)) : 0;
  const micros = reader.is(contextPrimitiveTag(1)) ? reader.unsigned(contextPrimitiveTag(1)) : 0;
  // Decades of accuracy make a token useless, and larger numbers leave the range of dates.
  if (seconds > 2 ** 31 || millis > 2 ** 31 || micros > 2 ** 31) throw malformed('accuracy is out of range');
  return (BigInt(seconds) * 1000n + BigInt(millis)) * 1_000_000n + BigInt(micros) * 1000n;
}

const MILLISECOND = 1_000_000n;
const floorMs = (ns: bigint): Date => new Date(Number(ns >= 0n ? ns / MILLISECOND : -((-ns + MILLISECOND - 1n) / MILLISECOND)));
const ceilMs = (ns: bigint): Date => new Date(-floorMs(-ns).getTime());

function range(
  at: bigint,
  accuracy: bigint,
): Pick<TimestampToken, 'genTime' | 'accuracyMs' | 'lower' | 'upper' | 'lowerText' | 'upperText'> {
  const [lower, upper] = [at - accuracy, at + accuracy];
  return {
    genTime: floorMs(at),
    accuracyMs: Number(accuracy) / 1e6,
    lower: floorMs(lower),
    upper: ceilMs(upper),
    lowerText: formatNanoseconds(lower),
    upperText: formatNanoseconds(upper),
  };
}

const HASHES = new Map<string, HashName>([
  ['2.16.840.1.101.3.4.2.1', 'SHA-256'],
  ['2.16.840.1.101.3.4.2.2', 'SHA-384'],
  ['2.16.840.1.101.3.4.2.3', 'SHA-512'],
]);

/** The hash behind an object identifier; SHA-1 is not among them, as in the Go client. */
export const hashOf = (oid: string): HashName | undefined => HASHES.get(oid);

/** Faults unless the token is of version 1 and was made for exactly this message. */
export function checkTimestampImprint(token: TimestampToken, message: Uint8Array): void {
  if (token.version !== 1) throw timestampFaults.INFO_VERSION_UNSUPPORTED({ version: token.version });
  const { algorithm, digest } = token.messageImprint;
  const name = hashOf(algorithm.oid);
  if (name === undefined) throw timestampFaults.HASH_UNSUPPORTED({ oid: algorithm.oid });
  if (!equalBytes(hash(name, message), digest)) throw timestampFaults.IMPRINT_MISMATCH();
}
