// SPDX-License-Identifier: Apache-2.0
/** FileMeta: length, hashes and custom data of a metadata file or of a target. */
import { concatBytes, equalBytes, fromBase64, toBase64, toHex } from '@notary/base';
import type { CanonicalValue } from '@notary/base/canonical-json';
import { encodeCanonicalJson } from '@notary/base/canonical-json';
import { hash } from '@notary/base/crypto';
import { tufFaults } from './faults.ts';

/** The algorithms that count. Others may stand in a file and are carried along. */
export type SupportedHash = 'sha256' | 'sha512';
const SUPPORTED = [
  { name: 'sha256', size: 32, hash: 'SHA-256' },
  { name: 'sha512', size: 64, hash: 'SHA-512' },
] as const;

/** What a file says of another, or of a target: length in bytes, and digests. */
export interface FileMeta {
  readonly length: number;
  /** Algorithm to base64 of the raw digest, as in the file. A collection may have ten thousand of these: decoded on use. */
  readonly hashes: ReadonlyMap<string, string>;
  /** Publisher's data. Written canonically, so that any verifier computes the bytes that were signed. */
  readonly custom?: CanonicalValue;
}

/** What can be hashed in pieces: a file to sign for. */
export type Content = Uint8Array | readonly Uint8Array[];

/** Length, sha256 and sha512 of content, as Notary writes for metadata and for `add`. */
export function createFileMeta(content: Content, custom?: CanonicalValue): FileMeta {
  const bytes = content instanceof Uint8Array ? content : concatBytes(...content);
  const hashes = new Map<string, string>(SUPPORTED.map((s) => [s.name, toBase64(hash(s.hash, bytes))]));
  return custom === undefined ? { length: bytes.length, hashes } : { length: bytes.length, hashes, custom };
}

/** A digest of the meta in bytes, or `undefined` if it has none of this algorithm. Faults: `TUF_CHECKSUM_INVALID`. */
export function digestBytes(meta: FileMeta, algorithm: SupportedHash): Uint8Array | undefined {
  const text = meta.hashes.get(algorithm);
  if (text === undefined) return undefined;
  const size = algorithm === 'sha256' ? 32 : 64;
  try {
    const bytes = fromBase64(text);
    if (bytes.length === size) return bytes;
  } catch {
    // not base64: the same fact as a wrong length
  }
  throw tufFaults.CHECKSUM_INVALID({ algorithm });
}

/** The digest in lower-case hex, as names and messages have it. */
export function digestHexOf(meta: FileMeta, algorithm: SupportedHash): string | undefined {
  const bytes = digestBytes(meta, algorithm);
  return bytes === undefined ? undefined : toHex(bytes);
}

/** At least one supported digest, and each of the right length. Faults: `TUF_CHECKSUM_INVALID`, `TUF_CHECKSUMS_UNSUPPORTED`. */
export function checkHashStructure(meta: FileMeta): void {
  let present = 0;
  for (const { name } of SUPPORTED) if (digestBytes(meta, name) !== undefined) present++;
  if (present === 0) throw tufFaults.CHECKSUMS_UNSUPPORTED();
}

/**
 * Every supported digest of `meta` must be that of `bytes`, and there must be one.
 * Faults: `TUF_CHECKSUM_MISMATCH`, `TUF_CHECKSUMS_MISSING`. The length is not compared: see {@link checkContent}.
 */
export function checkHashes(bytes: Uint8Array, name: string, meta: FileMeta | undefined): void {
  let checked = 0;
  for (const { name: algorithm, hash: hashName } of SUPPORTED) {
    const text = meta?.hashes.get(algorithm);
    if (text === undefined) continue;
    const actual = hash(hashName, bytes);
    if (toBase64(actual) !== text && !sameDigest(meta as FileMeta, algorithm, actual)) {
      throw tufFaults.CHECKSUM_MISMATCH({ algorithm, name, expected: hexOrText(meta as FileMeta, algorithm) });
    }
    checked++;
  }
  if (checked === 0) throw tufFaults.CHECKSUMS_MISSING({ role: name });
}

function sameDigest(meta: FileMeta, algorithm: SupportedHash, actual: Uint8Array): boolean {
  try {
    return equalBytes(digestBytes(meta, algorithm) ?? new Uint8Array(), actual);
  } catch {
    return false;
  }
}

function hexOrText(meta: FileMeta, algorithm: SupportedHash): string {
  try {
    return digestHexOf(meta, algorithm) ?? '';
  } catch {
    return (meta.hashes.get(algorithm) ?? '').slice(0, 128);
  }
}

/** {@link checkHashes} and the exact length: for content that was fetched by what a signed file says of it. */
export function checkContent(bytes: Uint8Array, name: string, meta: FileMeta): void {
  checkHashes(bytes, name, meta);
  if (bytes.length !== meta.length) throw tufFaults.LENGTH_MISMATCH({ name, expected: meta.length, actual: bytes.length });
}

/** Can the two describe the same content: one digest in common, none in conflict? */
export function compareHashes(a: FileMeta, b: FileMeta): void {
  checkHashStructure(a);
  checkHashStructure(b);
  let common = 0;
  for (const [algorithm, value] of a.hashes) {
    const other = b.hashes.get(algorithm);
    if (other === undefined) continue;
    if (other !== value) throw tufFaults.CHECKSUMS_CONFLICT({ algorithm });
    common++;
  }
  if (common === 0) throw tufFaults.CHECKSUMS_DISJOINT();
}

/** Do the two say the same, custom data included? */
export function sameFileMeta(a: FileMeta, b: FileMeta | undefined): boolean {
  if (b === undefined || a.length !== b.length || a.hashes.size !== b.hashes.size) return false;
  for (const [algorithm, value] of a.hashes) if (b.hashes.get(algorithm) !== value) return false;
  if (a.custom === undefined || b.custom === undefined) return a.custom === b.custom;
  return encodeCanonicalJson(a.custom) === encodeCanonicalJson(b.custom);
}

/** The member of a canonical object. */
export const fileMetaValue = (meta: FileMeta): CanonicalValue => ({ custom: meta.custom, hashes: meta.hashes, length: meta.length });
