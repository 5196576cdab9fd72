// SPDX-License-Identifier: Apache-2.0
/** What the Go notation (and so oras-go) stores, we list, and the other way round: the tag schema of registries, and layouts. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { createPlatform } from '@notary/platform';
import { counterpart, type DockerRegistry, startDockerRegistry } from '@notary/testkit';
import { temporaryFolders } from '@notary/testkit/temporary';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyGraph } from '../src/copy/index.ts';
import { collectReferrers } from '../src/index.ts';
import { createLayout, openLayout } from '../src/layout/index.ts';
import { createRemoteRepository } from '../src/remote/index.ts';
import { blob, EMPTY, EMPTY_DESCRIPTOR, imageManifest } from './support.ts';

const newFolder = temporaryFolders('notary-go-');
const notation = counterpart('notation-go');
const platform = createPlatform();
const SIGNATURE = 'application/vnd.cncf.notary.signature';
const layer = blob('layer', 'application/jose+json');
const artifact = imageManifest({ layer: layer.descriptor });
const referrer = (n: number) =>
  imageManifest({ layer: layer.descriptor, subject: artifact.descriptor, artifactType: SIGNATURE, annotations: { n: `<${n}>` } });

describe.skipIf(notation === undefined || counterpart('docker-registry') === undefined)('beside the Go notation', () => {
  let registry: DockerRegistry;
  let folder = '';
  const run = (...args: string[]): string => {
    const env = {
      ...process.env,
      HOME: folder,
      XDG_CONFIG_HOME: join(folder, 'config'),
      XDG_CACHE_HOME: join(folder, 'cache'),
      NOTATION_EXPERIMENTAL: '1',
    };
    return execFileSync(notation as string, args, { cwd: folder, encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'pipe'] });
  };
  const digests = (text: string): string[] => text.match(/(?<=── )sha256:[0-9a-f]{64}/g) ?? [];
  const open = () =>
    createRemoteRepository({
      registry: registry.host,
      repository: 'team/app',
      http: platform.http(),
      clock: platform.clock,
      random: platform.random,
      allowPlainHttp: true,
    });
  beforeAll(async () => {
    registry = (await startDockerRegistry()) as DockerRegistry;
    folder = newFolder();
    run('cert', 'generate-test', '--default', 'test');
  });
  afterAll(() => registry?.stop());

  it('shares a list of referrers at the tag, then a layout', async () => {
    const repository = open();
    await repository.pushBlob(layer.descriptor, layer.bytes);
    await repository.pushBlob(EMPTY_DESCRIPTOR, EMPTY);
    await repository.pushManifest(artifact.descriptor, artifact.bytes, 'v1');
    const reference = `${registry.host}/team/app@${artifact.descriptor.digest}`;
    run('sign', '--insecure-registry', reference);
    expect(await repository.attach(referrer(1).descriptor, referrer(1).bytes)).toEqual({ via: 'tag', replacedIndex: 'deleted' });
    run('sign', '--insecure-registry', reference);
    const listed = digests(run('list', '--insecure-registry', reference));
    expect(listed[1]).toBe(referrer(1).descriptor.digest);
    expect((await collectReferrers(open(), artifact.descriptor, { artifactType: SIGNATURE })).map((d) => d.digest)).toEqual(listed);

    const path = join(folder, 'layout');
    expect(
      await copyGraph(open(), await createLayout(platform.files, path), artifact.descriptor, { referrers: true, tag: 'v1' }),
    ).toMatchObject({ manifests: 4 });
    run('sign', '--oci-layout', `${path}:v1`);
    await (await openLayout(platform.files, path)).attach(referrer(2).descriptor, referrer(2).bytes);
    const layout = await openLayout(platform.files, path);
    expect(await layout.resolve('v1')).toEqual(artifact.descriptor);
    const found = (await collectReferrers(layout, artifact.descriptor, { artifactType: SIGNATURE })).map((d) => d.digest as string);
    expect(found).toHaveLength(5);
    expect(digests(run('list', '--oci-layout', `${path}:v1`)).sort()).toEqual(found.sort());
  }, 90_000);
});
