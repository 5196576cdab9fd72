// SPDX-License-Identifier: Apache-2.0
/** What the audit of timestamping in Notation found, each as the countersignature that would show it here. See docs/explanation/audits.md. */
import { generatePrivateKey } from '@notary/base/crypto';
import { JWS_MEDIA_TYPE } from '@notary/signature';
import { type Authority, makeToken, type TokenParts } from '@notary/testkit/timestamp-token';
import { type Certificate, createCertificate, parseCertificate } from '@notary/x509';
import { beforeAll, describe, expect, it } from 'vitest';
import { evaluateArtifact, type RevocationChecker, type RevocationQuestion } from '../src/index.ts';
import { createPublisher, days, nameOf, type Publisher } from './support/publisher.ts';
import { attachEnvelope, createWorld, envelopeFor, request, trusting, type World } from './support/world.ts';

let acme: Publisher;
let authority: Authority;
let root: Certificate;
/** The authority's certificate names a list of revoked certificates. */
let listed: Authority;

beforeAll(async () => {
  acme = await createPublisher('ci');
  const rootKey = await generatePrivateKey('EC-256');
  const key = await generatePrivateKey('EC-256');
  const common = { notBefore: days(-3650), notAfter: days(3650) };
  const make = async (over: object): Promise<Certificate> =>
    parseCertificate(await createCertificate({ ...common, issuer: nameOf(['CN', 'tsa root']), signer: rootKey, ...over } as never));
  root = await make({
    subject: nameOf(['CN', 'tsa root']),
    serialNumber: Uint8Array.of(1),
    basicConstraints: { ca: true },
    keyUsage: { bits: ['keyCertSign', 'cRLSign'] },
  });
  const leaf = {
    subject: nameOf(['CN', 'tsa']),
    publicKey: key.spki,
    keyUsage: { bits: ['digitalSignature'] },
    extendedKeyUsage: { critical: true, oids: ['1.3.6.1.5.5.7.3.8'] },
  };
  authority = { key, chain: [await make({ ...leaf, serialNumber: Uint8Array.of(2) })] };
  listed = { key, chain: [await make({ ...leaf, serialNumber: Uint8Array.of(3), crlUrls: ['http://crl.example/tsa.crl'] })] };
});

/** An artifact whose one signature carries a token about it. */
async function stamped(by: Authority, change: Partial<TokenParts> = {}): Promise<World> {
  const world = await createWorld();
  const envelope = await envelopeFor(world.artifact, acme, {
    timestamper: ({ signature }) => makeToken(by, { message: signature, genTime: '20260601120000Z', ...change }),
  });
  await attachEnvelope(world, envelope, JWS_MEDIA_TYPE);
  return world;
}

async function problem(world: World, revocation?: RevocationChecker): Promise<string> {
  const stores = new Map([
    ['ca:acme', [acme.root]],
    ['tsa:clock', [root]],
  ]);
  const report = await evaluateArtifact(request(world, trusting([], { stores }), revocation === undefined ? {} : { revocation }));
  const finding = report.signatures[0]?.findings.find((f) => f.check === 'authenticTimestamp');
  return `${report.basis} ${finding?.result} ${finding?.fault?.code ?? finding?.fault}`;
}

describe('a countersignature', () => {
  it('[CVE-2024-56138] [QB-5] of an authority whose certificate was revoked is not believed', async () => {
    const asked: RevocationQuestion[] = [];
    const revoking = (purpose: RevocationQuestion['purpose']): RevocationChecker => ({
      check: async (question) => {
        asked.push(question);
        return question.purpose === purpose ? { status: 'revoked', subject: 'CN=tsa', reason: 'keyCompromise' } : { status: 'good' };
      },
    });
    const world = await stamped(authority);
    expect(await problem(world, revoking('timestamping'))).toBe('rejected fail NOTATION_TIMESTAMP_REVOKED');
    const question = asked.find((q) => q.purpose === 'timestamping');
    expect(question?.chain.map((c) => c.thumbprint)).toEqual([authority.chain[0]?.thumbprint, root.thumbprint]);
    expect(await problem(world)).toBe('verified pass undefined');
  });

  it('[CVE-2024-56138] [QB-9] of an authority whose status nobody could find out is not taken for good', async () => {
    const world = await stamped(listed);
    expect(await problem(world)).toMatch(/^(?:inconclusive unknown|rejected fail) NOTATION_TIMESTAMP_REVOCATION_UNKNOWN$/);
    const silent: RevocationChecker = { check: async () => Promise.reject(new Error('timeout')) };
    const outcome = await problem(await stamped(authority), silent).catch(() => 'threw');
    expect(outcome).not.toMatch(/^verified/);
  });

  it('[QB-4] [QB-7] whose signature is bad decides nothing, whatever else stands in it', async () => {
    for (const change of [
      { breakSignature: true },
      { breakSignature: true, genTime: '20200101000000Z' },
      { breakSignature: true, certificates: [] },
    ]) {
      expect(await problem(await stamped(authority, change))).toBe('rejected fail NOTATION_TIMESTAMP_INVALID');
    }
  });

  it('[QB-6] without signed attributes, or about other content than a TSTInfo, is refused', async () => {
    for (const change of [
      { noAttributes: true },
      { contentType: '1.2.840.113549.1.7.1' },
      { noAttributes: true, contentType: '1.2.840.113549.1.7.1' },
    ]) {
      expect(await problem(await stamped(authority, change))).toBe('rejected fail NOTATION_TIMESTAMP_INVALID');
    }
  });
});
