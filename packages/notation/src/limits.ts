// SPDX-License-Identifier: Apache-2.0
/** Bounds of the workflows. Each number says where it comes from. */
export const limits = {
  /** A signature manifest, as in notation-go (maxManifestSizeLimit). */
  manifestBytes: 4 << 20,
  /** Values in a signature manifest: 4,096 annotations and what else it has, four times over. */
  manifestValues: 16_384,
  /** A signature envelope, as in notation-go (maxBlobSizeLimit). */
  envelopeBytes: 32 << 20,
  /** Signatures evaluated for one artifact unless the caller says otherwise: the default of `--max-signatures`. */
  signatures: 100,
  /**
   * Candidates fetched for one artifact, whoever made them: two requests each. An attacker must push more than these to hide a signature; at
   * 50 ms a request and eight at a time the whole of them takes under a minute.
   */
  candidates: 4096,
  /**
   * Descriptors looked at while candidates are put in order, about 500 bytes each. The stores of oci end their lists long before, and say so;
   * this bounds stores that others write, and says so too.
   */
  listedReferrers: 100_000,
  /** Envelopes fetched side by side: enough to hide a slow network, few enough for the rate limits of public registries. */
  fetchesAtOnce: 8,
  /**
   * All that is asked of a store about one artifact, in milliseconds: its verification, its signing, the looking up of its signatures. A sound
   * one has at most six requests in a row to read and three more to write, each of which may be tried for one minute (registry-auth), and
   * fetches no content of the artifact: manifests and envelopes of a few KiB. Ten minutes allow every one of them its tries, or the two
   * minutes of an update of the fallback tag (oci), and a hundred envelopes of the largest size at 5 MB/s.
   */
  artifactMs: 10 * 60_000,
  /** Text of the thumbprint annotation that is read as a hint: 64 certificates of 64 digits. */
  thumbprintHintChars: 8 * 1024,
} as const;
