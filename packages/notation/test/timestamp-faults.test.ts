// SPDX-License-Identifier: Apache-2.0
/** Every way in which the authentic timestamp check refuses, each with a real token or signature that is wrong in that one way. */
import { Fault } from '@notary/base';
import { generatePrivateKey } from '@notary/base/crypto';
import { derInteger, derSequence } from '@notary/base/der';
import { encodePayload, JWS_MEDIA_TYPE, PAYLOAD_CONTENT_TYPE, type SignRequest } from '@notary/signature';
import { writeJws } from '@notary/signature/jws';
import { type Authority, makeToken, type TokenParts } from '@notary/testkit/timestamp-token';
import type { TrustStore } from '@notary/trust';
import { type Certificate, createCertificate, parseCertificate } from '@notary/x509';
import { beforeAll, describe, expect, it } from 'vitest';
import { evaluateArtifact, type RevocationStatus, type VerifyArtifactRequest } from '../src/index.ts';
import { createPublisher, days, type Publisher, subjectOf } from './support/publisher.ts';
import { attachEnvelope, createWorld, envelopeFor, request, trusting } from './support/world.ts';

let acme: Publisher;
let authority: Authority;
let root: Certificate;
beforeAll(async () => {
  acme = await createPublisher('ci');
  [authority, root] = await createAuthority();
});

async function createAuthority(over: { ocspUrls?: readonly string[] } = {}): Promise<[Authority, Certificate]> {
  const [rootKey, key] = [await generatePrivateKey('EC-256'), await generatePrivateKey('EC-256')];
  const dates = { notBefore: days(-3650), notAfter: days(3650) };
  const own = await createCertificate({
    ...dates,
    subject: subjectOf('tsa root'),
    signer: rootKey,
    serialNumber: Uint8Array.of(1, 0, 1),
    basicConstraints: { ca: true },
    keyUsage: { bits: ['keyCertSign'] },
  });
  const leaf = await createCertificate({
    ...dates,
    ...over,
    subject: subjectOf('tsa'),
    issuer: subjectOf('tsa root'),
    publicKey: key.spki,
    signer: rootKey,
    serialNumber: Uint8Array.of(1, 0, 2),
    keyUsage: { bits: ['digitalSignature'] },
    extendedKeyUsage: { critical: true, oids: ['1.3.6.1.5.5.7.3.8'] },
  });
  return [{ key, chain: [parseCertificate(leaf)] }, parseCertificate(own)];
}

interface Case {
  readonly by?: Authority;
  readonly token?: Partial<TokenParts>;
  readonly stores?: Map<string, readonly Certificate[]>;
  readonly sign?: Partial<SignRequest>;
  readonly over?: (stores: TrustStore) => Partial<VerifyArtifactRequest>;
}

const storesOf = (tsa: Certificate): Map<string, readonly Certificate[]> =>
  new Map([
    ['ca:acme', [acme.root]],
    ['signingAuthority:acme', [acme.root]],
    ['tsa:clock', [tsa]],
  ]);

/** The finding about time of a signature with such a countersignature. */
async function judge({ by = authority, token = {}, stores = storesOf(root), sign = {}, over }: Case) {
  const world = await createWorld();
  const timestamper = async ({ signature }: { signature: Uint8Array }) => makeToken(by, { message: signature, ...token });
  await attachEnvelope(world, await envelopeFor(world.artifact, acme, { timestamper, ...sign }), JWS_MEDIA_TYPE);
  const trust = trusting([], { stores });
  const report = await evaluateArtifact(request(world, trust, over?.(trust.trustStore)));
  const finding = report.signatures[0]?.findings.find((f) => f.check === 'authenticTimestamp');
  return { result: finding?.result, code: finding?.fault?.code, fault: finding?.fault, basis: report.basis };
}

const answering = (status: RevocationStatus) => () => ({
  revocation: { check: async ({ purpose }: { purpose: string }) => (purpose === 'timestamping' ? status : { status: 'good' as const }) },
});

