// SPDX-License-Identifier: Apache-2.0
/** Faults of the `notation` commands. Messages are the reference's: scripts and people search for them. */
import { defineFaults, Fault, toFault } from '@notary/base';
import { goQuote } from '@notary/base/json';

const q = goQuote;
const STORE_TYPES = 'give --type ca, --type signingAuthority or --type tsa';

export const faults = defineFaults('CMD', {
  EXPERIMENTAL: {
    category: 'usage',
    say: (f: { flags: readonly string[]; path: string }) =>
      `flag(s) ${f.flags.map((n) => `--${n}`).join(',')} in ${q(f.path)} is experimental and not enabled by default. To use, please set NOTATION_EXPERIMENTAL=1 environment variable`,
    remedy: 'set NOTATION_EXPERIMENTAL=1, or use an oci-layout: or oci-archive: reference',
  },
  USAGE: { category: 'usage', say: (f: { message: string }) => f.message },
  PAIR_INVALID: {
    category: 'usage',
    say: (f: { flag: string }) => `could not parse flag ${f.flag}: key-value pair requires "=" as separator`,
  },
  OUTPUT_INVALID: { category: 'usage', say: (f: { format: string }) => `invalid format: ${q(f.format)}` },
  OUTPUT_UNRECOGNIZED: { category: 'usage', say: (f: { format: string }) => `unrecognized output format ${f.format}` },

  // configuration files
  NOT_REGULAR: {
    category: 'untrusted',
    say: (f: { path: string }) => `${q(f.path)} is not a regular file (symlinks are not supported)`,
    remedy: 'put the file itself in place of the link or directory',
  },
  CONFIG_MALFORMED: {
    category: 'malformed',
    say: (f: { path: string; reason: string }) => f.reason,
    meaning: 'A configuration file is not the JSON that is expected there.',
  },
  KEYS_MALFORMED: { category: 'malformed', say: (f: { reason: string }) => `malformed signingkeys.json: ${f.reason}` },
  KEY_NAME_EMPTY: { category: 'usage', say: () => 'key name cannot be empty' },
  KEY_UNKNOWN: {
    category: 'usage',
    say: (f: { name: string }) => `signing key ${f.name} not found`,
    remedy: () => ({ text: 'see which keys there are', command: ['notation', 'key', 'list'] }),
  },
  KEY_EXISTS: {
    category: 'conflict',
    say: (f: { name: string }) => `signing key with name ${q(f.name)} already exists`,
    remedy: 'choose another name; "notation key list" shows those that are taken',
  },
  KEY_DEFAULT_MISSING: {
    category: 'usage',
    say: () => 'default signing key not set. Please set default signing key or specify a key name',
    remedy: 'name a key with --key, sign with --key-file, or choose a default with "notation key update --default NAME"',
  },
  KEY_UNSUPPORTED: {
    category: 'unsupported',
    say: () =>
      'unsupported key, either provide a local key and certificate file paths, or a key name in config.json, check https://notaryproject.dev/docs/user-guides/how-to/notation-config-file/ for details',
  },
  KEY_NEEDS_PLUGIN: {
    category: 'unsupported',
    say: (f: { name: string; plugin: string }) => `signing key ${f.name} is held by the plugin ${f.plugin}, and plugins are not supported`,
    remedy: 'sign with a local key: "notation sign --key-file FILE", or another key of "notation key list"',
  },
  KEY_PATH_MISSING: { category: 'usage', say: () => 'key path not specified' },
  CERTIFICATE_PATH_MISSING: { category: 'usage', say: () => 'certificate path not specified' },

  // certificates
  STORE_TYPE_EMPTY: { category: 'usage', say: () => 'store type cannot be empty', remedy: STORE_TYPES },
  STORE_TYPE_UNSUPPORTED: {
    category: 'usage',
    say: (f: { type: string }) => `unsupported store type: ${f.type}`,
    remedy: STORE_TYPES,
  },
  STORE_NAME_INVALID: { category: 'usage', say: () => 'named store name needs to follow [a-zA-Z0-9_.-]+ format' },
  FILE_NAME_INVALID: {
    category: 'usage',
    say: (f: { file: string }) => `${q(f.file)} is a path, and the name of a file in the store is expected`,
    remedy: () => ({ text: 'see the names', command: ['notation', 'cert', 'list'] }),
  },
  CERTIFICATE_NONE: {
    category: 'malformed',
    say: () => 'no valid certificate found in the file',
    remedy: 'give a file with certificates in PEM or DER',
  },
  CERTIFICATE_EXISTS: {
    category: 'conflict',
    say: () => 'certificate already exists in the Trust Store',
    remedy: () => ({ text: 'see what the stores hold', command: ['notation', 'cert', 'list'] }),
  },
  CERTIFICATES_NOT_ADDED: {
    category: 'usage',
    say: (f: { type: string; store: string; failures: readonly { path: string; message: string }[] }) =>
      `Failed to add following certificates to named store ${f.store} of type ${f.type}:\n${f.failures.map((x) => `${x.path}, with error ${q(x.message)}\n`).join('')}`,
  },

  // keys as files
  TLS_PAIR: {
    category: 'malformed',
    say: (f: { reason: string }) => `tls: ${f.reason}`,
    remedy: 'give --key-file a private key in PEM or PKCS#12, and --cert-file the certificates made for it',
  },
  PAIR_MISMATCH: {
    category: 'usage',
    say: () => 'tls: private key does not match public key',
    remedy: 'name the certificate that was issued for this key',
  },
  KEY_SIZE_UNSUPPORTED: {
    category: 'unsupported',
    say: (f: { message: string }) => f.message,
    remedy: 'use an RSA key of 2048, 3072 or 4096 bits, or an EC key on P-256, P-384 or P-521',
  },
  CHAIN_ABSENT: {
    category: 'usage',
    say: (f: { path: string }) => `${f.path} holds no certificate`,
    remedy: 'name the file with the certificate chain of the key: --cert-file FILE',
  },
  CHAIN_WITHOUT_LEAF: {
    category: 'usage',
    say: () => 'none of the certificates belongs to the private key',
    remedy: 'name the certificate that was issued for this key with --cert-file',
  },
  PASSPHRASE_UNAVAILABLE: {
    category: 'usage',
    say: (f: { path: string }) => `the private key in ${f.path} is encrypted and there is no passphrase`,
    remedy: 'give it with --passphrase-file or NOTATION_KEY_PASSPHRASE, or run the command on a terminal',
  },

  // registries
  CREDENTIALS_PLAINTEXT: {
    category: 'unsupported',
    say: (f: { host: string }) =>
      `failed to log in to ${f.host}: the credential could not be saved because a credentials store is required to securely store the password. See https://notaryproject.dev/docs/how-to/registry-authentication/`,
    remedy: 'install a credential helper and name it as "credsStore" in config.json',
  },
  MAX_SIGNATURES: { category: 'usage', say: (f: { value: number }) => `max-signatures value ${f.value} must be a positive number` },
  INSPECT_SKIPPED: {
    category: 'malformed',
    say: (_: { skipped: number }) => 'at least one signature was skipped and not displayed',
  },
  SIGNATURE_NAME_INVALID: { category: 'usage', say: (f: { message: string }) => f.message },
  REFERENCES_FAILED: {
    category: 'untrusted',
    say: (f: { failed: number; total: number }) => `${f.failed} of ${f.total} references failed verification`,
  },
  REFERENCES_NONE: {
    category: 'usage',
    say: (f: { path: string }) => `${f.path} names no reference`,
    remedy: 'write references into it, one a line',
  },
  PLATFORM_OF_NO_INDEX: {
    category: 'usage',
    say: (f: { reference: string }) => `${f.reference} is no image index: it has no manifests for platforms`,
    remedy: 'leave --platform out, or name an image index',
  },
  INDEX_TOO_LARGE: {
    category: 'limit',
    say: (f: { reference: string; maxManifests: number; maxDepth: number }) =>
      `${f.reference} lists more than ${f.maxManifests} manifests or nests deeper than ${f.maxDepth} indexes`,
    remedy: 'sign the manifests by their digests',
  },
  POLICY_ABSENT: { category: 'usage', say: (f: { message: string }) => f.message },
  CODE_UNKNOWN: {
    category: 'usage',
    say: (f: { code: string; similar: readonly string[] }) =>
      `unknown code ${q(f.code)}${f.similar.length === 0 ? '' : `; similar codes: ${f.similar.join(', ')}`}`,
    remedy: () => ({ text: 'see every code', command: ['notation', 'explain'] }),
  },
});

/** The same fault with words of the reference in front: the code, and with it the meaning, stays that of the cause. */
export const prefixed = (prefix: string, cause: unknown): Fault => reworded(toFault(cause), (message) => `${prefix}${message}`);

/** The same fault in other words. */
export function reworded(fault: Fault, words: (message: string) => string): Fault {
  return new Fault({
    code: fault.code,
    category: fault.category,
    message: words(fault.message),
    facts: fault.facts,
    remedy: fault.remedy,
    attempts: fault.attempts,
    rank: fault.rank,
    cause: fault,
  });
}

/** Runs `work`; its fault gets words in front. */
export async function during<T>(prefix: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (e) {
    throw prefixed(prefix, e);
  }
}
