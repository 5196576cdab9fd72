// SPDX-License-Identifier: Apache-2.0

import { codeOf } from '@notary/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OCI_INDEX } from '../src/index.ts';
import { fakeRegistry } from './fake-registry.ts';
import { blob, type Content, entryOf, imageManifest, indexOf, json } from './support.ts';

const layer = blob('layer').descriptor;
const subject = imageManifest({ layer });
const other = imageManifest({ layer, annotations: { other: 'yes' } });
const TAG = subject.descriptor.digest.replace(':', '-');
const referrer = (n: number): Content => imageManifest({ layer, subject: subject.descriptor, annotations: { n: String(n) } });

type Registry = ReturnType<typeof fakeRegistry>;
const put = (r: Registry, content: Content, tag?: string): void => {
  r.manifests.set(content.descriptor.digest, { bytes: content.bytes, type: content.descriptor.mediaType });
  if (tag !== undefined) r.tags.set(tag, content.descriptor.digest);
};
const attach = (r: Registry, n: number, options = {}) => r.repository(options).attach(referrer(n).descriptor, referrer(n).bytes);
const puts = (r: Registry) => r.lines().filter((line) => line === `PUT manifests/${TAG}`).length;

describe('the list of referrers at the tag', () => {
  it('is begun, extended, and rid of its old form', async () => {
    const r = fakeRegistry();
    expect(await attach(r, 1)).toEqual({ via: 'tag', replacedIndex: 'none' });
    const first = r.tags.get(TAG) as string;
    expect(await attach(r, 2)).toEqual({ via: 'tag', replacedIndex: 'deleted' });
    expect(r.listed(TAG)).toEqual([referrer(1).descriptor.digest, referrer(2).descriptor.digest]);
    expect(r.manifests.has(first)).toBe(false);
    expect(JSON.parse(new TextDecoder().decode(r.manifests.get(r.tags.get(TAG) as string)?.bytes))).toMatchObject({
      schemaVersion: 2,
      mediaType: OCI_INDEX,
      manifests: [{ artifactType: 'application/vnd.example.note', annotations: { n: '1' } }, { annotations: { n: '2' } }],
    });
  });

  it('is not written again for what it has', async () => {
    const r = fakeRegistry();
    await attach(r, 1);
    await attach(r, 1);
    expect(puts(r)).toBe(1);
  });

  it('says when the old form cannot be deleted', async () => {
    const r = fakeRegistry({ deletes: false });
    await attach(r, 1);
    expect(await attach(r, 2)).toEqual({ via: 'tag', replacedIndex: 'undeletable' });
  });

  it('keeps members and entries that it does not understand, and drops doubles and empty entries', async () => {
    const r = fakeRegistry();
    put(r, referrer(1));
    const strange = { mediaType: 'x/y', digest: `blake3:${'a'.repeat(64)}`, size: 1, future: { a: [1] } };
    const old = indexOf([], {
      manifests: [entryOf(referrer(1)), entryOf(referrer(1)), {}, strange],
      annotations: { kept: 'yes' },
      future: 1,
    });
    put(r, old, TAG);
    expect(await attach(r, 2)).toEqual({ via: 'tag', replacedIndex: 'kept' });
    const index = JSON.parse(new TextDecoder().decode(r.manifests.get(r.tags.get(TAG) as string)?.bytes)) as Record<string, unknown>;
    expect(index).toMatchObject({ annotations: { kept: 'yes' }, future: 1 });
    expect(index['manifests']).toEqual([entryOf(referrer(1)), strange, expect.objectContaining({ digest: referrer(2).descriptor.digest })]);
  });

  it('is written again until the entry stays', async () => {
    const r = fakeRegistry();
    const rival = indexOf([entryOf(referrer(9))]);
    put(r, referrer(9));
    let reads = 0;
    // After our write, at the second settling read, another writer has replaced the list by one that knows nothing of ours.
    r.intercept = (request) => {
      if (request.method === 'GET' && request.url.endsWith(TAG) && puts(r) > 0 && ++reads === 2) put(r, rival, TAG);
      return undefined;
    };
    await attach(r, 1);
    expect(r.listed(TAG)).toEqual([referrer(9).descriptor.digest, referrer(1).descriptor.digest]);
    expect(puts(r)).toBe(2);
  });

  it('gives up when it never stays', async () => {
    const r = fakeRegistry();
    put(r, referrer(9));
    r.intercept = (request) => {
      if (request.method === 'GET' && request.url.endsWith(TAG) && r.tags.has(TAG)) put(r, indexOf([entryOf(referrer(9))]), TAG);
      return undefined;
    };
    expect(await codeOf(attach(r, 1))).toBe('OCI_REFERRERS_TAG_UNSETTLED');
    expect(puts(r)).toBeLessThanOrEqual(40);
  });

  it('loses no entry when a read comes while somebody writes', async () => {
    const r = fakeRegistry();
    await attach(r, 1);
    for (const answer of [
      () => new Response('', { status: 404 }),
      () => new Response('', { status: 500 }),
      () => new Response('x', { headers: { 'content-type': OCI_INDEX, 'docker-content-digest': layer.digest } }),
    ]) {
      let bad = 1;
      r.intercept = (request) => (request.method === 'GET' && request.url.endsWith(TAG) && bad-- > 0 ? answer() : undefined);
      const n = 10 + puts(r);
      await attach(r, n);
      expect(r.listed(TAG)).toContain(referrer(1).descriptor.digest);
      expect(r.listed(TAG)).toContain(referrer(n).descriptor.digest);
    }
  });

  it('uses preconditions where the registry knows them', async () => {
    const r = fakeRegistry({ conditional: true });
    let interfered = false;
    r.intercept = (request) => {
      if (request.method === 'PUT' && request.url.endsWith(TAG) && !interfered) {
        interfered = true;
        put(r, referrer(9));
        put(r, indexOf([entryOf(referrer(9))]), TAG);
      }
      return undefined;
    };
    await attach(r, 1);
    expect(r.listed(TAG)).toEqual([referrer(9).descriptor.digest, referrer(1).descriptor.digest]);
    const sent = r.http.sent
      .filter((s) => s.method === 'PUT' && s.url.endsWith(TAG))
      .map((s) => [s.headers['if-none-match'], s.headers['if-match'] !== undefined]);
    expect(sent).toEqual([
      ['*', false],
      [undefined, true],
    ]);
  });

  it('goes without preconditions where they are never met', async () => {
    const r = fakeRegistry();
    r.intercept = (request) =>
      request.method === 'PUT' && (request.headers.has('if-match') || request.headers.has('if-none-match'))
        ? new Response('', { status: 412 })
        : undefined;
    await attach(r, 1);
    expect(r.listed(TAG)).toEqual([referrer(1).descriptor.digest]);
  });

  it('is written once for referrers that one client attaches together', async () => {
    const r = fakeRegistry();
    const repository = r.repository();
    await Promise.all([1, 2, 3, 4, 5].map((n) => repository.attach(referrer(n).descriptor, referrer(n).bytes)));
    expect(new Set(r.listed(TAG)).size).toBe(5);
    expect(puts(r)).toBeLessThanOrEqual(2);
  });

  it('reports a refusal to write, to all who wait for it, and is usable afterwards', async () => {
    const r = fakeRegistry();
    const repository = r.repository();
    r.intercept = (request) => (request.method === 'PUT' && request.url.endsWith(TAG) ? new Response('', { status: 403 }) : undefined);
    const all = await Promise.all([1, 2].map((n) => codeOf(repository.attach(referrer(n).descriptor, referrer(n).bytes))));
    expect(all).toEqual(['OCI_DENIED', 'OCI_DENIED']);
    r.intercept = () => undefined;
    await repository.attach(referrer(3).descriptor, referrer(3).bytes);
    expect(r.listed(TAG)).toEqual([referrer(3).descriptor.digest]);
  });

  it('keeps every entry of writers that meet in any order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 40, maxLength: 40 }), async (delays) => {
        const r = fakeRegistry();
        let at = 0;
        r.intercept = async () => {
          // Turns of the event loop stand for time on the wire.
          for (let i = delays[at++ % delays.length] as number; i > 0; i--) await new Promise((resolve) => setImmediate(resolve));
          return undefined;
        };
        // Real waiting, so that pauses are longer than a trip on the wire.
        const clock = { now: () => new Date(), sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)) };
        await Promise.all(
          [1, 2, 3, 4].map((n) => attach(r, n, { clock, random: { bytes: (k: number) => crypto.getRandomValues(new Uint8Array(k)) } })),
        );
        expect(r.listed(TAG).sort()).toEqual([1, 2, 3, 4].map((n) => referrer(n).descriptor.digest).sort());
      }),
      { numRuns: 5 },
    );
  });
});

