// SPDX-License-Identifier: Apache-2.0
/** Bounds of the registry. All that a client can grow is bounded here; zero never means unlimited. */

const KIB = 1024;
const MIB = 1024 * KIB;

/** Clients cap host, slash and name at 255 characters (distribution-spec, "Pulling manifests"); a name alone can then never need more. */
export const MAX_NAME_LENGTH = 255;
/** distribution-spec: `[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}`. */
export const MAX_TAG_LENGTH = 128;
/** The whole request target. Ten tags of 128 characters as parameters, with room; more is 414. */
export const MAX_URL_LENGTH = 16 * KIB;
/** Tags in one push by digest. The specification asks for ten. */
export const MAX_TAG_PARAMETERS = 64;
/** distribution-spec wants 4 MB accepted; the conformance suite's large manifest needs nearly all of it. */
export const MAX_MANIFEST_BYTES = 8 * MIB;
/** Manifests nest four deep; annotations and platform objects add two. Anything deeper is an attack on the parser. */
export const MAX_JSON_DEPTH = 64;
/** Layers, manifests and blobs of one manifest: the most 8 MiB can hold with a digest in each is about 60,000. */
export const MAX_LINKS = 65_536;
/** One blob. Layers of machine-learning models pass 10 GiB; S3's and ECR's ceilings are below this. */
export const MAX_BLOB_BYTES = 64 * 1024 * MIB;
/** Blobs up to this size travel whole through memory and the journal; larger ones are streamed to their own file. */
export const SMALL_BLOB_BYTES = 64 * KIB;
/** Sessions open at once over all repositories: each may hold a file descriptor and a hash state. */
export const MAX_UPLOADS = 1024;
/** A session without a byte for this long is dropped: Distribution's upload purging counts in days, a laptop's disk does not. */
export const UPLOAD_IDLE_MS = 60 * 60 * 1000;
/** A body must bring at least {@link MIN_BODY_RATE} bytes a second, measured over each such period. */
export const BODY_PERIOD_MS = 20_000;
/** 512 B/s: a modem is ten times faster, a slow-loris client is not. */
export const MIN_BODY_RATE = 512;
/** Tags, repositories or descriptors in one page unless the client asks for fewer. */
export const MAX_PAGE = 10_000;
/** Bytes of one referrers page. Clients built on go-containerregistry follow no Link and read at most 4 MiB manifests (olareg pages there too). */
export const MAX_REFERRERS_PAGE_BYTES = 4 * MIB;
/** Manifest bytes kept in memory. */
export const MANIFEST_CACHE_BYTES = 32 * MIB;
/** Blobs at most this large are kept in memory once read: configs, signatures, attestations. */
export const CACHED_BLOB_BYTES = 128 * KIB;
export const BLOB_CACHE_BYTES = 32 * MIB;
/** Larger blobs up to this are kept too once they are asked for twice within {@link HOT_BLOB_WINDOW_MS}: from memory they go out twice as fast. */
export const HOT_BLOB_BYTES = MIB;
export const HOT_BLOB_WINDOW_MS = 10_000;
/** One such blob is taken in at most this often: what slow clients keep alive of those that were pushed out stays bounded, and reading one holds others up for a millisecond. */
export const HOT_BLOB_PAUSE_MS = 2000;
/** Digests remembered as asked for once. */
export const MAX_HOT_CANDIDATES = 256;
/** Ready headers of such blobs: about half a kilobyte each. */
export const MAX_BLOB_HEADERS = 4096;
/** Rendered referrers lists kept in memory. 10,000 descriptors are about 3 MiB. */
export const REFERRERS_CACHE_BYTES = 32 * MIB;
/** Manifest entries of all loaded repositories: about 400 bytes each. Idle repositories beyond it are forgotten and read again on use. */
export const MAX_LOADED_ENTRIES = 200_000;
/** An `index.json` of another tool: 64 MiB holds 250,000 descriptors. */
export const MAX_INDEX_BYTES = 64 * MIB;
/** Depth of indexes inside indexes followed when a layout is loaded. */
export const MAX_INDEX_DEPTH = 8;
/** Repositories looked through for an anonymous mount, after those that were used lately. */
export const MAX_MOUNT_CANDIDATES = 256;
/** Directories visited by a listing of all repositories. */
export const MAX_DIRECTORIES = 100_000;
/** Text of one `Warning` header; the specification allows 4096 bytes for all of a response. */
export const MAX_WARNING_LENGTH = 1024;
/** A media type: 127 characters for type and subtype each (RFC 6838 4.2). */
export const MAX_MEDIA_TYPE_LENGTH = 255;

/** `index.json` follows an acknowledged change within this time. */
export const FLUSH_DELAY_MS = 500;
/** Journal bytes after which a new segment begins. */
export const SEGMENT_BYTES = 16 * MIB;
/** A segment is dropped this long after its end: by then the kernel has written the files it stands for (dirty_expire_centisecs: 30 s), and syncing them costs little. */
export const SEGMENT_REST_MS = 35_000;
/** Small blobs that are in the journal but not yet in their files, in memory; beyond it they are written at once. */
export const PENDING_BYTES = 16 * MIB;
/** One journal record: a small blob or manifest with its header. */
export const MAX_RECORD_HEADER_BYTES = 64 * KIB;
/** Garbage must rest this long: a push uploads blobs first and names them in a manifest at its end. */
export const GC_GRACE_MS = 60 * 60 * 1000;
/** Period of upkeep: idle uploads, retired journal segments. */
export const UPKEEP_MS = 10_000;
