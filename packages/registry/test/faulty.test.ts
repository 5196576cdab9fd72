// SPDX-License-Identifier: Apache-2.0
import { createFaultyRegistry, type Misbehaviour } from '@notary/registry/faulty';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bytesOf, type Harness, image, requestOf, SIGNATURE, signature, startHarness } from './support.ts';

describe('a registry that misbehaves', () => {
  let h: Harness;
  let subject: { digest: string; size: number };
  beforeEach(async () => {
    h = await startHarness('memory');
    await h.blob('app', 'layer');
    subject = await h.manifest('app', image(), 'v1');
    await h.manifest('app', signature(subject));
  });
  afterEach(() => h.close());
  const ask = async (
    misbehave: Misbehaviour,
    method: string,
    path: string,
    options: Parameters<typeof requestOf>[2] = {},
  ): Promise<Response> =>
    createFaultyRegistry(h.registry.handle, misbehave).handle(requestOf(method, path, options), { remoteAddress: '' });

  it('without switches passes everything and notes it', async () => {
    const faulty = createFaultyRegistry(h.registry.handle);
    expect((await faulty.handle(requestOf('GET', '/v2/app/manifests/v1?x=1'), { remoteAddress: '' })).status).toBe(200);
    expect(faulty.seen.map((s) => `${s.method} ${s.path}`)).toEqual(['GET /v2/app/manifests/v1?x=1']);
  });
  it('asks for patience a number of times', async () => {
    const faulty = createFaultyRegistry(h.registry.handle, { tooManyRequests: { times: 2, retryAfter: '3' } });
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push((await faulty.handle(requestOf('GET', '/v2/'), { remoteAddress: '' })).status);
    expect(statuses).toEqual([429, 429, 200]);
  });
  it.each([
    ['not-found', 404],
    ['manifest-unknown', 404],
    ['html', 200],
    ['not-allowed', 405],
  ] as const)('has no Referrers API: %s', async (noReferrers, status) => {
    expect((await ask({ noReferrers }, 'GET', `/v2/app/referrers/${subject.digest}`)).status).toBe(status);
    const body = bytesOf(JSON.stringify(signature(subject, { annotations: { n: '2' } })));
    const put = await ask({ noReferrers }, 'PUT', '/v2/app/manifests/s', {
      body,
      headers: { 'content-type': 'application/vnd.oci.image.manifest.v1+json' },
    });
    expect([put.status, put.headers.get('oci-subject')]).toEqual([201, null]);
  });
  it('loses OCI-Subject, filters, digests and conditions', async () => {
    const filtered = await ask({ ignoreFilters: true }, 'GET', `/v2/app/referrers/${subject.digest}?artifactType=none/none`);
    expect([filtered.headers.get('oci-filters-applied'), await filtered.text()]).toEqual([null, expect.stringContaining(SIGNATURE)]);
    expect((await ask({ hideDigest: true }, 'HEAD', '/v2/app/manifests/v1')).headers.get('docker-content-digest')).toBeNull();
    const put = await ask({ ignoreConditions: true }, 'PUT', '/v2/app/manifests/v1', {
      body: JSON.stringify(image()),
      headers: { 'content-type': 'application/vnd.oci.image.manifest.v1+json', 'if-none-match': '*' },
    });
    expect(put.status).toBe(201);
  });
  it('redirects blobs, cuts and corrupts bodies, ignores ranges', async () => {
    const blob = `/v2/app/blobs/${await h.blob('app', 'layer')}`;
    expect((await ask({ redirectBlobsTo: 'https://cdn.example' }, 'GET', blob)).headers.get('location')).toBe(`https://cdn.example${blob}`);
    await expect((await ask({ cutAfterBytes: 2 }, 'GET', blob)).text()).rejects.toThrow();
    expect(await (await ask({ corruptBodies: true }, 'GET', blob)).text()).not.toBe('layer');
    expect((await ask({ ignoreRanges: true }, 'GET', blob, { headers: { range: 'bytes=0-1' } })).status).toBe(200);
  });
});
