// SPDX-License-Identifier: Apache-2.0
/** The disk store against failing disks, restarts, damage and other tools' layouts. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { digestOf } from '@notary/base';
import type { RegistryStore, RepositoryName } from '@notary/registry';
import { createDiskIo, type DiskIo, openDiskStore } from '@notary/registry/store-disk';
import { until } from '@notary/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFailingIo, type Failure } from './failing-io.ts';
import {
  bytesOf,
  descriptor,
  errorCode,
  type Harness,
  harnessOver,
  image,
  makeRoot,
  OCI_INDEX,
  OCI_MANIFEST,
  openStore,
  referrersOf,
  removeRoot,
  SIGNATURE,
  signature,
  systemClock,
  systemRandom,
} from './support.ts';

const NAME = 'team/app';
let root: string;
const opened: RegistryStore[] = [];
const copies: string[] = [];
beforeEach(() => {
  root = makeRoot();
});
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close().catch(() => undefined);
  for (const copy of copies.splice(0)) removeRoot(copy);
  removeRoot(root);
});
const start = async (more: object = {}): Promise<Harness> => {
  const store = await openDiskStore({ root, clock: systemClock, random: systemRandom, ...more });
  opened.push(store);
  return harnessOver(store, root);
};
/** What a crash leaves: the files as they are, without the process that held the lock. */
const copyRoot = (): string => {
  const copy = makeRoot();
  copies.push(copy);
  cpSync(root, copy, { recursive: true, filter: (path) => !path.includes('.notary/lock') });
  return copy;
};
const crashed = async (): Promise<Harness> => {
  const copy = copyRoot();
  const store = await openStore('disk', copy);
  opened.push(store);
  return harnessOver(store, copy);
};
const readIndex = (at: string, name = NAME): { manifests: { digest: string; annotations?: Record<string, string> }[] } =>
  JSON.parse(readFileSync(join(at, name, 'index.json'), 'utf8'));
const pause = (ms: number): Promise<void> => new Promise((resume) => setTimeout(resume, ms));
/** A clock by which the moment to write the layout never comes: all there is stands in the journal. */
const neverLater = { now: systemClock.now, sleep: () => new Promise<void>(() => undefined) };
/** The layout is written some time after the answers. */
const written = async (digests: readonly string[], at = root, name = NAME): Promise<void> => {
  for (const d of digests) await until(`the file of ${d}`, () => existsSync(join(at, name, 'blobs/sha256', d.slice(7))));
};

describe('blobs that are asked for often', () => {
  it('are sent from memory from the second time on, one more of them every two seconds', async () => {
    let nowMs = Date.now();
    const h = await start({ clock: { ...systemClock, now: () => new Date(nowMs) } });
    const [first, second] = [new Uint8Array(512 * 1024).fill(1), new Uint8Array(512 * 1024).fill(2)];
    const path = (bytes: Uint8Array) => join(root, NAME, 'blobs/sha256', digestOf(bytes).slice(7));
    const get = async (bytes: Uint8Array) =>
      new Uint8Array(await (await h.call('GET', `/v2/${NAME}/blobs/${digestOf(bytes)}`)).arrayBuffer());
    for (const bytes of [first, second]) {
      await h.blob(NAME, bytes);
      // By their digests: compared member by member, as the test runner would, they take seconds each.
      for (let i = 0; i < 2; i++) expect(digestOf(await get(bytes))).toBe(digestOf(bytes));
      writeFileSync(path(bytes), new Uint8Array(bytes.length).fill(9));
    }
    // What stands in the files now shows where an answer comes from.
    expect((await get(first))[0]).toBe(1);
    expect((await get(second))[0]).toBe(9);
    writeFileSync(path(second), second);
    nowMs += 2000;
    await get(second);
    writeFileSync(path(second), new Uint8Array(second.length).fill(9));
    expect((await get(second))[0]).toBe(2);
  });
});

