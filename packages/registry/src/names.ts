// SPDX-License-Identifier: Apache-2.0
/** Names, tags and digests of requests, parsed into narrow types: nothing else reaches a store. */
import type { Digest } from '@notary/base';
import { faults } from './faults.ts';
import { MAX_NAME_LENGTH, MAX_TAG_LENGTH } from './limits.ts';

/** A repository name of the specification's form. */
export type RepositoryName = string & { readonly __repository: unique symbol };
/** A tag of the specification's form. */
export type Tag = string & { readonly __tag: unique symbol };

/** One component; linear, since separators and alphanumerics cannot match the same character. */
const COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const TAG = /^[a-zA-Z0-9_][a-zA-Z0-9._-]*$/;
const SHA256 = /^sha256:[0-9a-f]{64}$/;
const SHA512 = /^sha512:[0-9a-f]{128}$/;
/** Other registered or future algorithms: well formed, not usable here. */
const OTHER = /^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[a-zA-Z0-9=_-]+$/;

export function isRepositoryName(text: string): text is RepositoryName {
  if (text.length === 0 || text.length > MAX_NAME_LENGTH) return false;
  for (const component of text.split('/')) if (!COMPONENT.test(component)) return false;
  return true;
}

/** Faults: `REGISTRY_NAME_INVALID`. */
export function parseRepositoryName(text: string): RepositoryName {
  if (isRepositoryName(text)) return text;
  throw faults.NAME_INVALID();
}

export const isTag = (text: string): text is Tag => text.length <= MAX_TAG_LENGTH && TAG.test(text);

/** The two algorithms this registry stores under. */
export const isStoredDigest = (text: string): text is Digest => SHA256.test(text) || SHA512.test(text);

/** A digest in form, whatever its algorithm: what descriptors may hold. */
export const isDigestForm = (text: string): boolean =>
  isStoredDigest(text) || (!/^sha(?:256|512):/.test(text) && text.length <= 512 && OTHER.test(text));

/** Faults: `REGISTRY_DIGEST_INVALID`, also for an algorithm that is not stored here. */
export function parseStoredDigest(text: string): Digest {
  if (isStoredDigest(text)) return text;
  const algorithm = text.slice(0, Math.max(0, text.indexOf(':')));
  const known = algorithm === 'sha256' || algorithm === 'sha512';
  throw faults.DIGEST_INVALID({
    reason: !known && isDigestForm(text) ? 'unsupported digest algorithm: use sha256 or sha512' : 'invalid digest',
  });
}

/** The digest algorithms that are stored. */
export type Algorithm = 'sha256' | 'sha512';
export const algorithmOf = (digest: Digest): Algorithm => (digest.startsWith('sha512') ? 'sha512' : 'sha256');

const MEDIA_TYPE = /^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}\/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}$/;
/** RFC 6838 4.2, which is also safe in a header. */
export const isMediaType = (text: string): boolean => MEDIA_TYPE.test(text);
