// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromUtf8 } from '@notary/base';
import { createPlatform } from '@notary/platform';
import { codeOf, counterpart } from '@notary/testkit';
import { temporaryFolders } from '@notary/testkit/temporary';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { collectReferrers, type Descriptor, fetchReferrer } from '../src/index.ts';
import { createLayout, type LayoutRepository, openArchive, openLayout } from '../src/layout/index.ts';
import { tarHeader } from '../src/layout/tar.ts';
import { ARTIFACT_TYPE, blob, EMPTY, EMPTY_DESCRIPTOR, entryOf, imageManifest, indexOf, json } from './support.ts';

const { files } = createPlatform();
const layer = blob('layer');
const artifact = imageManifest({ layer: layer.descriptor });
const referrer = (n: number) => imageManifest({ layer: layer.descriptor, subject: artifact.descriptor, annotations: { n: String(n) } });
const REF = 'org.opencontainers.image.ref.name';

const newFolder = temporaryFolders('notary-oci-');
let root = '';
let count = 0;
beforeAll(() => {
  root = newFolder();
});
const fresh = (): string => join(root, `l${++count}`);

async function pushArtifact(layout: LayoutRepository, tag?: string): Promise<void> {
  await layout.pushBlob(layer.descriptor, layer.bytes);
  await layout.pushBlob(EMPTY_DESCRIPTOR, EMPTY);
  await layout.pushManifest(artifact.descriptor, artifact.bytes, tag);
}

/** Files of a layout as they are. */
function writeLayout(path: string, entries: readonly unknown[], blobs: readonly { descriptor: Descriptor; bytes: Uint8Array }[]): void {
  mkdirSync(join(path, 'blobs/sha256'), { recursive: true });
  writeFileSync(join(path, 'oci-layout'), '{"imageLayoutVersion":"1.0.0","extra":1}');
  writeFileSync(join(path, 'index.json'), json({ schemaVersion: 2, manifests: entries, future: true }));
  writeFileSync(join(path, 'unknown'), 'x');
  for (const { descriptor, bytes } of blobs) writeFileSync(join(path, 'blobs/sha256', descriptor.digest.slice(7)), bytes);
}
const archive = (path: string): string => {
  execFileSync('tar', ['-C', path, '-cf', `${path}.tar`, '.']);
  return `${path}.tar`;
};

/** A way to open what {@link writeLayout} wrote. */
const ways: [string, (path: string) => Promise<LayoutRepository>][] = [
  ['a directory', (path) => openLayout(files, path)],
  ['an archive', (path) => openArchive(files, archive(path))],
];

