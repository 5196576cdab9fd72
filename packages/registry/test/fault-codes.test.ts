// SPDX-License-Identifier: Apache-2.0
/** Every refusal under its own code: the specification's codes are shared by several, so an answer's detail names the fault as well. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf, isFault } from '@notary/base';
import { openDiskStore } from '@notary/registry/store-disk';
import { createMemoryStore } from '@notary/registry/store-memory';
import { createFakeClock } from '@notary/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faults } from '../src/faults.ts';
import { createDiskIo } from '../src/store-disk/index.ts';
import { createFailingIo } from './failing-io.ts';
import {
  bytesOf,
  type CallOptions,
  type Harness,
  harnessOver,
  image,
  makeRoot,
  OCI_MANIFEST,
  removeRoot,
  startHarness,
  systemClock,
  systemRandom,
} from './support.ts';

const NAME = 'app';
const BLOB = digestOf(bytesOf('blob'));
const OTHER = digestOf(bytesOf('other'));
const manifest = { headers: { 'content-type': OCI_MANIFEST }, body: JSON.stringify(image()) };

/** The fault that an answer names. */
async function reasonOf(answer: Response): Promise<string> {
  const { errors } = (await answer.json()) as { errors: { detail: { reason: string } }[] };
  return errors[0]?.detail.reason ?? '';
}
const codeOf = (work: Promise<unknown>): Promise<string> => work.then(String, (e: unknown) => (isFault(e) ? e.code : String(e)));

let h: Harness;
beforeAll(async () => {
  h = await startHarness('memory', { limits: { maxBlobBytes: 100, maxManifestBytes: 10_000 } });
  await h.blob(NAME, 'blob');
  await h.manifest(NAME, image(), 'v1');
});
afterAll(() => h.close());

/** A body that breaks off. */
const breaking = (): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start(c) {
      c.enqueue(bytesOf('be'));
      c.error(new Error('connection reset'));
    },
  });

