// SPDX-License-Identifier: Apache-2.0
/** Requests that mean harm: each is refused with its own code, and none reaches the file system or grows without bound. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf } from '@notary/base';
import { createRegistry } from '@notary/registry';
import { createMemoryStore } from '@notary/registry/store-memory';
import { createFakeClock } from '@notary/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  bytesOf,
  errorCode,
  type Harness,
  harnessOver,
  image,
  makeRoot,
  OCI_INDEX,
  OCI_MANIFEST,
  openStore,
  removeRoot,
  requestOf,
  startHarness,
  systemRandom,
} from './support.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;

describe('hostile requests', () => {
  let h: Harness;
  beforeEach(async () => {
    h = await startHarness('disk');
  });
  afterEach(() => h.close());

  it.each([
    ['../../etc', 'NAME_INVALID'],
    ['%2e%2e/x', 'NAME_INVALID'],
    ['a//b', 'NAME_INVALID'],
    ['A/b', 'NAME_INVALID'],
    ['a_', 'NAME_INVALID'],
    ['a...b', 'NAME_INVALID'],
    ['.notary', 'NAME_INVALID'],
    ['a/.notary/b', 'NAME_INVALID'],
    ['a\u0000b', 'NAME_INVALID'],
    ['-a', 'NAME_INVALID'],
    ['constructor__', 'NAME_INVALID'],
    ['a'.repeat(256), 'NAME_INVALID'],
  ])('the name %j is 400 everywhere', async (name, code) => {
    const answers = await Promise.all([
      h.registry.handle(new RawRequest('POST', `/v2/${name}/blobs/uploads/`), { remoteAddress: '' }),
      h.registry.handle(new RawRequest('PUT', `/v2/${name}/manifests/v1`, JSON.stringify(image())), { remoteAddress: '' }),
      h.registry.handle(new RawRequest('GET', `/v2/${name}/manifests/v1`), { remoteAddress: '' }),
      h.registry.handle(new RawRequest('GET', `/v2/${name}/blobs/${DIGEST}`), { remoteAddress: '' }),
      h.registry.handle(new RawRequest('GET', `/v2/${name}/tags/list`), { remoteAddress: '' }),
      h.registry.handle(new RawRequest('DELETE', `/v2/${name}/blobs/${DIGEST}`), { remoteAddress: '' }),
    ]);
    for (const answer of answers) expect([answer.status, await errorCode(answer)]).toEqual([400, code]);
    expect(readdirSync(h.root)).toEqual(['.notary']);
  });
  it.each(['..', '%2e%2e%2fx', '.x', '-x', `t${'x'.repeat(128)}`, 'a b', 'ä', '__proto__%00'])('the tag %j is 400', async (tag) => {
    const answer = await h.registry.handle(new RawRequest('PUT', `/v2/app/manifests/${tag}`, JSON.stringify(image())), {
      remoteAddress: '',
    });
    expect(answer.status).toBe(400);
  });
  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])('the word %s is a tag like any other', async (tag) => {
    await h.manifest('app', image(), 'v1');
    expect((await h.call('GET', `/v2/app/manifests/${tag}`)).status).toBe(404);
    await h.manifest('app', image(), tag);
    expect((await h.call('GET', `/v2/app/manifests/${tag}`)).status).toBe(200);
  });
  it.each([
    'sha256:../../../../etc/passwd',
    `sha256:${'a'.repeat(63)}/`,
    `sha256:${'A'.repeat(64)}`,
    'sha256:',
    ':',
    'sha256',
    `sha384:${'a'.repeat(96)}`,
    `sha256:${'a'.repeat(64)}%00`,
  ])('the digest %s never becomes a path', async (digest) => {
    for (const kind of ['blobs', 'manifests', 'referrers']) {
      const answer = await h.registry.handle(new RawRequest('GET', `/v2/app/${kind}/${digest}`), { remoteAddress: '' });
      expect([400, 404]).toContain(answer.status);
    }
  });
  it('a request target beyond the bound is 414', async () => {
    expect((await h.call('GET', `/v2/app/tags/list?last=${'x'.repeat(20_000)}`)).status).toBe(414);
  });
  it.each(['not-a-uuid', '../../journal/000000000001.log', '00000000-0000-4000-8000-000000000000', '%2e%2e'])(
    'the upload %s is unknown',
    async (id) => {
      const answer = await h.registry.handle(new RawRequest('PATCH', `/v2/app/blobs/uploads/${id}`, 'x'), { remoteAddress: '' });
      expect(answer.status).toBe(404);
    },
  );

  it.each([
    ['not JSON', '{'],
    ['not an object', '[1]'],
    ['not UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ['nested beyond the bound', `{"a":${'['.repeat(100)}${']'.repeat(100)}}`],
    ['nested a million deep', `{"a":${'['.repeat(1_000_000)}`],
    ['index and image at once', JSON.stringify({ ...image(), manifests: [] })],
    ['another media type than the request', JSON.stringify({ ...image(), mediaType: OCI_INDEX })],
    ['layers that are no list', JSON.stringify(image({ layers: {} }))],
    ['a layer with a path as digest', JSON.stringify(image({ layers: [{ digest: '../x', size: 1 }] }))],
    ['a layer with a negative size', JSON.stringify(image({ layers: [{ digest: DIGEST, size: -1 }] }))],
    ['a subject that is text', JSON.stringify(image({ subject: 'x' }))],
    ['a subject of an unknown algorithm', JSON.stringify(image({ subject: { digest: 'blake3:abc', size: 1, mediaType: OCI_MANIFEST } }))],
    ['annotations that are numbers', JSON.stringify(image({ annotations: { a: 1 } }))],
    ['an artifact type without end', JSON.stringify(image({ artifactType: 'x'.repeat(2000) }))],
    ['nothing', ''],
    ['an empty object', '{}'],
    ['without a schema version', JSON.stringify(image({ schemaVersion: undefined }))],
    ['of another schema version', JSON.stringify(image({ schemaVersion: 1 }))],
    ['without a config', JSON.stringify(image({ config: undefined }))],
    ['with null for a config', JSON.stringify(image({ config: null }))],
    ['without layers', JSON.stringify(image({ layers: undefined }))],
  ])('a manifest that is %s is 400 MANIFEST_INVALID', async (_, body) => {
    const answer = await h.call('PUT', '/v2/app/manifests/v1', { body, headers: { 'content-type': OCI_MANIFEST } });
    expect([answer.status, await errorCode(answer)]).toEqual([400, 'MANIFEST_INVALID']);
  });
  it('an index without manifests is refused; null, which is how Go writes an empty list, is one', async () => {
    const put = (document: object): Promise<Response> =>
      h.call('PUT', '/v2/app/manifests/index', { body: JSON.stringify(document), headers: { 'content-type': '' } });
    const missing = await put({ schemaVersion: 2, mediaType: OCI_INDEX });
    expect([missing.status, await errorCode(missing)]).toEqual([400, 'MANIFEST_INVALID']);
    expect((await put({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: null })).status).toBe(201);
    expect((await put(image({ layers: null }))).status).toBe(201);
    expect((await put({ mediaType: 'application/vnd.example.manifest+json' })).status).toBe(201);
  });
  it.each(['text', 'a/b/c', 'a/b\u0001'.replace('\u0001', '%'), `${'x'.repeat(300)}/json`])(
    'the media type %j is refused before it becomes a header',
    async (type) => {
      expect((await h.call('PUT', '/v2/app/manifests/v1', { body: '{}', headers: { 'content-type': type } })).status).toBe(400);
    },
  );
  it('a body longer or shorter than its Content-Length is refused', async () => {
    for (const length of ['2', '5']) {
      const body = bytesOf('abc');
      const answer = await h.call('POST', `/v2/app/blobs/uploads/?digest=${digestOf(body)}`, {
        body,
        headers: { 'content-length': length },
      });
      expect(answer.status).toBe(400);
    }
  });
  it('a blob beyond the bound is 413, declared or not, and leaves nothing behind', async () => {
    const small = harnessOver(h.store, h.root, { limits: { maxBlobBytes: 100_000 } });
    const body = new Uint8Array(100_001);
    const path = `/v2/app/blobs/uploads/?digest=${digestOf(body)}`;
    expect((await small.call('POST', path, { body })).status).toBe(413);
    const stream = new ReadableStream<Uint8Array>({
      pull(c) {
        c.enqueue(new Uint8Array(70_000));
      },
    });
    expect((await small.call('POST', path, { body: stream })).status).toBe(413);
    expect(readdirSync(join(h.root, '.notary/uploads'))).toEqual([]);
    expect(h.store.uploadCount).toBe(0);
  });
  it('a body that breaks off keeps the session at what came', async () => {
    const location = (await h.call('POST', '/v2/app/blobs/uploads/')).headers.get('location') ?? '';
    let sent = false;
    const body = new ReadableStream<Uint8Array>({
      pull(c) {
        if (sent) c.error(new Error('connection reset'));
        else c.enqueue(bytesOf('first part'));
        sent = true;
      },
    });
    expect((await h.call('PATCH', location, { body })).status).toBe(400);
    expect((await h.call('GET', location)).headers.get('range')).toBe('0-9');
    await h.call('PATCH', location, { body: ' and second', headers: { 'content-range': '10-20' } });
    const whole = bytesOf('first part and second');
    expect((await h.call('PUT', `${location}?digest=${digestOf(whole)}`)).status).toBe(201);
  });
  it('two requests on one session: the second is turned away', async () => {
    const location = (await h.call('POST', '/v2/app/blobs/uploads/')).headers.get('location') ?? '';
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const body = new ReadableStream<Uint8Array>({
      async pull(c) {
        await held;
        c.enqueue(bytesOf('slow'));
        c.close();
      },
    });
    const first = h.call('PATCH', location, { body });
    await new Promise((resume) => setTimeout(resume, 5));
    expect((await h.call('PATCH', location, { body: 'fast' })).status).toBe(409);
    release();
    expect((await first).status).toBe(202);
  });
  it('open sessions are bounded: 429 with Retry-After', async () => {
    let answer = await h.call('POST', '/v2/app/blobs/uploads/');
    for (let i = 0; i < 1024 && answer.status === 202; i++) answer = await h.call('POST', '/v2/app/blobs/uploads/');
    expect([answer.status, answer.headers.get('retry-after'), await errorCode(answer)]).toEqual([429, '60', 'TOOMANYREQUESTS']);
  });
  it('an unknown repository that is only asked about is never made', async () => {
    await h.call('PUT', '/v2/ghost/manifests/v1', {
      body: JSON.stringify(image()),
      headers: { 'content-type': OCI_MANIFEST, 'if-match': '*' },
    });
    await h.call('GET', '/v2/ghost/tags/list');
    await h.call('DELETE', '/v2/ghost/manifests/v1');
    expect(existsSync(join(h.root, 'ghost'))).toBe(false);
  });
});

describe('patience', () => {
  it('a body that trickles is cut with 408', async () => {
    const clock = createFakeClock();
    const store = createMemoryStore({ clock, random: systemRandom });
    const registry = createRegistry({ store, clock, random: systemRandom });
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
    const request = requestOf('POST', `/v2/app/blobs/uploads/?digest=${DIGEST}`, { body });
    const answering = Promise.resolve(registry.handle(request, { remoteAddress: '' }));
    let answer: Response | undefined;
    void answering.then((a) => {
      answer = a;
    });
    for (let i = 0; i < 500 && answer === undefined; i++) {
      await new Promise((resume) => setTimeout(resume, 1));
      await clock.advance(1000);
    }
    expect(answer?.status).toBe(408);
    expect(store.uploadCount).toBe(0);
  });
  it('an idle session is forgotten after an hour', async () => {
    const clock = createFakeClock();
    const store = createMemoryStore({ clock, random: systemRandom });
    const registry = createRegistry({ store, clock, random: systemRandom });
    const location =
      (await registry.handle(requestOf('POST', '/v2/app/blobs/uploads/'), { remoteAddress: '' })).headers.get('location') ?? '';
    clock.set(new Date(clock.now().getTime() + 3_700_000));
    await registry.handle(requestOf('POST', '/v2/app/blobs/uploads/'), { remoteAddress: '' });
    expect((await registry.handle(requestOf('GET', location), { remoteAddress: '' })).status).toBe(404);
  });
});

describe('a root', () => {
  it('is served by one store at a time', async () => {
    const root = makeRoot();
    const first = await openStore('disk', root);
    await expect(openStore('disk', root)).rejects.toMatchObject({ code: 'REGISTRY_ROOT_LOCKED' });
    expect(readdirSync(join(root, '.notary')).filter((name) => name.startsWith('lock-'))).toEqual([]);
    await first.close();
    await (await openStore('disk', root)).close();
    removeRoot(root);
  });
});

/** A request whose target is not cleaned up by URL parsing, as a client may send it. */
class RawRequest extends Request {
  readonly #url: string;
  constructor(method: string, path: string, body?: string) {
    super('http://registry.test/', { method, ...(body === undefined ? {} : { body, headers: { 'content-type': OCI_MANIFEST } }) });
    this.#url = `http://registry.test${path}`;
  }
  override get url(): string {
    return this.#url;
  }
}
