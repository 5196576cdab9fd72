// SPDX-License-Identifier: Apache-2.0
/** The payload that Notation signs: which artifact, by descriptor (signature-specification.md, "Payload"). */
import { compareUtf8, isFault, toUtf8 } from '@notary/base';
import { encodeGoJson, type GoJsonInput, jsonFaults, parseJsonStrict } from '@notary/base/json';
import { payloadFaults } from './faults.ts';
import { MAX_ENVELOPE_BYTES, MAX_ITEMS, MAX_JSON_DEPTH } from './limits.ts';
import { readTargetArtifact } from './target-artifact.ts';
import { type Descriptor, PAYLOAD_CONTENT_TYPE, type Payload } from './types.ts';

/**
 * The payload for a target. `cose` and `plugin` have the members in the order of Go's struct; `jws` has them sorted, which is
 * what a JWS covers. Signing a JWS sorts by itself, so either form will do there. Only the four members that the specification
 * names are written.
 */
export function encodePayload(target: Descriptor, format: 'jws' | 'cose' | 'plugin'): Uint8Array {
  const annotations = new Map(target.annotations instanceof Map ? target.annotations : Object.entries(target.annotations ?? {}));
  const sorted = new Map([...annotations].sort((a, b) => compareUtf8(a[0], b[0])));
  const { mediaType, digest, size } = target;
  const targetArtifact: GoJsonInput = { mediaType, digest, size, annotations: sorted.size === 0 ? undefined : sorted };
  return toUtf8(encodeGoJson({ targetArtifact }, { sortKeys: format === 'jws' }));
}

/** Faults with `PAYLOAD_CONTENT_TYPE_UNSUPPORTED` unless an envelope's content type is that of Notation payloads. */
export function checkPayloadContentType(contentType: string): void {
  if (contentType !== PAYLOAD_CONTENT_TYPE) throw payloadFaults.CONTENT_TYPE_UNSUPPORTED({ contentType: contentType.slice(0, 200) });
}

/**
 * Reads a payload. Unknown members are ignored and absent ones read as empty, as in Go; comparing with the artifact at hand is
 * what makes them matter. Duplicate members and trailing bytes are refused.
 */
export function parsePayload(bytes: Uint8Array): Payload {
  try {
    return {
      targetArtifact: readTargetArtifact(
        parseJsonStrict(bytes, { maxBytes: MAX_ENVELOPE_BYTES, maxDepth: MAX_JSON_DEPTH, maxValues: MAX_ITEMS }),
      ),
    };
  } catch (cause) {
    if (isFault(cause, jsonFaults.DUPLICATE_KEY.code)) throw payloadFaults.DUPLICATE_KEY({ key: String(cause.facts['key']) }, { cause });
    if (isFault(cause) && cause.category === 'malformed' && !cause.code.startsWith('PAYLOAD_')) {
      throw payloadFaults.MALFORMED({ problem: cause.message }, { cause });
    }
    throw cause;
  }
}
