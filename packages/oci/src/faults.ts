// SPDX-License-Identifier: Apache-2.0
import { defineFaults } from '@notary/base';
import type { RegistryError } from '@notary/registry-auth';

const REFERENCE_REMEDY = 'write <registry>/<repository>:<tag> or <registry>/<repository>@<digest>';

/** What a registry answered instead of what was asked. `url` is the one that was asked first. */
export interface StatusFacts {
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly reason: string;
  readonly errors: readonly RegistryError[];
}
const statusText = (f: StatusFacts): string => `${f.method} ${JSON.stringify(f.url)}: response status code ${f.status}: ${f.reason}`;

/** Something in an answer contradicts what was asked. */
interface ResponseFacts {
  readonly method: string;
  readonly url: string;
  readonly problem: string;
}
const responseText = (f: ResponseFacts): string => `${f.method} ${JSON.stringify(f.url)}: ${f.problem}`;

const HIDDEN_REMEDY =
  'ask the owner of the repository to delete the referrers that do not belong there, or copy the artifact with the signatures that you expect to a repository of your own and verify it there';

/** A name from an index as it is if it is one, else quoted: nothing in it may look like a line of ours. */
const quotedIfOdd = (name: string): string => (/^[\w./-]+$/.test(name) ? name : JSON.stringify(name));

