// SPDX-License-Identifier: Apache-2.0
/** Real clients against the registry on loopback, and on its layouts while it runs. Each is skipped by name where it is not installed. */
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createPlatform } from '@notary/platform';
import { type CounterpartName, counterpart, until } from '@notary/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { descriptor, type Harness, image, OCI_MANIFEST, referrersOf, SIGNATURE, signature, startHarness } from './support.ts';

const run = promisify(execFile);
let h: Harness;
let host: string;
let stop: () => Promise<void>;

beforeAll(async () => {
  h = await startHarness('disk');
  const running = await createPlatform().listener.listen(h.registry.handle, {
    host: '127.0.0.1',
    port: 0,
    maxRequestBytes: Number.MAX_SAFE_INTEGER,
  });
  host = `localhost:${running.port}`;
  stop = () => running.stop(100);
});
afterAll(async () => {
  await stop();
  await h.close();
});

function client(name: CounterpartName, tests: (file: string) => void): void {
  describe(name, () => {
    const file = counterpart(name);
    if (file === undefined) it.skip(`is not installed`, () => undefined);
    else tests(file);
  });
}

const pushImage = async (name: string, tag: string): Promise<{ digest: string; size: number }> => {
  const config = JSON.stringify({ architecture: 'amd64', os: 'linux', rootfs: { type: 'layers', diff_ids: [`sha256:${'1'.repeat(64)}`] } });
  await h.blob(name, config);
  await h.blob(name, 'layer');
  return h.manifest(name, image({ config: descriptor('application/vnd.oci.image.config.v1+json', config) }), tag);
};
/** The layout is written some time after the answers: until `index.json` of a repository has so many entries. */
const flushed = (name: string, entries: number): Promise<void> =>
  until(`index.json of ${name}`, () => JSON.parse(readFileSync(join(h.root, name, 'index.json'), 'utf8')).manifests.length >= entries);

client('skopeo', (skopeo) => {
  it('copies in and out, keeping digests', async () => {
    const { digest } = await pushImage('skopeo/in', 'v1');
    await run(skopeo, [
      'copy',
      '--preserve-digests',
      '--src-tls-verify=false',
      '--dest-tls-verify=false',
      `docker://${host}/skopeo/in:v1`,
      `docker://${host}/skopeo/out:v2`,
    ]);
    expect((await h.call('HEAD', '/v2/skopeo/out/manifests/v2')).headers.get('docker-content-digest')).toBe(digest);
    const { stdout } = await run(skopeo, ['inspect', '--tls-verify=false', '--raw', `docker://${host}/skopeo/out:v2`]);
    expect(JSON.parse(stdout)).toMatchObject({ mediaType: OCI_MANIFEST });
  });
  it('copies in Docker schema 2', async () => {
    await pushImage('skopeo/in', 'v1');
    await run(skopeo, [
      'copy',
      '--format',
      'v2s2',
      '--src-tls-verify=false',
      '--dest-tls-verify=false',
      `docker://${host}/skopeo/in:v1`,
      `docker://${host}/skopeo/schema2:v1`,
    ]);
    expect((await h.call('HEAD', '/v2/skopeo/schema2/manifests/v1')).headers.get('content-type')).toBe(
      'application/vnd.docker.distribution.manifest.v2+json',
    );
  });
  it('lists tags and deletes', async () => {
    await pushImage('skopeo/gone', 'v1');
    const { stdout } = await run(skopeo, ['list-tags', '--tls-verify=false', `docker://${host}/skopeo/gone`]);
    expect(JSON.parse(stdout)).toMatchObject({ Tags: ['v1'] });
    await run(skopeo, ['delete', '--tls-verify=false', `docker://${host}/skopeo/gone:v1`]);
    expect((await h.call('GET', '/v2/skopeo/gone/manifests/v1')).status).toBe(404);
  });
  it('reads the layout while the registry runs', async () => {
    const { digest } = await pushImage('skopeo/layout', 'v1');
    await flushed('skopeo/layout', 1);
    const { stdout } = await run(skopeo, ['inspect', '--raw', `oci:${join(h.root, 'skopeo/layout')}:v1`]);
    expect(digest).toContain('sha256:');
    expect(JSON.parse(stdout)).toMatchObject({ schemaVersion: 2 });
  });
});

client('oras', (oras) => {
  it('pushes, attaches, discovers and pulls', async () => {
    const at = join(h.root, '.notary/oras');
    mkdirSync(at, { recursive: true });
    writeFileSync(join(at, 'hello.txt'), 'hello');
    writeFileSync(join(at, 'sbom.json'), '{}');
    const options = { cwd: at };
    await run(oras, ['push', '--plain-http', `${host}/oras/app:v1`, 'hello.txt'], options);
    await run(
      oras,
      ['attach', '--plain-http', '--artifact-type', 'application/vnd.example.sbom', `${host}/oras/app:v1`, 'sbom.json'],
      options,
    );
    const { stdout } = await run(oras, ['discover', '--plain-http', '--format', 'json', `${host}/oras/app:v1`], options);
    expect(stdout).toContain('application/vnd.example.sbom');
    await run(oras, ['pull', '--plain-http', '-o', 'out', `${host}/oras/app:v1`], options);
    await flushed('oras/app', 2);
    const layout = await run(oras, ['discover', '--oci-layout', '--format', 'json', `${join(h.root, 'oras/app')}:v1`], options);
    expect(layout.stdout).toContain('application/vnd.example.sbom');
  });
});

describe('a plain HTTP client', () => {
  it('sees lengths, ranges and errors on the wire', async () => {
    const content = new Uint8Array(700_000).map((_, i) => i % 199);
    const digest = await h.blob('wire/app', content);
    const url = `http://${host}/v2/wire/app/blobs/${digest}`;
    const head = await fetch(url, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '700000']);
    const part = await fetch(url, { headers: { range: 'bytes=699990-' } });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, 'bytes 699990-699999/700000']);
    expect(new Uint8Array(await part.arrayBuffer())).toEqual(content.slice(699_990));
    const whole = await fetch(url, { headers: { range: 'bytes=0-9', 'if-range': '"other"' } });
    expect([whole.status, (await whole.arrayBuffer()).byteLength]).toEqual([200, 700_000]);
    const missing = await fetch(`http://${host}/v2/wire/app/manifests/none`, { method: 'HEAD' });
    expect([missing.status, await missing.text()]).toEqual([404, '']);
  });
  it('a signature is listed to all as soon as its push is answered', async () => {
    const subject = await pushImage('wire/signed', 'v1');
    const body = JSON.stringify(signature(subject));
    const put = await fetch(`http://${host}/v2/wire/signed/manifests/s`, {
      method: 'PUT',
      body,
      headers: { 'content-type': OCI_MANIFEST },
    });
    expect(put.headers.get('oci-subject')).toBe(subject.digest);
    expect((await referrersOf(h, 'wire/signed', subject.digest)).map((d) => d.artifactType)).toEqual([SIGNATURE]);
  });
});
