// SPDX-License-Identifier: Apache-2.0
/** Bounds of this package. What Notation writes stays far below each. */

/** An envelope: what the Go tool fetches at most for a signature blob. */
export const MAX_ENVELOPE_BYTES = 32 * 1024 * 1024;

/** A protected header: five hundred times the 500 bytes that Notation writes; extended attributes of plugins have room. */
export const MAX_PROTECTED_BYTES = 256 * 1024;

/** Nesting of JSON in a JWS: an envelope nests 3, a descriptor 4; the rest is for extended attributes. CBOR has its own 32. */
export const MAX_JSON_DEPTH = 64;

/**
 * Values in one JSON text, or data items in one CBOR input, of an envelope: 256 attributes with 256 values each. Without this bound an envelope of
 * 32 MiB made of tiny items takes ten to fifty times its size in memory before anything about it is known.
 */
export const MAX_ITEMS = 65_536;

/** Certificates in a chain: NSS's CERT_MAX_CERT_CHAIN. Each costs a signature check before anything is trusted. */
export const MAX_CHAIN_LENGTH = 20;

/** One certificate: the most that Go's TLS reads for a whole chain. */
export const MAX_CERTIFICATE_BYTES = 256 * 1024;

/** Extended attributes, and entries of `crit`: a verification plugin knows a handful. */
export const MAX_ATTRIBUTES = 256;

/** A signature: twice the 512 bytes of RSA-4096, the longest of the six key kinds. */
export const MAX_SIGNATURE_BYTES = 1024;

/** A countersignature token: the most that the Go client reads from a time-stamping authority. */
export const MAX_TIMESTAMP_TOKEN_BYTES = 1024 * 1024;

/** Chains that a memory holds by default: more signers than one policy names. With the next bound at most 16 MiB. */
export const DEFAULT_REMEMBERED_CHAINS = 256;

/** A chain that is worth remembering: twenty times the usual. Anybody can make valid chains, none shall fill the memory. */
export const MAX_REMEMBERED_CHAIN_BYTES = 64 * 1024;

/** The unsigned name of the signing software, which ends up on terminals. */
export const MAX_SIGNING_AGENT_CHARACTERS = 4096;
/** Octets of a large integer that is shown in decimals: ours; an RSA modulus of 16,384 bits twice over. Longer ones are shown as octets. */
export const MAX_DECIMAL_OCTETS = 4096;