describe('something else at the tag', () => {
  const occupied = async (content: Content, others: readonly Content[] = []) => {
    const r = fakeRegistry();
    for (const c of others) put(r, c);
    put(r, content, TAG);
    expect(await codeOf(attach(r, 1))).toBe('OCI_REFERRERS_TAG_OCCUPIED');
    expect(r.tags.get(TAG)).toBe(content.descriptor.digest);
    expect(puts(r)).toBe(0);
    expect(r.lines().some((line) => line.startsWith('DELETE'))).toBe(false);
  };

  it('is left alone if it is an image', () => occupied(subject));
  it('is left alone if it is an index of images', () =>
    occupied(indexOf([{ ...other.descriptor, platform: { os: 'linux', architecture: 'amd64' } }]), [other]));
  it('is left alone if it lists referrers of something else', () => {
    const foreign = imageManifest({ layer, subject: other.descriptor });
    return occupied(indexOf([entryOf(foreign)]), [foreign]);
  });
  it('is left alone if it is not JSON', () =>
    occupied({ bytes: json('x').subarray(1), descriptor: { ...blob('x"', OCI_INDEX).descriptor } }));
  it('is left alone if it is an index and an image', () => occupied(indexOf([], { layers: [] })));
  it('is left alone if its list is none', () => occupied(indexOf([], { manifests: {} })));

  it('is left alone if it is the artifact itself, an index with signatures inside', async () => {
    // The subject is an index whose entries happen to be manifests without platforms.
    const index = indexOf([entryOf(other)]);
    const r = fakeRegistry();
    put(r, other);
    put(r, index, index.descriptor.digest.replace(':', '-'));
    const signature = imageManifest({ layer, subject: index.descriptor });
    expect(await codeOf(r.repository().attach(signature.descriptor, signature.bytes))).toBe('OCI_REFERRERS_TAG_OCCUPIED');
  });

  it('is not deleted after an entry turned out to be unknown', async () => {
    const r = fakeRegistry();
    const old = indexOf([entryOf(referrer(1))]);
    put(r, old, TAG);
    expect(await attach(r, 2)).toEqual({ via: 'tag', replacedIndex: 'kept' });
    expect(r.manifests.has(old.descriptor.digest)).toBe(true);
  });

  it('is not deleted when it is too long to prove', async () => {
    const r = fakeRegistry();
    const many = Array.from({ length: 129 }, (_, n) => referrer(100 + n));
    for (const m of many) put(r, m);
    put(r, indexOf(many.map((m) => entryOf(m))), TAG);
    expect(await attach(r, 2)).toEqual({ via: 'tag', replacedIndex: 'kept' });
    expect(r.listed(TAG)).toHaveLength(130);
  });
});
