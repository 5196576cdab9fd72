// SPDX-License-Identifier: Apache-2.0
/** A short run of the fuzz targets over damaged vectors, the same on every machine. */

import { fromBase64Url, toBase64Url, toUtf8 } from '@notary/base';
import { describe, expect, it } from 'vitest';
import { fuzz as fuzzCose } from './fuzz/cose.fuzz.ts';
import { fuzz as fuzzJws } from './fuzz/jws.fuzz.ts';
import { fuzz as fuzzPayload } from './fuzz/payload.fuzz.ts';
import { readVector } from './support.ts';

/** A small generator with a fixed seed (mulberry32). */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/** Changes, removes, repeats or inserts a few bytes. */
function damage(bytes: Uint8Array, next: (below: number) => number): Uint8Array {
  let out = [...bytes];
  for (let times = 1 + next(4); times > 0; times--) {
    const at = next(out.length + 1);
    const count = 1 + next(8);
    const kind = next(4);
    if (kind === 0) out[at] = next(256);
    else if (kind === 1) out.splice(at, count);
    else if (kind === 2) out.splice(at, 0, ...out.slice(at, at + count));
    else out = [...out.slice(0, at), ...Array.from({ length: count }, () => next(256)), ...out.slice(at)];
  }
  return Uint8Array.from(out.map((b) => b ?? 0));
}

const RUNS = 400;

describe('fuzz targets', () => {
  it('JWS: a damaged envelope, or a sound one around a damaged header, is a fault or an envelope', () => {
    const next = generator(1);
    const jws = JSON.parse(new TextDecoder().decode(readVector('envelope/jws/ok-attribute.sig')));
    const header = fromBase64Url(jws.protected);
    for (let i = 0; i < RUNS; i++) {
      expect(() => fuzzJws(damage(toUtf8(JSON.stringify(jws)), next))).not.toThrow();
      expect(() => fuzzJws(toUtf8(JSON.stringify({ ...jws, protected: toBase64Url(damage(header, next)) })))).not.toThrow();
    }
  });

  it('COSE: a damaged envelope is a fault or an envelope', () => {
    const next = generator(2);
    const cose = readVector('envelope/cose/ok-integer-attribute.sig');
    for (let i = 0; i < RUNS; i++) {
      expect(() => fuzzCose(damage(cose, next))).not.toThrow();
      expect(() => fuzzCose(Uint8Array.from([...damage(cose.subarray(0, 400), next), ...cose.subarray(400)]))).not.toThrow();
    }
  });

  it('payload: damaged JSON is a fault or a payload', () => {
    const next = generator(3);
    const payload = toUtf8(
      '{"targetArtifact":{"digest":"sha256:00","mediaType":"a/b","size":1,"annotations":{"a":"\\u00e9"},"urls":["x"],"platform":{"os":"linux"}}}',
    );
    for (let i = 0; i < 4 * RUNS; i++) expect(() => fuzzPayload(damage(payload, next))).not.toThrow();
  });
});
