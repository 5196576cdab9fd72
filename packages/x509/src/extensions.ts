// SPDX-License-Identifier: Apache-2.0
/** The extensions of a certificate, held to the rules of Go's crypto/x509. */
import { type Fault, isFault } from '@notary/base';
import { contextPrimitiveTag, contextTag, DerReader, TAG } from '@notary/base/der';
import { faults } from './faults.ts';
import type { Extension, KeyUsageName } from './types.ts';

export const EXTENSION = {
  SUBJECT_KEY_ID: '2.5.29.14',
  KEY_USAGE: '2.5.29.15',
  SUBJECT_ALT_NAME: '2.5.29.17',
  BASIC_CONSTRAINTS: '2.5.29.19',
  NAME_CONSTRAINTS: '2.5.29.30',
  CRL_DISTRIBUTION_POINTS: '2.5.29.31',
  CERTIFICATE_POLICIES: '2.5.29.32',
  POLICY_MAPPINGS: '2.5.29.33',
  AUTHORITY_KEY_ID: '2.5.29.35',
  POLICY_CONSTRAINTS: '2.5.29.36',
  EXTENDED_KEY_USAGE: '2.5.29.37',
  FRESHEST_CRL: '2.5.29.46',
  INHIBIT_ANY_POLICY: '2.5.29.54',
  AUTHORITY_INFO_ACCESS: '1.3.6.1.5.5.7.1.1',
} as const;

export const KEY_USAGE_NAMES: readonly KeyUsageName[] = [
  'digitalSignature',
  'contentCommitment',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
];

/** What the extensions say, collected while they are read. */
export interface ExtensionValues {
  basicConstraints: { readonly critical: boolean; readonly ca: boolean; readonly pathLength: number | undefined } | undefined;
  keyUsage: { readonly critical: boolean; readonly bits: ReadonlySet<KeyUsageName> } | undefined;
  extendedKeyUsage: { readonly critical: boolean; readonly oids: readonly string[] } | undefined;
  ocspUrls: readonly string[];
  caIssuerUrls: readonly string[];
  crlUrls: readonly string[];
  subjectKeyId: Uint8Array | undefined;
  authorityKeyId: Uint8Array | undefined;
  unhandledCriticalExtensions: readonly string[];
}

const NONE: readonly string[] = [];
/** A certificate without extensions. */
export const noExtensions = (): ExtensionValues => ({
  basicConstraints: undefined,
  keyUsage: undefined,
  extendedKeyUsage: undefined,
  ocspUrls: NONE,
  caIssuerUrls: NONE,
  crlUrls: NONE,
  subjectKeyId: undefined,
  authorityKeyId: undefined,
  unhandledCriticalExtensions: NONE,
});

export const malformed = (reason: string, cause?: unknown): Fault => faults.CERTIFICATE_MALFORMED({ reason: `x509: ${reason}` }, { cause });

/** One extension's rule. `false` means that the extension is not understood, which matters if it is critical. */
interface Rule {
  /** What Go says when the extension is malformed. */
  readonly name: string;
  /** Go's name of the extension where being critical is itself a fault. */
  readonly neverCritical?: string;
  readonly read: (values: ExtensionValues, reader: DerReader, extension: Extension) => boolean | undefined;
}

const RULES = new Map<string, Rule>([
  [EXTENSION.KEY_USAGE, { name: 'invalid key usage', read: readKeyUsage }],
  [EXTENSION.BASIC_CONSTRAINTS, { name: 'invalid basic constraints', read: readBasicConstraints }],
  [EXTENSION.SUBJECT_ALT_NAME, { name: 'invalid subject alternative names', read: readSubjectAltName }],
  [EXTENSION.NAME_CONSTRAINTS, { name: 'invalid NameConstraints extension', read: readNameConstraints }],
  [
    EXTENSION.CRL_DISTRIBUTION_POINTS,
    { name: 'invalid CRL distribution point', read: (v, r) => void (v.crlUrls = readDistributionPoints(r)) },
  ],
  [
    EXTENSION.AUTHORITY_KEY_ID,
    {
      name: 'invalid authority key identifier',
      neverCritical: 'authority key identifier',
      read: (v, r) => void (v.authorityKeyId = r.sequence().optionalPrimitive(0)),
    },
  ],
  [
    EXTENSION.SUBJECT_KEY_ID,
    { name: 'invalid subject key identifier', neverCritical: 'subject key identifier', read: (v, r) => void (v.subjectKeyId = r.octets()) },
  ],
  [EXTENSION.POLICY_CONSTRAINTS, { name: 'invalid policy constraints extension', read: readPolicyConstraints }],
  [EXTENSION.EXTENDED_KEY_USAGE, { name: 'invalid extended key usages', read: readExtendedKeyUsage }],
  [EXTENSION.CERTIFICATE_POLICIES, { name: 'invalid certificate policies', read: readPolicies }],
  [EXTENSION.POLICY_MAPPINGS, { name: 'invalid policy mappings extension', read: readPolicyMappings }],
  [EXTENSION.INHIBIT_ANY_POLICY, { name: 'invalid inhibit any policy extension', read: (_, r) => void r.integer() }],
  [
    EXTENSION.AUTHORITY_INFO_ACCESS,
    { name: 'invalid authority info access', neverCritical: 'authority info access', read: readAuthorityInfoAccess },
  ],
]);

