// SPDX-License-Identifier: Apache-2.0
/** Entries of docs/explanation/divergences.md that envelopes alone can show; the title carries the number. */

import { CborTag } from '@notary/base/cbor';
import { describe, expect, it } from 'vitest';
import { writeCose } from '../src/cose/index.ts';
import { ATTRIBUTE, COSE_MEDIA_TYPE, decodeEnvelope, encodePayload, PAYLOAD_CONTENT_TYPE, verifyEnvelope } from '../src/index.ts';
import { identityOf, outcome, readVector } from './support.ts';

const at = new Date('2026-12-01T00:00:00Z');

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

  it.each([
    ['notary.x509', ATTRIBUTE.authenticSigningTime],
    ['notary.x509.signingAuthority', ATTRIBUTE.signingTime],
  ] as const)(
    '[D-33] under %s, a critical %s is processed by nobody: refused, and ignored where it is not critical',
    async (signingScheme, key) => {
      const { signer } = await identityOf('EC-256');
      const made = async (critical: boolean): Promise<Uint8Array> => {
        const { toBeSigned, finish } = writeCose({
          payload: encodePayload({ mediaType: 'a/b', digest: `sha256:${'0'.repeat(64)}`, size: 1 }, 'cose'),
          contentType: PAYLOAD_CONTENT_TYPE,
          signingTime: at,
          expiry: undefined,
          signingScheme,
          algorithm: 'ES256',
          extendedAttributes: [{ key, critical, value: new CborTag(1, at.getTime() / 1000) }],
        });
        const { signature, certificates } = await signer.sign(toBeSigned);
        return finish({ signature, certificates, signingAgent: '', timestampToken: undefined });
      };
      const verifyCose = (bytes: Uint8Array) => outcome(async () => verifyEnvelope(await decodeEnvelope(bytes, COSE_MEDIA_TYPE)));
      expect(await verifyCose(await made(true))).toBe('COSE_CRIT_UNPROCESSED');
      expect(await verifyCose(await made(false))).toBe('ok');
    },
  );
});
