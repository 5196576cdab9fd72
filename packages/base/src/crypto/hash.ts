// SPDX-License-Identifier: Apache-2.0
/** Hashing with the runtime's own primitives: Bun's hasher without loading a module, else node:crypto on first use. */

/** The hash functions. SHA-1 is there for formats that fix it, not for new signatures. */
export type HashName = 'SHA-1' | 'SHA-256' | 'SHA-384' | 'SHA-512';

/** A hash over bytes that come in pieces. `digest` ends it. */
export interface Hasher {
  update(bytes: Uint8Array): void;
  digest(): Uint8Array;
}

interface BunHasher {
  update(data: Uint8Array): BunHasher;
  digest(): Uint8Array;
}
/** One class per hash: `CryptoHasher` with a name costs a cold command 0.1 ms more. */
type BunRuntime = Readonly<Record<'SHA1' | 'SHA256' | 'SHA384' | 'SHA512', new () => BunHasher>>;

const BUN_CLASSES = { 'SHA-1': 'SHA1', 'SHA-256': 'SHA256', 'SHA-384': 'SHA384', 'SHA-512': 'SHA512' } as const;
const NODE_NAMES = { 'SHA-1': 'sha1', 'SHA-256': 'sha256', 'SHA-384': 'sha384', 'SHA-512': 'sha512' } as const;

/** A streaming hash. SHA-1 exists only to name things (OCSP CertID, OpenPGP-style identifiers), never to vouch for content. */
export function createHasher(name: HashName): Hasher {
  const bun = (globalThis as { Bun?: BunRuntime }).Bun;
  if (bun) {
    const hasher = new bun[BUN_CLASSES[name]]();
    return {
      update: (bytes) => {
        hasher.update(bytes);
      },
      digest: () => new Uint8Array(hasher.digest()),
    };
  }
  const hasher = process.getBuiltinModule('node:crypto').createHash(NODE_NAMES[name]);
  return {
    update: (bytes) => {
      hasher.update(bytes);
    },
    digest: () => new Uint8Array(hasher.digest()),
  };
}

/** The hash of bytes in one call. */
export function hash(name: HashName, bytes: Uint8Array): Uint8Array {
  const bun = (globalThis as { Bun?: BunRuntime }).Bun;
  if (bun) return new bun[BUN_CLASSES[name]]().update(bytes).digest();
  const hasher = createHasher(name);
  hasher.update(bytes);
  return hasher.digest();
}
