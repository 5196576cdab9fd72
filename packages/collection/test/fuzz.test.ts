// SPDX-License-Identifier: Apache-2.0
/** The fuzz targets on random bytes and on mutations of real files: a short run of what the fuzzer does at length. */
import { readdirSync } from 'node:fs';
import { toUtf8 } from '@notary/base';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { fuzz as fuzzAnswers } from './fuzz/answers.fuzz.ts';
import { fuzz as fuzzStaged } from './fuzz/staged.fuzz.ts';
import { vector, vectorPath } from './support/vectors.ts';

const files = (folder: string): Uint8Array[] => readdirSync(vectorPath(folder)).map((name) => vector(`${folder}/${name}`));
const changes = files('changelist');
const staged = [
  ...changes,
  ...changes.map((bytes) => Buffer.from((JSON.parse(new TextDecoder().decode(bytes)) as { data?: string }).data ?? '', 'base64')),
  ...files('keys'),
  toUtf8('{"trust_pinning":{"disable_tofu":true,"certs":{"a":["00"]},"ca":{"a":"ca.pem"}},"remote_server":{"url":"https://a"}}'),
];
const answers = [
  '{"errors":[{"code":"VERSION","message":"old","detail":{"Error":{"Msg":"low version"},"Name":"ErrBadTargets"}}]}',
  'docker.com/library/alpine\n# comment\n\nexample.com/a',
  'https://notary.example:4443/path',
].map(toUtf8);

/** A real file with a few bytes changed, cut or doubled. */
const mutated = (seeds: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> =>
  fc
    .record({
      seed: fc.constantFrom(...seeds.filter(({ length }) => length > 0)),
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
  it('of a trust directory are a fault or a value', () =>
    fc.assert(fc.property(fc.oneof(mutated(staged), fc.uint8Array()), fuzzStaged), { numRuns: 1000 }));
  it('of answers and names are refused or harmless', () =>
    fc.assert(fc.property(fc.oneof(mutated(answers), fc.uint8Array()), fuzzAnswers), { numRuns: 1000 }));
});
