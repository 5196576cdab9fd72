// SPDX-License-Identifier: Apache-2.0
/** Nobody can change an envelope and have it verify with another meaning. */

import { Fault } from '@notary/base';
import { describe, expect, it } from 'vitest';
import {
  COSE_MEDIA_TYPE,
  decodeEnvelope,
  type EnvelopeContent,
  type EnvelopeMediaType,
  JWS_MEDIA_TYPE,
  verifyEnvelope,
} from '../src/index.ts';
import { readVector } from './support.ts';

/** Everything that the signature covers or the chain proves. */
const meaning = (c: EnvelopeContent): string =>
  JSON.stringify([
    c.algorithm,
    c.signingScheme,
    c.signingTimeText,
    c.expiryText,
    c.contentType,
    [...c.payload],
    c.criticalHeaders,
    c.extendedAttributes,
    c.certificates.map((certificate) => certificate.thumbprint),
    [...c.signature],
  ]);

async function accepted(bytes: Uint8Array, mediaType: EnvelopeMediaType): Promise<EnvelopeContent | undefined> {
  try {
    return (await verifyEnvelope(await decodeEnvelope(bytes, mediaType))).content;
  } catch (e) {
    if (e instanceof Fault && e.category !== 'internal') return undefined;
    throw e;
  }
}

/** NOTARY_EXHAUSTIVE=1 flips every bit, which takes a minute. */
const EXHAUSTIVE = process.env['NOTARY_EXHAUSTIVE'] === '1';

const CASES = [
  ['jws/ok-p256', JWS_MEDIA_TYPE],
  ['cose/ok-p256', COSE_MEDIA_TYPE],
  ['cose/ok-rsa2048', COSE_MEDIA_TYPE],
] as const;

for (const [file, mediaType] of CASES) {
  describe(file, () => {
    const original = readVector(`envelope/${file}.sig`);

    it(`flipping ${EXHAUSTIVE ? 'any bit' : 'bits'} is refused or changes nothing that is signed`, async () => {
      const wanted = meaning((await accepted(original, mediaType)) as EnvelopeContent);
      const survivors = new Set<number>();
      for (let at = 0; at < original.length; at += EXHAUSTIVE ? 1 : 5) {
        // Bit 5 is the case of a letter, which names of members may be in.
        for (const bit of EXHAUSTIVE ? [0, 1, 2, 3, 4, 5, 6, 7] : [at % 8, 5]) {
          const changed = original.slice();
          changed[at] = (changed[at] as number) ^ (1 << bit);
          const content = await accepted(changed, mediaType);
          if (content === undefined) continue;
          survivors.add(at);
          expect(meaning(content)).toBe(wanted);
        }
      }
      // What may change is the unsigned agent, names of unsigned members, and their case: a small part of the whole.
      expect(survivors.size).toBeLessThan(original.length / 20);
    }, 600_000);

    it('a shorter or longer envelope is refused', async () => {
      for (let end = 0; end < original.length; end += end < original.length - 200 ? 97 : 1) {
        expect(await accepted(original.subarray(0, end), mediaType)).toBeUndefined();
      }
      for (const extra of [0x00, 0x7d, 0xf6]) expect(await accepted(Uint8Array.of(...original, extra), mediaType)).toBeUndefined();
    });

    it('the other format does not read it', async () => {
      expect(await accepted(original, mediaType === JWS_MEDIA_TYPE ? COSE_MEDIA_TYPE : JWS_MEDIA_TYPE)).toBeUndefined();
    });
  });
}

describe('pieces of two sound envelopes', () => {
  it('payload, header, signature and chain cannot be exchanged', async () => {
    const [a, b] = ['ok-p256', 'ok-annotations', 'ok-p384'].map((id) =>
      JSON.parse(new TextDecoder().decode(readVector(`envelope/jws/${id}.sig`))),
    );
    const other = JSON.parse(new TextDecoder().decode(readVector('envelope/jws/ok-p384.sig')));
    const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
    for (const mixed of [
      { ...a, payload: b.payload },
      { ...a, signature: b.signature },
      { ...a, protected: other.protected },
      { ...a, header: other.header },
      { ...a, payload: a.protected, protected: a.payload },
    ]) {
      expect(await accepted(bytes(mixed), JWS_MEDIA_TYPE)).toBeUndefined();
    }
  });
});
