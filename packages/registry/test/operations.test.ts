// SPDX-License-Identifier: Apache-2.0
/** The operations of the distribution specification as requests and answers, on every store. */
import { createHash } from 'node:crypto';
import { digestOf } from '@notary/base';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bytesOf, errorCode, type Harness, image, OCI_INDEX, OCI_MANIFEST, type StoreKind, startHarness } from './support.ts';

const LAYER = bytesOf('0123456789'.repeat(300));
const sha512 = (v: Uint8Array): string => `sha512:${createHash('sha512').update(v).digest('hex')}`;
const NAME = 'team/app';
const UNKNOWN = `sha256:${'0'.repeat(64)}`;

describe.each<StoreKind>(['memory', 'disk'])('operations on the %s store', (kind) => {
  let h: Harness;
  beforeEach(async () => {
    h = await startHarness(kind);
  });
  afterEach(() => h.close());

  const open = async (query = ''): Promise<string> => {
    const response = await h.call('POST', `/v2/${NAME}/blobs/uploads/${query}`, { body: '' });
    expect(response.status).toBe(202);
    return response.headers.get('location') ?? '';
  };
  const expectBlob = async (digest: string, content: Uint8Array): Promise<void> => {
    const path = `/v2/${NAME}/blobs/${digest}`;
    const head = await h.call('HEAD', path);
    expect([head.status, head.headers.get('content-length'), head.headers.get('docker-content-digest')]).toEqual([
      200,
      String(content.length),
      digest,
    ]);
    const get = await h.call('GET', path);
    expect(get.status).toBe(200);
    expect(new Uint8Array(await get.arrayBuffer())).toEqual(content);
  };

  describe('end-1: the API is there', () => {
    it.each(['/v2/', '/v2'])('%s answers 200', async (path) => {
      const response = await h.call('GET', path);
      expect([response.status, await response.text()]).toEqual([200, '{}']);
      expect(response.headers.get('docker-distribution-api-version')).toBe('registry/2.0');
    });
    it.each(['/', '/v1/', '/v2/x', '/v2/x/y', '/v2/_catalogs', '/v2/a/tags/other'])('%s is nothing', async (path) => {
      expect((await h.call('GET', path)).status).toBe(404);
    });
    it('a method that no operation has is 405 UNSUPPORTED', async () => {
      const response = await h.call('POST', `/v2/${NAME}/manifests/v1`);
      expect([response.status, await errorCode(response)]).toEqual([405, 'UNSUPPORTED']);
    });
  });

  describe('pushing blobs', () => {
    it('in one POST', async () => {
      const digest = digestOf(LAYER);
      const response = await h.call('POST', `/v2/${NAME}/blobs/uploads/?digest=${digest}`, { body: LAYER });
      expect([response.status, response.headers.get('location')]).toEqual([201, `/v2/${NAME}/blobs/${digest}`]);
      await expectBlob(digest, LAYER);
    });
    it('in POST and PUT', async () => {
      const digest = digestOf(LAYER);
      const response = await h.call('PUT', `${await open()}?digest=${digest}`, { body: LAYER });
      expect([response.status, response.headers.get('docker-content-digest')]).toEqual([201, digest]);
      await expectBlob(digest, LAYER);
    });
    it('in chunks, the last one in the PUT', async () => {
      let location = await open();
      for (const [from, to] of [
        [0, 1000],
        [1000, 2000],
      ] as const) {
        const response = await h.call('PATCH', location, {
          body: LAYER.subarray(from, to),
          headers: { 'content-range': `${from}-${to - 1}` },
        });
        expect([response.status, response.headers.get('range')]).toEqual([202, `0-${to - 1}`]);
        location = response.headers.get('location') ?? '';
      }
      const end = await h.call('PUT', `${location}?digest=${digestOf(LAYER)}`, {
        body: LAYER.subarray(2000),
        headers: { 'content-range': '2000-2999' },
      });
      expect(end.status).toBe(201);
      await expectBlob(digestOf(LAYER), LAYER);
    });
    it('in a stream without ranges or length', async () => {
      const location = await open();
      const body = new ReadableStream<Uint8Array>({
        start(c) {
          for (let at = 0; at < LAYER.length; at += 700) c.enqueue(LAYER.slice(at, at + 700));
          c.close();
        },
      });
      expect((await h.call('PATCH', location, { body })).status).toBe(202);
      expect((await h.call('PUT', `${location}?digest=${digestOf(LAYER)}`)).status).toBe(201);
      await expectBlob(digestOf(LAYER), LAYER);
    });
    it('an empty one', async () => {
      const digest = digestOf(new Uint8Array(0));
      expect((await h.call('PUT', `${await open()}?digest=${digest}`, { body: '' })).status).toBe(201);
      await expectBlob(digest, new Uint8Array(0));
    });
    it('more than fits in memory blocks', async () => {
      const large = new Uint8Array(3 * 1024 * 1024 + 17).map((_, i) => i % 251);
      const digest = digestOf(large);
      expect((await h.call('PUT', `${await open()}?digest=${digest}`, { body: large })).status).toBe(201);
      const got = await h.call('GET', `/v2/${NAME}/blobs/${digest}`);
      expect(digestOf(new Uint8Array(await got.arrayBuffer()))).toBe(digest);
    });
    it('under sha512, said at the start or only at the end', async () => {
      const digest = sha512(LAYER);
      for (const query of ['?digest-algorithm=sha512', '']) {
        const location = await open(query);
        await h.call('PATCH', location, { body: LAYER });
        expect((await h.call('PUT', `${location}?digest=${digest}`)).status).toBe(201);
        await expectBlob(digest, LAYER);
        await h.call('DELETE', `/v2/${NAME}/blobs/${digest}`);
      }
    });
    it('an unknown algorithm is refused at the start', async () => {
      expect((await h.call('POST', `/v2/${NAME}/blobs/uploads/?digest-algorithm=md5`)).status).toBe(400);
    });
    it('a chunk in the wrong place is 416, and the session says where to go on', async () => {
      const location = await open();
      await h.call('PATCH', location, { body: LAYER.subarray(0, 10), headers: { 'content-range': '0-9' } });
      for (const range of ['20-29', '0-9', '9-18']) {
        const response = await h.call('PATCH', location, { body: LAYER.subarray(20, 30), headers: { 'content-range': range } });
        expect([response.status, response.headers.get('range'), response.headers.get('location')]).toEqual([416, '0-9', location]);
      }
      const status = await h.call('GET', location);
      expect([status.status, status.headers.get('range'), status.headers.get('location')]).toEqual([204, '0-9', location]);
      const end = await h.call('PUT', `${location}?digest=${digestOf(LAYER)}`, {
        body: LAYER.subarray(20),
        headers: { 'content-range': '20-2999' },
      });
      expect(end.status).toBe(416);
    });
    it.each(['x', '5', '9-0', 'bytes=0-9', '-1-9'])('the chunk range %s is malformed or misplaced', async (range) => {
      const response = await h.call('PATCH', await open(), { body: 'x'.repeat(9), headers: { 'content-range': range } });
      expect([400, 416]).toContain(response.status);
    });
    it('a cancelled session is gone', async () => {
      const location = await open();
      expect((await h.call('DELETE', location)).status).toBe(204);
      const again = await h.call('GET', location);
      expect([again.status, await errorCode(again)]).toEqual([404, 'BLOB_UPLOAD_UNKNOWN']);
    });
    it('a session belongs to its repository', async () => {
      const location = await open();
      expect((await h.call('GET', location.replace(NAME, 'other'))).status).toBe(404);
    });
    it.each([
      ['another digest', `sha256:${'a'.repeat(64)}`],
      ['an unknown algorithm', 'md5:d41d8cd98f00b204e9800998ecf8427e'],
      ['upper case', `sha256:${'A'.repeat(64)}`],
      ['too short', 'sha256:abc'],
      ['none', ''],
    ])('a wrong digest (%s) is 400 DIGEST_INVALID in every way of pushing', async (_, digest) => {
      const attempts = [
        await h.call('POST', `/v2/${NAME}/blobs/uploads/?digest=${digest}`, { body: LAYER }),
        await h.call('PUT', `${await open()}?digest=${digest}`, { body: LAYER }),
        await (async () => {
          const location = await open();
          await h.call('PATCH', location, { body: LAYER });
          return h.call('PUT', `${location}?digest=${digest}`);
        })(),
      ];
      for (const response of attempts) expect([response.status, await errorCode(response)]).toEqual([400, 'DIGEST_INVALID']);
    });
    it('mounts from a named repository, from any, and opens a session when there is nothing to mount', async () => {
      const digest = await h.blob('source/a', LAYER);
      const named = await h.call('POST', `/v2/${NAME}/blobs/uploads/?mount=${digest}&from=source/a`);
      expect([named.status, named.headers.get('location')]).toEqual([201, `/v2/${NAME}/blobs/${digest}`]);
      await expectBlob(digest, LAYER);
      expect((await h.call('POST', `/v2/third/blobs/uploads/?mount=${digest}`)).status).toBe(201);
      expect((await h.call('POST', `/v2/${NAME}/blobs/uploads/?mount=${UNKNOWN}&from=source/a`)).status).toBe(202);
      expect((await h.call('POST', `/v2/${NAME}/blobs/uploads/?mount=${digest}&from=../x`)).status).toBe(202);
      expect((await h.call('POST', `/v2/${NAME}/blobs/uploads/?mount=rubbish&from=source/a`)).status).toBe(202);
    });
    it('a mounted blob outlives its source', async () => {
      const large = new Uint8Array(200_000).fill(7);
      const digest = await h.blob('source/a', large);
      await h.call('POST', `/v2/${NAME}/blobs/uploads/?mount=${digest}&from=source/a`);
      await h.call('DELETE', `/v2/source/a/blobs/${digest}`);
      await expectBlob(digest, large);
    });
  });

  describe('pulling blobs', () => {
    it.each([
      ['bytes=500-1499', 206, 500, 1500],
      ['bytes=500-', 206, 500, 3000],
      ['bytes=-500', 206, 2500, 3000],
      ['bytes=2900-99999', 206, 2900, 3000],
      ['bytes=-99999', 206, 0, 3000],
      ['bytes=0-0', 206, 0, 1],
      ['bytes=0-1,5-6', 200, 0, 3000],
      ['lines=1-2', 200, 0, 3000],
      ['bytes=-', 200, 0, 3000],
    ])('range %s answers %d', async (range, status, from, to) => {
      const digest = await h.blob(NAME, LAYER);
      const response = await h.call('GET', `/v2/${NAME}/blobs/${digest}`, { headers: { range } });
      expect(response.status).toBe(status);
      if (status === 206) expect(response.headers.get('content-range')).toBe(`bytes ${from}-${to - 1}/3000`);
      expect(new Uint8Array(await response.arrayBuffer())).toEqual(LAYER.slice(from, to));
    });
    it.each(['bytes=3000-', 'bytes=9999-10000', 'bytes=500-0', 'bytes=-0'])('range %s is 416', async (range) => {
      const digest = await h.blob(NAME, LAYER);
      expect((await h.call('GET', `/v2/${NAME}/blobs/${digest}`, { headers: { range } })).status).toBe(416);
    });
    it('If-Range with another tag gets the whole', async () => {
      const digest = await h.blob(NAME, LAYER);
      const get = (ifRange: string) =>
        h.call('GET', `/v2/${NAME}/blobs/${digest}`, { headers: { range: 'bytes=0-9', 'if-range': ifRange } });
      expect((await get('"other"')).status).toBe(200);
      expect((await get(`"${digest}"`)).status).toBe(206);
    });
    it('If-None-Match with its digest is 304', async () => {
      const digest = await h.blob(NAME, LAYER);
      const get = (tag: string) => h.call('GET', `/v2/${NAME}/blobs/${digest}`, { headers: { 'if-none-match': tag } });
      expect((await get(`"x", W/"${digest}"`)).status).toBe(304);
      expect((await get('"x"')).status).toBe(200);
    });
    it('an unknown one is 404 BLOB_UNKNOWN, a malformed digest 400 DIGEST_INVALID', async () => {
      const unknown = await h.call('GET', `/v2/${NAME}/blobs/${UNKNOWN}`);
      expect([unknown.status, await errorCode(unknown)]).toEqual([404, 'BLOB_UNKNOWN']);
      const malformed = await h.call('GET', `/v2/${NAME}/blobs/sha256:xyz`);
      expect([malformed.status, await errorCode(malformed)]).toEqual([400, 'DIGEST_INVALID']);
    });
    it('an answer to HEAD has no body', async () => {
      const response = await h.call('HEAD', `/v2/${NAME}/blobs/${UNKNOWN}`);
      expect([response.status, await response.text()]).toEqual([404, '']);
    });
    it('a deleted one is gone at once, and can come back', async () => {
      const digest = await h.blob(NAME, LAYER);
      expect((await h.call('DELETE', `/v2/${NAME}/blobs/${digest}`)).status).toBe(202);
      expect((await h.call('HEAD', `/v2/${NAME}/blobs/${digest}`)).status).toBe(404);
      expect((await h.call('DELETE', `/v2/${NAME}/blobs/${digest}`)).status).toBe(404);
      await h.blob(NAME, LAYER);
      await expectBlob(digest, LAYER);
    });
  });

  describe('manifests', () => {
    it('by tag: exact bytes, media type and digest', async () => {
      const text = `{ "schemaVersion":2,\n"mediaType" : "${OCI_MANIFEST}", "config":${JSON.stringify((image() as { config: object }).config)}, "layers":[], "unknown":{"x":[1]} }`;
      const put = await h.call('PUT', `/v2/${NAME}/manifests/v1`, { body: text, headers: { 'content-type': OCI_MANIFEST } });
      const digest = digestOf(bytesOf(text));
      expect([put.status, put.headers.get('location'), put.headers.get('docker-content-digest')]).toEqual([
        201,
        `/v2/${NAME}/manifests/v1`,
        digest,
      ]);
      for (const reference of ['v1', digest]) {
        const get = await h.call('GET', `/v2/${NAME}/manifests/${reference}`);
        expect([get.status, get.headers.get('content-type'), get.headers.get('docker-content-digest')]).toEqual([
          200,
          OCI_MANIFEST,
          digest,
        ]);
        expect(await get.text()).toBe(text);
        const head = await h.call('HEAD', `/v2/${NAME}/manifests/${reference}`);
        expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, String(text.length), '']);
      }
    });
    it('by digest with tags as parameters, answered by OCI-Tag', async () => {
      const body = bytesOf(JSON.stringify(image()));
      const tags = Array.from({ length: 12 }, (_, i) => `v${i}`);
      const query = tags.map((t) => `tag=${t}`).join('&');
      for (const digest of [digestOf(body), sha512(body)]) {
        const put = await h.call('PUT', `/v2/${NAME}/manifests/${digest}?${query}`, { body, headers: { 'content-type': OCI_MANIFEST } });
        expect([put.status, put.headers.get('docker-content-digest'), put.headers.get('oci-tag')]).toEqual([201, digest, tags.join(', ')]);
        expect((await h.call('HEAD', `/v2/${NAME}/manifests/v7`)).headers.get('docker-content-digest')).toBe(digest);
      }
      const many = Array.from({ length: 65 }, (_, i) => `tag=t${i}`).join('&');
      expect(
        (await h.call('PUT', `/v2/${NAME}/manifests/${digestOf(body)}?${many}`, { body, headers: { 'content-type': OCI_MANIFEST } }))
          .status,
      ).toBe(414);
      const bad = await h.call('PUT', `/v2/${NAME}/manifests/${digestOf(body)}?tag=.x`, {
        body,
        headers: { 'content-type': OCI_MANIFEST },
      });
      expect(bad.status).toBe(400);
    });
    it('of any media type, from the header or the document', async () => {
      const custom = 'application/vnd.example.thing.v3+json';
      expect(
        (await h.call('PUT', `/v2/${NAME}/manifests/custom`, { body: '{"a":1}', headers: { 'content-type': `${custom}; charset=utf-8` } }))
          .status,
      ).toBe(201);
      expect((await h.call('GET', `/v2/${NAME}/manifests/custom`)).headers.get('content-type')).toBe(custom);
      expect((await h.call('PUT', `/v2/${NAME}/manifests/own`, { body: bytesOf(`{"mediaType":"${custom}"}`) })).status).toBe(201);
    });
    it('a sparse one is accepted, and refused where blobs are required', async () => {
      const index = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [{ mediaType: OCI_MANIFEST, digest: UNKNOWN, size: 3 }] };
      expect((await h.manifest(NAME, index, 'sparse')).response.status).toBe(201);
      expect((await h.manifest(NAME, image(), 'sparse-image')).response.status).toBe(201);
      const strict = await startHarness(kind, { missingBlobs: 'refuse' });
      try {
        const refused = await strict.call('PUT', `/v2/${NAME}/manifests/v1`, {
          body: JSON.stringify(image()),
          headers: { 'content-type': OCI_MANIFEST },
        });
        expect([refused.status, await errorCode(refused)]).toEqual([404, 'MANIFEST_BLOB_UNKNOWN']);
        await strict.blob(NAME, '{}');
        await strict.blob(NAME, 'layer');
        await strict.manifest(NAME, image(), 'v1');
        const foreign = {
          mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
          digest: UNKNOWN,
          size: 9,
          urls: ['https://elsewhere.example/x'],
        };
        await strict.manifest(NAME, image({ layers: [foreign] }), 'foreign');
      } finally {
        await strict.close();
      }
    });
    it('an unknown one is 404 MANIFEST_UNKNOWN, an unknown repository 404 NAME_UNKNOWN', async () => {
      await h.manifest(NAME, image(), 'v1');
      for (const reference of ['v2', UNKNOWN, '.NOT_EVEN_A_TAG']) {
        const response = await h.call('GET', `/v2/${NAME}/manifests/${reference}`);
        expect([response.status, await errorCode(response)]).toEqual([404, 'MANIFEST_UNKNOWN']);
      }
      const nowhere = await h.call('GET', '/v2/no/where/manifests/v1');
      expect([nowhere.status, await errorCode(nowhere)]).toEqual([404, 'NAME_UNKNOWN']);
    });
    it('a tag moves; the digest stays', async () => {
      const first = await h.manifest(NAME, image(), 'v1');
      const second = await h.manifest(NAME, image({ annotations: { n: '2' } }), 'v1');
      expect((await h.call('HEAD', `/v2/${NAME}/manifests/v1`)).headers.get('docker-content-digest')).toBe(second.digest);
      expect((await h.call('HEAD', `/v2/${NAME}/manifests/${first.digest}`)).status).toBe(200);
    });
    it('deleting a tag keeps the manifest; deleting the manifest takes its tags along', async () => {
      const { digest } = await h.manifest(NAME, image(), 'v1');
      await h.manifest(NAME, image(), 'v2');
      expect((await h.call('DELETE', `/v2/${NAME}/manifests/v1`)).status).toBe(202);
      expect((await h.call('HEAD', `/v2/${NAME}/manifests/v1`)).status).toBe(404);
      expect((await h.call('HEAD', `/v2/${NAME}/manifests/${digest}`)).status).toBe(200);
      expect((await h.call('DELETE', `/v2/${NAME}/manifests/${digest}`)).status).toBe(202);
      for (const reference of ['v2', digest]) expect((await h.call('HEAD', `/v2/${NAME}/manifests/${reference}`)).status).toBe(404);
      expect((await h.call('DELETE', `/v2/${NAME}/manifests/${digest}`)).status).toBe(404);
    });
    it('conditional pushes: If-Match, If-None-Match, 412 when the tag has moved', async () => {
      const put = (n: number, headers: Record<string, string>) =>
        h.call('PUT', `/v2/${NAME}/manifests/list`, {
          body: JSON.stringify(image({ annotations: { n: String(n) } })),
          headers: { 'content-type': OCI_MANIFEST, ...headers },
        });
      expect((await put(0, { 'if-match': '*' })).status).toBe(412);
      const first = await put(1, { 'if-none-match': '*' });
      expect(first.status).toBe(201);
      expect((await put(2, { 'if-none-match': '*' })).status).toBe(412);
      expect((await put(3, { 'if-match': '"sha256:other"' })).status).toBe(412);
      expect((await put(4, { 'if-match': first.headers.get('etag') ?? '' })).status).toBe(201);
      expect((await put(5, { 'if-match': first.headers.get('etag') ?? '' })).status).toBe(412);
      const get = await h.call('GET', `/v2/${NAME}/manifests/list`);
      const etag = get.headers.get('etag') ?? '';
      expect((await h.call('GET', `/v2/${NAME}/manifests/list`, { headers: { 'if-none-match': etag } })).status).toBe(304);
      expect(
        (await h.call('DELETE', `/v2/${NAME}/manifests/list`, { headers: { 'if-match': first.headers.get('etag') ?? '' } })).status,
      ).toBe(412);
      expect((await h.call('DELETE', `/v2/${NAME}/manifests/list`, { headers: { 'if-match': etag } })).status).toBe(202);
    });
    it('a wrong digest is 400 DIGEST_INVALID, and nothing is stored', async () => {
      const response = await h.call('PUT', `/v2/${NAME}/manifests/${UNKNOWN}`, {
        body: JSON.stringify(image()),
        headers: { 'content-type': OCI_MANIFEST },
      });
      expect([response.status, await errorCode(response)]).toEqual([400, 'DIGEST_INVALID']);
      expect((await h.call('GET', `/v2/${NAME}/tags/list`)).status).toBe(404);
    });
    it('[CVE-2017-11468] one of nearly four megabytes is accepted, one above the bound is 413', async () => {
      const annotations = Object.fromEntries(Array.from({ length: 390 }, (_, i) => [`n${i}`, 'x'.repeat(10_000)]));
      const { digest } = await h.manifest(NAME, image({ annotations }), 'large');
      expect(digestOf(new Uint8Array(await (await h.call('GET', `/v2/${NAME}/manifests/large`)).arrayBuffer()))).toBe(digest);
      const over = await h.call('PUT', `/v2/${NAME}/manifests/v1`, {
        body: `{"x":"${'y'.repeat(8 * 1024 * 1024)}"}`,
        headers: { 'content-type': OCI_MANIFEST },
      });
      expect([over.status, await errorCode(over)]).toEqual([413, 'MANIFEST_INVALID']);
    });
    it('a manifest is not deleted through its blob address', async () => {
      const { digest } = await h.manifest(NAME, image(), 'v1');
      expect((await h.call('DELETE', `/v2/${NAME}/blobs/${digest}`)).status).toBe(405);
      expect((await h.call('GET', `/v2/${NAME}/manifests/v1`)).status).toBe(200);
    });
  });

  describe('listings', () => {
    it('tags in byte order, in pages linked to the next', async () => {
      for (const tag of ['b', 'a', 'Z', '10', '9', '_x']) await h.manifest(NAME, image(), tag);
      const all = (await (await h.call('GET', `/v2/${NAME}/tags/list`)).json()) as { name: string; tags: string[] };
      expect(all).toEqual({ name: NAME, tags: ['10', '9', 'Z', '_x', 'a', 'b'] });
      const seen: string[] = [];
      let path: string | undefined = `/v2/${NAME}/tags/list?n=4`;
      for (let pages = 0; path !== undefined; pages++) {
        expect(pages).toBeLessThan(3);
        const response = await h.call('GET', path);
        seen.push(...((await response.json()) as { tags: string[] }).tags);
        path = /^<([^>]+)>; rel="next"$/.exec(response.headers.get('link') ?? '')?.[1];
      }
      expect(seen).toEqual(all.tags);
    });
    it.each([
      ['n=0', []],
      ['n=2&last=a', ['b', 'c']],
      ['last=b', ['c']],
      ['last=bb', ['c']],
      ['last=zzz', []],
      ['n=3', ['a', 'b', 'c']],
    ])('tags?%s', async (query, tags) => {
      for (const tag of ['a', 'b', 'c']) await h.manifest(NAME, image(), tag);
      const response = await h.call('GET', `/v2/${NAME}/tags/list?${query}`);
      expect(((await response.json()) as { tags: string[] }).tags).toEqual(tags);
      expect(response.headers.get('link')).toBeNull();
    });
    it.each(['n=-1', 'n=x', 'n=1e3', 'n=99999999999'])('[CVE-2023-2253] tags?%s is 400', async (query) => {
      await h.manifest(NAME, image(), 'a');
      expect((await h.call('GET', `/v2/${NAME}/tags/list?${query}`)).status).toBe(400);
    });
    it('repositories, names inside names and reserved ones included', async () => {
      for (const name of ['a', 'a/blobs', 'a/blobs/sha256', 'index.json', 'oci-layout/x', 'z']) await h.manifest(name, image(), 'v1');
      const page = (await (await h.call('GET', '/v2/_catalog?n=3')).json()) as { repositories: string[] };
      expect(page.repositories).toEqual(['a', 'a/blobs', 'a/blobs/sha256']);
      const rest = (await (await h.call('GET', '/v2/_catalog?last=a/blobs/sha256')).json()) as { repositories: string[] };
      expect(rest.repositories).toEqual(['index.json', 'oci-layout/x', 'z']);
    });
  });
});
