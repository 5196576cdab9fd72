// SPDX-License-Identifier: Apache-2.0
import { toUtf8 } from '@notary/base';
import type { KeySpec } from '@notary/base/crypto';
import { COSE_MEDIA_TYPE, JWS_MEDIA_TYPE } from '@notary/signature';
import { codeOf } from '@notary/testkit';
import { createMemoryTrustStore, parseBlobTrustPolicy } from '@notary/trust';
import { describe, expect, it } from 'vitest';
import { evaluateBlob, signBlob, verifyBlob } from '../src/index.ts';
import { clockAt, createPublisher, now, type Publisher } from './support/publisher.ts';

const chunks = async function* (text: string): AsyncGenerator<Uint8Array> {
  for (const part of text.match(/.{1,7}/gs) ?? []) yield toUtf8(part);
};
const policy = parseBlobTrustPolicy(
  toUtf8(
    JSON.stringify({
      version: '1.0',
      trustPolicies: [
        { name: 'all', globalPolicy: true, signatureVerification: { level: 'strict' }, trustStores: ['ca:acme'], trustedIdentities: ['*'] },
        { name: 'skip', signatureVerification: { level: 'skip' } },
      ],
    }),
  ),
);
const trust = (publisher: Publisher) => ({
  policy,
  trustStore: createMemoryTrustStore(new Map([['ca:acme', [publisher.root]]])),
  clock: clockAt(now),
});
const signOptions = (publisher: Publisher, mediaType: typeof JWS_MEDIA_TYPE | typeof COSE_MEDIA_TYPE) => ({
  signer: publisher.signer,
  mediaType,
  clock: clockAt(now),
  signingAgent: 'test/1',
  contentMediaType: 'text/plain',
});

describe('blobs', () => {
  const specs: [KeySpec, string][] = [
    ['EC-256', 'sha256'],
    ['EC-384', 'sha384'],
    ['EC-521', 'sha512'],
    ['RSA-2048', 'sha256'],
  ];
  it.each(specs)('a %s key digests with %s; the signature verifies in both formats', async (keySpec, algorithm) => {
    const publisher = await createPublisher('blob', { keySpec });
    for (const mediaType of [JWS_MEDIA_TYPE, COSE_MEDIA_TYPE] as const) {
      const signed = await signBlob({ ...signOptions(publisher, mediaType), blob: chunks('some longer content') });
      expect(signed.digest.startsWith(`${algorithm}:`)).toBe(true);
      const base = { ...trust(publisher), signature: signed.envelope, signatureMediaType: mediaType };
      expect((await verifyBlob({ ...base, blob: () => chunks('some longer content') })).basis).toBe('verified');
      expect(await codeOf(verifyBlob({ ...base, blob: () => chunks('some other content!') }))).toBe('NOTATION_BLOB_MISMATCH');
      expect(await codeOf(verifyBlob({ ...base, mediaType: 'text/html', blob: () => chunks('some longer content') }))).toBe(
        'NOTATION_BLOB_MISMATCH',
      );
    }
  });

  it('does not read the blob for a signature that is not trusted', async () => {
    const [signer, other] = await Promise.all([createPublisher('a'), createPublisher('b')]);
    const signed = await signBlob({ ...signOptions(signer, JWS_MEDIA_TYPE), blob: chunks('x') });
    let opened = 0;
    const blob = () => {
      opened++;
      return chunks('x');
    };
    const report = await evaluateBlob({ ...trust(other), signature: signed.envelope, signatureMediaType: JWS_MEDIA_TYPE, blob });
    expect(report.basis).toBe('rejected');
    expect(opened).toBe(0);
  });

  it('throws for whatever is not accepted, also under a level that enforces nothing', async () => {
    const publisher = await createPublisher('a');
    const base = trust(publisher);
    const actions = { integrity: 'log', authenticity: 'log', authenticTimestamp: 'log', expiry: 'log', revocation: 'log' } as const;
    const statements = base.policy.statements.map((s) => ({ ...s, level: { name: 'custom', actions } as const }));
    const policy = { ...base.policy, statements };
    const request = { ...base, policy, signature: toUtf8('x'), signatureMediaType: JWS_MEDIA_TYPE, blob: () => chunks('x') };
    expect((await evaluateBlob(request)).basis).toBe('rejected');
    await expect(verifyBlob(request)).rejects.toThrow('a refusal without a reason');
  });

  it('a statement that skips admits without a signature that is any good', async () => {
    const publisher = await createPublisher('a');
    const report = await verifyBlob({
      ...trust(publisher),
      policyName: 'skip',
      signature: toUtf8('x'),
      signatureMediaType: JWS_MEDIA_TYPE,
      blob: () => chunks('x'),
    });
    expect(report).toMatchObject({ basis: 'skipped', statement: 'skip' });
  });

  it('refuses an empty signature, an empty media type and an unknown envelope', async () => {
    const publisher = await createPublisher('a');
    const base = { ...trust(publisher), signatureMediaType: JWS_MEDIA_TYPE, blob: () => chunks('x') };
    expect(await codeOf(verifyBlob({ ...base, signature: new Uint8Array() }))).toBe('NOTATION_SIGNATURE_EMPTY');
    expect(await codeOf(verifyBlob({ ...base, signature: toUtf8('{}') }))).not.toBe('nothing');
    expect(await codeOf(verifyBlob({ ...base, signatureMediaType: 'text/plain', signature: toUtf8('{}') }))).toBe('NOTATION_PARSE_FAILED');
    expect(await codeOf(signBlob({ ...signOptions(publisher, JWS_MEDIA_TYPE), contentMediaType: '', blob: chunks('x') }))).toBe(
      'NOTATION_MEDIA_TYPE_EMPTY',
    );
    expect(await codeOf(signBlob({ ...signOptions(publisher, JWS_MEDIA_TYPE), contentMediaType: 'a b', blob: chunks('x') }))).toBe(
      'NOTATION_MEDIA_TYPE_INVALID',
    );
  });

  it('refuses an expiry that is negative or no whole second', async () => {
    const publisher = await createPublisher('a');
    const sign = (expiryMs: number) => codeOf(signBlob({ ...signOptions(publisher, JWS_MEDIA_TYPE), expiryMs, blob: chunks('x') }));
    expect(await sign(-1000)).toBe('NOTATION_EXPIRY_NEGATIVE');
    expect(await sign(1500)).toBe('NOTATION_EXPIRY_FRACTION');
  });

  it('refuses reserved metadata', async () => {
    const publisher = await createPublisher('a');
    const sign = (key: string) =>
      codeOf(signBlob({ ...signOptions(publisher, JWS_MEDIA_TYPE), userMetadata: new Map([[key, 'v']]), blob: chunks('x') }));
    expect(await sign('io.cncf.notary.x')).toBe('NOTATION_METADATA_RESERVED');
    expect(await sign('build')).toBe('nothing');
  });
});
