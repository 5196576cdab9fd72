// SPDX-License-Identifier: Apache-2.0
/** Who may push can bury a good signature under entries that are costly to look at. Then nothing is admitted, and the refusal says why. */
import { type Descriptor, describe as describeContent, OCI_INDEX } from '@notary/oci';
import { createRemoteRepository } from '@notary/oci/remote';
import { JWS_MEDIA_TYPE } from '@notary/signature';
import { createFakeClock, createFixedRandom, createLoopbackHttp } from '@notary/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { evaluateArtifact } from '../src/index.ts';
import { createPublisher, now, type Publisher } from './support/publisher.ts';
import { attachEnvelope, createWorld, envelopeFor, manifestMediaType, name, request, trusting } from './support/world.ts';

let acme: Publisher;
let stranger: Publisher;
beforeAll(async () => {
  [acme, stranger] = await Promise.all([createPublisher('ci'), createPublisher('stranger')]);
});

const junk = (count: number): Descriptor[] =>
  Array.from({ length: count }, (_, n) => describeContent(manifestMediaType, new TextEncoder().encode(`junk ${n}`)));

/** Verifies an artifact whose list holds, in this order, a stranger's signature if there is one, the junk, and the good signature. */
async function verifyBuried(entries: readonly Descriptor[], over: { stranger?: boolean; goodType?: string } = {}) {
  const world = await createWorld();
  const good = await attachEnvelope(world, await envelopeFor(world.artifact, acme), JWS_MEDIA_TYPE);
  const first = over.stranger
    ? [await attachEnvelope(world, await envelopeFor(world.artifact, stranger), JWS_MEDIA_TYPE)].map((d) => ({
        ...d,
        artifactType: 'application/vnd.cncf.notary.signature',
      }))
    : [];
  const { mediaType, digest, size } = good;
  const last = { mediaType, digest, size, ...(over.goodType === undefined ? {} : { artifactType: over.goodType }) };
  const list = JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [...first, ...entries, last] });
  const http = createLoopbackHttp({
    'https://registry.example': async ({ method, url }) => {
      const path = new URL(url).pathname.replace('/v2/app', '');
      if (path.startsWith('/referrers/')) return new Response(list, { headers: { 'content-type': OCI_INDEX } });
      const digest = path.slice(path.lastIndexOf('/') + 1) as Descriptor['digest'];
      const found = [world.artifact, good, ...first].find((d) => d.digest === digest);
      if (path.startsWith('/blobs/')) return new Response('', { status: 404 });
      if (found === undefined) return new Response('', { status: 404 });
      const bytes = await world.repository.fetchManifest(found);
      const headers = { 'content-type': found.mediaType, 'docker-content-digest': found.digest, 'content-length': String(bytes.length) };
      return new Response(method === 'HEAD' ? null : (bytes as BodyInit), { headers });
    },
  });
  const [registry, repositoryName] = name.split('/') as [string, string];
  const clock = createFakeClock(now, { sleeps: 'skip' });
  const repository = createRemoteRepository({ registry, repository: repositoryName, http, clock, random: createFixedRandom() });
  return evaluateArtifact({ ...request(world, trusting([acme.root])), repository, clock }).then(
    (report) => ({ report, fault: report.fault }),
    (fault) => ({ report: undefined, fault }),
  );
}

describe('a signature that is not found', () => {
  it.each([
    ['OCI_REFERRERS_UNDECIDED', junk(256)],
    ['OCI_REFERRERS_ENDLESS', junk(20_000).map((d) => ({ ...d, artifactType: 'text/plain' }))],
  ] as const)('is not said to be absent: %s', async (code, entries) => {
    const { report, fault } = await verifyBuried(entries);
    expect(report).toBeUndefined();
    expect(fault).toMatchObject({ code, category: 'limit' });
    expect(fault.message).toMatch(/list of referrers of sha256:/);
    expect(fault.remedy.text).toMatch(/delete the referrers that do not belong there/);
  });

  it('is named beside the refusal of those that were found', async () => {
    const { report, fault } = await verifyBuried(junk(257), { stranger: true });
    expect(report).toMatchObject({
      basis: 'inconclusive',
      incomplete: { code: 'OCI_REFERRERS_UNDECIDED', facts: { undecided: 2, limit: 256 } },
    });
    expect(fault?.attempts.map((a: { code: string }) => a.code)).toContain('OCI_REFERRERS_UNDECIDED');
    expect(fault?.remedy?.text).toMatch(/delete the referrers/);
  });

  it('is a plain absence where the list was read to its end', async () => {
    const { fault } = await verifyBuried(
      junk(200).map((d) => ({ ...d, artifactType: 'text/plain' })),
      { goodType: 'text/plain' },
    );
    expect(fault).toMatchObject({ code: 'NOTATION_NO_SIGNATURE' });
  });
});
