// SPDX-License-Identifier: Apache-2.0
import { digestOf, toUtf8 } from '@notary/base';
import { brokenResponse, codeOf } from '@notary/testkit';
import { describe, expect, it } from 'vitest';
import { fakeRegistry } from './fake-registry.ts';
import { blob, errorResponse, imageManifest } from './support.ts';

const layer = blob('layer');
const artifact = imageManifest({ layer: layer.descriptor });
const referrer = imageManifest({ layer: layer.descriptor, subject: artifact.descriptor });
const DIGEST = encodeURIComponent(layer.descriptor.digest);

describe('pushing a blob', () => {
  it('asks, starts and puts', async () => {
    const r = fakeRegistry();
    await r.repository().pushBlob(layer.descriptor, layer.bytes);
    expect(r.blobs.get(layer.descriptor.digest)).toEqual(layer.bytes);
    expect(r.lines()).toEqual([
      `HEAD blobs/${layer.descriptor.digest}`,
      `POST blobs/uploads/?digest=${DIGEST}`,
      `PUT blobs/uploads/1?state=a%2Bb&digest=${DIGEST}`,
    ]);
    expect(r.http.sent[2]?.headers).toMatchObject({ 'content-type': 'application/octet-stream' });
  });

  it('sends a small one with the first request, and does not ask for a fresh one', async () => {
    const r = fakeRegistry({ singlePost: { location: '/v2/team/app/blobs/x', 'docker-content-digest': layer.descriptor.digest } });
    await r.repository().pushBlob(layer.descriptor, layer.bytes, { fresh: true });
    expect(r.blobs.get(layer.descriptor.digest)).toEqual(layer.bytes);
    expect(r.lines()).toEqual([`POST blobs/uploads/?digest=${DIGEST}`]);
  });

  it('starts a session for a large one', async () => {
    const r = fakeRegistry({ singlePost: { location: '/v2/team/app/blobs/x' } });
    const large = blob('x'.repeat(64 * 1024 + 1));
    await r.repository().pushBlob(large.descriptor, large.bytes, { fresh: true });
    expect(r.lines().map((line) => line.split('?')[0])).toEqual(['POST blobs/uploads/', 'PUT blobs/uploads/1']);
  });

  it.each([400, 404, 405, 413, 501])('starts a session where a registry answers %i to content in the first request', async (status) => {
    const r = fakeRegistry();
    r.intercept = (request, url) =>
      request.method === 'POST' && url.searchParams.has('digest') ? errorResponse(status, 'UNSUPPORTED', 'x') : undefined;
    await r.repository().pushBlob(layer.descriptor, layer.bytes, { fresh: true });
    expect(r.blobs.get(layer.descriptor.digest)).toEqual(layer.bytes);
    expect(r.lines()[1]).toBe('POST blobs/uploads/');
  });

  it('does not take a bare 201 for the word of a registry that stores so', async () => {
    const r = fakeRegistry({ singlePost: {} });
    await r.repository().pushBlob(layer.descriptor, layer.bytes, { fresh: true });
    expect(r.lines().map((line) => line.split('?')[0])).toEqual(['POST blobs/uploads/', 'POST blobs/uploads/', 'PUT blobs/uploads/1']);
  });

  it('refuses that the registry stored something else with the first request', async () => {
    const r = fakeRegistry({ singlePost: { location: '/x', 'docker-content-digest': digestOf(toUtf8('other')) } });
    expect(await codeOf(r.repository().pushBlob(layer.descriptor, layer.bytes))).toBe('OCI_RESPONSE_INVALID');
  });

  it('does not repeat a refusal that is not about the form', async () => {
    const r = fakeRegistry();
    r.intercept = (request) => (request.method === 'POST' ? errorResponse(403, 'DENIED', 'x') : undefined);
    expect(await codeOf(r.repository().pushBlob(layer.descriptor, layer.bytes, { fresh: true }))).toBe('OCI_DENIED');
    expect(r.http.sent).toHaveLength(1);
  });

  it('sends nothing that is there', async () => {
    const r = fakeRegistry();
    r.blobs.set(layer.descriptor.digest, layer.bytes);
    await r.repository().pushBlob(layer.descriptor, layer.bytes);
    expect(r.http.sent).toHaveLength(1);
  });

  it('streams what can be opened again', async () => {
    const r = fakeRegistry();
    let opened = 0;
    await r.repository().pushBlob(layer.descriptor, async function* () {
      opened++;
      yield layer.bytes.subarray(0, 2);
      yield layer.bytes.subarray(2);
    });
    expect(r.blobs.get(layer.descriptor.digest)).toEqual(layer.bytes);
    expect(opened).toBe(1);
  });

  it('sends nothing that is not what it is said to be', async () => {
    const r = fakeRegistry();
    expect(await codeOf(r.repository().pushBlob(layer.descriptor, toUtf8('lay3r')))).toBe('DIGEST_MISMATCH');
    expect(await codeOf(r.repository().pushManifest(artifact.descriptor, toUtf8('{}')))).toBe('OCI_SIZE_MISMATCH');
    expect(r.http.sent).toEqual([]);
  });

  it('starts a new session when one is lost', async () => {
    const r = fakeRegistry();
    let puts = 0;
    r.intercept = (request) =>
      request.method === 'PUT' && ++puts < 3
        ? puts === 1
          ? errorResponse(404, 'BLOB_UPLOAD_UNKNOWN', 'x')
          : new Response('', { status: 502 })
        : undefined;
    await r.repository().pushBlob(layer.descriptor, layer.bytes);
    expect(r.lines().filter((line) => line.startsWith('POST'))).toHaveLength(3);
    puts = -9;
    expect(await codeOf(fakeFailing(400))).toBe('OCI_STATUS');
  });

  const fakeFailing = (status: number): Promise<void> => {
    const r = fakeRegistry();
    r.intercept = (request) => (request.method === 'PUT' ? new Response('', { status }) : undefined);
    return r.repository().pushBlob(layer.descriptor, layer.bytes);
  };

  it.each<[string, string, string]>([
    ['relative', '/v2/team/app/blobs/uploads/7', `https://registry.example/v2/team/app/blobs/uploads/7?digest=${DIGEST}`],
    ['relative to the request', '7', `https://registry.example/v2/team/app/blobs/uploads/7?digest=${DIGEST}`],
    [
      'absolute with an opaque query',
      'https://registry.example/x?_state=a%3D%3D&b=+~',
      `https://registry.example/x?_state=a%3D%3D&b=+~&digest=${DIGEST}`,
    ],
    ['http behind a proxy that ends TLS', 'http://registry.example/x', `https://registry.example/x?digest=${DIGEST}`],
    ['with a fragment', '/x?#y', `https://registry.example/x?digest=${DIGEST}`],
  ])('puts to a location that is %s', async (_name, location, expected) => {
    const r = fakeRegistry({ location: () => location });
    r.intercept = (request) => (request.method === 'PUT' ? new Response('', { status: 201 }) : undefined);
    await r.repository().pushBlob(layer.descriptor, layer.bytes);
    expect(r.http.sent.at(-1)?.url).toBe(expected);
  });

  it('[CVE-2026-50151] takes no credential to a location on another host', async () => {
    const r = fakeRegistry({ location: () => 'https://uploads.example/x' });
    r.http.route('https://uploads.example', () => new Response('', { status: 201 }));
    r.http.route('https://registry.example', (request) => {
      if (request.headers.get('authorization') === null)
        return new Response('', { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } });
      return request.method === 'HEAD'
        ? new Response('', { status: 404 })
        : new Response('', { status: 202, headers: { location: 'https://uploads.example/x' } });
    });
    await r
      .repository({ credentials: { credential: async () => ({ username: 'a', password: { reveal: () => 'b' } as never }) } })
      .pushBlob(layer.descriptor, layer.bytes);
    expect(r.http.sent.at(-1)).toMatchObject({ url: `https://uploads.example/x?digest=${DIGEST}` });
    expect(r.http.sent.at(-1)?.headers['authorization']).toBeUndefined();
  });

  it.each([
    'http://other.example/x',
    'https://10.0.0.1/x',
    'https://169.254.169.254/x',
    'https://localhost/x',
    'file:///x',
    'https://a:b@registry.example/x',
    'https://[x',
  ])('refuses the location %s', async (location) => {
    const r = fakeRegistry({ location: () => location });
    expect(await codeOf(r.repository().pushBlob(layer.descriptor, layer.bytes))).toBe('OCI_UPLOAD_LOCATION_INVALID');
  });

  it('refuses an upload without a location', async () => {
    const r = fakeRegistry();
    r.intercept = (request) => (request.method === 'POST' ? new Response('', { status: 202 }) : undefined);
    expect(await codeOf(r.repository().pushBlob(layer.descriptor, layer.bytes))).toBe('OCI_UPLOAD_LOCATION_INVALID');
  });
});

