// SPDX-License-Identifier: Apache-2.0
/** Rules for the generic header parameters (RFC 9052 3.1) as go-cose enforces them when it decodes, in its words. */
import { CborFloat, type CborMap, type CborValue } from '@notary/base/cbor';
import { attributeText } from '../attribute-text.ts';
import { coseFaults } from '../faults.ts';
import { LABEL } from './labels.ts';

const isInteger = (value: CborValue | undefined): boolean => typeof value === 'number' || typeof value === 'bigint';
const isText = (value: CborValue | undefined): value is string => typeof value === 'string';
const isBytes = (value: CborValue | undefined): value is Uint8Array => value instanceof Uint8Array;
const isUnsigned = (value: CborValue | undefined): boolean => (typeof value === 'number' || typeof value === 'bigint') && value >= 0;

const invalid = (header: string, problem: string): Error => coseFaults.HEADER_INVALID({ header, problem });

/** Every label an integer or a text, none above what 64 signed bits hold. */
export function checkLabels(map: CborMap): void {
  for (const label of map.keys()) {
    if (!isInteger(label) && !isText(label)) throw invalid('label', 'cbor: header label: require int / tstr type');
    if (typeof label === 'bigint' && (label > MAX_INT64 || label < -MAX_INT64 - 1n)) {
      throw invalid('label', 'cbor: header label: int key must not be higher than 1<<63 - 1');
    }
  }
}

const MAX_INT64 = 2n ** 63n - 1n;

/** Checks one bucket of headers. */
export function checkParameters(map: CborMap, bucket: 'protected' | 'unprotected'): void {
  const fail = (problem: string): Error => invalid(bucket, `${bucket} header: header parameter: ${problem}`);
  const protectedBucket = bucket === 'protected';
  const has = (label: number): boolean => map.has(label);
  const get = (label: number): CborValue => map.get(label);
  if (has(LABEL.algorithm) && !isInteger(get(LABEL.algorithm)) && !isText(get(LABEL.algorithm))) throw fail('alg: require int / tstr type');
  if (has(LABEL.critical)) {
    if (!protectedBucket) throw fail('crit: not allowed');
    checkCriticalLabels(map, `${bucket} header: header parameter: crit: `);
  }
  for (const [label, name] of MEDIA_TYPES) if (has(label)) checkMediaType(get(label), name, fail);
  for (const [label, name] of BYTE_STRINGS) if (has(label) && !isBytes(get(label))) throw fail(`${name}: require bstr type`);
  if (has(LABEL.iv) && has(LABEL.partialIv)) throw fail('IV and PartialIV: parameters must not both be present');
  for (const [label, name] of COUNTERSIGNATURES) if (protectedBucket && has(label)) throw fail(`${name}: not allowed`);
  for (const label of [LABEL.counterSignature, LABEL.counterSignatureV2]) {
    if (has(label) && !isCountersignature(get(label))) throw invalid(bucket, 'invalid Countersignature object / list of objects');
  }
}

const MEDIA_TYPES = [
  [LABEL.type, 'type'],
  [LABEL.contentType, 'content type'],
] as const;
const BYTE_STRINGS = [
  [LABEL.keyId, 'kid'],
  [LABEL.iv, 'IV'],
  [LABEL.partialIv, 'Partial IV'],
  [LABEL.counterSignature0, 'countersignature0'],
  [LABEL.counterSignature0V2, 'Countersignature0 version 2'],
] as const;
const COUNTERSIGNATURES = [
  [LABEL.counterSignature, 'counter signature'],
  [LABEL.counterSignature0, 'countersignature0'],
  [LABEL.counterSignatureV2, 'Countersignature version 2'],
  [LABEL.counterSignature0V2, 'Countersignature0 version 2'],
] as const;

function checkMediaType(value: CborValue, name: string, fail: (problem: string) => Error): void {
  if (!isText(value)) {
    if (!isUnsigned(value)) throw fail(`${name}: require tstr / uint type`);
    return;
  }
  if (value === '') throw fail(`${name}: require non-empty string`);
  if (value.startsWith(' ') || value.endsWith(' ')) throw fail(`${name}: require no leading/trailing whitespace`);
  if (value.split('/').length !== 2) throw fail(`${name}: require text of form type/subtype`);
}

/** `crit` must be a non-empty array of labels that are all present. */
export function checkCriticalLabels(map: CborMap, prefix = ''): (number | bigint | string)[] {
  const labels = map.get(LABEL.critical);
  const fail = (problem: string): Error => coseFaults.CRIT_INVALID({ problem: prefix + problem });
  if (!Array.isArray(labels)) throw fail('invalid crit header');
  if (labels.length === 0) throw fail('empty crit header');
  for (const label of labels) {
    if (typeof label !== 'number' && typeof label !== 'bigint' && typeof label !== 'string') {
      throw fail(`require int / tstr type, got '${goTypeOf(label)}': ${attributeText(label).slice(0, 200)}`);
    }
    if (!map.has(label)) throw fail(`missing critical header: ${label}`);
  }
  return labels as (number | bigint | string)[];
}

function goTypeOf(value: CborValue): string {
  if (value instanceof CborFloat) return 'float64';
  if (isBytes(value)) return '[]uint8';
  if (Array.isArray(value)) return '[]interface {}';
  if (typeof value === 'boolean') return 'bool';
  return value === null || value === undefined ? '<nil>' : 'interface {}';
}

/** One `COSE_Countersignature` or a list of them: protected bstr, unprotected map, signature bstr (RFC 9338 3.1). */
function isCountersignature(value: CborValue): boolean {
  if (!Array.isArray(value) || value.length === 0) return false;
  const one = (v: CborValue): boolean => Array.isArray(v) && v.length === 3 && isBytes(v[0]) && v[1] instanceof Map && isBytes(v[2]);
  return one(value) || value.every(one);
}