/** The faults with codes `OCI_…`. */
export const ociFaults = defineFaults('OCI', {
  REFERENCE_INVALID: { category: 'usage', say: (f: { reference: string; problem: string }) => f.problem, remedy: REFERENCE_REMEDY },
  LAYOUT_REFERENCE_INVALID: { category: 'usage', say: (f: { reference: string; problem: string }) => f.problem },
  DESCRIPTOR_INVALID: {
    category: 'malformed',
    say: (f: { where: string; problem: string }) => `invalid descriptor in ${f.where}: ${f.problem}`,
    clause: 'OCI image-spec, descriptor.md, "Properties"',
  },
  MANIFEST_INVALID: {
    category: 'malformed',
    say: (f: { digest: string; problem: string }) => `invalid manifest ${f.digest}: ${f.problem}`,
    clause: 'OCI image-spec, manifest.md and image-index.md',
  },
  TOO_MANY: { category: 'limit', say: (f: { what: string; limit: number }) => `more than ${f.limit} ${f.what}` },
  TOO_LARGE: {
    category: 'limit',
    say: (f: { digest: string; size: number; limit: number }) => `content ${f.digest} of ${f.size} bytes exceeds the limit of ${f.limit}`,
  },
  SIZE_MISMATCH: {
    category: 'untrusted',
    say: (f: { digest: string; expected: number; actual: number }) =>
      `content ${f.digest} has ${f.actual > f.expected ? 'more than ' : ''}${Math.min(f.actual, f.expected + 1)} bytes where ${f.expected} were expected`,
    meaning: 'What came has another length than the descriptor states, so it is not the content that was asked for.',
    clause: 'OCI image-spec, descriptor.md, "Verification"',
  },
  DATA_MISMATCH: {
    category: 'untrusted',
    say: (f: { digest: string }) => `the data embedded in the descriptor of ${f.digest} is not that content`,
    clause: 'OCI image-spec, descriptor.md, "Embedded Content"',
  },
  NOT_FOUND: {
    category: 'unavailable',
    say: (f: { reference: string }) => `${f.reference}: not found`,
    rank: 60,
    remedy: 'check the name and the tag or digest; a registry may say the same of what you may not read',
  },
  UNAUTHORIZED: {
    category: 'unavailable',
    say: (f: StatusFacts & { scopes?: readonly string[] }) => statusText(f),
    meaning: 'The registry wants to know who is asking, or does not accept the credential it was given.',
    remedy: (f) => ({
      text:
        f.scopes === undefined || f.scopes.length === 0
          ? 'log in to the registry'
          : `log in to the registry as a user who is granted ${f.scopes.join(' ')}`,
    }),
  },
  DENIED: {
    category: 'unavailable',
    say: (f: StatusFacts & { scopes?: readonly string[] }) => statusText(f),
    meaning: 'The registry knows the user and refuses this request.',
    remedy: 'ask the owner of the repository for access',
  },
  RATE_LIMITED: {
    category: 'unavailable',
    say: (f: StatusFacts & { retryAfterSeconds?: number }) => statusText(f),
    meaning: 'The registry limits the rate of requests, and waiting as long as it asks would exceed the deadline.',
    remedy: (f) => ({ text: f.retryAfterSeconds === undefined ? 'try again later' : `try again in ${f.retryAfterSeconds} seconds` }),
  },
  STATUS: {
    category: 'unavailable',
    say: (f: StatusFacts) => statusText(f),
    meaning: 'The registry answered with a status that the request does not allow for.',
  },
  RESPONSE_INVALID: {
    category: 'untrusted',
    say: (f: ResponseFacts) => responseText(f),
    meaning: 'A header of the answer contradicts the request or is not well formed.',
  },
  LINK_INVALID: {
    category: 'untrusted',
    say: (f: { url: string; problem: string }) => `the registry's link to the next page of ${f.url} ${f.problem}`,
    clause: 'OCI distribution-spec, "Listing Referrers"',
  },
  REFERRERS_ENDLESS: {
    category: 'limit',
    say: (f: { subject: string; what: string; limit: number }) =>
      `the list of referrers of ${f.subject} has more than ${f.limit} ${f.what}`,
    meaning: 'Whoever may push can make a list longer. What stands beyond the bound is not looked at, a good signature included.',
    remedy: HIDDEN_REMEDY,
    rank: 80,
  },
  REFERRERS_UNDECIDED: {
    category: 'limit',
    say: (f: { subject: string; undecided: number; limit: number }) =>
      `the list of referrers of ${f.subject} has ${f.undecided} more entries that do not say their type than the ${f.limit} that were looked up`,
    meaning:
      'An entry without a type is decided by its manifest, and only so many are fetched. A signature among the others is not found: whoever may push can hide one that way.',
    clause: 'OCI distribution-spec, "Listing Referrers"',
    remedy: HIDDEN_REMEDY,
    rank: 80,
  },
  REFERRERS_UNREADABLE: {
    category: 'unavailable',
    say: (f: { subject: string; problem: string }) => `the list of referrers of ${f.subject} cannot be read: ${f.problem}`,
  },
  REFERRER_SUBJECT_MISMATCH: {
    category: 'untrusted',
    say: (f: { digest: string; subject: string; actual?: string }) =>
      `manifest ${f.digest} was listed as a referrer of ${f.subject} but ${f.actual === undefined ? 'has no subject' : `its subject is ${f.actual}`}`,
  },
  REFERRERS_TAG_OCCUPIED: {
    category: 'conflict',
    say: (f: { tag: string; problem: string }) => `the tag ${f.tag} that lists referrers holds something else: ${f.problem}`,
    meaning:
      'Registries without the Referrers API keep the list under a tag made from the digest. Here that tag names other content (cosign copy is known to put images there). Writing would destroy it.',
    clause: 'OCI distribution-spec, "Referrers Tag Schema"',
    remedy: 'move or delete that tag in the registry, then try again',
  },
  REFERRERS_TAG_UNSETTLED: {
    category: 'conflict',
    say: (f: { tag: string; writes: number }) => `the list of referrers at tag ${f.tag} kept losing the new entry after ${f.writes} writes`,
    remedy: 'try again when fewer writers are at work on this artifact',
  },
  REFERRER_NOT_DISCOVERABLE: {
    category: 'unavailable',
    say: (f: { digest: string; subject: string }) =>
      `manifest ${f.digest} was stored, but the registry does not list it as a referrer of ${f.subject}`,
    remedy: 'store it through the referrers tag schema, or ask the operator of the registry to repair its referrers index',
  },
  SUBJECT_MISSING: { category: 'usage', say: (f: { digest: string }) => `manifest ${f.digest} has no subject to attach it to` },
  UPLOAD_LOCATION_INVALID: {
    category: 'untrusted',
    say: (f: { url: string; problem: string }) => `the upload location that ${f.url} answered is refused: ${f.problem}`,
  },
  PLATFORM_INVALID: {
    category: 'usage',
    say: (f: { platform: string }) => `invalid platform ${JSON.stringify(f.platform.slice(0, 200))}: expecting os/arch or os/arch/variant`,
  },
  PLATFORM_NOT_FOUND: {
    category: 'usage',
    say: (f: { platform: string; available: readonly string[] }) =>
      `the index has no manifest for ${f.platform}; it has ${f.available.length === 0 ? 'none with a platform' : f.available.map(quotedIfOdd).join(', ')}`,
  },
  LAYOUT_NOT_FOUND: { category: 'usage', say: (f: { path: string }) => `stat ${f.path}: no such file or directory` },
  LAYOUT_NOT_DIRECTORY: { category: 'usage', say: (_: { path: string }) => 'the input path is not a directory' },
  LAYOUT_INVALID: { category: 'malformed', say: (f: { path: string; problem: string }) => `invalid OCI Image Layout: ${f.problem}` },
  LAYOUT_INDEX_INVALID: { category: 'malformed', say: (f: { path: string; problem: string }) => `invalid OCI Image Index: ${f.problem}` },
  LAYOUT_UNSAFE: {
    category: 'untrusted',
    say: (f: { path: string; problem: string }) => `${f.path}: ${f.problem}`,
    meaning: 'A layout must hold its content itself: links and entries that lead elsewhere are refused.',
  },
  LAYOUT_AMBIGUOUS: {
    category: 'usage',
    say: (f: { path: string; count: number }) => `${f.path} holds ${f.count} artifacts: name one by tag or digest`,
  },
  ARCHIVE_INVALID: { category: 'malformed', say: (f: { path: string; problem: string }) => `invalid OCI archive ${f.path}: ${f.problem}` },
  ARCHIVE_COMPRESSED: {
    category: 'unsupported',
    say: (f: { path: string }) => `${f.path} is compressed`,
    remedy: 'unpack it with gunzip or zstd first',
  },
  COPY_FAILED: {
    category: 'unavailable',
    say: (f: { digest: string; side: 'source' | 'target'; problem: string }) => `copy of ${f.digest} failed at the ${f.side}: ${f.problem}`,
  },
});
