// SPDX-License-Identifier: Apache-2.0

/** Nesting: the default of Go's fxamacker/cbor, which go-cose uses unchanged. */
export const DEFAULT_MAX_DEPTH = 32;
/** The most a caller may ask for: decoder and encoder recurse. */
export const LARGEST_MAX_DEPTH = 256;
/** Elements of an array and pairs of a map: the default of fxamacker/cbor. */
export const DEFAULT_MAX_ITEMS = 131_072;
/** Input size: the most that Notation fetches for one signature envelope. */
export const DEFAULT_MAX_BYTES = 32 * 1024 * 1024;
