// SPDX-License-Identifier: Apache-2.0
/** Trusted identities: may this signing certificate speak for a statement? (trust policy specification, "Trusted Identities") */
import { compareUtf8, type Fault, knownFault } from '@notary/base';
import { goQuote } from '@notary/base/json';
import { type Certificate, goName } from '@notary/x509';
import { type DistinguishedName, isSubset, parseDistinguishedName } from './distinguished-name.ts';
import { faults } from './faults.ts';

export const wildcard = '*';
const subjectPrefix = 'x509.subject';

/** Splits `x509.subject: C=US` at its first colon; `undefined` without one. */
export function splitIdentity(identity: string): { readonly prefix: string; readonly value: string } | undefined {
  const colon = identity.indexOf(':');
  return colon < 0 ? undefined : { prefix: identity.slice(0, colon), value: identity.slice(colon + 1) };
}

/** The subject identities of a statement, parsed. Other prefixes belong to plugins and are passed over. */
export function subjectIdentities(identities: readonly string[]): DistinguishedName[] {
  const names: DistinguishedName[] = [];
  for (const identity of identities) {
    const parts = splitIdentity(identity);
    if (parts?.prefix === subjectPrefix && parts.value !== '') names.push(parseDistinguishedName(parts.value));
  }
  return names;
}

/**
 * Checks the leaf certificate against a statement's identities. Returns nothing when it matches, the fault when it does not.
 * Looks at the subject only; whether the certificate is authentic is decided by the trust store.
 */
export function checkIdentity(leaf: Certificate, identities: readonly string[], statement: string): Fault | undefined {
  if (identities.includes(wildcard)) return undefined;
  const trusted = subjectIdentities(identities);
  if (trusted.length === 0) return faults.NO_X509_IDENTITY({ statement });
  const subject = goName(leaf.subject);
  let leafName: DistinguishedName;
  try {
    leafName = parseDistinguishedName(subject);
  } catch (cause) {
    return faults.SUBJECT_UNREADABLE({ reason: knownFault(cause).message }, { cause });
  }
  if (trusted.some((name) => isSubset(name, leafName))) return undefined;
  return faults.IDENTITY_UNMATCHED({ subject, identities: goMaps(trusted), statement });
}

/** Go's `%q` of a list of maps: `[map["C":"US" "O":"x"]]`, keys sorted. */
function goMaps(names: readonly DistinguishedName[]): string {
  const one = (name: DistinguishedName): string =>
    `map[${[...name]
      .sort(([a], [b]) => compareUtf8(a, b))
      .map(([k, v]) => `${goQuote(k)}:${goQuote(v)}`)
      .join(' ')}]`;
  return `[${names.map(one).join(' ')}]`;
}

/** The problem with a statement's identities, as the text that follows its name; `undefined` when they are fine. */
export function identitiesProblem(identities: readonly string[]): string | undefined {
  if (identities.length > 1 && identities.includes(wildcard))
    return "uses a wildcard trusted identity '*', a wildcard identity cannot be used in conjunction with other values";
  const names: { identity: string; name: DistinguishedName }[] = [];
  for (const identity of identities) {
    if (identity === '') return 'has an empty trusted identity';
    if (identity === wildcard) continue;
    const parts = splitIdentity(identity);
    if (parts === undefined) return `has trusted identity ${goQuote(identity)} missing separator`;
    if (parts.prefix !== subjectPrefix) continue;
    if (parts.value === '') return `has trusted identity ${goQuote(identity)} without an identity value`;
    try {
      names.push({ identity, name: parseDistinguishedName(parts.value) });
    } catch (e) {
      return `has trusted identity ${goQuote(identity)} with invalid identity value: ${knownFault(e).message}`;
    }
  }
  for (const a of names)
    for (const b of names)
      if (a !== b && isSubset(a.name, b.name))
        return `has overlapping x509 trustedIdentities, ${goQuote(a.identity)} overlaps with ${goQuote(b.identity)}`;
  return undefined;
}