describe('pushing a manifest', () => {
  it('puts it by digest, and by tag', async () => {
    const r = fakeRegistry();
    await r.repository().pushManifest(artifact.descriptor, artifact.bytes);
    await r.repository().pushManifest(artifact.descriptor, artifact.bytes, 'v1');
    expect(r.lines()).toEqual([`PUT manifests/${artifact.descriptor.digest}`, 'PUT manifests/v1']);
    expect(r.http.sent[0]?.headers['content-type']).toBe(artifact.descriptor.mediaType);
  });

  it('refuses that the registry stored something else', async () => {
    const r = fakeRegistry();
    r.intercept = () => new Response('', { status: 201, headers: { 'docker-content-digest': digestOf(toUtf8('x')) } });
    expect(await codeOf(r.repository().pushManifest(artifact.descriptor, artifact.bytes))).toBe('OCI_RESPONSE_INVALID');
  });

  it('reports a refusal in the words of the reference', async () => {
    const r = fakeRegistry();
    r.intercept = () => errorResponse(413, 'MANIFEST_INVALID', 'too large');
    await expect(r.repository().pushManifest(artifact.descriptor, artifact.bytes, 'v1')).rejects.toMatchObject({
      code: 'OCI_STATUS',
      message: 'PUT "https://registry.example/v2/team/app/manifests/v1": response status code 413: manifest invalid: too large',
    });
  });

  it('repeats a put by digest after a failure, not one by tag', async () => {
    const r = fakeRegistry();
    let count = 0;
    r.intercept = () => (++count === 1 ? new Response('', { status: 500 }) : undefined);
    await r.repository().pushManifest(artifact.descriptor, artifact.bytes);
    count = 0;
    expect(await codeOf(r.repository().pushManifest(artifact.descriptor, artifact.bytes, 'v1'))).toBe('OCI_STATUS');
  });

  it('waits for a registry that does not know a blob for a moment, and not for one that is missing', async () => {
    const r = fakeRegistry();
    let count = 0;
    const forgets = (times: number) => () =>
      ++count <= times ? errorResponse(400, 'MANIFEST_BLOB_UNKNOWN', 'blob unknown to registry') : undefined;
    r.intercept = forgets(3);
    await r.repository().pushManifest(artifact.descriptor, artifact.bytes, 'v1');
    expect(r.lines()).toEqual(Array(4).fill('PUT manifests/v1'));
    count = 0;
    r.intercept = forgets(Number.POSITIVE_INFINITY);
    await expect(r.repository().pushManifest(artifact.descriptor, artifact.bytes)).rejects.toMatchObject({
      code: 'OCI_STATUS',
      message: expect.stringContaining('response status code 400: manifest blob unknown: blob unknown to registry'),
    });
    expect(count).toBe(4);
  });

  it('asks for the right to push with the first token where it is told to', async () => {
    const r = fakeRegistry();
    r.http.route('https://auth.example', () => Response.json({ token: 't' }));
    r.intercept = (request) =>
      request.headers.get('authorization') === null
        ? new Response('', { status: 401, headers: { 'www-authenticate': 'Bearer realm="https://auth.example/t"' } })
        : undefined;
    const repository = r.repository({ access: 'push' });
    await repository.pushBlob(layer.descriptor, layer.bytes);
    expect(
      r.http.sent.filter((s) => s.url.startsWith('https://auth.example')).map((s) => new URL(s.url).searchParams.get('scope')),
    ).toEqual(['repository:team/app:pull,push']);
  });
});

