// SPDX-License-Identifier: Apache-2.0
/** A registry that drips: every byte comes in time, and the verification ends all the same. */
import type { Http, HttpRequest } from '@notary/base';
import { httpFaults } from '@notary/base';
import { createRemoteRepository } from '@notary/oci/remote';
import { JWS_MEDIA_TYPE } from '@notary/signature';
import { createFakeClock, createFixedRandom, createLoopbackHttp, type FakeClock, until } from '@notary/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { evaluateArtifact, startLookup, type VerifyArtifactRequest } from '../src/index.ts';
import { limits } from '../src/limits.ts';
import { createPublisher, now, type Publisher } from './support/publisher.ts';
import { attachEnvelope, createWorld, envelopeFor, name, request, trusting } from './support/world.ts';

const CHUNK = 64;
let acme: Publisher;
beforeAll(async () => {
  acme = await createPublisher('ci');
});

/** Answers of `http`, whose bodies come in small chunks, each well inside the bound on silence. */
function dripping(http: Http, clock: FakeClock, drips: (request: HttpRequest) => boolean) {
  const state = { begun: false, chunks: 0, aborted: 0 };
  const body = async (sent: HttpRequest): Promise<Uint8Array> => {
    state.begun = true;
    for (let size = 0; size < sent.maxBytes; size += CHUNK) {
      try {
        await clock.sleep(30_000, sent.signal);
      } catch (cause) {
        state.aborted++;
        throw httpFaults.ABORTED({ method: sent.method, url: sent.url, detail: 'context canceled' }, { cause });
      }
      state.chunks++;
    }
    return new Uint8Array(sent.maxBytes);
  };
  const send: Http['send'] = async (sent) => {
    const response = await http.send(sent);
    return drips(sent)
      ? {
          ...response,
          status: 200,
          header: (field) => response.header(field),
          headerValues: (f) => response.headerValues(f),
          bytes: () => body(sent),
        }
      : response;
  };
  return { state, http: { send } };
}

/** Verifies against a registry of which some answers drip, and lets `ms` pass. */
async function verifySlowly(
  drips: (sent: HttpRequest) => boolean,
  ms: number,
  over: Partial<VerifyArtifactRequest> = {},
  meanwhile = (): void => {},
  ends = true,
) {
  const clock = createFakeClock(now);
  const world = await createWorld();
  const signature = await attachEnvelope(world, await envelopeFor(world.artifact, acme), JWS_MEDIA_TYPE);
  const manifest = await world.repository.fetchManifest(signature);
  const { digest, size } = JSON.parse(new TextDecoder().decode(manifest)).layers[0] as { digest: string; size: number };
  const listed = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: [{ ...signature, artifactType: 'application/vnd.cncf.notary.signature' }],
  };
  const registry = createLoopbackHttp({
    'https://registry.example': async ({ method, url }) => {
      const path = new URL(url).pathname.replace('/v2/app', '');
      if (path.startsWith('/referrers/')) return new Response(JSON.stringify(listed), { headers: { 'content-type': listed.mediaType } });
      if (path === `/blobs/${digest}`)
        return new Response(
          (await world.repository.fetchBlob({ mediaType: JWS_MEDIA_TYPE, digest: digest as never, size }, size)) as BodyInit,
        );
      const found = path === `/manifests/${signature.digest}` ? signature : world.artifact;
      const bytes = await world.repository.fetchManifest(found);
      const headers = { 'content-type': found.mediaType, 'docker-content-digest': found.digest, 'content-length': String(bytes.length) };
      return new Response(method === 'HEAD' ? null : (bytes as BodyInit), { headers });
    },
  });
  const { state, http } = dripping(registry, clock, drips);
  const [host, repositoryName] = name.split('/') as [string, string];
  const repository = createRemoteRepository({ registry: host, repository: repositoryName, http, clock, random: createFixedRandom() });
  const whole = { ...request(world, trusting([acme.root])), repository, clock, ...over };
  const outcome = evaluateArtifact(over.lookup === undefined ? whole : { ...whole, lookup: startLookup(repository, whole.reference) }).then(
    (report) => report.basis,
    (e: unknown) => e,
  );
  let isOver = false;
  void outcome.then(() => {
    isOver = true;
  });
  await until('a body that drips, or the end', () => state.begun || isOver);
  meanwhile();
  await clock.advance(ms);
  // What must not end has some turns to do so.
  const turns = async () => {
    for (let i = 0; i < 50; i++) await new Promise((resolve) => setTimeout(resolve, 1));
    return 'pending';
  };
  return { outcome: await (ends ? outcome : Promise.race([outcome, turns()])), state, clock };
}

describe('the deadline of a verification', () => {
  it.each<[string, (sent: HttpRequest) => boolean]>([
    ['the list of signatures', (sent) => sent.url.includes('/referrers/')],
    ['an envelope', (sent) => sent.url.includes('/blobs/')],
    ['a signature manifest', (sent) => sent.url.includes('/manifests/') && sent.method === 'GET'],
  ])('[D-35] ends it while %s drips, and lets go of the connection', async (_, drips) => {
    const { outcome, state, clock } = await verifySlowly(drips, limits.artifactMs);
    expect(outcome).toMatchObject({
      code: 'NOTATION_DEADLINE_EXCEEDED',
      category: 'unavailable',
      facts: { deadlineMs: limits.artifactMs },
    });
    expect((outcome as { remedy: { text: string } }).remedy.text).not.toMatch(/skip|audit|insecure/);
    expect(state.chunks).toBeGreaterThan(10);
    expect(state.aborted).toBe(1);
    expect(clock.sleeping).toBe(0);
  });

  it('is not reached a second before, and is the caller’s to choose', async () => {
    const drips = (sent: HttpRequest) => sent.url.includes('/blobs/');
    expect((await verifySlowly(drips, limits.artifactMs - 1000, {}, () => undefined, false)).outcome).toBe('pending');
    expect((await verifySlowly(drips, 5000, { deadlineMs: 5000 })).outcome).toMatchObject({ facts: { deadlineMs: 5000 } });
  });

  it('is beside the caller’s own signal, whose reason ends it as well', async () => {
    const stop = new AbortController();
    stop.abort('enough');
    expect((await verifySlowly(() => false, 0, { signal: stop.signal })).outcome).toBe('enough');
    const later = new AbortController();
    const drips = (sent: HttpRequest) => sent.url.includes('/blobs/');
    const { outcome, state } = await verifySlowly(drips, 0, { signal: later.signal }, () => later.abort('enough'));
    expect([outcome, state.aborted]).toEqual(['enough', 1]);
  });

  it('leaves no timer behind a verification that ended', async () => {
    const { outcome, clock } = await verifySlowly(() => false, 0);
    expect(outcome).toBe('verified');
    expect(clock.sleeping).toBe(0);
  });
});