describe('a crash after the answer', () => {
  it('loses nothing that was acknowledged, without any flush', async () => {
    const h = await start({ clock: neverLater });
    const small = await h.blob(NAME, 'small');
    const large = await h.blob(NAME, new Uint8Array(300_000).fill(3));
    const subject = await h.manifest(NAME, image(), 'v1');
    const signed = await h.manifest(NAME, signature(subject));
    const big = await h.manifest(NAME, image({ annotations: { x: 'y'.repeat(200_000) } }), 'big');
    await h.manifest(NAME, image(), 'gone');
    await h.call('DELETE', `/v2/${NAME}/manifests/gone`);
    const after = await crashed();
    expect((await after.call('GET', `/v2/${NAME}/manifests/v1`)).status).toBe(200);
    expect((await after.call('HEAD', `/v2/${NAME}/manifests/big`)).headers.get('docker-content-digest')).toBe(big.digest);
    expect((await after.call('GET', `/v2/${NAME}/manifests/gone`)).status).toBe(404);
    expect((await referrersOf(after, NAME, subject.digest)).map((d) => d.digest)).toEqual([signed.digest]);
    for (const digest of [small, large]) {
      const got = await after.call('GET', `/v2/${NAME}/blobs/${digest}`);
      expect(digestOf(new Uint8Array(await got.arrayBuffer()))).toBe(digest);
    }
  });
  it('a blob deleted and pushed again is there, whichever way it came back', async () => {
    const h = await start();
    const contents = [bytesOf('small'), new Uint8Array(300_000).fill(9), bytesOf(JSON.stringify(image()))];
    const digests = [];
    for (const content of contents) {
      const digest = await h.blob(NAME, content);
      await h.call('DELETE', `/v2/${NAME}/blobs/${digest}`);
      digests.push(digest);
    }
    await h.blob(NAME, contents[0] as Uint8Array);
    await h.blob(NAME, contents[1] as Uint8Array);
    await h.manifest(NAME, image(), 'v1');
    const after = await crashed();
    for (const digest of digests) expect((await after.call('HEAD', `/v2/${NAME}/blobs/${digest}`)).status).toBe(200);
    expect((await after.call('GET', `/v2/${NAME}/manifests/v1`)).status).toBe(200);
  });
  it('a torn end of the journal is cut off, whatever its length', async () => {
    const h = await start({ clock: neverLater });
    for (let i = 0; i < 3; i++) await h.manifest(NAME, image({ annotations: { i: String(i) } }), `v${i}`);
    const segment = (at: string): string => join(at, '.notary/journal', readdirSync(join(at, '.notary/journal'))[0] as string);
    const { size } = statSync(segment(root));
    for (const cut of [1, 7, 20, 100]) {
      const copy = copyRoot();
      truncateSync(segment(copy), size - cut);
      const store = await openStore('disk', copy);
      const after = harnessOver(store, copy);
      expect((await after.call('GET', `/v2/${NAME}/manifests/v1`)).status).toBe(200);
      expect((await after.call('GET', `/v2/${NAME}/manifests/v2`)).status).toBe(404);
      await after.manifest(NAME, image(), 'v3');
      await store.close();
      removeRoot(copy);
    }
  });
  it('files that were torn or never written are restored from the journal', async () => {
    const h = await start();
    const digest = await h.blob(NAME, 'content');
    const { digest: manifest } = await h.manifest(NAME, image(), 'v1');
    await until('index.json', () => readIndex(root).manifests.length === 1);
    await written([digest, manifest]);
    const copy = copyRoot();
    const file = (d: string): string => join(copy, NAME, 'blobs/sha256', d.slice(7));
    truncateSync(file(digest), 0);
    rmSync(file(manifest));
    rmSync(join(copy, NAME, 'index.json'));
    const store = await openStore('disk', copy);
    opened.push(store);
    const after = harnessOver(store, copy);
    expect(await (await after.call('GET', `/v2/${NAME}/blobs/${digest}`)).text()).toBe('content');
    expect((await after.call('GET', `/v2/${NAME}/manifests/v1`)).status).toBe(200);
  });
});

