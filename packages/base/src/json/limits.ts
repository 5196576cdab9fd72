// SPDX-License-Identifier: Apache-2.0

/** Nesting accepted unless the caller says otherwise: the deepest document of the formats read here (TUF targets) nests 9 levels. */
export const DEFAULT_MAX_DEPTH = 64;

/** The most a caller may ask for: the parser recurses, and Go's encoding/json stops at 10,000 as well. */
export const LARGEST_MAX_DEPTH = 1_000;

/** Size accepted unless the caller says otherwise: an OCI manifest's limit of 4 MiB (distribution-spec, "Pushing manifests"). */
export const DEFAULT_MAX_BYTES = 4 * 1024 * 1024;
