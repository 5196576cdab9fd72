// SPDX-License-Identifier: Apache-2.0
/** What is kept of a reference between calls: it saves requests, and changes no outcome. */
import { type Digest, digestOf, toBase64, toUtf8 } from '@notary/base';
import { beforeEach, describe, expect, it } from 'vitest';
import { parseRecollection } from '../src/artifact/memory.ts';
import { limits } from '../src/limits.ts';
import { CONFIG, createNotation, imageManifest, type Notation, policyFor, REGISTRY } from './support.ts';

const TAG = `${REGISTRY}/app:v1`;
const MEMORIES = '/home/u/.cache/notation/signatures/';

let notation: Notation;
let digest: Digest;
let asked: string[];
/** How far the registry is. */
let distanceMs: number;

const memories = (): string[] => Object.keys(notation.files.snapshot()).filter((path) => path.startsWith(MEMORIES));

interface Verified {
  readonly code: number;
  readonly stderr: string;
  /** Requests in order of their arrival, without what they all begin with. */
  readonly requests: readonly string[];
}

async function verify(reference: string, ...more: readonly string[]): Promise<Verified> {
  asked = [];
  const { code, stderr } = await notation.call(['verify', reference, ...more]);
  return { code, stderr, requests: asked.map((path) => path.replace('/v2/app/', '').replace(/\?.*/, '')) };
}

beforeEach(async () => {
  notation = createNotation();
  distanceMs = 50;
  asked = [];
  notation.http.route(`http://${REGISTRY}`, async (request, connection) => {
    asked.push(request.url.slice(request.url.indexOf('/v2/')));
    await notation.clock.advance(distanceMs);
    return notation.registry.handle(request, connection);
  });
  digest = await notation.push('app', 'v1');
  await notation.ok(['cert', 'generate-test', '--default', 'acme.example']);
  notation.files.put(`${CONFIG}/trustpolicy.oci.json`, policyFor('acme.example'));
  await notation.ok(['sign', `${REGISTRY}/app@${digest}`]);
});