/** Applies the rule of each extension. */
export function readExtensions(extensions: readonly Extension[]): ExtensionValues {
  const values = noExtensions();
  const unhandled: string[] = [];
  for (const extension of extensions) {
    const rule = RULES.get(extension.oid);
    let handled = rule !== undefined;
    if (rule !== undefined) {
      if (rule.neverCritical !== undefined && extension.critical) throw malformed(`${rule.neverCritical} incorrectly marked critical`);
      try {
        handled = rule.read(values, DerReader.over(extension.value), extension) ?? true;
      } catch (e) {
        throw isFault(e) && e.code.startsWith('DER_') ? malformed(rule.name, e) : e;
      }
    }
    if (!handled && extension.critical) unhandled.push(extension.oid);
  }
  values.unhandledCriticalExtensions = unhandled;
  return values;
}

function readKeyUsage(values: ExtensionValues, reader: DerReader, { critical }: Extension): undefined {
  const { bytes } = reader.bitString();
  const bits = new Set<KeyUsageName>();
  for (let i = 0; i < KEY_USAGE_NAMES.length; i++) {
    if ((((bytes[i >> 3] ?? 0) >> (7 - (i & 7))) & 1) === 1) bits.add(KEY_USAGE_NAMES[i] as KeyUsageName);
  }
  values.keyUsage = { critical, bits };
}

function readBasicConstraints(values: ExtensionValues, outer: DerReader, { critical }: Extension): undefined {
  const reader = outer.sequence();
  const ca = reader.is(TAG.BOOLEAN) ? reader.boolean() : false;
  const pathLength = reader.is(TAG.INTEGER) ? reader.unsigned() : undefined;
  values.basicConstraints = { critical, ca, pathLength };
}

const isAscii = (bytes: Uint8Array): boolean => bytes.every((b) => b < 0x80);

function readSubjectAltName(_: ExtensionValues, outer: DerReader): boolean {
  const reader = outer.sequence();
  let known = false;
  while (!reader.done) {
    const { tag, content } = reader.element();
    if (tag === contextPrimitiveTag(1) && !isAscii(content)) throw malformed('SAN rfc822Name is malformed');
    if (tag === contextPrimitiveTag(2) && !isAscii(content)) throw malformed('SAN dNSName is malformed');
    if (tag === contextPrimitiveTag(6) && !isAscii(content)) throw malformed('SAN uniformResourceIdentifier is malformed');
    if (tag === contextPrimitiveTag(7) && content.length !== 4 && content.length !== 16) {
      throw malformed(`cannot parse IP address of length ${content.length}`);
    }
    known ||= [1, 2, 6, 7].some((n) => tag === contextPrimitiveTag(n));
  }
  return known;
}

/** Checks the form. Which names a chain with constraints may hold is decided where chains are built. */
function readNameConstraints(_: ExtensionValues, outer: DerReader): boolean {
  const reader = outer.sequence();
  outer.end();
  const subtrees = [reader.optional(0), reader.optional(1)];
  reader.end();
  if (subtrees.every((s) => s === undefined || s.done)) throw malformed('empty name constraints extension');
  let known = true;
  for (const subtree of subtrees) {
    while (subtree !== undefined && !subtree.done) {
      const tag = subtree.sequence().element().tag;
      known &&= [1, 2, 6, 7].some((n) => tag === contextPrimitiveTag(n));
    }
  }
  return known;
}

const text = (bytes: Uint8Array): string => String.fromCharCode(...bytes.subarray(0, MAX_URL_BYTES));
/** Longer than any URL that is fetched; a longer one is cut and then fails where it is used. */
const MAX_URL_BYTES = 4096;

/** URLs of the full names of distribution points, as Go collects them: up to the first name that is no URI. */
export function readDistributionPoints(outer: DerReader): string[] {
  if (!outer.is(TAG.SEQUENCE)) throw malformed('invalid CRL distribution points');
  const urls: string[] = [];
  const reader = outer.sequence();
  while (!reader.done) {
    const name = reader.sequence().optional(0);
    if (name === undefined) continue;
    const full = name.enter(contextTag(0));
    while (full.is(contextPrimitiveTag(6))) urls.push(text(full.read(contextPrimitiveTag(6))));
  }
  return urls;
}

function readPolicyConstraints(_: ExtensionValues, outer: DerReader): undefined {
  const reader = outer.sequence();
  for (const n of [0, 1]) if (reader.is(contextPrimitiveTag(n))) reader.integer(contextPrimitiveTag(n));
}

function readExtendedKeyUsage(values: ExtensionValues, outer: DerReader, { critical }: Extension): undefined {
  const reader = outer.sequence();
  const oids: string[] = [];
  while (!reader.done) oids.push(reader.oid());
  values.extendedKeyUsage = { critical, oids };
}

function readPolicies(_: ExtensionValues, outer: DerReader): undefined {
  const reader = outer.sequence();
  const seen = new Set<string>();
  while (!reader.done) {
    const policy = reader.sequence().oid();
    if (seen.has(policy)) throw malformed('invalid certificate policies');
    seen.add(policy);
  }
}

function readPolicyMappings(_: ExtensionValues, outer: DerReader): undefined {
  const reader = outer.sequence();
  while (!reader.done) {
    const mapping = reader.sequence();
    mapping.read(TAG.OID);
    mapping.read(TAG.OID);
  }
}

function readAuthorityInfoAccess(values: ExtensionValues, outer: DerReader): undefined {
  const reader = outer.sequence();
  const ocsp: string[] = [];
  const issuers: string[] = [];
  while (!reader.done) {
    const access = reader.sequence();
    const method = access.oid();
    const location = access.optionalPrimitive(6);
    if (location === undefined) continue;
    if (method === '1.3.6.1.5.5.7.48.1') ocsp.push(text(location));
    else if (method === '1.3.6.1.5.5.7.48.2') issuers.push(text(location));
  }
  values.ocspUrls = ocsp;
  values.caIssuerUrls = issuers;
}
