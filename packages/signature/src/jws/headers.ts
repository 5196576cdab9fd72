// SPDX-License-Identifier: Apache-2.0
/** Protected headers of a JWS: signature-envelope-jws.md, "Protected Headers", with the checks of the Go tools in their order. */
import type { SignatureAlgorithm } from '@notary/base/crypto';
import type { JsonObject } from '@notary/base/json';
import { isSignatureAlgorithm } from '../algorithms.ts';
import { checkSize } from '../decoded.ts';
import { jwsFaults } from '../faults.ts';
import { type GoTime, goTimeProblem, parseGoTime, ZERO_TIME_NANOS } from '../go-time.ts';
import { MAX_ATTRIBUTES } from '../limits.ts';
import { ATTRIBUTE, type ExtendedAttribute, type SigningScheme } from '../types.ts';
import { type JsonPlace, malformed, member, textListMember, textMember, wrongType } from './json.ts';

export const PROTECTED: JsonPlace = { where: 'protected header', type: 'jws.jwsProtectedHeader' };

/** Names that are no extended attributes. The comparison is exact, as in Go, where the reading of them is not. */
const SYSTEM: ReadonlySet<string> = new Set([
  'alg',
  'cty',
  'crit',
  ATTRIBUTE.expiry,
  ATTRIBUTE.signingTime,
  ATTRIBUTE.signingScheme,
  ATTRIBUTE.authenticSigningTime,
]);

export interface JwsHeaders {
  readonly algorithm: string;
  readonly contentType: string;
  readonly critical: readonly string[];
  readonly signingScheme: string;
  readonly signingTime: GoTime | undefined;
  readonly authenticSigningTime: GoTime | undefined;
  readonly expiry: GoTime | undefined;
  readonly extendedAttributes: readonly ExtendedAttribute[];
}

/** Reads the members; rules about them are {@link checkJwsHeaders}. */
export function readJwsHeaders(object: JsonObject): JwsHeaders {
  const critical = textListMember(object, 'crit', PROTECTED, 'string');
  const extended = Object.keys(object).filter((key) => !SYSTEM.has(key));
  checkSize('crit header', critical.length, MAX_ATTRIBUTES);
  checkSize('number of extended attributes', extended.length, MAX_ATTRIBUTES);
  const marked = new Set(critical);
  return {
    algorithm: textMember(object, 'alg', PROTECTED),
    contentType: textMember(object, 'cty', PROTECTED),
    critical,
    expiry: timeMember(object, ATTRIBUTE.expiry),
    signingScheme: textMember(object, ATTRIBUTE.signingScheme, PROTECTED),
    signingTime: timeMember(object, ATTRIBUTE.signingTime),
    authenticSigningTime: timeMember(object, ATTRIBUTE.authenticSigningTime),
    extendedAttributes: extended.map((key) => ({ key, critical: marked.has(key), value: object[key] ?? null })),
  };
}

function timeMember(object: JsonObject, name: string): GoTime | undefined {
  const value = member(object, name, PROTECTED);
  if (value === undefined) return undefined;
  if (typeof value !== 'string')
    throw malformed(PROTECTED, 'Time.UnmarshalJSON: input is not a JSON string', wrongType(value, name, PROTECTED, 'time.Time'));
  const time = parseGoTime(value);
  if (time === undefined) throw malformed(PROTECTED, goTimeProblem(value));
  return time;
}

/** The rules of scheme, `crit` and algorithm. */
export function checkJwsHeaders(
  headers: JwsHeaders,
): asserts headers is JwsHeaders & { signingScheme: SigningScheme; algorithm: SignatureAlgorithm } {
  checkSchemeHeaders(headers);
  checkCritical(headers);
  if (!isSignatureAlgorithm(headers.algorithm)) throw jwsFaults.ALGORITHM_UNSUPPORTED({ algorithm: headers.algorithm });
}

function checkSchemeHeaders({ signingScheme: scheme, signingTime, authenticSigningTime }: JwsHeaders): void {
  if (scheme === 'notary.x509') {
    if (authenticSigningTime !== undefined) throw jwsFaults.HEADER_FORBIDDEN({ header: ATTRIBUTE.authenticSigningTime, scheme });
  } else if (scheme === 'notary.x509.signingAuthority') {
    if (signingTime !== undefined) throw jwsFaults.HEADER_FORBIDDEN({ header: ATTRIBUTE.signingTime, scheme });
    if (authenticSigningTime === undefined) throw jwsFaults.HEADER_ABSENT({ header: ATTRIBUTE.authenticSigningTime });
  } else throw jwsFaults.SCHEME_UNSUPPORTED({ scheme });
}

function checkCritical(headers: JwsHeaders): void {
  if (headers.critical.length === 0) throw jwsFaults.CRIT_ABSENT();
  const required = new Set<string>([ATTRIBUTE.signingScheme]);
  if (headers.expiry !== undefined && headers.expiry.nanos !== ZERO_TIME_NANOS) required.add(ATTRIBUTE.expiry);
  if (headers.signingScheme === 'notary.x509.signingAuthority') required.add(ATTRIBUTE.authenticSigningTime);
  const extended = new Set(headers.extendedAttributes.map((a) => a.key));
  for (const header of headers.critical) {
    // A required header counts once: naming it again, or another system header, is "not present".
    if (!required.delete(header) && !extended.has(header)) throw jwsFaults.CRIT_NAMES_ABSENT({ header });
  }
  if (required.size > 0) throw jwsFaults.CRIT_INCOMPLETE({ headers: [...required] });
}
