// SPDX-License-Identifier: Apache-2.0
import { createPlatform } from '@notary/platform';
import { counterpart, type DockerRegistry, startDockerRegistry } from '@notary/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collectReferrers, fetchReferrer, type Repository } from '../src/index.ts';
import { createRemoteRepository } from '../src/remote/index.ts';
import { ARTIFACT_TYPE, blob, EMPTY, EMPTY_DESCRIPTOR, imageManifest, indexOf } from './support.ts';

const platform = createPlatform();

describe.skipIf(counterpart('docker-registry') === undefined).each([
  ['deletes on', true],
  ['deletes off', false],
])('docker-registry 2.8, %s', (_name, deletes) => {
  let registry: DockerRegistry | undefined;
  beforeAll(async () => {
    registry = await startDockerRegistry({ deletes });
  });
  afterAll(() => registry?.stop());

  const open = (name: string, http = platform.http()): Repository =>
    createRemoteRepository({
      registry: (registry as DockerRegistry).host,
      repository: name,
      http,
      clock: platform.clock,
      random: platform.random,
      allowPlainHttp: true,
    });

  async function pushArtifact(repository: Repository, tag = 'v1') {
    const layer = blob(`layer of ${repository.name} ${tag}`);
    await repository.pushBlob(layer.descriptor, layer.bytes);
    await repository.pushBlob(EMPTY_DESCRIPTOR, EMPTY);
    const artifact = imageManifest({ layer: layer.descriptor });
    await repository.pushManifest(artifact.descriptor, artifact.bytes, tag);
    return { layer, artifact };
  }

  it('pushes, resolves and fetches', async () => {
    const repository = open('basic/app');
    const { layer, artifact } = await pushArtifact(repository);
    expect(await repository.resolve('v1')).toEqual(artifact.descriptor);
    expect(await repository.resolve(artifact.descriptor.digest)).toEqual(artifact.descriptor);
    expect(await repository.fetchManifest(artifact.descriptor)).toEqual(artifact.bytes);
    expect(await repository.fetchBlob(layer.descriptor, 1000)).toEqual(layer.bytes);
    expect(await repository.hasManifest(artifact.descriptor)).toBe(true);
    await expect(repository.resolve('absent')).rejects.toThrow(`${repository.name}:absent: not found`);
  });

  it('attaches through the tag schema and lists what it attached', async () => {
    const repository = open('attach/app');
    const { layer, artifact } = await pushArtifact(repository);
    const outcomes: string[] = [];
    for (const n of [1, 2, 3]) {
      const referrer = imageManifest({ layer: layer.descriptor, subject: artifact.descriptor, annotations: { n: String(n) } });
      const attachment = await repository.attach(referrer.descriptor, referrer.bytes);
      expect(attachment.via).toBe('tag');
      outcomes.push(attachment.replacedIndex);
      await repository.confirmDiscoverable(artifact.descriptor, referrer.descriptor);
    }
    expect(outcomes).toEqual(deletes ? ['none', 'deleted', 'deleted'] : ['none', 'undeletable', 'undeletable']);
    const found = await collectReferrers(open('attach/app'), artifact.descriptor, { artifactType: ARTIFACT_TYPE });
    expect(found.map((d) => d.annotations?.['n'])).toEqual(['1', '2', '3']);
    for (const entry of found) expect((await fetchReferrer(repository, entry, artifact.descriptor)).manifest.layers).toHaveLength(1);
    expect(await collectReferrers(open('attach/app'), artifact.descriptor, { artifactType: 'application/other' })).toEqual([]);
  });

  const writers = deletes ? 24 : 8;
  it(`keeps all of ${writers} referrers that are attached at the same time`, async () => {
    const { layer, artifact } = await pushArtifact(open('race/app'));
    const http = platform.http();
    await Promise.all(
      Array.from({ length: writers }, async (_, n) => {
        const referrer = imageManifest({ layer: layer.descriptor, subject: artifact.descriptor, annotations: { n: String(n) } });
        // A client each: nothing is shared but the registry.
        await open('race/app', http).attach(referrer.descriptor, referrer.bytes);
      }),
    );
    const found = await collectReferrers(open('race/app'), artifact.descriptor);
    expect(new Set(found.map((d) => d.annotations?.['n'])).size).toBe(writers);
  }, 120_000);

  it('does not overwrite an image at the tag of the list', async () => {
    const repository = open('squat/app');
    const { layer, artifact } = await pushArtifact(repository);
    const tag = artifact.descriptor.digest.replace(':', '-');
    await repository.pushManifest(artifact.descriptor, artifact.bytes, tag);
    const referrer = imageManifest({ layer: layer.descriptor, subject: artifact.descriptor });
    await expect(repository.attach(referrer.descriptor, referrer.bytes)).rejects.toMatchObject({ code: 'OCI_REFERRERS_TAG_OCCUPIED' });
    expect(await repository.resolve(tag)).toEqual(artifact.descriptor);
    expect(await collectReferrers(repository, artifact.descriptor)).toEqual([]);
  });

  it('does not overwrite an index of images at the tag of the list', async () => {
    const repository = open('squat/index');
    const { layer, artifact } = await pushArtifact(repository);
    const image = { ...artifact.descriptor, platform: { os: 'linux', architecture: 'amd64' } };
    const index = indexOf([image]);
    await repository.pushManifest(index.descriptor, index.bytes, artifact.descriptor.digest.replace(':', '-'));
    const referrer = imageManifest({ layer: layer.descriptor, subject: artifact.descriptor });
    await expect(repository.attach(referrer.descriptor, referrer.bytes)).rejects.toMatchObject({ code: 'OCI_REFERRERS_TAG_OCCUPIED' });
  });
});
