// SPDX-License-Identifier: Apache-2.0
/** Flags that several commands share, with the reference's texts. */
import type { Flags } from '@notary/cli';

/** On every command: the result as JSON with a versioned schema. */
export const jsonFlags = {
  json: { type: 'bool', usage: 'print the result as JSON, with codes, findings and remedies', extension: true },
} as const satisfies Flags;

export const loggingFlags = { debug: { type: 'bool', short: 'd', usage: 'debug mode' } } as const satisfies Flags;

export const secureFlags = {
  username: {
    type: 'string',
    short: 'u',
    usage: 'username for registry operations (default to $NOTATION_USERNAME if not specified)',
    env: 'NOTATION_USERNAME',
    complete: 'none',
  },
  password: {
    type: 'string',
    short: 'p',
    usage: 'password for registry operations (default to $NOTATION_PASSWORD if not specified)',
    env: 'NOTATION_PASSWORD',
    complete: 'none',
  },
  'insecure-registry': { type: 'bool', usage: 'use HTTP protocol while connecting to registries. Should be used only for testing' },
  'ca-file': {
    type: 'string',
    usage: 'file with certificates (PEM) of further authorities that are trusted to vouch for the registry',
    extension: true,
  },
} as const satisfies Flags;

export const signerFlags = {
  key: {
    type: 'string',
    short: 'k',
    usage: "signing key name, for a key previously added to notation's key list",
    complete: 'none',
  },
  'signature-format': {
    type: 'string',
    usage: 'signature envelope format, options: "jws", "cose"',
    default: 'jws',
    words: ['jws', 'cose'],
  },
  'key-file': {
    type: 'string',
    usage: 'sign with the private key in this file (PEM, also encrypted, or PKCS#12) instead of a key of the list',
    extension: true,
  },
  'cert-file': {
    type: 'stringArray',
    usage: 'certificates of --key-file in any order, may be repeated (default: those in the key file)',
    placeholder: 'file',
    extension: true,
  },
  'passphrase-file': {
    type: 'string',
    usage: 'file whose first line is the passphrase of the private key (default: $NOTATION_KEY_PASSPHRASE, or asked for)',
    extension: true,
  },
} as const satisfies Flags;

/** How signing flags exclude each other. */
export const signerGroups = [
  ['key', 'key-file'],
  ['key', 'cert-file'],
] as const;

export const expiryFlags = {
  expiry: {
    type: 'duration',
    short: 'e',
    usage:
      'optional expiry that provides a "best by use" time for the artifact. The duration is specified in minutes(m) and/or hours(h). For example: 12h, 30m, 3h20m',
  },
} as const satisfies Flags;

export const signMetadataFlags = {
  'user-metadata': {
    type: 'stringArray',
    short: 'm',
    usage: '{key}={value} pairs that are added to the signature payload',
    complete: 'none',
  },
} as const satisfies Flags;

export const verifyMetadataFlags = {
  'user-metadata': {
    type: 'stringArray',
    short: 'm',
    usage: 'user defined {key}={value} pairs that must be present in the signature for successful verification if provided',
    complete: 'none',
  },
} as const satisfies Flags;

export const maxSignaturesFlags = {
  'max-signatures': { type: 'int', usage: 'maximum number of signatures to evaluate or examine', default: 100 },
} as const satisfies Flags;

export const outputFlags = {
  output: { type: 'string', short: 'o', usage: "output format, options: 'json', 'tree'", default: 'tree', words: ['json', 'tree'] },
} as const satisfies Flags;

/** Whom a policy statement trusts, for the commands that write one. */
export const statementFlags = {
  'trust-store': {
    type: 'stringArray',
    usage: 'trust store in the format "<store_type>:<store_name>"',
    required: true,
    complete: 'none',
  },
  'trusted-identity': {
    type: 'stringArray',
    usage:
      'trusted identity, use the format "x509.subject:<subject_of_signing_certificate>" for x509 CA scheme and "<signing_authority_identity>" for x509 signingAuthority scheme',
    required: true,
    complete: 'none',
  },
} as const satisfies Flags;

const storeTypeFlag = {
  type: 'string',
  short: 't',
  usage: 'specify trust store type, options: ca, signingAuthority, tsa',
  words: ['ca', 'signingAuthority', 'tsa'],
} as const;
const storeNameFlag = { type: 'string', short: 's', usage: 'specify named store', complete: 'none' } as const;

export const storeFlags = { type: storeTypeFlag, store: storeNameFlag } as const satisfies Flags;
export const requiredStoreFlags = {
  type: { ...storeTypeFlag, required: true },
  store: { ...storeNameFlag, required: true },
} as const satisfies Flags;

export const yesFlags = { yes: { type: 'bool', short: 'y', usage: 'do not prompt for confirmation' } } as const satisfies Flags;
