// SPDX-License-Identifier: Apache-2.0
import { digestOf, httpFaults, toUtf8 } from '@notary/base';
import { brokenResponse, codeOf } from '@notary/testkit';
import { describe, expect, it } from 'vitest';
import { OCI_INDEX, OCI_MANIFEST } from '../src/index.ts';
import { createRemoteRepository } from '../src/remote/index.ts';
import { blob, errorResponse, imageManifest, manifestResponse, scripted } from './support.ts';

const layer = blob('layer');
const artifact = imageManifest({ layer: layer.descriptor });
const D = artifact.descriptor.digest;
const lines = (w: ReturnType<typeof scripted>) =>
  w.http.sent.map((r) => `${r.method} ${r.url.replace('https://registry.example/v2/team/app', '')}`);
const head = (headers: Record<string, string>) => new Response(null, { headers });

describe('resolving', () => {
  it('needs one HEAD', async () => {
    const w = scripted(() => manifestResponse(artifact));
    expect(await w.repository().resolve('v1')).toEqual(artifact.descriptor);
    expect(lines(w)).toEqual(['HEAD /manifests/v1']);
    expect(w.http.sent[0]?.headers['accept']).toBe(
      'application/vnd.docker.distribution.manifest.v2+json, application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json, application/vnd.oci.artifact.manifest.v1+json',
    );
  });

  it.each<[string, Record<string, string>]>([
    ['digest', { 'content-type': OCI_MANIFEST, 'content-length': '10' }],
    ['type', { 'docker-content-digest': D, 'content-length': '10' }],
    ['size', { 'docker-content-digest': D, 'content-type': OCI_MANIFEST }],
  ])('reads and hashes where HEAD leaves out the %s', async (_name, headers) => {
    const w = scripted((request) => (request.method === 'HEAD' ? head(headers) : manifestResponse(artifact)));
    expect(await w.repository().resolve('v1')).toEqual(artifact.descriptor);
    expect(lines(w)).toEqual(['HEAD /manifests/v1', 'GET /manifests/v1']);
  });

  it('reads where HEAD is not allowed', async () => {
    const w = scripted((request) =>
      request.method === 'HEAD'
        ? new Response(null, { status: 405 })
        : manifestResponse(artifact, { headers: { 'docker-content-digest': '' } }),
    );
    expect(await w.repository().resolve(D)).toEqual(artifact.descriptor);
  });

  it('ignores parameters and case of the media type', async () => {
    const w = scripted(() => manifestResponse(artifact, { headers: { 'content-type': `${OCI_MANIFEST}; charset=utf-8` } }));
    expect((await w.repository().resolve('v1')).mediaType).toBe(OCI_MANIFEST);
  });

  it('[CVE-2023-33959] [ADA-NOT-23-6] refuses another digest than the one asked for', async () => {
    const other = digestOf(toUtf8('other'));
    const w = scripted(() => manifestResponse(artifact, { headers: { 'docker-content-digest': other } }));
    await expect(w.repository().resolve(D)).rejects.toMatchObject({
      code: 'OCI_RESPONSE_INVALID',
      message: `HEAD "https://registry.example/v2/team/app/manifests/${D}": invalid response; digest mismatch in Docker-Content-Digest: received "${other}" when expecting "${D}"`,
    });
  });

  it('refuses a malformed digest header', async () => {
    const w = scripted(() => manifestResponse(artifact, { headers: { 'docker-content-digest': 'sha256:../..' } }));
    expect(await codeOf(w.repository().resolve('v1'))).toBe('OCI_RESPONSE_INVALID');
  });

  it('hashes by itself where the header has another algorithm', async () => {
    const sha512 = digestOf(artifact.bytes, 'sha512');
    const w = scripted(() => manifestResponse(artifact));
    expect(await w.repository().resolve(sha512)).toEqual({ ...artifact.descriptor, digest: sha512 });
    expect(lines(w)).toEqual([`HEAD /manifests/${sha512}`, `GET /manifests/${sha512}`]);
  });

  it('refuses a body that is not what the registry says it is', async () => {
    const w = scripted((request) =>
      request.method === 'HEAD'
        ? new Response(null, { status: 405 })
        : manifestResponse(artifact, { headers: { 'docker-content-digest': digestOf(toUtf8('other')) } }),
    );
    expect(await codeOf(w.repository().resolve('v1'))).toBe('DIGEST_MISMATCH');
    expect(await codeOf(w.repository().resolve(digestOf(toUtf8('other'))))).toBe('DIGEST_MISMATCH');
  });

  it('knows what is not there', async () => {
    const w = scripted(() => new Response(null, { status: 404 }));
    await expect(w.repository().resolve('v1')).rejects.toMatchObject({
      code: 'OCI_NOT_FOUND',
      message: 'registry.example/team/app:v1: not found',
    });
    await expect(w.repository().resolve(D)).rejects.toMatchObject({ message: `registry.example/team/app@${D}: not found` });
  });

  it('keeps the message of the reference and learns the reason from GET', async () => {
    const w = scripted((request) =>
      request.method === 'HEAD'
        ? new Response(null, { status: 403 })
        : errorResponse(403, 'DENIED', 'requested access to the resource is denied'),
    );
    await expect(w.repository().resolve('v1')).rejects.toMatchObject({
      code: 'OCI_DENIED',
      message: 'HEAD "https://registry.example/v2/team/app/manifests/v1": response status code 403: Forbidden',
      facts: { errors: [{ code: 'DENIED', message: 'requested access to the resource is denied' }], scopes: ['repository:team/app:pull'] },
    });
  });

  it.each(['', '../x', 'a/b', 'a?b', 'sha256:00', `${'a'.repeat(129)}`])('sends nothing for the reference %j', async (reference) => {
    const w = scripted(() => manifestResponse(artifact));
    expect(await codeOf(w.repository().resolve(reference))).toBe('OCI_REFERENCE_INVALID');
    expect(w.http.sent).toEqual([]);
  });

  it('refuses names that are none before anything is sent', () => {
    const w = scripted(() => manifestResponse(artifact));
    for (const names of [{ registry: 'a/b' }, { registry: 'user@host' }, { repository: '../x' }, { repository: 'A' }]) {
      expect(() =>
        createRemoteRepository({ registry: 'registry.example', repository: 'a', http: w.http, clock: w.clock, random: w.random, ...names }),
      ).toThrow('invalid reference');
    }
  });

  it('speaks with the API host of Docker Hub', async () => {
    const w = scripted(() => new Response(''));
    w.http.route('https://registry-1.docker.io', () => manifestResponse(artifact));
    const repository = w.repository({ registry: 'docker.io', repository: 'library/alpine' });
    await repository.resolve('3');
    expect(repository.name).toBe('docker.io/library/alpine');
  });
});