describe('a countersignature', () => {
  it('that is sound passes', async () => {
    expect(await judge({})).toMatchObject({ result: 'pass', basis: 'verified' });
  });

  it.each<[code: string, result: string, what: string, make: () => Case | Promise<Case>]>([
    ['NOTATION_TIMESTAMP_OUT_OF_RANGE', 'fail', 'made before the certificate is valid', () => ({ token: { genTime: '20260401120000Z' } })],
    ['NOTATION_TIMESTAMP_OUT_OF_RANGE', 'fail', 'made after the certificate expired', () => ({ token: { genTime: '20270101120000Z' } })],
    [
      'NOTATION_TIMESTAMP_OUT_OF_RANGE',
      'fail',
      'whose accuracy reaches outside',
      () => ({ token: { accuracy: derSequence(derInteger(86_400 * 60)) } }),
    ],
    ['NOTATION_TIMESTAMP_INVALID', 'fail', 'with a broken signature', () => ({ token: { breakSignature: true } })],
    ['NOTATION_TIMESTAMP_INVALID', 'fail', 'of a stranger', async () => ({ by: (await createAuthority())[0] })],
    [
      'NOTATION_TIMESTAMP_REVOKED',
      'fail',
      'by a revoked certificate',
      () => ({ over: answering({ status: 'revoked', subject: 'CN=tsa', reason: 'keyCompromise' }) }),
    ],
    [
      'NOTATION_TIMESTAMP_REVOCATION_UNKNOWN',
      'unknown',
      'by a certificate whose responder nobody asks',
      async () => {
        const [by, tsa] = await createAuthority({ ocspUrls: ['http://ocsp.example'] });
        return { by, stores: storesOf(tsa) };
      },
    ],
    [
      'NOTATION_TIMESTAMP_UNAVAILABLE',
      'unknown',
      'where the tsa store cannot be read',
      () => ({
        over: (stores) => ({
          trustStore: {
            certificates: async (type, name) => {
              if (type !== 'tsa') return stores.certificates(type, name);
              throw new Fault({ code: 'TEST_DISK', category: 'unavailable', message: 'input/output error' });
            },
          },
        }),
      }),
    ],
  ])('%s (%s): %s', async (code, result, _, make) => {
    const found = await judge(await make());
    expect(found).toMatchObject({ code, result, basis: result === 'unknown' ? 'inconclusive' : 'rejected' });
    expect(found.fault?.remedy?.text).toBeTruthy();
    expect(found.fault?.remedy?.text).not.toMatch(/skip|audit|permissive|override|log only/i);
  });
});

it('NOTATION_NOT_VALID_WHEN_SIGNED: a signing authority names a time at which its certificate was not valid', async () => {
  for (const signingTime of [days(-31), days(31)]) {
    const world = await createWorld();
    const { toBeSigned, finish } = writeJws({
      payload: encodePayload(world.artifact, 'jws'),
      contentType: PAYLOAD_CONTENT_TYPE,
      signingTime,
      expiry: undefined,
      signingScheme: 'notary.x509.signingAuthority',
      algorithm: 'ES256',
    });
    const { signature, certificates } = await acme.signer.sign(toBeSigned);
    await attachEnvelope(world, finish({ signature, certificates, signingAgent: '', timestampToken: undefined }), JWS_MEDIA_TYPE);
    const report = await evaluateArtifact(request(world, trusting([], { stores: storesOf(root) })));
    expect(report.basis).toBe('rejected');
    expect(report.signatures[0]?.findings.find((f) => f.check === 'authenticTimestamp')?.fault?.code).toBe(
      'NOTATION_NOT_VALID_WHEN_SIGNED',
    );
  }
});

describe('what is no fault', () => {
  const bug = new TypeError('undefined is not a function');
  const fails = async (): Promise<never> => {
    throw bug;
  };

  it('is a bug: it surfaces and becomes no finding, whichever check runs into it', async () => {
    const broken: Case[] = [
      { over: () => ({ revocation: { check: fails } }) },
      { over: () => ({ trustStore: { certificates: fails } }) },
      {
        over: (stores) => ({ trustStore: { certificates: (type, name) => (type === 'tsa' ? fails() : stores.certificates(type, name)) } }),
      },
    ];
    for (const one of broken) await expect(judge(one)).rejects.toMatchObject({ code: 'INTERNAL_UNEXPECTED', cause: bug });
  });
});
