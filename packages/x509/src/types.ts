// SPDX-License-Identifier: Apache-2.0
/** What a parsed certificate is. */
import type { KeySpec, PublicKey } from '@notary/base/crypto';

/** One attribute of a distinguished name. */
export interface NameAttribute {
  readonly oid: string;
  /** The text of the value, whichever string type carries it. */
  readonly value: string;
  /** The whole value element. */
  readonly valueDer: Uint8Array;
}

/** A distinguished name: a sequence of sets of attributes. */
export interface Name {
  readonly der: Uint8Array;
  readonly rdns: readonly (readonly NameAttribute[])[];
}

/** An extension of a certificate (RFC 5280 4.2). */
export interface Extension {
  readonly oid: string;
  readonly critical: boolean;
  /** The DER inside the extension's octet string. */
  readonly value: Uint8Array;
}

/** Bits of the key usage extension in their order (RFC 5280 4.2.1.3). */
export type KeyUsageName =
  | 'digitalSignature'
  | 'contentCommitment'
  | 'keyEncipherment'
  | 'dataEncipherment'
  | 'keyAgreement'
  | 'keyCertSign'
  | 'cRLSign'
  | 'encipherOnly'
  | 'decipherOnly';

/** An algorithm with the whole element of its parameters, if it has one. */
export interface AlgorithmIdentifier {
  readonly oid: string;
  readonly parameters?: Uint8Array | undefined;
}

/** A certificate as parsed: nothing in it is verified. Octets are views of the input. */
export interface Certificate {
  /** The whole certificate. */
  readonly der: Uint8Array;
  /** The part that is signed. */
  readonly tbs: Uint8Array;
  readonly version: 1 | 2 | 3;
  /** Big-endian octets as encoded: a leading 00 where the highest bit is set. */
  readonly serialNumber: Uint8Array;
  readonly issuer: Name;
  readonly subject: Name;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly spki: Uint8Array;
  readonly publicKey: PublicKey;
  readonly keySpec: KeySpec | undefined;
  readonly signatureAlgorithm: AlgorithmIdentifier;
  readonly signature: Uint8Array;
  readonly extensions: readonly Extension[];
  readonly basicConstraints: { readonly critical: boolean; readonly ca: boolean; readonly pathLength: number | undefined } | undefined;
  readonly keyUsage: { readonly critical: boolean; readonly bits: ReadonlySet<KeyUsageName> } | undefined;
  readonly extendedKeyUsage: { readonly critical: boolean; readonly oids: readonly string[] } | undefined;
  readonly ocspUrls: readonly string[];
  readonly caIssuerUrls: readonly string[];
  readonly crlUrls: readonly string[];
  /** Where delta CRLs are. Go reads this extension only when it checks revocation, so a malformed one is a fault on access. */
  readonly freshestCrlUrls: readonly string[];
  readonly subjectKeyId: Uint8Array | undefined;
  readonly authorityKeyId: Uint8Array | undefined;
  /** Critical extensions whose meaning is not known here. Chain building refuses them; the code-signing rules, as in Go, do not ask. */
  readonly unhandledCriticalExtensions: readonly string[];
  /** Lower-case hexadecimal SHA-256 of `der`, computed on first use. */
  readonly thumbprint: string;
}
