// SPDX-License-Identifier: Apache-2.0
import { Fault, toUtf8 } from '@notary/base';
import type { ReadableRepository } from '@notary/oci';
import { ChainMemory, COSE_MEDIA_TYPE, JWS_MEDIA_TYPE } from '@notary/signature';
import { codeOf } from '@notary/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { evaluateArtifact, finalLine, VerifiedArtifact, verifyArtifact } from '../src/index.ts';
import { clockAt, createPublisher, days, nameOf, now, type Publisher, subjectOf } from './support/publisher.ts';
import { attachEnvelope, createWorld, envelopeFor, pushArtifact, request, sign, trusting } from './support/world.ts';

let acme: Publisher;
let stranger: Publisher;
beforeAll(async () => {
  [acme, stranger] = await Promise.all([createPublisher('ci'), createPublisher('stranger')]);
});

/** Check, result and code of each finding that is not a pass. */
const problems = (report: Awaited<ReturnType<typeof evaluateArtifact>>) =>
  report.signatures.flatMap((s) => [
    ...s.findings.filter((f) => f.fault).map((f) => `${f.check} ${f.result} ${f.fault?.code}`),
    ...(s.fault ? [s.fault.code] : []),
  ]);

const codesOf = (report: Awaited<ReturnType<typeof evaluateArtifact>>['signatures'][number]) =>
  report.findings.flatMap((finding) => finding.fault?.code ?? []);

it('a trust store that throws at once is reported like one that rejects', async () => {
  const world = await createWorld();
  await sign(world, await createPublisher('a'));
  await sign(world, await createPublisher('b'));
  const broken = () => {
    throw new Fault({ code: 'TEST_STORE', category: 'unavailable', message: 'out of order' });
  };
  const unheard: unknown[] = [];
  const listener = (reason: unknown) => void unheard.push(reason);
  process.on('unhandledRejection', listener);
  try {
    const report = await evaluateArtifact(request(world, { ...trusting([]), trustStore: { certificates: broken } }));
    expect(report.basis).toBe('inconclusive');
    expect(report.signatures).toHaveLength(2);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(unheard).toEqual([]);
  } finally {
    process.off('unhandledRejection', listener);
  }
});