describe('a failing disk', () => {
  const work = async (h: Harness, acknowledged: string[]): Promise<void> => {
    const push = async (i: number): Promise<void> => {
      const content = i % 3 === 0 ? new Uint8Array(100_000).fill(i) : bytesOf(`blob ${i}`);
      const digest = digestOf(content);
      const blob = await h.call('POST', `/v2/${NAME}/blobs/uploads/?digest=${digest}`, { body: content });
      if (blob.status === 201) acknowledged.push(`blobs/${digest}`);
      else expect([503, 507]).toContain(blob.status);
      const body = JSON.stringify(image({ annotations: { i: String(i) } }));
      const manifest = await h.call('PUT', `/v2/${NAME}/manifests/v${i}`, { body, headers: { 'content-type': OCI_MANIFEST } });
      if (manifest.status === 201) acknowledged.push(`manifests/v${i}`);
      else expect([503, 507]).toContain(manifest.status);
    };
    for (let i = 0; i < 6; i++) await push(i);
  };
  it.each<Failure>(['ENOSPC', 'EIO', 'EROFS'])(
    '%s at any step: what was acknowledged survives, what failed was said, and later pushes work',
    async (failure) => {
      for (let at = 1; at <= 50; at += failure === 'ENOSPC' ? 5 : 13) {
        removeRoot(root);
        mkdirSync(root);
        const io = createFailingIo(createDiskIo());
        const h = await start({ io });
        const acknowledged: string[] = [];
        io.failAt(at, failure, 5);
        await work(h, acknowledged);
        io.heal();
        await h.manifest(NAME, image(), 'after');
        acknowledged.push('manifests/after');
        const check = async (other: Harness): Promise<void> => {
          for (const path of acknowledged) expect([path, (await other.call('HEAD', `/v2/${NAME}/${path}`)).status]).toEqual([path, 200]);
        };
        await check(h);
        const after = await crashed();
        await check(after);
        await opened.pop()?.close();
        removeRoot(after.root);
        await h.close();
        opened.pop();
        const again = await start();
        await check(again);
        await again.close();
        opened.pop();
      }
    },
  );
  it('a full disk is 507 and told to clients; reads go on; readiness says it', async () => {
    const io = createFailingIo(createDiskIo());
    const h = await start({ io });
    await h.manifest(NAME, image(), 'v1');
    io.failAt(1, 'ENOSPC');
    const answer = await h.call('PUT', `/v2/${NAME}/manifests/v2`, {
      body: JSON.stringify(image()),
      headers: { 'content-type': OCI_MANIFEST },
    });
    expect([answer.status, await errorCode(answer)]).toEqual([507, 'UNAVAILABLE']);
    expect((await h.call('GET', `/v2/${NAME}/manifests/v1`)).status).toBe(200);
    await expect(h.store.check()).rejects.toMatchObject({ code: 'REGISTRY_STORAGE_FULL' });
    io.heal();
    await h.manifest(NAME, image(), 'v2');
    await expect(h.store.check()).resolves.toBeUndefined();
  });
  it('a failing upload goes on from what was written', async () => {
    const io = createFailingIo(createDiskIo());
    const h = await start({ io });
    const content = new Uint8Array(2_500_000).map((_, i) => i % 253);
    const location = (await h.call('POST', `/v2/${NAME}/blobs/uploads/`)).headers.get('location') ?? '';
    expect((await h.call('PATCH', location, { body: content.slice(0, 1_000_000) })).status).toBe(202);
    io.failAt(1, 'ENOSPC', 3);
    expect((await h.call('PATCH', location, { body: content.slice(1_000_000) })).status).toBe(507);
    io.heal();
    const range = (await h.call('GET', location)).headers.get('range') ?? '';
    const next = Number(range.slice(2)) + 1;
    expect(
      (await h.call('PATCH', location, { body: content.slice(next), headers: { 'content-range': `${next}-${content.length - 1}` } }))
        .status,
    ).toBe(202);
    expect((await h.call('PUT', `${location}?digest=${digestOf(content)}`)).status).toBe(201);
  });
});

