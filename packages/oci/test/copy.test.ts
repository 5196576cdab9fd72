// SPDX-License-Identifier: Apache-2.0
import { codeOf } from '@notary/testkit';
import { describe, expect, it } from 'vitest';
import { copyGraph } from '../src/copy/index.ts';
import { collectReferrers, type Repository } from '../src/index.ts';
import { createMemoryRepository } from '../src/memory/index.ts';
import { fakeRegistry } from './fake-registry.ts';
import { blob, EMPTY, EMPTY_DESCRIPTOR, imageManifest, indexOf } from './support.ts';

const [one, two] = [blob('one'), blob('two')];
const image = imageManifest({ layer: one.descriptor });
const index = indexOf([image.descriptor]);
const signature = imageManifest({ layer: two.descriptor, subject: image.descriptor });
const onSignature = imageManifest({ layer: one.descriptor, subject: signature.descriptor });

async function source(): Promise<Repository> {
  const repository = createMemoryRepository();
  for (const b of [one, two]) await repository.pushBlob(b.descriptor, b.bytes);
  await repository.pushBlob(EMPTY_DESCRIPTOR, EMPTY);
  await repository.pushManifest(image.descriptor, image.bytes);
  await repository.pushManifest(index.descriptor, index.bytes, 'v1');
  for (const m of [signature, onSignature]) await repository.attach(m.descriptor, m.bytes);
  return repository;
}

describe('copying', () => {
  it('takes what belongs to an artifact, and its referrers where that is wanted', async () => {
    const target = createMemoryRepository();
    expect(await copyGraph(await source(), target, index.descriptor, { tag: 'v1' })).toEqual({ manifests: 2, blobs: 2, present: 0 });
    expect(await target.resolve('v1')).toEqual(index.descriptor);
    expect(await collectReferrers(target, image.descriptor)).toEqual([]);
    expect(await copyGraph(await source(), target, index.descriptor, { referrers: true })).toEqual({ manifests: 4, blobs: 3, present: 2 });
    expect((await collectReferrers(target, image.descriptor)).map((d) => d.digest)).toEqual([signature.descriptor.digest]);
    expect((await collectReferrers(target, signature.descriptor)).map((d) => d.digest)).toEqual([onSignature.descriptor.digest]);
  });

  it('goes on where it was interrupted', async () => {
    const target = fakeRegistry();
    let fails = true;
    target.intercept = (request) =>
      fails && request.method === 'PUT' && request.url.endsWith(index.descriptor.digest) ? new Response('', { status: 403 }) : undefined;
    await expect(copyGraph(await source(), target.repository(), index.descriptor)).rejects.toMatchObject({
      code: 'OCI_COPY_FAILED',
      facts: { side: 'target', digest: index.descriptor.digest },
      cause: { code: 'OCI_DENIED' },
    });
    fails = false;
    expect(await copyGraph(await source(), target.repository(), index.descriptor)).toEqual({ manifests: 2, blobs: 2, present: 2 });
  });

  it('names the side that failed', async () => {
    const repository = createMemoryRepository();
    await repository.pushManifest(image.descriptor, image.bytes);
    await expect(copyGraph(repository, createMemoryRepository(), index.descriptor)).rejects.toMatchObject({
      code: 'OCI_COPY_FAILED',
      facts: { side: 'source' },
    });
  });

  it('does not carry along what only claims to be a referrer', async () => {
    const repository = await source();
    const liar: Repository = {
      ...repository,
      listReferrers: async function* () {
        yield onSignature.descriptor;
      },
    };
    await expect(copyGraph(liar, createMemoryRepository(), image.descriptor, { referrers: true })).rejects.toMatchObject({
      cause: { code: 'OCI_REFERRER_SUBJECT_MISMATCH' },
    });
  });

  it('ends at its bound of depth', async () => {
    const repository = createMemoryRepository();
    let top = image;
    await repository.pushManifest(image.descriptor, image.bytes);
    for (let i = 0; i < 20; i++) {
      top = indexOf([top.descriptor]);
      await repository.pushManifest(top.descriptor, top.bytes);
    }
    await expect(copyGraph(repository, createMemoryRepository(), top.descriptor)).rejects.toMatchObject({ code: 'OCI_TOO_MANY' });
  });
});

describe('a repository in memory', () => {
  it('checks what it is given and what it is asked for', async () => {
    const repository = await source();
    expect(await codeOf(repository.pushBlob(one.descriptor, two.bytes))).toBe('DIGEST_MISMATCH');
    expect(await codeOf(repository.pushManifest(index.descriptor, image.bytes))).not.toBe('nothing');
    expect(await codeOf(repository.fetchBlob(blob('x').descriptor, 10))).toBe('OCI_NOT_FOUND');
    expect(await codeOf(repository.fetchBlob(one.descriptor, 1))).toBe('OCI_TOO_LARGE');
    expect(await codeOf(repository.resolve('v9'))).toBe('OCI_NOT_FOUND');
    await expect(repository.resolve('v9')).rejects.toMatchObject({ remedy: { text: expect.stringMatching(/^check the name/) } });
    expect(await codeOf(repository.attach(image.descriptor, image.bytes))).toBe('OCI_SUBJECT_MISSING');
    expect(await codeOf(repository.confirmDiscoverable(image.descriptor, index.descriptor))).toBe('OCI_REFERRER_NOT_DISCOVERABLE');
    expect(await codeOf(repository.confirmDiscoverable(image.descriptor, signature.descriptor))).toBe('nothing');
    expect(await repository.hasBlob(one.descriptor)).toBe(true);
    expect(await repository.hasManifest(one.descriptor)).toBe(false);
    await repository.pushBlob(blob('3').descriptor, async function* () {
      yield blob('3').bytes;
    });
    for await (const chunk of repository.streamUnverifiedBlob(blob('3').descriptor)) expect(chunk).toEqual(blob('3').bytes);
  });
});
