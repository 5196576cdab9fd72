// SPDX-License-Identifier: Apache-2.0
/** The rules that one certificate must meet for its place in a chain, in the order in which Go applies them. */
import type { Fault } from '@notary/base';
import { faults } from './faults.ts';
import { goName } from './name.ts';
import type { Certificate, KeyUsageName } from './types.ts';

/** One rule of a profile. `below` is the number of intermediates between this certificate and the leaf. */
export interface Rule {
  /** A stable name for reports. */
  readonly name: string;
  /** The rule in words. */
  readonly says: string;
  readonly clause: string;
  readonly check: (certificate: Certificate, below: number) => Fault | undefined;
}

const CLAUSE = 'Notary Project signature specification, Certificate Requirements';
const of = (certificate: Certificate): { subject: string } => ({ subject: goName(certificate.subject) });

const rule = (name: string, says: string, check: Rule['check'], clause = CLAUSE): Rule => ({ name, says, clause, check });

const FORBIDDEN_USAGES: readonly (readonly [KeyUsageName, string])[] = [
  ['keyEncipherment', 'KeyEncipherment'],
  ['dataEncipherment', 'DataEncipherment'],
  ['keyAgreement', 'KeyAgreement'],
  ['keyCertSign', 'CertSign'],
  ['cRLSign', 'CRLSign'],
  ['encipherOnly', 'EncipherOnly'],
  ['decipherOnly', 'DecipherOnly'],
];

const FORBIDDEN_EXTENDED = new Map([
  ['1.3.6.1.5.5.7.3.1', 'ServerAuth'],
  ['1.3.6.1.5.5.7.3.2', 'ClientAuth'],
  ['1.3.6.1.5.5.7.3.4', 'EmailProtection'],
  ['1.3.6.1.5.5.7.3.8', 'Timestamping'],
  ['1.3.6.1.5.5.7.3.9', 'OCSPSigning'],
]);
const TIME_STAMPING = '1.3.6.1.5.5.7.3.8';

const leafIsNoCa = rule('leaf-not-ca', 'basic constraints of the leaf do not make it a CA', (c) =>
  c.basicConstraints?.ca === true ? faults.LEAF_IS_CA(of(c)) : undefined,
);
const leafHasKeyUsage = rule('leaf-key-usage-present', 'the leaf has a key usage', (c) =>
  c.keyUsage === undefined ? faults.LEAF_KEY_USAGE_MISSING(of(c)) : undefined,
);
const leafKeyUsageCritical = rule('leaf-key-usage-critical', 'the key usage of the leaf is critical', (c) =>
  c.keyUsage?.critical === false ? faults.LEAF_KEY_USAGE_NOT_CRITICAL(of(c)) : undefined,
);
const leafSigns = rule('leaf-digital-signature', 'the key usage of the leaf has digitalSignature', (c) =>
  c.keyUsage?.bits.has('digitalSignature') === true ? undefined : faults.LEAF_DIGITAL_SIGNATURE_MISSING(of(c)),
);
const leafOnlySigns = rule(
  'leaf-key-usage-exclusive',
  'the key usage of the leaf has nothing but digitalSignature and contentCommitment',
  (c) => {
    const found = FORBIDDEN_USAGES.filter(([name]) => c.keyUsage?.bits.has(name)).map(([, text]) => text);
    return found.length > 0 ? faults.LEAF_KEY_USAGE_EXCESSIVE({ ...of(c), found }) : undefined;
  },
);
const leafPurpose = rule('leaf-extended-key-usage', 'the extended key usage of the leaf names no other purpose than signing code', (c) => {
  const usage = c.extendedKeyUsage?.oids.map((oid) => FORBIDDEN_EXTENDED.get(oid)).find((name) => name !== undefined);
  return usage === undefined ? undefined : faults.LEAF_EXTENDED_KEY_USAGE_FORBIDDEN({ ...of(c), usage });
});
const leafKey = rule(
  'leaf-key',
  'the key of the leaf is RSA of 2048, 3072 or 4096 bits or EC on P-256, P-384 or P-521',
  (c) => (c.keySpec === undefined ? faults.LEAF_KEY_UNSUPPORTED({ ...of(c), reason: unsupportedKey(c) }) : undefined),
  'Notary Project signature specification, Algorithm Selection',
);