describe('restarts', () => {
  it('a graceful stop leaves layouts alone, without a journal', async () => {
    const h = await start();
    await h.manifest(NAME, image(), 'v1');
    await h.close();
    expect(readdirSync(join(root, '.notary/journal'))).toEqual([]);
    expect(readIndex(root).manifests.map((m) => m.annotations?.['org.opencontainers.image.ref.name'])).toEqual(['v1']);
    const again = await start();
    expect((await again.call('GET', `/v2/${NAME}/manifests/v1`)).status).toBe(200);
  });
  it('an upload is resumed by the next process', async () => {
    const h = await start();
    const content = new Uint8Array(400_000).map((_, i) => i % 255);
    const location = (await h.call('POST', `/v2/${NAME}/blobs/uploads/`)).headers.get('location') ?? '';
    await h.call('PATCH', location, { body: content.slice(0, 150_000) });
    const after = await crashed();
    expect((await after.call('GET', location)).headers.get('range')).toBe('0-149999');
    await after.call('PATCH', location, { body: content.slice(150_000), headers: { 'content-range': '150000-399999' } });
    expect((await after.call('PUT', `${location}?digest=${digestOf(content)}`)).status).toBe(201);
    await h.close();
    const graceful = await start();
    expect((await graceful.call('GET', location)).headers.get('range')).toBe('0-149999');
  });
  it('staging files that nobody can resume are removed', async () => {
    await (await start()).close();
    const stray = join(root, '.notary/uploads/00000000-0000-4000-8000-000000000000');
    writeFileSync(stray, 'x');
    await start();
    expect(existsSync(stray)).toBe(false);
  });
  it('index.json follows half a second later', async () => {
    const slept: number[] = [];
    const clock = {
      now: systemClock.now,
      sleep: (ms: number, signal?: AbortSignal) => systemClock.sleep(slept[slept.push(ms) - 1] as number, signal),
    };
    const h = await start({ clock });
    await h.manifest(NAME, image(), 'v1');
    await until('index.json', () => readIndex(root).manifests.length === 1);
    expect(slept).toContain(500);
    expect(JSON.parse(readFileSync(join(root, NAME, 'oci-layout'), 'utf8'))).toEqual({ imageLayoutVersion: '1.0.0' });
  });
  it('a read-only store writes nothing and knows what the journal knows', async () => {
    const h = await start();
    const { digest } = await h.manifest(NAME, image(), 'v1');
    const copy = copyRoot();
    const before = readdirSync(copy, { recursive: true }).length;
    const store = await openDiskStore({ root: copy, clock: systemClock, random: systemRandom, readOnly: true });
    opened.push(store);
    const frozen = harnessOver(store, copy);
    expect((await frozen.call('HEAD', `/v2/${NAME}/manifests/v1`)).headers.get('docker-content-digest')).toBe(digest);
    expect((await frozen.call('POST', `/v2/${NAME}/blobs/uploads/`)).status).toBe(405);
    await pause(700);
    expect(readdirSync(copy, { recursive: true }).filter((f) => !String(f).includes('lock')).length).toBeLessThanOrEqual(before);
    expect(existsSync(join(copy, NAME))).toBe(false);
  });
});

describe('damage', () => {
  it('a small blob cut short is announced with the length it has', async () => {
    const h = await start();
    const digest = await h.blob(NAME, 'x'.repeat(1000));
    await written([digest]);
    const whole = await h.call('GET', `/v2/${NAME}/blobs/${digest}`);
    expect([whole.headers.get('content-length'), (await whole.text()).length]).toEqual(['1000', 1000]);
    await h.close();
    opened.pop();
    truncateSync(join(root, NAME, 'blobs/sha256', digest.slice(7)), 400);
    const again = await start();
    const cut = await again.call('GET', `/v2/${NAME}/blobs/${digest}`);
    expect([cut.headers.get('content-length'), (await cut.text()).length]).toEqual(['400', 400]);
  });
  it('a manifest whose bytes changed is not served, and a push mends it', async () => {
    const h = await start();
    const { digest } = await h.manifest(NAME, image(), 'v1');
    await h.close();
    const file = join(root, NAME, 'blobs/sha256', digest.slice(7));
    const again = await start();
    expect((await again.call('HEAD', `/v2/${NAME}/tags/list`.replace('HEAD', 'GET'))).status).toBe(405);
    await again.call('GET', `/v2/${NAME}/tags/list`);
    writeFileSync(file, readFileSync(file, 'utf8').replace('2', '3'));
    expect((await again.call('GET', `/v2/${NAME}/manifests/v1`)).status).toBe(500);
    await again.manifest(NAME, image(), 'v1');
    expect((await again.call('GET', `/v2/${NAME}/manifests/v1`)).status).toBe(200);
    await until('the mended file', () => digestOf(new Uint8Array(readFileSync(file))) === digest);
  });
  it('an unreadable index is a fault of that repository alone', async () => {
    const h = await start();
    await h.manifest('a', image(), 'v1');
    await h.manifest('b', image(), 'v1');
    await h.close();
    writeFileSync(join(root, 'a/index.json'), '{"manifests":{}}');
    const again = await start();
    expect((await again.call('GET', '/v2/a/manifests/v1')).status).toBe(400);
    expect((await again.call('GET', '/v2/b/manifests/v1')).status).toBe(200);
  });
});

