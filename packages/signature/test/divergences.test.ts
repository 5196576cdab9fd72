// SPDX-License-Identifier: Apache-2.0
/** Entries of docs/explanation/divergences.md that envelopes alone can show; the title carries the number. */
import { describe, expect, it } from 'vitest';
import { decodeEnvelope, verifyEnvelope } from '../src/index.ts';
import { outcome, readVector } from './support.ts';

/** What verifying a vector comes to. */
const verify = (file: string): Promise<string> =>
  outcome(async () =>
    verifyEnvelope(
      await decodeEnvelope(readVector(`envelope/${file}`), file.startsWith('jws/') ? 'application/jose+json' : 'application/cose'),
    ),
  );

describe('differences between the specification, the Go tools and us', () => {
  it('[D-16] x5chain is an array even for one certificate: a byte string is refused', async () => {
    expect(await verify('cose/x5chain-bstr.sig')).toBe('ENVELOPE_CHAIN_ABSENT');
  });

  it.each(['jws/pss-salt-empty.sig', 'jws/pss-salt-longest.sig', 'cose/pss-salt-empty.sig', 'cose/pss-salt-longest.sig'])(
    '[D-18] a PSS salt that is not as long as the hash is refused (%s)',
    async (file) => expect(await verify(file)).toBe('ENVELOPE_PSS_SALT_INVALID'),
  );

  it.each([
    ['jws/duplicate-member.sig', 'JWS_DUPLICATE_KEY'],
    ['jws/duplicate-member-case.sig', 'JWS_DUPLICATE_KEY'],
    ['jws/duplicate-payload.sig', 'JWS_DUPLICATE_KEY'],
    ['jws/loose-signature.sig', 'JWS_BASE64_NOT_CANONICAL'],
  ])('[D-19] a second spelling of the same envelope is refused (%s)', async (file, code) => expect(await verify(file)).toBe(code));

  it('[D-24] a time in COSE is finite', async () => {
    expect(await verify('cose/time-infinite.sig')).toBe('COSE_TIME_INVALID');
  });
});
