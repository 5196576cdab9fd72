// SPDX-License-Identifier: Apache-2.0
/** Writers that are told to stop while the registry does not answer. */
import { codeOf } from '@notary/testkit';
import { describe, expect, it } from 'vitest';
import { fakeRegistry } from './fake-registry.ts';
import { blob, imageManifest } from './support.ts';

const layer = blob('layer');
const subject = imageManifest({ layer: layer.descriptor });
const TAG = subject.descriptor.digest.replace(':', '-');
const referrer = (n: number) => imageManifest({ layer: layer.descriptor, subject: subject.descriptor, annotations: { n: String(n) } });

/** A registry that is silent on requests that match, and a promise of the first of them. */
function silentOn(matches: (line: string) => boolean) {
  const r = fakeRegistry();
  const asked = new Promise<void>((resolve) => {
    r.intercept = (request, url) => {
      if (!matches(`${request.method} ${url.pathname.replace('/v2/team/app/', '')}`)) return undefined;
      resolve();
      return new Promise<never>(() => undefined);
    };
  });
  return { r, asked };
}

describe('a writer that gives up', () => {
  it('ends the upload of a blob, and does not begin it again', async () => {
    const { r, asked } = silentOn((line) => line.startsWith('POST '));
    const stop = new AbortController();
    const done = codeOf(r.repository().pushBlob(layer.descriptor, layer.bytes, { fresh: true, signal: stop.signal }));
    await asked;
    stop.abort('enough');
    expect(await done).toBe('HTTP_ABORTED');
    expect(r.lines()).toHaveLength(1);
  });

  it('ends the pause before another upload', async () => {
    const r = fakeRegistry();
    const stop = new AbortController();
    r.intercept = (request) => {
      if (request.method === 'PUT') stop.abort('enough');
      return request.method === 'PUT' ? new Response('', { status: 404 }) : undefined;
    };
    const done = codeOf(r.repository().pushBlob(layer.descriptor, layer.bytes, { fresh: true, signal: stop.signal }));
    expect(['enough', 'HTTP_ABORTED']).toContain(await done);
    expect(r.lines().filter((line) => line.startsWith('PUT '))).toHaveLength(1);
  });

  it.each([
    ['the manifest', (line: string) => line === `PUT manifests/${referrer(1).descriptor.digest}`],
    ['the list of referrers', (line: string) => line === `GET manifests/${TAG}`],
  ])('ends the storing of %s', async (_, matches) => {
    const { r, asked } = silentOn(matches);
    const stop = new AbortController();
    const done = codeOf(r.repository().attach(referrer(1).descriptor, referrer(1).bytes, { signal: stop.signal }));
    await asked;
    stop.abort('enough');
    expect(await done).toBe('HTTP_ABORTED');
    expect(r.tags.has(TAG)).toBe(false);
  });

  it('does not take an update away from others who wait for it', async () => {
    const { r, asked } = silentOn((line) => line === `GET manifests/${TAG}`);
    const repository = r.repository();
    const stops = [1, 2, 3].map(() => new AbortController());
    const attach = (n: number) =>
      codeOf(repository.attach(referrer(n).descriptor, referrer(n).bytes, { signal: (stops[n - 1] as AbortController).signal }));
    const first = attach(1);
    await asked;
    // These two wait together for the update that begins when the first one ends.
    const others = [attach(2), attach(3)];
    for (let i = 0; i < 50; i++) await new Promise((resolve) => setTimeout(resolve, 1));
    stops[1]?.abort('enough');
    r.intercept = () => undefined;
    stops[0]?.abort('enough');
    expect(await first).toBe('HTTP_ABORTED');
    expect(await Promise.all(others)).toEqual(['nothing', 'nothing']);
    expect(r.listed(TAG)).toContain(referrer(3).descriptor.digest);
  });

  it('ends an update that nobody waits for any more, and the next one is made', async () => {
    const { r, asked } = silentOn((line) => line === `GET manifests/${TAG}`);
    const repository = r.repository();
    const stop = new AbortController();
    const attach = (n: number, signal?: AbortSignal) => codeOf(repository.attach(referrer(n).descriptor, referrer(n).bytes, { signal }));
    const given = attach(1, stop.signal);
    await asked;
    stop.abort('enough');
    r.intercept = () => undefined;
    expect(await attach(2)).toBe('nothing');
    expect(await given).toBe('HTTP_ABORTED');
    expect(r.listed(TAG)).toEqual([referrer(2).descriptor.digest]);
  });

  it('ends the search for what it stored', async () => {
    const { r, asked } = silentOn((line) => line.startsWith('GET '));
    const stop = new AbortController();
    const done = codeOf(r.repository().confirmDiscoverable(subject.descriptor, referrer(1).descriptor, { signal: stop.signal }));
    await asked;
    stop.abort('enough');
    expect(await done).toBe('HTTP_ABORTED');
    expect(r.lines()).toHaveLength(1);
  });
});