describe('a request', () => {
  it.each<[code: string, method: string, path: string, options?: CallOptions]>([
    ['REGISTRY_NAME_INVALID', 'GET', '/v2/Upper/tags/list'],
    ['REGISTRY_NAME_UNKNOWN', 'GET', '/v2/nobody/tags/list'],
    ['REGISTRY_TAG_INVALID', 'PUT', `/v2/${NAME}/manifests/-x`, manifest],
    ['REGISTRY_DIGEST_INVALID', 'GET', `/v2/${NAME}/blobs/sha256:zz`],
    ['REGISTRY_DIGEST_MISMATCH', 'POST', `/v2/${NAME}/blobs/uploads/?digest=${OTHER}`, { body: 'blob' }],
    ['REGISTRY_DIGEST_MISMATCH', 'PUT', `/v2/${NAME}/manifests/${OTHER}`, manifest],
    ['REGISTRY_SIZE_INVALID', 'POST', `/v2/${NAME}/blobs/uploads/?digest=${BLOB}`, { body: 'blob', headers: { 'content-length': '3' } }],
    ['REGISTRY_PAGE_INVALID', 'GET', `/v2/${NAME}/tags/list?n=-1`],
    ['REGISTRY_BODY_UNFINISHED', 'POST', `/v2/${NAME}/blobs/uploads/?digest=${BLOB}`, { body: breaking() }],
    ['REGISTRY_MANIFEST_INVALID', 'PUT', `/v2/${NAME}/manifests/v2`, { ...manifest, body: '[]' }],
    ['REGISTRY_MANIFEST_UNKNOWN', 'GET', `/v2/${NAME}/manifests/none`],
    ['REGISTRY_MANIFEST_TOO_LARGE', 'PUT', `/v2/${NAME}/manifests/v2`, { ...manifest, body: ' '.repeat(10_001) }],
    ['REGISTRY_BLOB_UNKNOWN', 'GET', `/v2/${NAME}/blobs/${OTHER}`],
    ['REGISTRY_BLOB_TOO_LARGE', 'POST', `/v2/${NAME}/blobs/uploads/?digest=${BLOB}`, { body: new Uint8Array(101) }],
    ['REGISTRY_UPLOAD_UNKNOWN', 'GET', `/v2/${NAME}/blobs/uploads/00000000-0000-4000-8000-000000000000`],
    ['REGISTRY_URL_TOO_LONG', 'GET', `/v2/${NAME}/tags/list?last=${'x'.repeat(20_000)}`],
    [
      'REGISTRY_PRECONDITION_FAILED',
      'PUT',
      `/v2/${NAME}/manifests/v1`,
      { ...manifest, headers: { ...manifest.headers, 'if-none-match': '*' } },
    ],
    ['REGISTRY_RANGE_UNSATISFIABLE', 'GET', `/v2/${NAME}/blobs/${BLOB}`, { headers: { range: 'bytes=99-' } }],
    ['REGISTRY_METHOD_UNSUPPORTED', 'PATCH', `/v2/${NAME}/tags/list`],
    ['REGISTRY_ROUTE_UNKNOWN', 'GET', '/v3/'],
    // As rest parameters: Bun takes a last one that the table leaves out for a callback.
  ])('%s: %s %s', async (...[code, method, path, options]) => {
    const answer = await h.call(method, path, options);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(await reasonOf(answer)).toBe(code);
  });

  it('is refused with the remedy where there is one', async () => {
    const detail = async (path: string): Promise<unknown> =>
      ((await (await h.call('GET', path)).json()) as { errors: [{ detail: unknown }] }).errors[0].detail;
    expect(await detail('/v2/Upper/tags/list')).toEqual({
      reason: 'REGISTRY_NAME_INVALID',
      remedy: expect.stringContaining('lowercase letters'),
    });
    expect(await detail(`/v2/${NAME}/manifests/none`)).toEqual({ reference: 'none', reason: 'REGISTRY_MANIFEST_UNKNOWN' });
  });

  it('REGISTRY_UPLOAD_RANGE and REGISTRY_UPLOAD_BUSY: a session takes one body at a time, each where the last ended', async () => {
    const location = (await h.call('POST', `/v2/${NAME}/blobs/uploads/`)).headers.get('location') ?? '';
    const misplaced = await h.call('PATCH', location, { body: 'blob', headers: { 'content-range': '5-8' } });
    expect(await reasonOf(misplaced)).toBe('REGISTRY_UPLOAD_RANGE');
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const slow = new ReadableStream<Uint8Array>({ pull: async (c) => held.then(() => c.close()) });
    const first = h.call('PATCH', location, { body: slow });
    await new Promise((resume) => setTimeout(resume, 5));
    expect(await reasonOf(await h.call('PATCH', location, { body: 'x' }))).toBe('REGISTRY_UPLOAD_BUSY');
    release();
    await first;
  });
});

describe('a registry that', () => {
  it('is full of sessions: REGISTRY_UPLOADS_FULL', async () => {
    const full = await startHarness('memory');
    let answer = await full.call('POST', '/v2/app/blobs/uploads/');
    for (let i = 0; i < 1024 && answer.status === 202; i++) answer = await full.call('POST', '/v2/app/blobs/uploads/');
    expect(await reasonOf(answer)).toBe('REGISTRY_UPLOADS_FULL');
    await full.close();
  });

  it('wants blobs first: REGISTRY_MANIFEST_BLOB_UNKNOWN', async () => {
    const strict = await startHarness('memory', { missingBlobs: 'refuse' });
    expect(await reasonOf(await strict.call('PUT', `/v2/${NAME}/manifests/v1`, manifest))).toBe('REGISTRY_MANIFEST_BLOB_UNKNOWN');
    await strict.close();
  });

  it('does not change: REGISTRY_READ_ONLY', async () => {
    const frozen = harnessOver(h.store, h.root, { readOnly: true });
    expect(await reasonOf(await frozen.call('PUT', `/v2/${NAME}/manifests/v1`, manifest))).toBe('REGISTRY_READ_ONLY');
  });

  it.each([
    [401, 'REGISTRY_UNAUTHORIZED'],
    [403, 'REGISTRY_DENIED'],
  ] as const)('does not know the caller (%i): %s', async (status, code) => {
    const guarded = harnessOver(h.store, h.root, { access: { check: () => ({ allowed: false, status, reason: 'no' }) } });
    const answer = await guarded.call('GET', `/v2/${NAME}/tags/list`);
    expect([answer.status, await reasonOf(answer)]).toEqual([status, code]);
  });

  it('meets a body that trickles: REGISTRY_BODY_TOO_SLOW', async () => {
    const clock = createFakeClock();
    const slow = harnessOver(createMemoryStore({ clock, random: systemRandom }), '', { clock });
    let over = false;
    const body = new ReadableStream<Uint8Array>({
      async pull(c) {
        await new Promise((resume) => setTimeout(resume, 1));
        if (!over) c.enqueue(new Uint8Array(1));
      },
      cancel() {
        over = true;
      },
    });
    let answer: Response | undefined;
    void slow.call('POST', `/v2/app/blobs/uploads/?digest=${BLOB}`, { body }).then((a) => {
      answer = a;
    });
    for (let i = 0; i < 500 && answer === undefined; i++) {
      await new Promise((resume) => setTimeout(resume, 1));
      await clock.advance(1000);
    }
    expect(await reasonOf(answer as Response)).toBe('REGISTRY_BODY_TOO_SLOW');
  });
});