describe('fetching', () => {
  it('returns the exact bytes', async () => {
    const w = scripted((_request, url) => (url.pathname.includes('/blobs/') ? new Response('layer') : manifestResponse(artifact)));
    expect(await w.repository().fetchManifest(artifact.descriptor)).toEqual(artifact.bytes);
    expect(await w.repository().fetchBlob(layer.descriptor, 5)).toEqual(layer.bytes);
    expect(lines(w)).toEqual([`GET /manifests/${D}`, `GET /blobs/${layer.descriptor.digest}`]);
    expect(w.http.sent[0]?.headers['accept']).toBe(OCI_MANIFEST);
  });

  it.each<[string, () => Response, string]>([
    ['another digest', () => new Response('lay3r'), 'DIGEST_MISMATCH'],
    ['fewer bytes', () => new Response('laye'), 'OCI_SIZE_MISMATCH'],
    ['more bytes', () => new Response('layer!'), 'OCI_SIZE_MISMATCH'],
    ['far more bytes', () => new Response('x'.repeat(100_000)), 'OCI_SIZE_MISMATCH'],
    ['another stated length', () => new Response('layer', { headers: { 'content-length': '6' } }), 'OCI_RESPONSE_INVALID'],
    ['another stated digest', () => new Response('layer', { headers: { 'docker-content-digest': D } }), 'OCI_RESPONSE_INVALID'],
    ['an error page', () => new Response('<html>', { status: 404 }), 'OCI_NOT_FOUND'],
    ['a partial answer', () => new Response('layer', { status: 206 }), 'OCI_STATUS'],
  ])('refuses a blob with %s', async (_name, answer, expected) => {
    expect(await codeOf(scripted(answer).repository().fetchBlob(layer.descriptor, 1000))).toBe(expected);
  });

  it('refuses a manifest of another type than its descriptor says', async () => {
    const w = scripted(() => manifestResponse(artifact, { headers: { 'content-type': OCI_INDEX } }));
    expect(await codeOf(w.repository().fetchManifest(artifact.descriptor))).toBe('OCI_RESPONSE_INVALID');
  });

  it('does not ask for what would be too large', async () => {
    const w = scripted(() => new Response('layer'));
    expect(await codeOf(w.repository().fetchBlob(layer.descriptor, 4))).toBe('OCI_TOO_LARGE');
    expect(await codeOf(w.repository().fetchManifest({ ...artifact.descriptor, size: 9_000_000 }))).toBe('OCI_TOO_LARGE');
    expect(w.http.sent).toEqual([]);
  });

  it('takes embedded data if it is the content, and refuses it if it is not', async () => {
    const w = scripted(() => new Response('x', { status: 500 }));
    expect(await w.repository().fetchBlob({ ...layer.descriptor, data: btoa('layer') }, 10)).toEqual(layer.bytes);
    for (const data of [btoa('lay3r'), btoa('laye'), '!!'])
      expect(await codeOf(w.repository().fetchBlob({ ...layer.descriptor, data }, 10))).toBe('OCI_DATA_MISMATCH');
    expect(w.http.sent).toEqual([]);
  });

  it('proves a stream at its end', async () => {
    const read = async (answer: string) => {
      for await (const _chunk of scripted(() => new Response(answer))
        .repository()
        .streamUnverifiedBlob(layer.descriptor));
    };
    expect(await codeOf(read('layer'))).toBe('nothing');
    expect(await codeOf(read('lay3r'))).toBe('DIGEST_MISMATCH');
    expect(await codeOf(read('laye'))).toBe('OCI_SIZE_MISMATCH');
    expect(await codeOf(read('layer and more'))).toBe('OCI_SIZE_MISMATCH');
  });

  it('reads again what broke in the middle', async () => {
    let count = 0;
    const w = scripted(() => (++count < 3 ? brokenResponse(toUtf8('la'), 5) : new Response('layer')));
    expect(await w.repository().fetchBlob(layer.descriptor, 10)).toEqual(layer.bytes);
    count = -10;
    expect(await codeOf(w.repository().fetchBlob(layer.descriptor, 10))).toBe('HTTP_UNREACHABLE');
  });

  it('passes on that the registry cannot be reached', async () => {
    const w = scripted(() => {
      throw httpFaults.UNREACHABLE({ method: 'GET', url: 'u', detail: 'refused', errno: 'ECONNREFUSED' });
    });
    expect(await codeOf(w.repository().resolve('v1'))).toBe('HTTP_UNREACHABLE');
  });

  it.each<[number, string]>([
    [401, 'OCI_UNAUTHORIZED'],
    [403, 'OCI_DENIED'],
    [429, 'OCI_RATE_LIMITED'],
    [400, 'OCI_STATUS'],
  ])('maps status %s to %s in the words of the reference', async (status, code) => {
    const w = scripted(() => errorResponse(status, 'SOME_CODE', 'some words'));
    await expect(w.repository().fetchBlob(layer.descriptor, 10)).rejects.toMatchObject({
      code,
      message: `GET "https://registry.example/v2/team/app/blobs/${layer.descriptor.digest}": response status code ${status}: some code: some words`,
    });
  });

  it('says when to come back', async () => {
    const w = scripted(() => new Response('', { status: 429, headers: { 'retry-after': '900' } }));
    await expect(w.repository().fetchBlob(layer.descriptor, 10)).rejects.toMatchObject({
      facts: { retryAfterSeconds: 900 },
      remedy: { text: 'try again in 900 seconds' },
    });
  });

  it('prints what a registry says without its control characters', async () => {
    const w = scripted(() => errorResponse(400, 'X', '\u001b[2J\u0007hello'));
    await expect(w.repository().fetchBlob(layer.descriptor, 10)).rejects.toMatchObject({
      message: expect.stringMatching(/^[^\x00-\x1f]*$/),
    });
  });
});