describe('layouts of other tools', () => {
  const lay = (name: string, contents: readonly (string | Uint8Array)[], manifests: object[], more: object = {}): void => {
    const at = join(root, name);
    mkdirSync(join(at, 'blobs/sha256'), { recursive: true });
    writeFileSync(join(at, 'oci-layout'), '{"imageLayoutVersion":"1.0.0","extra":1}');
    for (const content of contents) writeFileSync(join(at, 'blobs/sha256', digestOf(bytesOf(content)).slice(7)), content);
    writeFileSync(join(at, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests, ...more }));
  };
  it('children of an index, referrers under a fallback tag and full names are served', async () => {
    const child = JSON.stringify(image());
    const index = JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [descriptor(OCI_MANIFEST, child)] });
    const signed = JSON.stringify(signature({ digest: digestOf(bytesOf(child)), size: child.length }));
    const fallback = JSON.stringify({
      schemaVersion: 2,
      mediaType: OCI_INDEX,
      manifests: [{ ...descriptor(OCI_MANIFEST, signed), artifactType: 'wrong/type' }],
    });
    lay(
      'app',
      [child, index, signed, fallback],
      [
        { ...descriptor(OCI_INDEX, index), annotations: { 'org.opencontainers.image.ref.name': 'registry.example/app:v1' } },
        {
          ...descriptor(OCI_INDEX, fallback),
          annotations: { 'org.opencontainers.image.ref.name': digestOf(bytesOf(child)).replace(':', '-') },
        },
      ],
    );
    const h = await start();
    expect(await (await h.call('GET', '/v2/app/manifests/v1')).text()).toBe(index);
    expect(await (await h.call('GET', `/v2/app/manifests/${digestOf(bytesOf(child))}`)).text()).toBe(child);
    expect((await referrersOf(h, 'app', digestOf(bytesOf(child)))).map((d) => d.artifactType)).toEqual([SIGNATURE]);
  });
  it('what we do not understand is kept when the index is written again', async () => {
    const manifest = JSON.stringify(image());
    const sparse = {
      mediaType: 'application/vnd.example.unknown',
      digest: `sha256:${'1'.repeat(64)}`,
      size: 5,
      annotations: { 'org.opencontainers.image.ref.name': 'elsewhere' },
    };
    const mine = {
      ...descriptor(OCI_MANIFEST, manifest),
      platform: { os: 'linux', architecture: 'arm64' },
      annotations: { 'io.containerd.image.name': 'x/y:v1', 'org.opencontainers.image.ref.name': 'v1' },
    };
    lay('app', [manifest], [mine, sparse], { annotations: { owner: 'me' } });
    const h = await start();
    await h.manifest('app', image({ annotations: { n: '2' } }), 'v2');
    await h.close();
    const written = readIndex(root, 'app') as unknown as { manifests: object[]; annotations: object };
    expect(written.annotations).toEqual({ owner: 'me' });
    expect(written.manifests).toContainEqual(expect.objectContaining({ platform: mine.platform, annotations: mine.annotations }));
    expect(written.manifests).toContainEqual(sparse);
    expect(written.manifests).toHaveLength(3);
  });
  it('a symbolic link in place of a blob is not followed', async () => {
    const h = await start();
    await h.manifest('app', image(), 'v1');
    await h.close();
    const { symlinkSync } = await import('node:fs');
    symlinkSync('/etc/passwd', join(root, 'app/blobs/sha256', 'f'.repeat(64)));
    const again = await start();
    expect((await again.call('GET', `/v2/app/blobs/sha256:${'f'.repeat(64)}`)).status).toBe(404);
  });
});