describe.each(ways)('a layout in %s', (_name, open) => {
  let path = '';
  beforeEach(() => {
    path = fresh();
  });

  it('resolves tags, digests, full names and the only artifact', async () => {
    const index = indexOf([{ ...artifact.descriptor, platform: { os: 'linux', architecture: 'amd64' } }]);
    writeLayout(
      path,
      [{ ...index.descriptor, annotations: { [REF]: 'r.example/team/app:v1' } }, 'junk', { mediaType: 'x' }],
      [index, artifact, layer],
    );
    const layout = await open(path);
    for (const reference of ['r.example/team/app:v1', 'v1', index.descriptor.digest])
      expect(await layout.resolve(reference)).toEqual(index.descriptor);
    expect(await layout.resolve(artifact.descriptor.digest)).toEqual(artifact.descriptor);
    expect(await layout.resolveOnly()).toEqual(index.descriptor);
    expect(await layout.tags()).toEqual(['r.example/team/app:v1']);
    expect(await codeOf(layout.resolve('v2'))).toBe('OCI_NOT_FOUND');
    expect(await codeOf(layout.resolve(layer.descriptor.digest))).toBe('OCI_NOT_FOUND');
    expect(await layout.fetchManifest(artifact.descriptor)).toEqual(artifact.bytes);
    expect(await layout.fetchBlob(layer.descriptor, 10)).toEqual(layer.bytes);
    expect(await layout.hasBlob(layer.descriptor)).toBe(true);
    expect(await layout.hasBlob(blob('other').descriptor)).toBe(false);
    expect(await codeOf(layout.fetchBlob(layer.descriptor, 4))).toBe('OCI_TOO_LARGE');
    expect(await codeOf(layout.fetchBlob(blob('other').descriptor, 10))).toBe('OCI_NOT_FOUND');
  });

  it('does not guess between several', async () => {
    const other = imageManifest({ layer: layer.descriptor, annotations: { a: 'b' } });
    const tagged = (d: Descriptor, name: string) => ({ ...d, annotations: { [REF]: name } });
    writeLayout(path, [tagged(artifact.descriptor, 'a/x:v1'), tagged(other.descriptor, 'b/x:v1')], [artifact, other]);
    const layout = await open(path);
    expect(await codeOf(layout.resolve('v1'))).toBe('OCI_LAYOUT_AMBIGUOUS');
    expect(await codeOf(layout.resolveOnly())).toBe('OCI_LAYOUT_AMBIGUOUS');
    writeLayout(path, [], []);
    expect(await codeOf(open(path).then((l) => l.resolveOnly()))).toBe('OCI_NOT_FOUND');
  });

  it('finds referrers wherever tools put them', async () => {
    const [beside, tagged, nested, missing] = [referrer(1), referrer(2), referrer(3), referrer(4)];
    const fallback = indexOf([entryOf(tagged), entryOf(missing)]);
    const outer = indexOf([entryOf(nested)]);
    const entries = [
      { ...artifact.descriptor, annotations: { [REF]: 'v1' } },
      { ...beside.descriptor, artifactType: 'application/lie' },
      { ...fallback.descriptor, annotations: { [REF]: artifact.descriptor.digest.replace(':', '-') } },
      { ...outer.descriptor, annotations: { 'org.olareg.referrer.subject': artifact.descriptor.digest } },
    ];
    writeLayout(path, entries, [artifact, layer, beside, tagged, nested, fallback, outer]);
    const layout = await open(path);
    const found = await collectReferrers(layout, artifact.descriptor, { artifactType: ARTIFACT_TYPE });
    expect(found.map((d) => d.annotations?.['n'])).toEqual(['1', '2', '3']);
    for (const entry of found) expect((await fetchReferrer(layout, entry, artifact.descriptor)).bytes).toBeDefined();
    expect(await collectReferrers(layout, artifact.descriptor, { artifactType: 'a/b' })).toEqual([]);
    expect(await collectReferrers(layout, artifact.descriptor, { limit: 2 })).toHaveLength(2);
    expect(await layout.resolveOnly()).toEqual(artifact.descriptor);
  });

  it('passes over damaged and cyclic manifests, and refuses to return them', async () => {
    const bad = { descriptor: referrer(1).descriptor, bytes: referrer(2).bytes };
    const empty = { descriptor: referrer(3).descriptor, bytes: new Uint8Array() };
    writeLayout(path, [artifact.descriptor, bad.descriptor, empty.descriptor, entryOf(referrer(4))], [artifact, bad, empty, referrer(4)]);
    const layout = await open(path);
    expect((await collectReferrers(layout, artifact.descriptor)).map((d) => d.digest)).toEqual([referrer(4).descriptor.digest]);
    expect(await codeOf(layout.fetchManifest(bad.descriptor))).toBe('DIGEST_MISMATCH');
    expect(await codeOf(layout.fetchManifest(empty.descriptor))).toBe('OCI_SIZE_MISMATCH');
    expect(await layout.hasManifest(empty.descriptor)).toBe(false);
  });

  it.each<[string, string | undefined, string | undefined, string]>([
    ['no oci-layout', undefined, '{"manifests":[]}', 'OCI_LAYOUT_INVALID'],
    ['an oci-layout that is not JSON', '{', '{"manifests":[]}', 'OCI_LAYOUT_INVALID'],
    ['another version', '{"imageLayoutVersion":"2.0.0"}', '{"manifests":[]}', 'OCI_LAYOUT_INVALID'],
    ['no index.json', '{"imageLayoutVersion":"1.0.0"}', undefined, 'OCI_LAYOUT_INDEX_INVALID'],
    ['an index.json that is not JSON', '{"imageLayoutVersion":"1.0.0"}', '[', 'OCI_LAYOUT_INDEX_INVALID'],
    ['an index.json that is no object', '{"imageLayoutVersion":"1.0.0"}', '[]', 'OCI_LAYOUT_INDEX_INVALID'],
    ['manifests that are no list', '{"imageLayoutVersion":"1.0.0"}', '{"manifests":{}}', 'OCI_LAYOUT_INDEX_INVALID'],
    ['a key twice', '{"imageLayoutVersion":"1.0.0"}', '{"manifests":[],"manifests":[]}', 'OCI_LAYOUT_INDEX_INVALID'],
  ])('is refused with %s', async (_what, layoutFile, index, code) => {
    mkdirSync(path);
    if (layoutFile !== undefined) writeFileSync(join(path, 'oci-layout'), layoutFile);
    if (index !== undefined) writeFileSync(join(path, 'index.json'), index);
    expect(await codeOf(open(path))).toBe(code);
  });

  it('takes referrers of several writers at the same time', async () => {
    writeLayout(
      path,
      [{ ...artifact.descriptor, annotations: { [REF]: 'v1' } }],
      [artifact, layer, { descriptor: EMPTY_DESCRIPTOR, bytes: EMPTY }],
    );
    const first = await open(path);
    const writers = await Promise.all(
      [1, 2, 3, 4, 5, 6].map(() => (first.name.endsWith('.tar') ? openArchive(files, first.name) : openLayout(files, first.name))),
    );
    await Promise.all(
      writers.map(async (layout, n) => {
        const envelope = blob(`envelope ${n}`);
        await layout.pushBlob(envelope.descriptor, envelope.bytes);
        expect(await layout.hasBlob(envelope.descriptor)).toBe(true);
        expect(await layout.fetchBlob(envelope.descriptor, 100)).toEqual(envelope.bytes);
        expect(await layout.attach(referrer(n).descriptor, referrer(n).bytes)).toEqual({ via: 'layout', replacedIndex: 'none' });
        await layout.confirmDiscoverable(artifact.descriptor, referrer(n).descriptor);
      }),
    );
    const again = first.name.endsWith('.tar') ? await openArchive(files, first.name) : await openLayout(files, first.name);
    expect((await collectReferrers(again, artifact.descriptor)).map((d) => d.annotations?.['n']).sort()).toEqual([
      '0',
      '1',
      '2',
      '3',
      '4',
      '5',
    ]);
    expect(await again.hasBlob(blob('envelope 3').descriptor)).toBe(true);
    expect(await again.resolve('v1')).toEqual(artifact.descriptor);
    expect(await codeOf(again.attach(artifact.descriptor, artifact.bytes))).toBe('OCI_SUBJECT_MISSING');
    expect(await codeOf(again.pushBlob(layer.descriptor, blob('lay3r').bytes))).not.toBe('nothing');
    expect(await codeOf(again.confirmDiscoverable(artifact.descriptor, referrer(9).descriptor))).toBe('OCI_REFERRER_NOT_DISCOVERABLE');
  });
});

