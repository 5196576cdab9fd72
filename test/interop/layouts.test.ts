// SPDX-License-Identifier: Apache-2.0
/** Images without a registry: layouts and archives that skopeo made, signed here, read by the Go tool, and carried to a registry. */
import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { counterpart, type DockerRegistry, findCounterpart, startDockerRegistry } from '@notary/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createIdentities, type Identities } from './support/identities.ts';
import { createPusher, imageNamed, indexOf, type Manifest } from './support/images.ts';
import { createMachine, furnish, type Machine, ourTool, pushedSignature } from './support/machine.ts';

const skopeo = counterpart('skopeo');
const go = findCounterpart('notation-go');
const can = skopeo !== undefined && counterpart('openssl') !== undefined && counterpart('docker-registry') !== undefined;
const EXPERIMENTAL = { NOTATION_EXPERIMENTAL: '1' };

describe.skipIf(!can)('layouts of skopeo', () => {
  let identities: Identities;
  let registry: DockerRegistry;
  let host: string;
  let user: Machine;
  let theirs: Machine | undefined;
  let image: Manifest;
  const copy = (from: string, to: string): void => {
    execFileSync(skopeo as string, [
      '--insecure-policy',
      'copy',
      '-q',
      '--all',
      '--src-tls-verify=false',
      '--dest-tls-verify=false',
      from,
      to,
    ]);
  };

  beforeAll(async () => {
    identities = createIdentities(['EC-256']) as Identities;
    registry = (await startDockerRegistry()) as DockerRegistry;
    host = registry.host.replace('127.0.0.1', 'localhost');
    user = createMachine(ourTool());
    theirs = go === undefined ? undefined : createMachine(go);
    for (const machine of [user, theirs]) if (machine) furnish(machine, { rootPem: identities.ca.certPem, keys: identities.keys });
    image = imageNamed('layout');
    await createPusher(registry.url).push('app', image, 'v1');
  });
  afterAll(async () => {
    await registry?.stop();
    user?.remove();
    theirs?.remove();
    identities?.ca.remove();
  });
  const path = (name: string): string => join(user.work, name);

  it('a directory: signed by tag and by digest, verified as a layout, by the Go tool too', async () => {
    copy(`docker://${registry.host}/app:v1`, `oci:${path('dir')}:v1`);
    const byTag = await user.ok(['sign', 'oci-layout:dir:v1']);
    expect(byTag.stdout).toContain(`Successfully signed dir@${image.digest}\n`);
    expect(byTag.stderr).toContain('Warning: Always sign the artifact using digest');
    const byDigest = await user.ok(['sign', '--oci-layout', '--signature-format', 'cose', `dir@${image.digest}`], { env: EXPERIMENTAL });
    expect((await user.ok(['verify', `oci-layout:dir@${image.digest}`])).stdout).toBe(
      `Successfully verified signature for dir@${image.digest}\n`,
    );
    const listed = (await user.ok(['list', 'oci-layout:dir:v1'])).stdout;
    for (const signed of [byTag, byDigest]) expect(listed).toContain(pushedSignature(signed));
    if (theirs === undefined) return;
    cpSync(path('dir'), join(theirs.work, 'dir'), { recursive: true });
    const check = ['verify', '--oci-layout', '--scope', 'local/dir', `dir@${image.digest}`];
    expect((await theirs.ok(check, { env: EXPERIMENTAL })).stdout).toBe((await user.ok(check, { env: EXPERIMENTAL })).stdout);
    await theirs.ok(['sign', '--oci-layout', `dir@${image.digest}`], { env: EXPERIMENTAL });
    cpSync(join(theirs.work, 'dir'), path('from-go'), { recursive: true });
    const counted = (await user.ok(['list', `oci-layout:from-go@${image.digest}`])).stdout.match(/── sha256/g);
    expect(counted).toHaveLength(3);
  });

  it('an archive: signed in place, verified, and still an archive that skopeo reads', async () => {
    copy(`docker://${registry.host}/app:v1`, `oci-archive:${path('image.tar')}:v1`);
    await user.ok(['sign', 'oci-archive:image.tar:v1']);
    expect((await user.ok(['verify', `oci-archive:image.tar@${image.digest}`])).stdout).toContain('Successfully verified');
    copy(`oci-archive:${path('image.tar')}:v1`, `docker://${registry.host}/from-archive:v1`);
    const answer = await fetch(`${registry.url}/v2/from-archive/manifests/v1`, { headers: { accept: image.mediaType } });
    expect(answer.headers.get('docker-content-digest')).toBe(image.digest);
  });

  it('a layout whose blob was changed is refused', async () => {
    copy(`docker://${registry.host}/app:v1`, `oci:${path('bad')}:v1`);
    const signature = pushedSignature(await user.ok(['sign', `oci-layout:bad@${image.digest}`]));
    const blob = path(`bad/blobs/sha256/${signature.slice(7)}`);
    const manifest = readFileSync(blob, 'utf8');
    // Blobs are written for reading only, which stops everybody but root.
    rmSync(blob);
    user.put(`work/bad/blobs/sha256/${signature.slice(7)}`, manifest.replace('"schemaVersion":2', '"schemaVersion": 2'));
    const refused = await user.run(['verify', `oci-layout:bad@${image.digest}`]);
    expect(refused.code).toBe(1);
  });

  it('an index: every manifest is signed, and the platform asked for is named', async () => {
    const images = { 'linux/amd64': imageNamed('amd64'), 'linux/arm64': imageNamed('arm64') };
    const index = indexOf(images);
    const pusher = createPusher(registry.url);
    for (const each of Object.values(images)) await pusher.push('multi', each);
    await pusher.push('multi', index, 'v1');
    const at = (of: Manifest): string => `${host}/multi@${of.digest}`;
    const signed = await user.ok(['sign', '--recursive', at(index)]);
    const all = [index, ...Object.values(images)];
    expect(signed.stdout.match(/Successfully signed \S+/g)).toEqual(all.map((of) => `Successfully signed ${at(of)}`));
    for (const of of all) {
      // Nothing follows: what the index says about its entries is no metadata of the publisher.
      expect((await user.ok(['verify', at(of)])).stdout).toBe(`Successfully verified signature for ${at(of)}\n`);
      await theirs?.ok(['verify', at(of)]);
    }
    const chosen = await user.ok(['verify', '--platform', 'linux/arm64', at(index)]);
    expect(chosen.stdout).toContain(images['linux/arm64'].digest);
    expect((await user.run(['verify', '--platform', 'windows/amd64', at(index)])).code).toBe(1);
    expect((await user.run(['verify', '--platform', 'linux/amd64', at(images['linux/amd64'])])).code).toBe(1);
    copy(`docker://${registry.host}/multi:v1`, `oci:${path('multi')}:v1`);
    await user.ok(['sign', '--recursive', 'oci-layout:multi:v1']);
    for (const of of all) await user.ok(['verify', `oci-layout:multi@${of.digest}`]);
  });
});
