// SPDX-License-Identifier: Apache-2.0
/** Protected headers of a COSE envelope: signature-envelope-cose.md, "Protected Headers", with the checks of the Go tools in their order. */

import { CborFloat, type CborMap, CborTag, type CborValue } from '@notary/base/cbor';
import type { SignatureAlgorithm } from '@notary/base/crypto';
import { goQuote } from '@notary/base/json';
import { checkSize } from '../decoded.ts';
import { coseFaults } from '../faults.ts';
import { formatGoTime, type GoTime, parseGoTime } from '../go-time.ts';
import { MAX_ATTRIBUTES } from '../limits.ts';
import { ATTRIBUTE, type AttributeKey, type ExtendedAttribute, type SigningScheme } from '../types.ts';
import { coseAlgorithm, LABEL } from './labels.ts';
import { checkCriticalLabels } from './parameters.ts';

/** Labels that are no extended attributes. */
const SYSTEM: ReadonlySet<CborValue> = new Set<CborValue>([
  LABEL.algorithm,
  LABEL.critical,
  LABEL.contentType,
  ATTRIBUTE.expiry,
  ATTRIBUTE.signingScheme,
  ATTRIBUTE.signingTime,
  ATTRIBUTE.authenticSigningTime,
]);

export interface CoseHeaders {
  readonly algorithm: SignatureAlgorithm;
  readonly critical: readonly AttributeKey[];
  readonly signingScheme: SigningScheme;
  readonly signingTime: GoTime;
  readonly expiry: GoTime | undefined;
  readonly extendedAttributes: readonly ExtendedAttribute[];
}

/** The content type, which the Go tools look at before anything else. */
export function readContentType(map: CborMap): string {
  if (!map.has(LABEL.contentType)) throw coseFaults.CONTENT_TYPE_ABSENT();
  const value = map.get(LABEL.contentType);
  if (typeof value !== 'string') throw coseFaults.CONTENT_TYPE_INVALID();
  return value;
}

/** Reads and judges the headers whose generic parameters are already known to be sound. */
export function readCoseHeaders(map: CborMap): CoseHeaders {
  const critical = map.has(LABEL.critical) ? checkCriticalLabels(map) : [];
  const keys = [...map.keys()].filter((key) => !SYSTEM.has(key)) as AttributeKey[];
  checkSize('crit header', critical.length, MAX_ATTRIBUTES);
  checkSize('number of extended attributes', keys.length, MAX_ATTRIBUTES);
  const scheme = map.get(ATTRIBUTE.signingScheme);
  if (typeof scheme !== 'string') throw coseFaults.SCHEME_INVALID();
  checkRequired(map, critical, scheme);
  const algorithm = readAlgorithm(map);
  if (scheme !== 'notary.x509' && scheme !== 'notary.x509.signingAuthority') throw coseFaults.SCHEME_UNSUPPORTED({ scheme });
  const marked = new Set(critical);
  const foreign = scheme === 'notary.x509' ? ATTRIBUTE.authenticSigningTime : ATTRIBUTE.signingTime;
  if (marked.has(foreign)) throw coseFaults.CRIT_UNPROCESSED({ header: foreign, scheme });
  return {
    algorithm,
    critical,
    signingScheme: scheme,
    signingTime: readTime(map, scheme === 'notary.x509' ? ATTRIBUTE.signingTime : ATTRIBUTE.authenticSigningTime, 'signingTime'),
    expiry: map.has(ATTRIBUTE.expiry) ? readTime(map, ATTRIBUTE.expiry, 'expiry') : undefined,
    extendedAttributes: keys.map((key) => ({ key, critical: marked.has(key), value: map.get(key) })),
  };
}

function checkRequired(map: CborMap, critical: readonly AttributeKey[], scheme: string): void {
  const required = new Set<AttributeKey>([ATTRIBUTE.signingScheme]);
  if (scheme === 'notary.x509.signingAuthority') required.add(ATTRIBUTE.authenticSigningTime);
  if (map.has(ATTRIBUTE.expiry)) required.add(ATTRIBUTE.expiry);
  for (const label of critical) required.delete(label);
  if (required.size > 0) throw coseFaults.CRIT_INCOMPLETE({ headers: [...required].map(String) });
}

function readAlgorithm(map: CborMap): SignatureAlgorithm {
  const value = map.get(LABEL.algorithm);
  const unsupported = (problem: string): Error => coseFaults.ALGORITHM_UNSUPPORTED({ algorithm: String(value).slice(0, 100), problem });
  if (value === undefined) throw unsupported('algorithm not found');
  if (typeof value === 'string') throw unsupported(`Algorithm(${goQuote(value.slice(0, 100))})`);
  const algorithm = coseAlgorithm(value as number | bigint);
  if (algorithm === undefined) throw unsupported(`signature algorithm not supported: ${String(value)}`);
  return algorithm;
}

/** A time is tag 1 around a number of seconds; whole ones are written, fractions are read as well. */
function readTime(map: CborMap, label: string, attribute: 'signingTime' | 'expiry'): GoTime {
  const fail = (problem: string): Error => coseFaults.TIME_INVALID({ attribute, problem });
  const value = map.get(label);
  if (value === undefined || value === null) throw fail(`protected header ${goQuote(label)} is missing`);
  if (!(value instanceof CborTag)) throw fail('invalid timeValue type');
  if (value.tag === 0 && typeof value.value === 'string' && parseGoTime(value.value) !== undefined) {
    throw fail('only Tag `1` Datetime CBOR object is supported');
  }
  if (value.tag !== 1) throw fail('invalid timeValue type');
  const seconds = value.value instanceof CborFloat ? value.value.value : Number(value.value);
  const at = new Date(Math.floor(seconds * 1000));
  const year = at.getUTCFullYear();
  if (Number.isNaN(year) || year < 0 || year > 9999) throw fail('time is not between the years 0 and 9999');
  const whole = Math.floor(seconds);
  const nanos = BigInt(whole) * 1_000_000_000n + BigInt(Math.round((seconds - whole) * 1e9));
  return { at, nanos, text: formatGoTime(at) };
}