describe('attaching', () => {
  it('leaves it to a registry that indexes subjects', async () => {
    const r = fakeRegistry({ indexesSubjects: true });
    expect(await r.repository().attach(referrer.descriptor, referrer.bytes)).toEqual({ via: 'api', replacedIndex: 'none' });
    expect(r.http.sent).toHaveLength(1);
  });

  it('writes the tag too where that is forced', async () => {
    const r = fakeRegistry({ indexesSubjects: true });
    expect(await r.repository({ forceReferrersTag: true }).attach(referrer.descriptor, referrer.bytes)).toEqual({
      via: 'tag',
      replacedIndex: 'none',
    });
    expect(r.listed(artifact.descriptor.digest.replace(':', '-'))).toEqual([referrer.descriptor.digest]);
  });

  it('does not believe a registry that names another subject', async () => {
    const r = fakeRegistry();
    r.intercept = async (request) =>
      request.method === 'PUT' && request.url.endsWith(referrer.descriptor.digest)
        ? new Response('', { status: 201, headers: { 'oci-subject': layer.descriptor.digest } })
        : undefined;
    expect((await r.repository().attach(referrer.descriptor, referrer.bytes)).via).toBe('tag');
  });

  it('needs a subject', async () => {
    expect(await codeOf(fakeRegistry().repository().attach(artifact.descriptor, artifact.bytes))).toBe('OCI_SUBJECT_MISSING');
  });

  it('says so when what was attached cannot be found', async () => {
    const r = fakeRegistry();
    await expect(r.repository().confirmDiscoverable(artifact.descriptor, referrer.descriptor)).rejects.toMatchObject({
      code: 'OCI_REFERRER_NOT_DISCOVERABLE',
    });
    let count = 0;
    r.intercept = (_request, url) =>
      url.pathname.includes('/referrers/')
        ? new Response(JSON.stringify({ manifests: ++count < 3 ? [] : [referrer.descriptor] }), {
            headers: { 'content-type': 'application/vnd.oci.image.index.v1+json' },
          })
        : undefined;
    await r.repository().confirmDiscoverable(artifact.descriptor, referrer.descriptor);
    expect(count).toBe(3);
    r.intercept = () => brokenResponse(new Uint8Array(), 5, { status: 500 });
    expect(await codeOf(r.repository().confirmDiscoverable(artifact.descriptor, referrer.descriptor))).toBe('OCI_STATUS');
  });
});
