// SPDX-License-Identifier: Apache-2.0
/** Content digests in the OCI form `algorithm:encoded` (image-spec, descriptor.md, "Digests"). */
import { toHex } from './bytes.ts';
import { type HashName, hash } from './crypto/hash.ts';
import { defineFaults } from './faults.ts';

/** The faults with codes `DIGEST_…`. */
export const digestFaults = defineFaults('DIGEST', {
  INVALID: {
    category: 'malformed',
    say: (f: { digest: string }) => `invalid digest ${JSON.stringify(f.digest.slice(0, 200))}`,
    remedy: 'a digest reads sha256: and 64 lower-case hexadecimal digits',
  },
  UNSUPPORTED: {
    category: 'unsupported',
    say: (f: { algorithm: string }) => `unsupported digest algorithm ${JSON.stringify(f.algorithm.slice(0, 100))}`,
  },
  MISMATCH: {
    category: 'untrusted',
    say: (f: { expected: string; actual: string }) => `content has digest ${f.actual} where ${f.expected} was expected`,
  },
});

/** A digest whose form was checked by {@link parseDigest}. */
export type Digest = string & { readonly __digest: unique symbol };

const HASHES: ReadonlyMap<string, { name: HashName; hexLength: number }> = new Map([
  ['sha256', { name: 'SHA-256', hexLength: 64 }],
  ['sha384', { name: 'SHA-384', hexLength: 96 }],
  ['sha512', { name: 'SHA-512', hexLength: 128 }],
]);

const algorithmPart = (text: string): string => text.slice(0, Math.max(text.indexOf(':'), 0));

/** Accepts sha256, sha384 and sha512 in their exact form. Another well-formed algorithm is `DIGEST_UNSUPPORTED`. */
export function parseDigest(text: string): Digest {
  if (isDigest(text)) return text;
  const algorithm = algorithmPart(text);
  if (!HASHES.has(algorithm) && text.length <= 512 && /^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[a-zA-Z0-9=_-]+$/.test(text))
    throw digestFaults.UNSUPPORTED({ algorithm });
  throw digestFaults.INVALID({ digest: text });
}

/** Is this a digest that {@link parseDigest} takes: `sha256:`, `sha384:` or `sha512:` and lower-case hexadecimal of the right length? */
export function isDigest(text: string): text is Digest {
  const algorithm = algorithmPart(text);
  const known = HASHES.get(algorithm);
  if (known === undefined) return false;
  const encoded = text.slice(algorithm.length + 1);
  return encoded.length === known.hexLength && /^[0-9a-f]+$/.test(encoded);
}

/** `sha256`, `sha384` or `sha512`. */
export const digestAlgorithm = (digest: Digest): 'sha256' | 'sha384' | 'sha512' => digest.slice(0, 6) as 'sha256' | 'sha384' | 'sha512';
/** The hexadecimal part. */
export const digestHex = (digest: Digest): string => digest.slice(7);
/** The hash function of a digest. */
export const digestHash = (digest: Digest): HashName => (HASHES.get(digestAlgorithm(digest)) as { name: HashName }).name;

/** The digest of bytes. */
export function digestOf(bytes: Uint8Array, algorithm: 'sha256' | 'sha384' | 'sha512' = 'sha256'): Digest {
  return `${algorithm}:${toHex(hash((HASHES.get(algorithm) as { name: HashName }).name, bytes))}` as Digest;
}

/** Faults with `DIGEST_MISMATCH` unless `bytes` have this digest. */
export function checkDigest(bytes: Uint8Array, expected: Digest): void {
  const actual = digestOf(bytes, digestAlgorithm(expected));
  if (actual !== expected) throw digestFaults.MISMATCH({ expected, actual });
}
