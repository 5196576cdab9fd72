// SPDX-License-Identifier: Apache-2.0
/** Faults of the registry, each with its place among the error codes of the distribution specification (`errors.ts` maps them). */
import { defineFaults } from '@notary/base';

/** The faults with codes `REGISTRY_…`. */
export const faults = defineFaults('REGISTRY', {
  NAME_INVALID: {
    category: 'usage',
    say: () => 'invalid repository name',
    remedy: 'use lowercase letters and digits, with . _ __ or dashes between them, and / between components',
    clause: 'distribution-spec, code-6',
  },
  TAG_INVALID: {
    category: 'usage',
    say: () => 'invalid tag',
    remedy: 'use up to 128 letters, digits, . _ and -, and begin with a letter, a digit or _',
    clause: 'distribution-spec, Pulling manifests',
  },
  DIGEST_INVALID: { category: 'usage', say: (f: { reason: string }) => f.reason, clause: 'distribution-spec, code-3' },
  DIGEST_MISMATCH: {
    category: 'untrusted',
    say: (f: { expected: string; actual: string }) => `the content has digest ${f.actual}, not ${f.expected}`,
    remedy: 'push it again: it was changed on its way here, or after its digest was taken',
    clause: 'distribution-spec, code-3',
  },
  SIZE_INVALID: { category: 'usage', say: (f: { reason: string }) => f.reason, clause: 'distribution-spec, code-11' },
  PAGE_INVALID: { category: 'usage', say: () => 'n must be a whole number of at least zero' },
  BODY_UNFINISHED: { category: 'usage', say: () => 'the request ended before its body' },
  MANIFEST_INVALID: {
    category: 'malformed',
    say: (f: { reason: string }) => `invalid manifest: ${f.reason}`,
    clause: 'distribution-spec, code-5',
  },
  MANIFEST_BLOB_UNKNOWN: {
    category: 'usage',
    say: (f: { digest: string }) => `the manifest names ${f.digest}, which is not in this repository`,
    remedy: 'push blobs before the manifest that names them',
    clause: 'distribution-spec, code-1',
  },
  MANIFEST_UNKNOWN: {
    category: 'usage',
    say: (f: { reference: string }) => `no manifest ${f.reference}`,
    clause: 'distribution-spec, code-7',
  },
  BLOB_UNKNOWN: { category: 'usage', say: (f: { digest: string }) => `no blob ${f.digest}`, clause: 'distribution-spec, code-1' },
  NAME_UNKNOWN: { category: 'usage', say: (f: { name: string }) => `no repository ${f.name}`, clause: 'distribution-spec, code-8' },
  UPLOAD_UNKNOWN: {
    category: 'usage',
    say: () => 'no such upload, or it has ended',
    remedy: 'begin another with POST',
    clause: 'distribution-spec, code-4',
  },
  UPLOAD_RANGE: {
    category: 'usage',
    say: (f: { size: number }) => `the upload holds ${f.size} bytes; continue there`,
    clause: 'distribution-spec, Pushing a blob in chunks',
  },
  UPLOAD_BUSY: { category: 'conflict', say: () => 'another request writes to this upload' },
  UPLOADS_FULL: {
    category: 'limit',
    say: (f: { retryAfterSeconds: number }) => `too many uploads are open; try again in ${f.retryAfterSeconds} s`,
  },
  BODY_TOO_SLOW: {
    category: 'limit',
    say: (f: { bytesPerSecond: number }) => `the body came at less than ${f.bytesPerSecond} bytes a second`,
  },
  MANIFEST_TOO_LARGE: { category: 'limit', say: (f: { maxBytes: number }) => `a manifest may have at most ${f.maxBytes} bytes` },
  BLOB_TOO_LARGE: { category: 'limit', say: (f: { maxBytes: number }) => `a blob may have at most ${f.maxBytes} bytes` },
  URL_TOO_LONG: { category: 'limit', say: () => 'the request target is too long' },
  PRECONDITION_FAILED: { category: 'conflict', say: () => 'the tag has moved', remedy: 'read the tag again and decide anew' },
  RANGE_UNSATISFIABLE: { category: 'usage', say: (f: { size: number }) => `the range is outside the ${f.size} bytes of the content` },
  METHOD_UNSUPPORTED: {
    category: 'unsupported',
    say: (f: { method: string }) => `${f.method} is not supported here`,
    clause: 'distribution-spec, code-14',
  },
  READ_ONLY: { category: 'unsupported', say: () => 'this registry is read-only' },
  DENIED: { category: 'untrusted', say: (f: { reason: string }) => f.reason, clause: 'distribution-spec, code-13' },
  UNAUTHORIZED: { category: 'untrusted', say: (f: { reason: string }) => f.reason, clause: 'distribution-spec, code-12' },
  ROUTE_UNKNOWN: { category: 'usage', say: () => 'no such resource' },
  STORAGE_FULL: {
    category: 'unavailable',
    say: () => 'the disk of the registry is full',
    remedy: 'make room, or run the collection of unreferenced blobs',
  },
  STORAGE_FAILED: {
    category: 'unavailable',
    say: (f: { operation: string; errno: string }) => `storage failed: ${f.operation} (${f.errno})`,
    remedy: 'look after the disk below the root of the registry, and at what the kernel says of it',
  },
  STORAGE_READ_ONLY: {
    category: 'unavailable',
    say: () => 'the disk of the registry does not take writes',
    remedy: 'let this user write to the root of the registry, or serve it read-only',
  },
  CONTENT_CORRUPT: {
    category: 'unavailable',
    say: (f: { repository: string; digest: string }) => `the stored bytes of ${f.digest} in ${f.repository} do not have that digest`,
    remedy: 'push the content again, or restore the file from a copy',
  },
  INDEX_INVALID: {
    category: 'malformed',
    say: (f: { path: string; reason: string }) => `${f.path}: ${f.reason}`,
    remedy: 'restore the file from a copy, or move its repository out of the root and push it again',
  },
  ROOT_LOCKED: {
    category: 'conflict',
    say: (f: { root: string }) => `another process serves ${f.root}`,
    remedy: 'stop the other process, or give this one a root of its own',
  },
  ROOT_INVALID: {
    category: 'usage',
    say: (f: { root: string; reason: string }) => `${f.root}: ${f.reason}`,
    remedy: 'name a directory as the root; where the registry may write, it makes one',
  },
  CLOSED: { category: 'unavailable', say: () => 'the registry is stopping' },
});