describe('the memory of an upload', () => {
  const KIB = 1024;
  it.each([undefined, 'given'] as const)('chunks that are %s', async (ownership) => {
    const h = await start();
    const upload = await h.store.startUpload(NAME as RepositoryName, 'sha256');
    const whole = new Uint8Array(700 * KIB).fill(7);
    const views = new Uint8Array(300 * KIB).fill(8);
    await upload.write(whole, ownership);
    await upload.write(views.subarray(0, 100 * KIB), ownership);
    await upload.settle();
    // Who keeps the buffer keeps what is in it; a view of a larger buffer is never taken.
    const hasTransfer = 'transfer' in ArrayBuffer.prototype;
    expect(whole.length).toBe(ownership === 'given' && hasTransfer ? 0 : 700 * KIB);
    expect(views.length).toBe(300 * KIB);
    const content = new Uint8Array(800 * KIB).fill(7).fill(8, 700 * KIB);
    await upload.commit(digestOf(content));
    const got = await h.call('GET', `/v2/${NAME}/blobs/${digestOf(content)}`);
    expect(digestOf(new Uint8Array(await got.arrayBuffer()))).toBe(digestOf(content));
  });
  it('is bounded by a sender who waits for the disk, and who is let go on before the disk rests', async () => {
    const disk = createDiskIo();
    const held: (() => void)[] = [];
    const io: DiskIo = {
      ...disk,
      async open(path) {
        const file = await disk.open(path);
        return {
          ...file,
          write: async (chunks, position) => {
            await new Promise<void>((resume) => held.push(resume));
            await file.write(chunks, position);
          },
        };
      },
    };
    const h = await start({ io });
    const upload = await h.store.startUpload(NAME as RepositoryName, 'sha256');
    let waits: Promise<void> | undefined;
    let sent = 0;
    while (waits === undefined && sent < 64) {
      waits = upload.write(new Uint8Array(256 * KIB).fill(sent++)) ?? undefined;
    }
    expect(sent * 256).toBeLessThanOrEqual(2048);
    await pause(1);
    held.shift()?.();
    await waits;
    await pause(1);
    // The next block is on its way to the disk while the sender goes on.
    expect(held).toHaveLength(1);
    expect(upload.write(new Uint8Array(1).fill(sent++))).toBeUndefined();
    const release = setInterval(() => held.shift()?.(), 1);
    await upload.settle();
    await upload.cancel();
    clearInterval(release);
  });
});

describe('collection', () => {
  const age = (digest: string, name = NAME): void => {
    const file = join(root, name, 'blobs/sha256', digest.slice(7));
    utimesSync(file, new Date(0), new Date(0));
  };
  const settled = async (): Promise<Harness> => {
    const h = await start();
    return h;
  };
  it('is done by one at a time', async () => {
    const h = await start();
    const garbage = [];
    for (let i = 0; i < 250; i++) garbage.push(await h.blob(NAME, `garbage ${i}`));
    await written(garbage);
    const reports = await Promise.all([h.store.collect({ graceMs: 0 }), h.store.collect({ graceMs: 0 })]);
    expect(reports.map((r) => r.blobsRemoved)).toEqual([250, 0]);
  });
  it('removes old blobs that nothing refers to, and nothing else', async () => {
    const h = await settled();
    const config = await h.blob(NAME, '{}');
    const layer = await h.blob(NAME, 'layer');
    const orphan = await h.blob(NAME, 'orphan');
    const young = await h.blob(NAME, 'young');
    const subject = await h.manifest(NAME, image(), 'v1');
    const envelope = await h.blob(NAME, 'envelope');
    const signed = await h.manifest(NAME, signature(subject));
    await written([config, layer, orphan, young, subject.digest, envelope, signed.digest]);
    for (const d of [config, layer, orphan, subject.digest, envelope, signed.digest]) age(d);
    const dry = await h.store.collect({ graceMs: 3_600_000, dryRun: true });
    expect([dry.blobsRemoved, (await h.call('HEAD', `/v2/${NAME}/blobs/${young}`)).status]).toEqual([1, 200]);
    const report = await h.store.collect({ graceMs: 3_600_000 });
    expect(report).toMatchObject({ repositories: 1, blobsRemoved: 1, bytesRemoved: 6, manifestsRemoved: 0 });
    expect((await h.call('HEAD', `/v2/${NAME}/blobs/${orphan}`)).status).toBe(404);
    for (const d of [config, layer, young, envelope]) expect((await h.call('HEAD', `/v2/${NAME}/blobs/${d}`)).status).toBe(200);
    expect(await referrersOf(h, NAME, subject.digest)).toHaveLength(1);
  });
  it('of untagged manifests keeps children of indexes and referrers of what lives', async () => {
    const h = await settled();
    const child = await h.manifest(NAME, image({ annotations: { n: 'child' } }));
    await h.manifest(
      NAME,
      { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [{ mediaType: OCI_MANIFEST, digest: child.digest, size: child.size }] },
      'multi',
    );
    const onChild = await h.manifest(NAME, signature(child));
    const onSignature = await h.manifest(NAME, signature(onChild, { artifactType: 'application/vnd.example.countersignature' }));
    const loose = await h.manifest(NAME, image({ annotations: { n: 'loose' } }));
    const onLoose = await h.manifest(NAME, signature(loose));
    const aged = [child, onChild, onSignature, loose, onLoose].map((d) => d.digest);
    await written(aged);
    for (const d of aged) age(d);
    expect(await h.store.collect({ graceMs: 1000 })).toMatchObject({ manifestsRemoved: 0 });
    expect(await h.store.collect({ graceMs: 1000, untagged: true })).toMatchObject({ manifestsRemoved: 2 });
    for (const d of [child, onChild, onSignature]) expect((await h.call('HEAD', `/v2/${NAME}/manifests/${d.digest}`)).status).toBe(200);
    for (const d of [loose, onLoose]) expect((await h.call('HEAD', `/v2/${NAME}/manifests/${d.digest}`)).status).toBe(404);
  });
  it('beside pushes removes nothing that a push uses, found or uploaded', async () => {
    const h = await settled();
    const shared = await Promise.all(Array.from({ length: 30 }, (_, i) => h.blob(NAME, `shared ${i}`)));
    await h.blob(NAME, '{}');
    await written(shared);
    for (const d of shared) age(d);
    let collecting = true;
    const collector = (async () => {
      while (collecting) await h.store.collect({ graceMs: 120_000, untagged: true });
    })();
    const answers = await Promise.all(
      shared.map(async (found, i) => {
        // As clients do: ask first, upload only what is missing, name it in a manifest at the end.
        const there = (await h.call('HEAD', `/v2/${NAME}/blobs/${found}`)).status === 200;
        if (!there) await h.blob(NAME, `shared ${i}`);
        await pause(i);
        const layers = [descriptor('application/octet-stream', `shared ${i}`)];
        return h.manifest(NAME, image({ layers, annotations: { i: String(i) } }), `v${i}`);
      }),
    );
    collecting = false;
    await collector;
    expect(answers).toHaveLength(30);
    await h.store.collect({ graceMs: 120_000, untagged: true });
    for (const d of shared) expect((await h.call('GET', `/v2/${NAME}/blobs/${d}`)).status).toBe(200);
  });
  it('leaves a repository alone whose manifest cannot be read', async () => {
    const h = await settled();
    const { digest } = await h.manifest(NAME, image(), 'v1');
    const orphan = await h.blob(NAME, 'orphan');
    await written([digest, orphan]);
    age(orphan);
    rmSync(join(root, NAME, 'blobs/sha256', digest.slice(7)));
    expect(await h.store.collect({ graceMs: 0 })).toMatchObject({ repositories: 0, blobsRemoved: 0 });
  });
});