/** Go's words for a key that no algorithm belongs to. */
function unsupportedKey({ publicKey }: Certificate): string {
  if (publicKey.type === 'rsa') return `rsa key size ${publicKey.modulus.length * 8} bits is not supported`;
  if (publicKey.type === 'ec') return `ecdsa key size ${publicKey.curve.slice(2)} bits is not supported`;
  return 'unsupported public key type';
}

const caIsCa = rule('ca-basic-constraints', 'basic constraints of an issuer are present and make it a CA', (c) =>
  c.basicConstraints?.ca === true ? undefined : faults.CA_NOT_CA(of(c)),
);
const caPathLength = rule(
  'ca-path-length',
  'the path length of an issuer allows the intermediates below it',
  (c, below) => {
    const actual = c.basicConstraints?.pathLength;
    return actual !== undefined && actual < below ? faults.CA_PATH_LENGTH_EXCEEDED({ ...of(c), expected: below, actual }) : undefined;
  },
  'RFC 5280 4.2.1.9',
);
const caHasKeyUsage = rule('ca-key-usage-present', 'an issuer has a key usage', (c) =>
  c.keyUsage === undefined ? faults.CA_KEY_USAGE_MISSING(of(c)) : undefined,
);
const caKeyUsageCritical = rule('ca-key-usage-critical', 'the key usage of an issuer is critical', (c) =>
  c.keyUsage?.critical === false ? faults.CA_KEY_USAGE_NOT_CRITICAL(of(c)) : undefined,
);
const caSigns = rule('ca-key-cert-sign', 'the key usage of an issuer has keyCertSign', (c) =>
  c.keyUsage?.bits.has('keyCertSign') === true ? undefined : faults.CA_CERT_SIGN_MISSING(of(c)),
);

const tsaPurpose = rule(
  'tsa-extended-key-usage',
  'the extended key usage of a time-stamping leaf is timeStamping and nothing else',
  (c) => {
    const oids = c.extendedKeyUsage?.oids ?? [];
    return oids.length === 1 && oids[0] === TIME_STAMPING ? undefined : faults.TSA_EXTENDED_KEY_USAGE_INVALID(of(c));
  },
  'RFC 3161 2.3',
);
const tsaPurposeCritical = rule(
  'tsa-extended-key-usage-critical',
  'the extended key usage of a time-stamping leaf is critical',
  (c) => (c.extendedKeyUsage?.critical === false ? faults.TSA_EXTENDED_KEY_USAGE_NOT_CRITICAL(of(c)) : undefined),
  'RFC 3161 2.3',
);

/** What a profile asks of the leaf and of each issuer. */
export interface Profile {
  readonly purpose: 'code signing' | 'timestamping';
  readonly leaf: readonly Rule[];
  readonly issuer: readonly Rule[];
}

export const CODE_SIGNING: Profile = {
  purpose: 'code signing',
  leaf: [leafIsNoCa, leafHasKeyUsage, leafKeyUsageCritical, leafSigns, leafOnlySigns, leafPurpose, leafKey],
  issuer: [caIsCa, caPathLength, caHasKeyUsage, caKeyUsageCritical, caSigns],
};

export const TIMESTAMPING: Profile = {
  purpose: 'timestamping',
  leaf: [leafIsNoCa, leafHasKeyUsage, leafSigns, leafOnlySigns, tsaPurpose, tsaPurposeCritical, leafKey],
  issuer: [caIsCa, caPathLength, caHasKeyUsage, caSigns],
};