describe('verifying an artifact', () => {
  it.each([JWS_MEDIA_TYPE, COSE_MEDIA_TYPE] as const)('admits what a trusted publisher signed in %s', async (mediaType) => {
    const world = await createWorld();
    await sign(world, acme, { mediaType, userMetadata: new Map([['build', '42']]) });
    const admission = await verifyArtifact(request(world, trusting([acme.root])));
    expect(admission.basis).toBe('verified');
    if (admission.basis !== 'verified') return;
    expect(admission.verified).toBeInstanceOf(VerifiedArtifact);
    expect(admission.verified.artifact.digest).toBe(world.artifact.digest);
    expect(admission.verified.userMetadata.get('build')).toBe('42');
    expect(admission.report.signatures[0]?.findings.map((f) => f.result)).toEqual(['pass', 'pass', 'pass', 'pass', 'pass']);
  });

  it('admits by tag and names the digest', async () => {
    const world = await createWorld();
    await sign(world, acme);
    const report = await evaluateArtifact(request(world, trusting([acme.root]), { reference: 'v1' }));
    expect(report.reference).toBe(`registry.example/app@${world.artifact.digest}`);
  });

  it('answers the same about a signer that it knows from another artifact', async () => {
    const chains = new ChainMemory();
    const good = await createWorld();
    await sign(good, acme);
    const strangers = await createWorld();
    await sign(strangers, stranger);
    const forged = await createWorld();
    const envelope = new TextDecoder().decode(await envelopeFor(forged.artifact, acme));
    const { signature, ...rest } = JSON.parse(envelope) as { signature: string };
    const other = `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
    await attachEnvelope(forged, toUtf8(JSON.stringify({ ...rest, signature: other })), JWS_MEDIA_TYPE);
    for (const round of ['met', 'known']) {
      const outcome = async (world: typeof good) =>
        (await evaluateArtifact(request(world, trusting([acme.root]), { chains }))).signatures.map((s) => [
          round,
          s.outcome,
          ...codesOf(s),
        ]);
      expect(await outcome(good)).toEqual([[round, 'verified']]);
      expect(await outcome(strangers)).toEqual([[round, 'rejected', 'NOTATION_NOT_TRUSTED']]);
      expect(await outcome(forged)).toEqual([[round, 'rejected', 'ENVELOPE_SIGNATURE_INVALID']]);
    }
  });

  it('refuses an artifact without signatures', async () => {
    const world = await createWorld();
    expect(await codeOf(verifyArtifact(request(world, trusting([acme.root]))))).toBe('NOTATION_NO_SIGNATURE');
  });

  it('refuses a stranger, says whose root is missing and how to trust it', async () => {
    const world = await createWorld();
    await sign(world, stranger);
    const report = await evaluateArtifact(request(world, trusting([acme.root])));
    expect(report.basis).toBe('rejected');
    expect(problems(report)).toEqual(['authenticity fail NOTATION_NOT_TRUSTED']);
    const fault = report.signatures[0]?.findings[1]?.fault;
    expect(fault?.facts).toMatchObject({ root: 'CN=stranger root,O=Acme,ST=WA,C=US', statement: 'prod' });
    expect(fault?.remedy?.command).toEqual(['notation', 'cert', 'add', '--type', 'ca', '--store', 'acme', 'FILE']);
    expect(await codeOf(verifyArtifact(request(world, trusting([acme.root]))))).toBe('NOTATION_VERIFICATION_FAILED');
  });

  it('refuses a signature made for another artifact', async () => {
    const world = await createWorld();
    const other = await pushArtifact(world.repository, 'v2', 'other');
    await attachEnvelope(world, await envelopeFor(other, acme), JWS_MEDIA_TYPE);
    expect(problems(await evaluateArtifact(request(world, trusting([acme.root]))))).toEqual(['NOTATION_DESCRIPTOR_MISMATCH']);
  });

  it('refuses a signature whose size or media type differs although the digest is the same', async () => {
    for (const over of [{ size: 1 }, { mediaType: 'text/plain' }]) {
      const world = await createWorld();
      const { mediaType, digest, size } = world.artifact;
      await attachEnvelope(world, await envelopeFor({ mediaType, digest, size, ...over }, acme), JWS_MEDIA_TYPE);
      expect(problems(await evaluateArtifact(request(world, trusting([acme.root]))))).toEqual(['NOTATION_DESCRIPTOR_MISMATCH']);
    }
  });

  it('demands the metadata that the caller names', async () => {
    const world = await createWorld();
    await sign(world, acme, { userMetadata: new Map([['build', '42']]) });
    const demand = (value: string) =>
      evaluateArtifact(request(world, trusting([acme.root]), { userMetadata: new Map([['build', value]]) }));
    expect((await demand('42')).basis).toBe('verified');
    expect(problems(await demand('43'))).toEqual(['NOTATION_METADATA_UNMATCHED']);
  });

  it('matches the subject of the signing certificate with the trusted identities', async () => {
    const world = await createWorld();
    await sign(world, acme);
    const verify = (identity: string) => evaluateArtifact(request(world, trusting([acme.root], { identities: [identity] })));
    expect((await verify('x509.subject: C=US, ST=WA, O=Acme, CN=ci')).basis).toBe('verified');
    expect(problems(await verify('x509.subject: C=US, ST=WA, O=Acme, CN=other'))).toEqual(['authenticity fail TRUST_IDENTITY_UNMATCHED']);
  });

  it('never matches a subject with an attribute twice', async () => {
    const twice = await createPublisher('twice', { subject: [...subjectOf('twice'), ...nameOf(['OU', 'a'], ['OU', 'b'])] });
    const world = await createWorld();
    await sign(world, twice);
    expect(
      problems(await evaluateArtifact(request(world, trusting([twice.root], { identities: ['x509.subject: C=US, ST=WA, O=Acme'] })))),
    ).toEqual(['authenticity fail TRUST_SUBJECT_UNREADABLE']);
  });
});

describe('times', () => {
  it('refuses at the very instant of expiry, and accepts one second before', async () => {
    const world = await createWorld();
    await sign(world, acme, { expiryMs: 86_400_000 });
    const at = (instant: Date) => evaluateArtifact(request(world, trusting([acme.root]), { clock: clockAt(instant) }));
    expect((await at(new Date(days(1).getTime() - 1000))).basis).toBe('verified');
    const expired = await at(days(1));
    expect(problems(expired)).toEqual(['expiry fail NOTATION_EXPIRED']);
    expect(expired.signatures[0]?.findings[3]?.fault?.message ?? expired.signatures[0]?.findings.find((f) => f.fault)?.fault?.message).toBe(
      'digital signature has expired on "Tue, 02 Jun 2026 12:00:00 +0000"',
    );
  });

  it('refuses a certificate that has expired since, with no timestamp to outlive it', async () => {
    const world = await createWorld();
    await sign(world, acme);
    const late = await evaluateArtifact(request(world, trusting([acme.root]), { clock: clockAt(days(31)) }));
    expect(problems(late)).toEqual(['authenticTimestamp fail NOTATION_CERTIFICATE_EXPIRED']);
  });

  it('demands a countersignature where the statement names a timestamp authority', async () => {
    const world = await createWorld();
    await sign(world, acme);
    const stores = new Map([
      ['ca:acme', [acme.root]],
      ['tsa:clock', [stranger.root]],
    ]);
    expect(problems(await evaluateArtifact(request(world, trusting([], { stores }))))).toEqual([
      'authenticTimestamp fail NOTATION_TIMESTAMP_MISSING',
    ]);
  });

  it('a logged failure is tolerated and reported', async () => {
    const world = await createWorld();
    await sign(world, acme, { expiryMs: 1000 });
    const admission = await verifyArtifact(request(world, trusting([acme.root], { level: 'permissive' }), { clock: clockAt(days(1)) }));
    expect(admission.basis).toBe('tolerated');
    expect('verified' in admission).toBe(false);
  });
});

describe('revocation without a checker', () => {
  it('is unknown for a certificate that names a source, and refuses as inconclusive', async () => {
    const listed = await createPublisher('listed', { crlUrls: ['http://crl.example/a.crl'] });
    const world = await createWorld();
    await sign(world, listed);
    const report = await evaluateArtifact(request(world, trusting([listed.root])));
    expect(report.basis).toBe('inconclusive');
    expect(problems(report)).toEqual(['revocation unknown NOTATION_REVOCATION_UNKNOWN']);
    expect((await evaluateArtifact(request(world, trusting([listed.root], { override: { revocation: 'skip' } })))).basis).toBe('verified');
    expect((await evaluateArtifact(request(world, trusting([listed.root], { override: { revocation: 'log' } })))).basis).toBe('tolerated');
  });

  it('asks an injected checker and believes "revoked"', async () => {
    const world = await createWorld();
    await sign(world, acme);
    const revocation = { check: async () => ({ status: 'revoked', subject: 'CN=ci', reason: 'keyCompromise' }) as const };
    expect(problems(await evaluateArtifact(request(world, trusting([acme.root]), { revocation })))).toEqual([
      'revocation fail NOTATION_REVOKED',
    ]);
  });
});

describe('headers that change the meaning', () => {
  it.each([
    ['not critical', { critical: false, value: 'acme-verifier' }],
    ['no text', { critical: true, value: 7 }],
    ['empty', { critical: true, value: ' ' }],
  ])('NOTATION_PLUGIN_HEADER_INVALID for a plugin header that is %s, whatever the level', async (_, attribute) => {
    const world = await createWorld();
    const extendedAttributes = [{ key: 'io.cncf.notary.verificationPlugin', ...attribute }];
    await attachEnvelope(world, await envelopeFor(world.artifact, acme, { extendedAttributes }), JWS_MEDIA_TYPE);
    const report = await evaluateArtifact(request(world, trusting([acme.root], { level: 'audit' })));
    expect(report.basis).toBe('rejected');
    expect(problems(report)).toEqual(['NOTATION_PLUGIN_HEADER_INVALID']);
  });

  it('refuses a signature that needs a verification plugin with a code of its own', async () => {
    const world = await createWorld();
    const attribute = { key: 'io.cncf.notary.verificationPlugin', critical: true, value: 'acme-verifier' };
    await attachEnvelope(world, await envelopeFor(world.artifact, acme, { extendedAttributes: [attribute] }), JWS_MEDIA_TYPE);
    expect(problems(await evaluateArtifact(request(world, trusting([acme.root], { level: 'audit' }))))).toContain(
      'NOTATION_PLUGIN_REQUIRED',
    );
  });

  it('refuses an unknown critical attribute, and ignores an unknown one that is not', async () => {
    for (const [critical, basis] of [
      [true, 'rejected'],
      [false, 'verified'],
    ] as const) {
      const world = await createWorld();
      await attachEnvelope(
        world,
        await envelopeFor(world.artifact, acme, { extendedAttributes: [{ key: 'com.example.rule', critical, value: 'x' }] }),
        JWS_MEDIA_TYPE,
      );
      expect((await evaluateArtifact(request(world, trusting([acme.root])))).basis).toBe(basis);
    }
  });

  it('takes trusted roots by signing scheme: a ca store says nothing about a signing authority', async () => {
    const world = await createWorld();
    await attachEnvelope(world, await envelopeFor(world.artifact, acme, { signingScheme: 'notary.x509.signingAuthority' }), JWS_MEDIA_TYPE);
    expect(problems(await evaluateArtifact(request(world, trusting([acme.root]))))).toEqual([
      'authenticity fail NOTATION_NO_TRUSTED_CERTIFICATES',
    ]);
    const stores = new Map([['signingAuthority:acme', [acme.root]]]);
    expect((await evaluateArtifact(request(world, trusting([], { stores })))).basis).toBe('verified');
  });
});

describe('many signatures', () => {
  it('tries those whose thumbprints meet the trust store first, whatever junk is listed before them', async () => {
    const world = await createWorld();
    for (let i = 0; i < 20; i++) await attachEnvelope(world, toUtf8(`junk ${i}`), JWS_MEDIA_TYPE, ['00'.repeat(32)]);
    await sign(world, acme);
    const report = await evaluateArtifact(request(world, trusting([acme.root]), { maxSignatures: 1 }));
    expect(report).toMatchObject({ basis: 'verified', listed: 21 });
    expect(report.signatures).toHaveLength(1);
  });

  it('a lie in the hint costs nobody else anything', async () => {
    const world = await createWorld();
    for (let i = 0; i < 5; i++) await attachEnvelope(world, toUtf8(`junk ${i}`), JWS_MEDIA_TYPE, [acme.root.thumbprint]);
    await sign(world, acme);
    const report = await evaluateArtifact(request(world, trusting([acme.root])));
    expect(report.basis).toBe('verified');
    expect(report.signatures.length).toBeLessThanOrEqual(6);
  });

  it('is not stopped by one signature that cannot be fetched, and says so', async () => {
    const world = await createWorld();
    const lost = await attachEnvelope(world, toUtf8('lost'), JWS_MEDIA_TYPE, [acme.root.thumbprint]);
    await sign(world, acme);
    const repository: ReadableRepository = Object.assign(Object.create(world.repository), {
      name: world.repository.name,
      fetchManifest: async (d: { digest: string }) => {
        if (d.digest === lost.digest) throw new Fault({ code: 'X_GONE', category: 'unavailable', message: 'gone' });
        return world.repository.fetchManifest(d as never);
      },
    });
    const report = await evaluateArtifact(request(world, trusting([acme.root]), { repository }));
    expect(report.basis).toBe('verified');
    const only = await evaluateArtifact(request(world, trusting([stranger.root]), { repository }));
    expect(only.basis).toBe('inconclusive');
    expect(problems(only)).toContain('NOTATION_SIGNATURE_UNAVAILABLE');
  });

  it('gives up after max-signatures by trusted signers, and says that there were more', async () => {
    const world = await createWorld();
    for (let i = 0; i < 4; i++) await sign(world, acme, { expiryMs: 1000, userMetadata: new Map([['n', String(i)]]) });
    const late = { clock: clockAt(days(1)), maxSignatures: 3 };
    const report = await evaluateArtifact(request(world, trusting([acme.root]), late));
    expect(report).toMatchObject({ basis: 'rejected', limitReached: true, listed: 4, examined: 3 });
    expect(report.signatures).toHaveLength(3);
    expect(report.fault?.attempts).toHaveLength(3);
    expect(await codeOf(evaluateArtifact(request(world, trusting([acme.root]), { maxSignatures: 0 })))).toBe(
      'NOTATION_MAX_SIGNATURES_INVALID',
    );
  });

  it('hundreds of lies about thumbprints, and genuine signatures of other artifacts, hide nothing', async () => {
    const world = await createWorld();
    const other = await pushArtifact(world.repository, 'v2', 'other');
    const hints = acme.chain.map((c) => c.thumbprint);
    for (let i = 0; i < 300; i++) await attachEnvelope(world, toUtf8(`junk ${i}`), JWS_MEDIA_TYPE, hints);
    for (let i = 0; i < 20; i++) {
      const signingTime = new Date(now.getTime() - i * 1000);
      await attachEnvelope(world, await envelopeFor(other, acme, { signingTime }), JWS_MEDIA_TYPE, hints);
      await attachEnvelope(world, await envelopeFor(world.artifact, stranger, { signingTime }), JWS_MEDIA_TYPE, hints);
    }
    await sign(world, acme);
    const report = await evaluateArtifact(request(world, trusting([acme.root]), { maxSignatures: 1 }));
    expect(report).toMatchObject({ basis: 'verified', listed: 341, examined: 341 });
  });

  it('does not claim that the limit stopped it when exactly that many exist', async () => {
    const world = await createWorld();
    await sign(world, acme, { expiryMs: 1000 });
    const late = { clock: clockAt(days(1)), maxSignatures: 1 };
    expect((await evaluateArtifact(request(world, trusting([acme.root]), late))).limitReached).toBe(false);
  });
});

describe('the final line', () => {
  const line = async (work: Promise<{ fault?: unknown }>) =>
    finalLine(
      (await work.then(
        (r) => r.fault,
        (e) => e,
      )) as never,
    );
  it('is the one of the Go tool', async () => {
    const world = await createWorld();
    expect(await line(evaluateArtifact(request(world, trusting([acme.root]))))).toBe(
      `signature verification failed: no signature is associated with "registry.example/app@${world.artifact.digest}", make sure the artifact was signed successfully`,
    );
    await sign(world, stranger);
    expect(await line(evaluateArtifact(request(world, trusting([acme.root]))))).toBe(
      `signature verification failed for all the signatures associated with registry.example/app@${world.artifact.digest}`,
    );
    expect(await line(evaluateArtifact(request(world, trusting([], { stores: new Map(), trustStores: ['ca:none'] }))))).toBe(
      'the trust store "none" of type "ca" does not exist. Use command \'notation cert add\' to create and add trusted certificates to the trust store',
    );
  });
});

describe('a policy that skips', () => {
  it('asks for no signatures and hands out no proof', async () => {
    const world = await createWorld();
    const admission = await verifyArtifact(request(world, trusting([], { level: 'skip' })));
    expect(admission.basis).toBe('skipped');
    expect('verified' in admission).toBe(false);
  });
});

describe('the proof', () => {
  it('cannot be made by anybody else', () => {
    const make = VerifiedArtifact as unknown as new (...args: unknown[]) => unknown;
    expect(() => new make(Symbol('verified'), {})).toThrow(TypeError);
  });
  it('reads the clock once', async () => {
    const world = await createWorld();
    await sign(world, acme);
    let reads = 0;
    const clock = {
      now: () => {
        reads++;
        return now;
      },
      // The deadline sleeps beside the work, and is told when the work is done.
      sleep: () => new Promise<void>(() => undefined),
    };
    await verifyArtifact(request(world, trusting([acme.root]), { clock }));
    expect(reads).toBe(1);
  });
});
