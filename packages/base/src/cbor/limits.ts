// SPDX-License-Identifier: Apache-2.0

/** Nesting: the default of Go's fxamacker/cbor, which go-cose uses unchanged. */
export const DEFAULT_MAX_DEPTH = 32;
/** The most a caller may ask for: decoder and encoder recurse. */
export const LARGEST_MAX_DEPTH = 256;
/** Elements of an array and pairs of a map: the default of fxamacker/cbor. */
export const DEFAULT_MAX_ITEMS = 131_072;
/** Data items in one input: an item takes up to a hundred bytes in memory where it takes one on the wire, so the size alone bounds little. */
export const DEFAULT_MAX_TOTAL_ITEMS = 1_048_576;
/** Input size: the most that Notation fetches for one signature envelope. */
export const DEFAULT_MAX_BYTES = 32 * 1024 * 1024;
