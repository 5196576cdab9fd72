// SPDX-License-Identifier: Apache-2.0
/** Faults that the Go tools once had: each test is named after the one that it would show here. */
import { toUtf8 } from '@notary/base';
import { type Descriptor, describe as describeContent, ociFaults, type ReadableRepository } from '@notary/oci';
import { JWS_MEDIA_TYPE } from '@notary/signature';
import { codeOf } from '@notary/testkit';
import { parseDistinguishedName } from '@notary/trust';
import { beforeAll, describe, expect, it } from 'vitest';
import { evaluateArtifact, inspectSignatures, listSignatures, notationLimits, verifyArtifact } from '../src/index.ts';
import { createPublisher, type Publisher } from './support/publisher.ts';
import { attachEnvelope, createWorld, envelopeFor, pushArtifact, request, sign, trusting, type World } from './support/world.ts';

let acme: Publisher;
beforeAll(async () => {
  acme = await createPublisher('ci');
});

/** A repository that differs from the world's in some methods: what a hostile registry is. */
const hostile = (world: World, over: Partial<ReadableRepository>): ReadableRepository => {
  const { repository } = world;
  return {
    name: repository.name,
    resolve: (reference) => repository.resolve(reference),
    fetchManifest: (d) => repository.fetchManifest(d),
    hasManifest: (d) => repository.hasManifest(d),
    fetchBlob: (d, max) => repository.fetchBlob(d, max),
    streamUnverifiedBlob: (d) => repository.streamUnverifiedBlob(d),
    hasBlob: (d) => repository.hasBlob(d),
    listReferrers: (subject, query) => repository.listReferrers(subject, query),
    ...over,
  };
};

/** A list of referrers without end, each of which points at nothing. */
async function* endless(): AsyncGenerator<Descriptor> {
  for (let i = 0; ; i++) yield describeContent('application/vnd.oci.image.manifest.v1+json', toUtf8(String(i)));
}

