// SPDX-License-Identifier: Apache-2.0
/** The Referrers API (distribution-spec end-12): what is listed, filtered, paged, and when. */
import { digestOf } from '@notary/base';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  descriptor,
  errorCode,
  type Harness,
  image,
  OCI_CONFIG,
  OCI_INDEX,
  OCI_MANIFEST,
  type ReferrersPage,
  referrersOf,
  SIGNATURE,
  type StoreKind,
  signature,
  startHarness,
} from './support.ts';

const NAME = 'team/app';

describe.each<StoreKind>(['memory', 'disk'])('referrers on the %s store', (kind) => {
  let h: Harness;
  beforeEach(async () => {
    h = await startHarness(kind);
  });
  afterEach(() => h.close());

  it('an unknown subject in an unknown repository has an empty list', async () => {
    const response = await h.call('GET', `/v2/no/where/referrers/sha256:${'0'.repeat(64)}`);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, OCI_INDEX]);
    expect(await response.json()).toEqual({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [] });
  });
  it('a malformed digest is 400', async () => {
    const response = await h.call('GET', `/v2/${NAME}/referrers/sha256:xyz`);
    expect([response.status, await errorCode(response)]).toEqual([400, 'DIGEST_INVALID']);
  });
  it('a push with a subject is answered by OCI-Subject and listed at once, with artifact type and all annotations', async () => {
    const subject = await h.manifest(NAME, image(), 'v1');
    const annotations = { 'org.opencontainers.image.ref.name': 'v9', other: 'x' };
    const pushed = await h.manifest(NAME, signature(subject, { annotations }));
    expect(pushed.response.headers.get('oci-subject')).toBe(subject.digest);
    expect(await referrersOf(h, NAME, subject.digest)).toEqual([
      { mediaType: OCI_MANIFEST, digest: pushed.digest, size: pushed.size, artifactType: SIGNATURE, annotations },
    ]);
  });
  it('the artifact type falls back to the config of an image and is left out for an index', async () => {
    const subject = { digest: digestOf(new Uint8Array(3)), size: 3 };
    const config = { ...descriptor('application/vnd.example.config+json', '{}') };
    const asImage = await h.manifest(NAME, image({ config, subject: { mediaType: OCI_MANIFEST, ...subject } }));
    const asIndex = await h.manifest(NAME, {
      schemaVersion: 2,
      mediaType: OCI_INDEX,
      manifests: [],
      subject: { mediaType: OCI_MANIFEST, ...subject },
    });
    const found = new Map((await referrersOf(h, NAME, subject.digest)).map((d) => [d.digest, d.artifactType]));
    expect(found).toEqual(
      new Map([
        [asImage.digest, 'application/vnd.example.config+json'],
        [asIndex.digest, undefined],
      ]),
    );
  });
  it('a referrer may come before its subject, outlives it, and goes when it is deleted', async () => {
    const subject = { digest: digestOf(new TextEncoder().encode(JSON.stringify(image()))), size: JSON.stringify(image()).length };
    const early = await h.manifest(NAME, signature(subject));
    await h.manifest(NAME, image(), 'v1');
    await h.call('DELETE', `/v2/${NAME}/manifests/${subject.digest}`);
    expect((await referrersOf(h, NAME, subject.digest)).map((d) => d.digest)).toEqual([early.digest]);
    await h.call('DELETE', `/v2/${NAME}/manifests/${early.digest}`);
    expect(await referrersOf(h, NAME, subject.digest)).toEqual([]);
  });
  it('filters by artifact type and says so, whether or not anything is left', async () => {
    const subject = await h.manifest(NAME, image(), 'v1');
    const wanted = await h.manifest(NAME, signature(subject));
    await h.manifest(NAME, signature(subject, { artifactType: 'application/vnd.example.sbom' }));
    const query = (type: string) => h.call('GET', `/v2/${NAME}/referrers/${subject.digest}?artifactType=${encodeURIComponent(type)}`);
    const found = await query(SIGNATURE);
    expect(found.headers.get('oci-filters-applied')).toBe('artifactType');
    expect(((await found.json()) as ReferrersPage).manifests.map((d) => d.digest)).toEqual([wanted.digest]);
    const none = await query('application/vnd.example.none');
    expect([none.headers.get('oci-filters-applied'), ((await none.json()) as ReferrersPage).manifests]).toEqual(['artifactType', []]);
    expect((await h.call('GET', `/v2/${NAME}/referrers/${subject.digest}`)).headers.get('oci-filters-applied')).toBeNull();
  });
  it('pages by size, each descriptor once, while others push', async () => {
    const small = await startHarness(kind, { limits: { maxReferrersPageBytes: 2000 } });
    try {
      const subject = await small.manifest(NAME, image(), 'v1');
      const pushed = new Set<string>();
      for (let i = 0; i < 20; i++) pushed.add((await small.manifest(NAME, signature(subject, { annotations: { i: String(i) } }))).digest);
      const seen: string[] = [];
      let path: string | undefined = `/v2/${NAME}/referrers/${subject.digest}?artifactType=${encodeURIComponent(SIGNATURE)}`;
      for (let page = 0; path !== undefined; page++) {
        const response: Response = await small.call('GET', path);
        const text = await response.text();
        expect(text.length).toBeLessThanOrEqual(2000);
        seen.push(...(JSON.parse(text) as ReferrersPage).manifests.map((d) => d.digest));
        path = /^<([^>]+)>; rel="next"$/.exec(response.headers.get('link') ?? '')?.[1];
        if (page === 1) await small.manifest(NAME, signature(subject, { annotations: { late: 'yes' } }));
      }
      expect(new Set(seen).size).toBe(seen.length);
      for (const digest of pushed) expect(seen).toContain(digest);
    } finally {
      await small.close();
    }
  });
  it('40 signatures pushed side by side are all listed and all there', async () => {
    const subject = await h.manifest(NAME, image(), 'v1');
    const pushed = await Promise.all(
      Array.from({ length: 40 }, async (_, i) => {
        const { digest } = await h.manifest(NAME, signature(subject, { annotations: { i: String(i) } }));
        // Visible as soon as its own push was answered, whatever the others do.
        expect((await referrersOf(h, NAME, subject.digest)).map((d) => d.digest)).toContain(digest);
        return digest;
      }),
    );
    expect((await referrersOf(h, NAME, subject.digest)).map((d) => d.digest)).toEqual([...pushed].sort());
    for (const digest of pushed) expect((await h.call('HEAD', `/v2/${NAME}/manifests/${digest}`)).status).toBe(200);
  });
  it('a manifest pushed again under another media type is listed once', async () => {
    const subject = await h.manifest(NAME, image(), 'v1');
    const body = JSON.stringify({
      schemaVersion: 2,
      config: descriptor(OCI_CONFIG, '{}'),
      layers: [],
      subject: { mediaType: OCI_MANIFEST, ...subject },
    });
    for (const type of [OCI_MANIFEST, 'application/vnd.example.other+json']) {
      await h.call('PUT', `/v2/${NAME}/manifests/${digestOf(new TextEncoder().encode(body))}`, { body, headers: { 'content-type': type } });
    }
    expect((await referrersOf(h, NAME, subject.digest)).map((d) => d.mediaType)).toEqual(['application/vnd.example.other+json']);
  });
});
