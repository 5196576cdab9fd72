// SPDX-License-Identifier: Apache-2.0
/** Every bound of this package, with where it comes from. */

const KIB = 1024;
const MIB = 1024 * KIB;

/** A manifest or index. Registries must accept 4 MiB (distribution-spec, "Pushing manifests"); 8 leaves room for what other registries take. */
export const MAX_MANIFEST_BYTES = 8 * MIB;
/** An error body: registries send about 200 bytes, oras reads 8 KiB. */
export const MAX_ERROR_BYTES = 64 * KIB;
/** The answer to HEAD, POST or PUT, whose body is not looked at. */
export const MAX_IGNORED_BYTES = 64 * KIB;
/** One page of the Referrers API: registries page at 4 MiB. */
export const MAX_REFERRERS_PAGE_BYTES = 8 * MIB;
/**
 * Values in one page, index or manifest: sixteen for each of the 20,000 entries that are looked at, where a referrer has about twelve. A text
 * of 8 MiB made of tiny values would take ten times its size in memory.
 */
export const MAX_MANIFEST_VALUES = 320_000;
/** All pages of one listing: four of the largest, 1,600 bytes for each of the 20,000 entries. */
export const MAX_REFERRERS_TOTAL_BYTES = 32 * MIB;
/** Pages of one listing: at one descriptor a page this still reads a few hundred signatures. */
export const MAX_REFERRERS_PAGES = 512;
/** Entries looked at in one listing; the tag schema's index of 8 MiB holds about this many. */
export const MAX_REFERRERS = 20_000;
/** Manifests fetched because their entry does not say what they are (missing or meaningless artifactType): two seconds at 50 ms a request. */
export const MAX_REFERRER_PROBES = 256;
/** Requests in flight while probing: as many as browsers open to one host. */
export const PROBE_CONCURRENCY = 6;
/** A media type: RFC 6838 4.2 allows 127 + 1 + 127. */
export const MAX_MEDIA_TYPE_LENGTH = 255;
/** The `Link` of a page: what common servers take as a request line, 8 KiB; a longer one could not be followed. */
export const MAX_LINK_LENGTH = 8 * KIB;
/** Annotations of one descriptor or manifest; the conformance suite of OCI sends 390. */
export const MAX_ANNOTATIONS = 4096;
/** Entries of one index or layers of one manifest: as many as are looked at in a listing, so that any list of referrers can be read. */
export const MAX_CHILDREN = 20_000;
/** A reference: host, name of at most 255 characters, tag of 128, digest of 135, and room for what is refused with a proper message. */
export const MAX_REFERENCE_LENGTH = 4096;

/** A blob that goes with the request for a session: envelopes have 2 to 10 KiB, and a registry that ignores the body still reads so much of it. */
export const MAX_SINGLE_POST_BYTES = 64 * KIB;

/** Bound on silence of a registry: headers, or the next chunk of a body. */
export const REQUEST_TIMEOUT_MS = 60_000;

/** Times that the fallback index is written before giving up; 24 parallel signers were seen to need about 4 each. */
export const MAX_TAG_WRITES = 40;
/** Reads in a row that must show the entry before a write to the fallback tag counts as settled: two were seen to lose entries, three were not. */
export const SETTLED_READS = 3;
/** The whole update of the fallback tag. */
export const TAG_UPDATE_DEADLINE_MS = 120_000;
/** Shortest pause before a settling read, however fast the registry answers. */
export const SETTLE_PAUSE_MS = 4;
/** The pauses grow with the time that a write takes, up to this: three of them then last longer than a slow registry's write. */
export const MAX_SETTLE_UNIT_MS = 250;
/** Longest pause before a settling read. */
export const MAX_SETTLE_PAUSE_MS = 2_000;
/** Reads of the fallback tag that fail or show nonsense while somebody writes it: registries were seen to do so for one read at a time. */
export const MAX_TAG_READ_TRIES = 4;
/** Entries of an old index that are fetched to prove that the index is ours before it is deleted: one second at 50 ms a request. A larger one is kept. */
export const MAX_OWNERSHIP_CHECKS = 128;
/** Lookups of a pushed referrer before it counts as not discoverable, 1.5 seconds in all: some registries index with a delay. */
export const CONFIRM_TRIES = 5;
/** First pause between those lookups; it doubles. */
export const CONFIRM_PAUSE_MS = 100;
/** Pushes of a manifest whose blobs the registry says it does not know: docker-registry forgets one for a moment while others push the same. */
export const MAX_MANIFEST_TRIES = 4;
/** First pause between them; it doubles: 0.7 seconds in all, in which a blob that is really missing is reported all the same. */
export const MANIFEST_RETRY_PAUSE_MS = 100;

/** `oci-layout` holds one short object. */
export const MAX_LAYOUT_FILE_BYTES = 64 * KIB;
/** `index.json` of a layout: as much as all pages of a listing. */
export const MAX_LAYOUT_INDEX_BYTES = 32 * MIB;
/** Manifests visited while looking for predecessors in a layout, and while copying: the largest index with a signature and an attestation for every other entry. */
export const MAX_GRAPH_NODES = 50_000;
/** Nesting of indexes: an index of indexes is already rare. */
export const MAX_GRAPH_DEPTH = 16;
/** Entries of an archive: an index of 20,000 manifests with their blobs fits. */
export const MAX_ARCHIVE_ENTRIES = 200_000;
/** A pax or GNU extension header: it holds a path of at most 4,096 bytes and a few numbers. */
export const MAX_ARCHIVE_HEADER_BYTES = 64 * KIB;
/** Wait for another writer of the same layout: what writing an archive of a few GiB anew takes. */
export const LAYOUT_LOCK_WAIT_MS = 30_000;
/** Blobs in flight while copying: between the three that Docker pulls and the five that it pushes at once. */
export const COPY_CONCURRENCY = 4;
/** Uploads of one blob: the first and two more, each a session of its own; as many as are tried where a server cannot be reached (registry-auth). */
export const MAX_UPLOAD_TRIES = 3;
/** Pause before the second upload of a blob, twice as long before the third: our choice, short beside the upload itself. */
export const UPLOAD_RETRY_PAUSE_MS = 100;
/** Entries with a type of their own that are looked at before an index at the fallback tag is replaced by a longer one: ours, one round of probes. */
export const OWNERSHIP_SAMPLE = 4;
/** Blobs that wait in memory for the next writing of an archive: eight envelopes of the largest size. More need a layout directory. */
export const MAX_STAGED_BYTES = 256 * MIB;