describe('known faults of the Go tools', () => {
  it('[CVE-2023-25656] [ADA-NOT-FUZZ-1] a distinguished name with an encoded value is refused before anything is decoded', async () => {
    const name = `C=US,ST=WA,O=#30${'84ffffffff'.repeat(100)}`;
    expect(() => parseDistinguishedName(name)).toThrow(expect.objectContaining({ code: 'TRUST_NAME_HASH_VALUE' }));
  });

  it('[CVE-2023-33958] [ADA-NOT-23-2] verifying against an endless list of signatures ends, and is remembered in part', async () => {
    const world = await createWorld();
    let listed = 0;
    const repository = hostile(world, {
      async *listReferrers(_, query) {
        for await (const descriptor of endless()) {
          if (listed >= (query?.limit ?? Number.POSITIVE_INFINITY)) return;
          listed++;
          yield descriptor;
        }
      },
    });
    const report = await evaluateArtifact(request(world, trusting([acme.root]), { repository, maxSignatures: 5 }));
    expect(listed).toBe(notationLimits.listedReferrers + 1);
    expect(report).toMatchObject({
      listed: notationLimits.listedReferrers,
      examined: notationLimits.candidates,
      limitReached: true,
      incomplete: { code: 'OCI_REFERRERS_ENDLESS', facts: { limit: notationLimits.listedReferrers } },
    });
    expect(report.signatures.length).toBeLessThanOrEqual(notationLimits.signatures + 5);
  });

  it('[CVE-2023-33958] [ADA-NOT-23-2] junk that makes the list longer than its reader allows does not stop the signature that counts', async () => {
    const world = await createWorld();
    await sign(world, acme);
    const repository = hostile(world, {
      async *listReferrers(subject, query) {
        yield* world.repository.listReferrers(subject, query);
        throw ociFaults.REFERRERS_ENDLESS({ subject: subject.digest, what: 'entries', limit: 1 });
      },
    });
    expect((await verifyArtifact(request(world, trusting([acme.root]), { repository }))).basis).toBe('verified');
    const nothingButJunk = hostile(world, {
      // biome-ignore lint/correctness/useYield: it ends before it begins.
      async *listReferrers(subject) {
        throw ociFaults.REFERRERS_ENDLESS({ subject: subject.digest, what: 'bytes', limit: 1 });
      },
    });
    expect(await codeOf(verifyArtifact(request(world, trusting([acme.root]), { repository: nothingButJunk })))).toBe(
      'OCI_REFERRERS_ENDLESS',
    );
  });

  it('[CVE-2023-33957] [ADA-NOT-23-1] [ADA-NOT-23-7] listing and inspecting ask for a bounded list', async () => {
    const world = await createWorld();
    let asked: number | undefined;
    const repository = hostile(world, {
      async *listReferrers(subject, query) {
        asked = query?.limit;
        yield* world.repository.listReferrers(subject, query);
      },
    });
    await listSignatures(repository, world.artifact.digest);
    expect(asked).toBe(notationLimits.listedReferrers + 1);
    const shown = [];
    const many = Array.from({ length: 500 }, (_, i) => describeContent('application/vnd.oci.image.manifest.v1+json', toUtf8(String(i))));
    for await (const step of inspectSignatures(repository, world.artifact, many, { maxSignatures: 3 })) shown.push(step.kind);
    expect(shown).toEqual(['unavailable', 'unavailable', 'unavailable', 'limit']);
  });

  it('[CVE-2023-33959] [ADA-NOT-23-6] a registry that answers a digest with another artifact is found out', async () => {
    const world = await createWorld();
    const other = await pushArtifact(world.repository, 'v2', 'other');
    await attachEnvelope({ ...world, artifact: other }, await envelopeFor(other, acme), JWS_MEDIA_TYPE);
    const repository = hostile(world, { resolve: async () => other });
    expect(await codeOf(verifyArtifact(request(world, trusting([acme.root]), { repository })))).toBe('NOTATION_DIGEST_NOT_RESOLVED');
  });

  it('[CVE-2023-33959] [ADA-NOT-23-6] a genuine signature of one artifact, hung onto another, is refused', async () => {
    const world = await createWorld();
    const other = await pushArtifact(world.repository, 'v2', 'other');
    const { signature } = await sign({ ...world, artifact: other }, acme);
    const listed = hostile(world, {
      async *listReferrers() {
        yield signature;
      },
    });
    const report = await evaluateArtifact(request(world, trusting([acme.root]), { repository: listed }));
    expect(report.signatures[0]?.fault?.code).toBe('NOTATION_SIGNATURE_UNAVAILABLE');
    expect(report.signatures[0]?.fault?.cause).toMatchObject({ code: 'NOTATION_MANIFEST_OTHER_SUBJECT' });
    expect(report.basis).toBe('rejected');
  });

  it('[CVE-2024-23332] a permissive policy says that it tolerated an expired signature, and hands out no proof', async () => {
    const world = await createWorld();
    await sign(world, acme, { expiryMs: 1000 });
    const late = { now: () => new Date('2026-06-02T00:00:00Z'), sleep: async () => {} };
    const admission = await verifyArtifact(request(world, trusting([acme.root], { level: 'permissive' }), { clock: late }));
    expect(admission.basis).toBe('tolerated');
    expect('verified' in admission).toBe(false);
    expect(await codeOf(verifyArtifact(request(world, trusting([acme.root]), { clock: late })))).toBe('NOTATION_VERIFICATION_FAILED');
  });

  it('[ADA-NOT-23-3] levels cannot be changed by whoever holds a policy', async () => {
    const { policy } = trusting([acme.root]);
    const { level } = policy.statements[0] as (typeof policy.statements)[0];
    expect(() => Object.assign(level.actions, { authenticity: 'skip' })).toThrow(TypeError);
  });

  it('[ADA-NOT-23-7] an envelope larger than the bound is refused before it is fetched', async () => {
    const world = await createWorld();
    await attachEnvelope(world, toUtf8('small'), JWS_MEDIA_TYPE);
    const real = world.repository;
    const repository = hostile(world, {
      async *listReferrers(subject, query) {
        for await (const descriptor of real.listReferrers(subject, query)) yield { ...descriptor, size: (4 << 20) + 1 };
      },
      fetchManifest: async () => {
        throw new Error('fetched');
      },
    });
    const report = await evaluateArtifact(request(world, trusting([acme.root]), { repository }));
    expect(report.signatures[0]?.fault?.cause).toMatchObject({ code: 'NOTATION_MANIFEST_TOO_LARGE' });
  });
});
