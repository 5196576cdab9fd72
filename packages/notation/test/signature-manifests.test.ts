// SPDX-License-Identifier: Apache-2.0
/** What anybody who may push can put where a signature manifest is expected, and what pushing one can meet: a code for each. */
import { digestOf, toUtf8 } from '@notary/base';
import { describe as describeContent, ociFaults, type Repository } from '@notary/oci';
import { codeOf } from '@notary/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { evaluateArtifact, verifyArtifact } from '../src/index.ts';
import { createPublisher, days, type Publisher } from './support/publisher.ts';
import { attachEnvelope, createWorld, envelopeFor, manifestMediaType, request, sign, trusting, type World } from './support/world.ts';

let acme: Publisher;
let world: World;
beforeAll(async () => {
  acme = await createPublisher('ci');
  world = await createWorld();
});

/** The world's repository with some methods replaced. */
const withMethods = (over: Partial<Repository>): Repository =>
  new Proxy(world.repository, {
    get: (target, name: keyof Repository) => over[name] ?? (typeof target[name] === 'function' ? target[name].bind(target) : target[name]),
  });

const layer = { mediaType: 'application/jose+json', digest: digestOf(toUtf8('x')), size: 1 };

/** The code of a signature whose manifest is this text, listed under this type. */
async function codeOfManifest(text: string, mediaType = manifestMediaType): Promise<string | undefined> {
  const bytes = toUtf8(text);
  const repository = withMethods({
    async *listReferrers() {
      yield { ...describeContent(mediaType, bytes), artifactType: 'application/vnd.cncf.notary.signature' };
    },
    fetchManifest: async (descriptor) => (descriptor.digest === digestOf(bytes) ? bytes : world.repository.fetchManifest(descriptor)),
  });
  const report = await evaluateArtifact(request(world, trusting([acme.root]), { repository }));
  expect(report.basis).not.toBe('verified');
  const [cause] = [report.signatures[0]?.fault?.cause].filter((c) => c !== undefined) as { code: string }[];
  return cause?.code ?? report.signatures[0]?.fault?.code;
}

const manifest = (over: Record<string, unknown>): string =>
  JSON.stringify({ schemaVersion: 2, mediaType: manifestMediaType, layers: [layer], subject: world.artifact, ...over });

describe('a signature manifest', () => {
  it.each<[string, () => string]>([
    ['NOTATION_MANIFEST_MALFORMED', () => '{'],
    ['NOTATION_MANIFEST_MALFORMED', () => '[]'],
    ['NOTATION_MANIFEST_MALFORMED', () => `${manifest({})}{}`],
    ['NOTATION_MANIFEST_MALFORMED', () => manifest({}).replace('{', '{"layers":[],')],
    ['NOTATION_MANIFEST_MALFORMED', () => '['.repeat(10_000)],
    ['NOTATION_MANIFEST_MALFORMED', () => manifest({ layers: ['sha256:00'] })],
    ['NOTATION_MANIFEST_MALFORMED', () => manifest({ layers: [{ ...layer, digest: 'sha256:../../etc' }] })],
    ['NOTATION_MANIFEST_MALFORMED', () => manifest({ layers: [{ ...layer, size: -1 }] })],
    ['NOTATION_MANIFEST_MALFORMED', () => manifest({ layers: [{ ...layer, size: 1.5 }] })],
    ['NOTATION_MANIFEST_MALFORMED', () => manifest({ subject: 'me' })],
    ['NOTATION_MANIFEST_MALFORMED', () => manifest({ x: new Array(20_000).fill(0) })],
    ['NOTATION_ENVELOPE_COUNT', () => manifest({ layers: [] })],
    ['NOTATION_ENVELOPE_COUNT', () => manifest({ layers: [layer, layer] })],
    ['NOTATION_ENVELOPE_TOO_LARGE', () => manifest({ layers: [{ ...layer, size: 2 ** 40 }] })],
    ['NOTATION_MANIFEST_OTHER_SUBJECT', () => manifest({ subject: { ...layer } })],
    ['NOTATION_MANIFEST_OTHER_SUBJECT', () => manifest({ subject: undefined })],
  ])('%s', async (code, text) => {
    expect(await codeOfManifest(text())).toBe(code);
  });

  it('NOTATION_MANIFEST_TYPE_UNSUPPORTED', async () => {
    expect(await codeOfManifest(manifest({}), 'application/vnd.oci.image.index.v1+json')).toBe('NOTATION_MANIFEST_TYPE_UNSUPPORTED');
  });
});

describe('the outcome', () => {
  it('is inconclusive, and no refusal for good, where something could not be had', async () => {
    await sign(world, acme);
    const repository = withMethods({
      fetchBlob: async () => {
        throw ociFaults.STATUS({ method: 'GET', url: 'http://r/', status: 503, reason: 'busy', errors: [] });
      },
    });
    expect(await codeOf(verifyArtifact(request(world, trusting([acme.root]), { repository })))).toBe('NOTATION_VERIFICATION_INCONCLUSIVE');
  });

  it('NOTATION_CERTIFICATE_NOT_YET_VALID for a certificate from the future', async () => {
    const early = await createPublisher('early', { notBefore: days(-2), notAfter: days(2) });
    const signed = await createWorld();
    await attachEnvelope(signed, await envelopeFor(signed.artifact, early), 'application/jose+json');
    const at = (day: number) => ({ clock: { now: () => days(day), sleep: async () => {} } });
    const before = await evaluateArtifact(request(signed, trusting([early.root]), at(-3)));
    expect(before.signatures[0]?.findings.find((f) => f.check === 'authenticTimestamp')?.fault?.code).toBe(
      'NOTATION_CERTIFICATE_NOT_YET_VALID',
    );
  });
});

describe('pushing a signature', () => {
  it('NOTATION_PUSH_FAILED keeps the cause, NOTATION_NOT_DISCOVERABLE says that it is stored', async () => {
    const full = ociFaults.STATUS({ method: 'PUT', url: 'http://r/', status: 507, reason: 'full', errors: [] });
    const refuse = async (): Promise<never> => {
      throw full;
    };
    const failing = { ...world, repository: withMethods({ pushBlob: refuse }) };
    await expect(sign(failing, acme)).rejects.toMatchObject({ code: 'NOTATION_PUSH_FAILED', cause: full });
    const hidden = { ...world, repository: withMethods({ confirmDiscoverable: refuse }) };
    await expect(sign(hidden, acme)).rejects.toMatchObject({ code: 'NOTATION_NOT_DISCOVERABLE', cause: full });
  });

  it('NOTATION_METADATA_RESERVED before anything is pushed', async () => {
    const userMetadata = new Map([['io.cncf.notary.x', 'y']]);
    expect(await codeOf(sign(world, acme, { userMetadata }))).toBe('NOTATION_METADATA_RESERVED');
  });

  it('NOTATION_METADATA_PRESENT where the artifact says something else under that key', async () => {
    const resolve = async () => ({ ...world.artifact, annotations: { build: '41' } });
    const annotated = { ...world, repository: withMethods({ resolve }) };
    expect(await codeOf(sign(annotated, acme, { userMetadata: new Map([['build', '42']]) }))).toBe('NOTATION_METADATA_PRESENT');
  });
});