describe('a layout directory', () => {
  it('is made, tagged and moved on as oras does', async () => {
    const path = fresh();
    const layout = await createLayout(files, path);
    await pushArtifact(layout);
    await pushArtifact(layout, 'v1');
    await pushArtifact(layout, 'v2');
    const other = imageManifest({ layer: layer.descriptor, annotations: { a: '<' } });
    await layout.pushManifest(other.descriptor, other.bytes, 'v1');
    await layout.attach(referrer(1).descriptor, referrer(1).bytes);
    const plain = { mediaType: artifact.descriptor.mediaType, digest: artifact.descriptor.digest, size: artifact.descriptor.size };
    expect(JSON.parse(readFileSync(join(path, 'index.json'), 'utf8'))).toEqual({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.index.v1+json',
      manifests: [
        { ...plain, annotations: { [REF]: 'v2' } },
        { ...other.descriptor, annotations: { [REF]: 'v1' } },
        { ...referrer(1).descriptor, annotations: { n: '1' }, artifactType: ARTIFACT_TYPE },
      ],
    });
    expect(readFileSync(join(path, 'oci-layout'), 'utf8')).toBe('{"imageLayoutVersion":"1.0.0"}');
    expect((await files.list(path))?.map((f) => f.name)).toEqual(['blobs', 'index.json', 'oci-layout']);
    expect((await files.stat(join(path, 'blobs/sha256', layer.descriptor.digest.slice(7))))?.mode).toBe(0o444);
    expect(await (await createLayout(files, path)).resolve('v2')).toEqual(artifact.descriptor);
  });

  it('keeps what it does not understand', async () => {
    const path = fresh();
    writeLayout(path, [{ mediaType: 'x/y', future: { a: 1 } }], []);
    await pushArtifact(await openLayout(files, path), 'v1');
    expect(JSON.parse(readFileSync(join(path, 'index.json'), 'utf8'))).toMatchObject({
      future: true,
      manifests: [{ mediaType: 'x/y', future: { a: 1 } }, { digest: artifact.descriptor.digest }],
    });
  });

  it('[CVE-2026-50162] does not follow links, wherever they lead', async () => {
    const secret = fresh();
    mkdirSync(secret);
    writeFileSync(join(secret, layer.descriptor.digest.slice(7)), layer.bytes);
    const path = fresh();
    writeLayout(path, [artifact.descriptor], [artifact]);
    symlinkSync(join(secret, layer.descriptor.digest.slice(7)), join(path, 'blobs/sha256', layer.descriptor.digest.slice(7)));
    const layout = await openLayout(files, path);
    expect(await codeOf(layout.fetchBlob(layer.descriptor, 10))).toBe('OCI_LAYOUT_UNSAFE');
    expect(await codeOf(layout.hasBlob(layer.descriptor))).toBe('OCI_LAYOUT_UNSAFE');
    expect(await codeOf(layout.pushBlob(layer.descriptor, layer.bytes))).toBe('OCI_LAYOUT_UNSAFE');
    rmSync(join(path, 'blobs'), { recursive: true });
    symlinkSync(secret, join(path, 'blobs'));
    expect(await codeOf(layout.fetchBlob(layer.descriptor, 10))).toBe('OCI_LAYOUT_UNSAFE');
    expect(await codeOf(collectReferrers(layout, artifact.descriptor))).toBe('OCI_LAYOUT_UNSAFE');
    rmSync(join(path, 'index.json'));
    symlinkSync('/etc/passwd', join(path, 'index.json'));
    expect(await codeOf(openLayout(files, path))).toBe('OCI_LAYOUT_UNSAFE');
  });

  it('says what is not a layout', async () => {
    expect(await codeOf(openLayout(files, fresh()))).toBe('OCI_LAYOUT_NOT_FOUND');
    const file = fresh();
    writeFileSync(file, 'x');
    expect(await codeOf(openLayout(files, file))).toBe('OCI_LAYOUT_NOT_DIRECTORY');
  });

  it('leaves the old state when a write fails', async () => {
    const path = fresh();
    const layout = await createLayout(files, path);
    await pushArtifact(layout, 'v1');
    const before = readFileSync(join(path, 'index.json'));
    const failing = await openLayout(
      {
        ...files,
        writeAtomic: (target, bytes, o) =>
          target.endsWith('index.json') ? Promise.reject(new Error('full')) : files.writeAtomic(target, bytes, o),
      },
      path,
    );
    await expect(failing.attach(referrer(1).descriptor, referrer(1).bytes)).rejects.toThrow('full');
    expect(readFileSync(join(path, 'index.json'))).toEqual(before);
    await layout.attach(referrer(2).descriptor, referrer(2).bytes);
  });

  const skopeo = counterpart('skopeo');
  it.skipIf(skopeo === undefined)('exchanges layouts with skopeo, as directory and archive', async () => {
    const path = fresh();
    const layout = await createLayout(files, path);
    const config = blob(
      '{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}',
      'application/vnd.oci.image.config.v1+json',
    );
    const content = blob('', 'application/vnd.oci.image.layer.v1.tar');
    const image = imageManifest({ layer: content.descriptor, config: config.descriptor, artifactType: '' });
    await layout.pushBlob(config.descriptor, config.bytes);
    await layout.pushBlob(content.descriptor, content.bytes);
    await layout.pushManifest(image.descriptor, image.bytes, 'v1');
    const run = (...args: string[]) =>
      execFileSync(skopeo as string, ['--insecure-policy', ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    expect(fromUtf8(image.bytes)).toBe(run('inspect', '--raw', `oci:${path}:v1`));
    const tar = `${fresh()}.tar`;
    run('copy', '--preserve-digests', `oci:${path}:v1`, `oci-archive:${tar}:v2`);
    const packed = await openArchive(files, tar);
    expect(await packed.resolve('v2')).toEqual(image.descriptor);
    await packed.attach(
      imageManifest({ layer: config.descriptor, subject: image.descriptor }).descriptor,
      imageManifest({ layer: config.descriptor, subject: image.descriptor }).bytes,
    );
    // skopeo reads what we wrote, and keeps our referrer when it adds another name.
    expect(run('inspect', '--raw', `oci-archive:${tar}:v2`)).toBe(fromUtf8(image.bytes));
    expect(await collectReferrers(await openArchive(files, tar), image.descriptor)).toHaveLength(1);
  });
});

describe('a layout archive', () => {
  const entry = (name: string, content: Uint8Array | string, change?: (header: Uint8Array) => void): Uint8Array => {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    const header = tarHeader(name, bytes.length);
    if (change !== undefined) {
      change(header);
      header.fill(32, 148, 156);
      const sum = header.reduce((total, byte) => total + byte, 0);
      header.set(new TextEncoder().encode(`${sum.toString(8).padStart(6, '0')}\0 `), 148);
    }
    const block = new Uint8Array(512 + Math.ceil(bytes.length / 512) * 512);
    block.set(header);
    block.set(bytes, 512);
    return block;
  };
  const base = () => [entry('oci-layout', '{"imageLayoutVersion":"1.0.0"}'), entry('index.json', '{"manifests":[]}')];
  const written = (...parts: Uint8Array[]): string => {
    const path = `${fresh()}.tar`;
    writeFileSync(path, Buffer.concat([...parts, new Uint8Array(1024)]));
    return path;
  };

  it('is found to be the same with any tar', async () => {
    const path = fresh();
    writeLayout(path, [artifact.descriptor], [artifact, layer]);
    for (const format of ['ustar', 'pax', 'gnu', 'v7']) {
      execFileSync('tar', ['-C', path, `--format=${format}`, '-cf', `${path}.tar`, 'oci-layout', 'index.json', 'blobs']);
      expect(await (await openArchive(files, `${path}.tar`)).resolve(artifact.descriptor.digest)).toEqual(artifact.descriptor);
    }
  });

  it('keeps owners and directories: a tool of a user that extracts it gives nothing to root', async () => {
    const path = fresh();
    writeLayout(path, [artifact.descriptor], [artifact, layer]);
    const tar = `${path}.tar`;
    execFileSync('tar', ['-C', path, '--owner=1234', '--group=567', '-cf', tar, 'oci-layout', 'index.json', 'blobs']);
    await (await openArchive(files, tar)).attach(referrer(1).descriptor, referrer(1).bytes);
    const lines = execFileSync('tar', ['--numeric-owner', '-tvf', tar], { encoding: 'utf8' }).trim().split('\n');
    expect(lines.slice(0, 2).map((line) => line.replace(/^(\S+) .* /, '$1 '))).toEqual(['drwxr-xr-x blobs/', 'drwxr-xr-x blobs/sha256/']);
    expect(lines.length).toBeGreaterThan(6);
    for (const line of lines) expect(line).toContain(' 1234/567 ');
  });

  it('holds long names', async () => {
    const long = blob('long', 'application/octet-stream');
    const path = written(...base());
    const layout = await openArchive(files, path);
    const { digestOf } = await import('@notary/base');
    const sha512 = { ...long.descriptor, digest: digestOf(long.bytes, 'sha512') };
    await layout.pushBlob(sha512, long.bytes);
    await layout.pushManifest(artifact.descriptor, artifact.bytes, 'v1');
    expect(await (await openArchive(files, path)).fetchBlob(sha512, 10)).toEqual(long.bytes);
    expect(execFileSync('tar', ['-tf', path], { encoding: 'utf8' }).split('\n')).toContain(`blobs/sha512/${sha512.digest.slice(7)}`);
  });

  it('is the same bytes for the same content', async () => {
    const make = async () => {
      const path = written(...base());
      await pushArtifact(await openArchive(files, path), 'v1');
      return readFileSync(path);
    };
    expect(await make()).toEqual(await make());
  });

  it.each<[string, Uint8Array[], string]>([
    ['that climbs', [entry('../x', 'x')], 'OCI_LAYOUT_UNSAFE'],
    ['that climbs in the middle', [entry('blobs/../../x', 'x')], 'OCI_LAYOUT_UNSAFE'],
    ['that is absolute', [entry('/etc/passwd', 'x')], 'OCI_LAYOUT_UNSAFE'],
    ['that is absolute on Windows', [entry('C:\\x', 'x')], 'OCI_LAYOUT_UNSAFE'],
    ['that is a second index.json', [entry('./index.json', '{"manifests":[]}')], 'OCI_ARCHIVE_INVALID'],
    ['with a wrong checksum', [entry('x', 'x').map((b, i) => (i === 0 ? b + 1 : b))], 'OCI_ARCHIVE_INVALID'],
    [
      'that is longer than the archive',
      [entry('x', 'x', (h) => h.set(new TextEncoder().encode('77777777777\0'), 124))],
      'OCI_ARCHIVE_INVALID',
    ],
    ['with a size that is no number', [entry('x', 'x', (h) => h.set(new TextEncoder().encode('9999\0'), 124))], 'OCI_ARCHIVE_INVALID'],
    ['with a size beyond numbers', [entry('x', 'x', (h) => h.set(new Uint8Array(12).fill(255), 124))], 'OCI_ARCHIVE_INVALID'],
    ['with a name that is not UTF-8', [entry('x', 'x', (h) => h.set([0xff, 0xfe], 0))], 'OCI_ARCHIVE_INVALID'],
    ['with a broken extended header', [entry('pax', '99999 path=x\n', (h) => h.set([0x78], 156))], 'OCI_ARCHIVE_INVALID'],
    [
      'with an extended name that climbs',
      [entry('pax', '13 path=../y\n', (h) => h.set([0x78], 156)), entry('x', 'x')],
      'OCI_LAYOUT_UNSAFE',
    ],
    ['that is sparse', [entry('pax', '22 GNU.sparse.major=1\n', (h) => h.set([0x78], 156)), entry('x', 'x')], 'OCI_ARCHIVE_INVALID'],
    ['with a huge extended header', [entry('pax', 'x'.repeat(70_000), (h) => h.set([0x78], 156))], 'OCI_ARCHIVE_INVALID'],
  ])('[CVE-2021-21272] is refused with an entry %s', async (_name, extra, code) => {
    expect(await codeOf(openArchive(files, written(...base(), ...extra)))).toBe(code);
  });

  it('[CVE-2026-50163] takes a link for no file', async () => {
    const link = entry(`blobs/sha256/${layer.descriptor.digest.slice(7)}`, '', (h) => {
      h.set([0x32], 156);
      h.set(new TextEncoder().encode('/etc/passwd'), 157);
    });
    const layout = await openArchive(files, written(...base(), link));
    expect(await codeOf(layout.fetchBlob(layer.descriptor, 10))).toBe('OCI_NOT_FOUND');
  });

  it('says when it is compressed, cut off, a directory or not there', async () => {
    const path = fresh();
    writeLayout(path, [], []);
    execFileSync('tar', ['-C', path, '-czf', `${path}.tgz`, '.']);
    await expect(openArchive(files, `${path}.tgz`)).rejects.toMatchObject({ code: 'OCI_ARCHIVE_COMPRESSED' });
    expect(await codeOf(openArchive(files, path))).toBe('OCI_ARCHIVE_INVALID');
    expect(await codeOf(openArchive(files, fresh()))).toBe('OCI_LAYOUT_NOT_FOUND');
    const cut = `${fresh()}.tar`;
    writeFileSync(cut, Buffer.concat(base()).subarray(0, 1030));
    expect(await codeOf(openArchive(files, cut))).toBe('OCI_LAYOUT_INDEX_INVALID');
  });

  it('leaves the old archive when a write fails', async () => {
    const path = written(...base());
    const before = readFileSync(path);
    const failing = await openArchive({ ...files, writeAtomic: () => Promise.reject(new Error('full')) }, path);
    await expect(failing.pushManifest(artifact.descriptor, artifact.bytes, 'v1')).rejects.toThrow('full');
    expect(readFileSync(path)).toEqual(before);
  });
});