describe('a store on disk', () => {
  const start = async (root: string, more: object = {}): Promise<Harness> =>
    harnessOver(await openDiskStore({ root, clock: systemClock, random: systemRandom, ...more }), root);

  it.each([
    ['EIO', 'REGISTRY_STORAGE_FAILED'],
    ['EROFS', 'REGISTRY_STORAGE_READ_ONLY'],
  ] as const)('that meets %s says %s', async (failure, code) => {
    const root = makeRoot();
    const io = createFailingIo(createDiskIo());
    const disk = await start(root, { io });
    await disk.manifest(NAME, image(), 'v1');
    io.failAt(1, failure);
    expect(await reasonOf(await disk.call('PUT', `/v2/${NAME}/manifests/v2`, manifest))).toBe(code);
    io.heal();
    await disk.close();
    removeRoot(root);
  });

  it('that its user may not write to says what would help', () => {
    expect(faults.STORAGE_READ_ONLY().remedy?.text).toMatch(/^let this user write to the root/);
  });

  it('whose files were changed serves none of them: REGISTRY_CONTENT_CORRUPT, REGISTRY_INDEX_INVALID', async () => {
    const root = makeRoot();
    const before = await start(root);
    const { digest } = await before.manifest('a', image(), 'v1');
    await before.manifest('b', image(), 'v1');
    await before.close();
    const file = join(root, 'a/blobs/sha256', digest.slice(7));
    const after = await start(root);
    await after.call('GET', '/v2/a/tags/list');
    writeFileSync(file, readFileSync(file, 'utf8').replace('2', '3'));
    writeFileSync(join(root, 'b/index.json'), '{"manifests":{}}');
    expect(await reasonOf(await after.call('GET', '/v2/a/manifests/v1'))).toBe('REGISTRY_CONTENT_CORRUPT');
    expect(await reasonOf(await after.call('GET', '/v2/b/manifests/v1'))).toBe('REGISTRY_INDEX_INVALID');
    await after.close();
    removeRoot(root);
  });

  it('needs a directory: REGISTRY_ROOT_INVALID', async () => {
    const root = makeRoot();
    writeFileSync(join(root, 'file'), '');
    expect(await codeOf(start(join(root, 'file')))).toBe('REGISTRY_ROOT_INVALID');
    expect(await codeOf(start(join(root, 'none'), { readOnly: true }))).toBe('REGISTRY_ROOT_INVALID');
    mkdirSync(join(root, 'sound'));
    removeRoot(root);
  });

  it('takes nothing once it is closed: REGISTRY_CLOSED', async () => {
    const root = makeRoot();
    const disk = await start(root);
    await disk.manifest(NAME, image(), 'v1');
    await disk.close();
    expect(await reasonOf(await disk.call('PUT', `/v2/${NAME}/manifests/v2`, manifest))).toBe('REGISTRY_CLOSED');
    removeRoot(root);
  });
});
