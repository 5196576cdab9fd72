// SPDX-License-Identifier: Apache-2.0
/** Bounds of what the commands read. */
export const limits = {
  /** A configuration file or key list; a key of the list takes about 300 bytes. */
  configBytes: 1024 * 1024,
  /** A certificate or private key file; the largest public bundles hold 150 certificates in 250 KiB. */
  certificateBytes: 4 * 1024 * 1024,
  /** A trust policy: more than the trust package takes (1 MiB), so that a larger one is refused in its words. */
  policyBytes: 4 * 1024 * 1024,
  /** An envelope: the reference's bound for signature blobs. */
  signatureBytes: 32 * 1024 * 1024,
  /** A passphrase file: only its first line counts; a thousand times the longest that people choose. */
  passphraseBytes: 64 * 1024,
  /** A password on standard input; tokens of registries take a few KiB. */
  passwordBytes: 1024 * 1024,
  /** A list of references for `verify --file`: about 500,000 of them. */
  referenceListBytes: 64 * 1024 * 1024,
  /** Entries that are looked at below one trust store directory: two dozen named stores as large as the trust package allows. */
  trustStoreEntries: 100_000,
  /** Contents kept of a reference: a signature manifest takes 1 KiB, an envelope with its chain and timestamp 10 KiB. */
  memoryBytes: 64 * 1024,
  /** Their file: in base64, with types and digests. */
  memoryFileBytes: 128 * 1024,
  /** References that are remembered at most; 128 MiB if each took all it may, commonly 10. */
  memories: 1000,
  /** What a registry says within this time is not remembered: asking again costs less than a file. */
  nearRegistryMs: 10,
  /** Waiting for another process that changes the key list: it reads and writes one small file. */
  lockWaitMs: 10_000,
} as const;