describe('many writers', () => {
  it('to many repositories and one lose nothing, over a restart', async () => {
    const h = await start();
    const pushed: [string, string][] = [];
    await Promise.all(
      Array.from({ length: 200 }, async (_, i) => {
        const name = i % 2 === 0 ? 'one' : `many/r${i % 10}`;
        await h.blob(name, `layer ${i}`);
        const { digest } = await h.manifest(name, image({ annotations: { i: String(i) } }), `v${i}`);
        pushed.push([name, `v${i} ${digest}`]);
      }),
    );
    await h.close();
    const again = await start();
    for (const [name, what] of pushed) {
      const [tag, digest] = what.split(' ');
      expect((await again.call('HEAD', `/v2/${name}/manifests/${tag}`)).headers.get('docker-content-digest')).toBe(digest);
    }
  });
  it('to one tag with If-Match: every accepted write saw the one before', async () => {
    const h = await start();
    await h.manifest(NAME, image({ annotations: { list: '' } }), 'list');
    let accepted = 0;
    await Promise.all(
      Array.from({ length: 16 }, async (_, i) => {
        for (let attempt = 0; attempt < 100; attempt++) {
          const current = await h.call('GET', `/v2/${NAME}/manifests/list`);
          const { annotations } = (await current.json()) as { annotations: { list: string } };
          const body = JSON.stringify(image({ annotations: { list: `${annotations.list} ${i}` } }));
          const put = await h.call('PUT', `/v2/${NAME}/manifests/list`, {
            body,
            headers: { 'content-type': OCI_MANIFEST, 'if-match': current.headers.get('etag') ?? '' },
          });
          if (put.status === 201) {
            accepted++;
            return;
          }
          expect(put.status).toBe(412);
          await pause(2);
        }
      }),
    );
    const final = (await (await h.call('GET', `/v2/${NAME}/manifests/list`)).json()) as { annotations: { list: string } };
    expect(accepted).toBe(16);
    expect(new Set(final.annotations.list.trim().split(' ')).size).toBe(16);
  });
});
