// SPDX-License-Identifier: Apache-2.0
/** A fault that libraries for JWS had, as the envelope that would show it here. See docs/explanation/audits.md. */
import { fromUtf8, toUtf8 } from '@notary/base';
import { describe, expect, it } from 'vitest';
import { JWS_MEDIA_TYPE, parseEnvelope, verifyEnvelope } from '../src/index.ts';
import { outcome, readVector } from './support.ts';

interface Flattened {
  readonly payload: string;
  readonly protected: string;
  readonly header: object;
  readonly signature: string;
}
const valid = JSON.parse(fromUtf8(readVector('envelope/jws/ok-p256.sig'))) as Flattened;
const verify = async (envelope: object) => verifyEnvelope(await parseEnvelope(toUtf8(JSON.stringify(envelope)), JWS_MEDIA_TYPE));

describe('a JWS of several signatures', () => {
  const { payload, ...signed } = valid;
  const other = { ...signed, signature: `AAAA${signed.signature.slice(4)}` };

  it('[CVE-2016-9122] is no envelope: nobody could say which of them was valid', async () => {
    for (const signatures of [[signed], [signed, other], [other, signed]])
      expect(await outcome(() => verify({ payload, signatures }))).toMatch(/^(?:ENVELOPE|JWS)_/);
  });

  it('[CVE-2016-9122] beside the one that counts changes nothing about it', async () => {
    expect(await outcome(() => verify({ ...valid, signatures: [other] }))).toBe(await outcome(() => verify(valid)));
    expect(await outcome(() => verify({ payload, ...other, signatures: [signed] }))).toMatch(/^(?:ENVELOPE|JWS)_/);
  });
});
