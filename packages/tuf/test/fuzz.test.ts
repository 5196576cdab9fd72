// SPDX-License-Identifier: Apache-2.0
/** The fuzz targets on random bytes and on mutations of real files: a short run of what the fuzzer does at length. */
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { fuzz as fuzzKeys } from './fuzz/keys.fuzz.ts';
import { fuzz as fuzzMetadata } from './fuzz/metadata.fuzz.ts';
import { vector } from './support/vectors.ts';

const seeds = ['metadata/root.json', 'metadata/targets.json', 'metadata/snapshot.json', 'metadata/timestamp.json', 'keys/rsa.crt'].map(
  vector,
);

/** A real file with a few bytes changed, cut or doubled. */
const mutated = fc
  .record({
    seed: fc.constantFrom(...seeds),
    edits: fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }), fc.constantFrom('set', 'cut', 'insert')), { maxLength: 4 }),
  })
  .map(({ seed, edits }) => {
    let bytes = Array.from(seed);
    for (const [where, value, kind] of edits) {
      const at = where % bytes.length;
      if (kind === 'set') bytes[at] = value;
      else if (kind === 'cut') bytes = bytes.slice(0, at + 1);
      else bytes.splice(at, 0, value);
    }
    return Uint8Array.from(bytes);
  });

describe('hostile bytes', () => {
  it('of metadata are a fault or a file', () => fc.assert(fc.property(fc.oneof(mutated, fc.uint8Array()), fuzzMetadata), { numRuns: 500 }));
  it('of keys are a fault or a key', () => fc.assert(fc.property(fc.oneof(mutated, fc.uint8Array()), fuzzKeys), { numRuns: 500 }));
});
