// SPDX-License-Identifier: Apache-2.0
/** Working with referrers of any repository: collecting a list, and turning an entry, which is only a claim, into a manifest. */
import type { Descriptor } from './descriptor.ts';
import { ociFaults } from './faults.ts';
import { type Manifest, parseManifest } from './manifest.ts';
import type { ManifestReader, ReferrerLister, ReferrersQuery, Subject } from './repository.ts';

/**
 * The referrers of a subject as a list. It can run beside `resolve` when the digest is known:
 * `Promise.all([repository.resolve(digest), collectReferrers(repository, { digest })])`.
 */
export async function collectReferrers(repository: ReferrerLister, subject: Subject, query: ReferrersQuery = {}): Promise<Descriptor[]> {
  const found: Descriptor[] = [];
  for await (const descriptor of repository.listReferrers(subject, query)) found.push(descriptor);
  return found;
}

/** A referrer whose manifest was fetched and whose subject was checked. */
export interface Referrer {
  readonly descriptor: Descriptor;
  readonly manifest: Manifest;
  readonly bytes: Uint8Array;
}

/** Fetches the manifest of a listed entry; `OCI_REFERRER_SUBJECT_MISMATCH` unless it refers to `subject`. */
export async function fetchReferrer(repository: ManifestReader, descriptor: Descriptor, subject: Subject): Promise<Referrer> {
  const bytes = await repository.fetchManifest(descriptor);
  const manifest = parseManifest(descriptor, bytes);
  checkSubject(descriptor, manifest, subject);
  return { descriptor, manifest, bytes };
}

/** `OCI_REFERRER_SUBJECT_MISMATCH` unless the manifest refers to `subject`. */
export function checkSubject(descriptor: Descriptor, manifest: Manifest, subject: Subject): void {
  const actual = manifest.subject?.digest;
  if (actual === subject.digest) return;
  throw ociFaults.REFERRER_SUBJECT_MISMATCH({
    digest: descriptor.digest,
    subject: subject.digest,
    ...(actual === undefined ? {} : { actual }),
  });
}