describe('the memory of a reference', () => {
  it('saves every request but what the tag names and which signatures there are', async () => {
    const first = await verify(TAG);
    expect(first.code).toBe(0);
    expect(first.requests).toEqual(expect.arrayContaining(['manifests/v1', `referrers/${digest}`]));
    expect(first.requests.filter((r) => r.startsWith('blobs/'))).toHaveLength(1);
    expect(memories()).toHaveLength(1);

    const again = await verify(TAG);
    expect(again.code).toBe(0);
    expect(again.requests.filter((r) => !r.startsWith(`manifests/${digest.replace(':', '-')}`)).sort()).toEqual([
      'manifests/v1',
      `referrers/${digest}`,
    ]);
    expect(again.stderr).toBe(first.stderr);
  });

  it('works for digests, each reference with a file of its own, and stays private', async () => {
    await verify(TAG);
    await verify(`${REGISTRY}/app@${digest}`);
    const paths = memories();
    expect(paths).toHaveLength(2);
    for (const path of paths) expect((await notation.files.stat(path))?.mode).toBe(0o600);
    expect((await notation.files.stat(MEMORIES.slice(0, -1)))?.mode).toBe(0o700);
    const again = await verify(`${REGISTRY}/app@${digest}`);
    expect([again.code, again.requests.filter((r) => r.startsWith('blobs/'))]).toEqual([0, []]);
  });

  it('a tag that moved is verified as what it names now', async () => {
    await verify(TAG);
    await notation.push('app', 'v1', { ...imageManifest, annotations: { moved: 'yes' } });
    const moved = await verify(TAG);
    expect(moved.code).toBe(1);
    expect(moved.stderr).toContain('no signature is associated');
  });

  it('a tag that moved to a signed artifact is remembered anew, even of a registry next door', async () => {
    await verify(TAG);
    const other = await notation.push('app', 'v1', { ...imageManifest, annotations: { moved: 'yes' } });
    await notation.ok(['sign', `${REGISTRY}/app@${other}`]);
    distanceMs = 0;
    expect((await verify(TAG)).code).toBe(0);
    const { requests } = await verify(TAG);
    expect(requests.some((r) => r.includes(digest))).toBe(false);
    expect(requests.filter((r) => r.startsWith('blobs/'))).toEqual([]);
  });

  it('a signature that the registry no longer lists counts no more', async () => {
    await verify(TAG);
    const { signatures } = (await notation.ok(['list', TAG, '--json'])).json() as { signatures: readonly string[] };
    const address = `http://${REGISTRY}/v2/app/manifests/${signatures[0]}`;
    await notation.registry.handle(new Request(address, { method: 'DELETE' }), { remoteAddress: '127.0.0.1' });
    const gone = await verify(TAG);
    expect(gone.code).toBe(1);
    expect(gone.stderr).toContain('no signature is associated');
  });

  it('policy, trust store and time are asked each time', async () => {
    await verify(TAG);
    notation.files.put(`${CONFIG}/trustpolicy.oci.json`, policyFor('nobody'));
    expect((await verify(TAG)).code).toBe(1);
    notation.files.put(`${CONFIG}/trustpolicy.oci.json`, policyFor('acme.example'));
    await notation.clock.advance(400 * 86_400_000);
    const late = await verify(TAG);
    expect(late.code).toBe(1);
  });

  it('content that is not what its digest says is fetched again', async () => {
    await verify(TAG);
    const [path = ''] = memories();
    const kept = JSON.parse(notation.files.snapshot()[path] as string);
    kept.contents[1].data = toBase64(toUtf8('{}'));
    notation.files.put(path, JSON.stringify(kept));
    const { code, requests } = await verify(TAG);
    expect([code, requests.filter((r) => r.startsWith('blobs/')).length]).toEqual([0, 1]);
    expect(notation.files.snapshot()[path]).not.toContain(toBase64(toUtf8('{}')));
  });

  it('nothing is kept of a refusal, of a registry next door, of several references, or where the disk does not take it', async () => {
    notation.files.put(`${CONFIG}/trustpolicy.oci.json`, policyFor('nobody'));
    await verify(TAG);
    notation.files.put(`${CONFIG}/trustpolicy.oci.json`, policyFor('acme.example'));
    distanceMs = 0;
    await verify(TAG);
    distanceMs = 50;
    await verify(TAG, `${REGISTRY}/app@${digest}`);
    expect(memories()).toEqual([]);
    notation.files.failNextWrite();
    expect((await verify(TAG)).code).toBe(0);
    expect(memories()).toEqual([]);
  });

  it('a full directory loses a quarter', async () => {
    for (let i = 0; i < limits.memories; i++) notation.files.put(`${MEMORIES}${i}.json`, '{}');
    await verify(TAG);
    expect(memories()).toHaveLength((limits.memories * 3) / 4 + 1);
  });
});

describe('a file that is not as it was written is no memory', () => {
  const bytes = toUtf8('{"schemaVersion":2}');
  const content = { digest: digestOf(bytes), mediaType: 'application/vnd.oci.image.manifest.v1+json', data: toBase64(bytes) };
  const good = { version: 1, reference: TAG, artifact: digestOf(toUtf8('a')), contents: [content] };
  const parse = (value: unknown) => parseRecollection(toUtf8(typeof value === 'string' ? value : JSON.stringify(value)), TAG);

  it('reads what it wrote', () => {
    expect(parse(good)?.contents.get(content.digest)?.bytes).toEqual(bytes);
  });

  it.each([
    ['empty, as after a power cut', ''],
    ['cut off', JSON.stringify(good).slice(0, -9)],
    ['not an object', []],
    ['of another version', { ...good, version: 2 }],
    ['of another reference', { ...good, reference: `${TAG}2` }],
    ['with a digest that is none', { ...good, artifact: 'sha256:x' }],
    ['without contents', { ...good, contents: undefined }],
    ['with content of another digest', { ...good, contents: [{ ...content, data: toBase64(toUtf8('x')) }] }],
    ['with content that is not base64', { ...good, contents: [{ ...content, data: '!' }] }],
    ['with content without a type', { ...good, contents: [{ ...content, mediaType: 1 }] }],
    ['with content that is no object', { ...good, contents: [null] }],
  ])('%s', (_, value) => {
    expect(parse(value)).toBeUndefined();
  });
});
