// SPDX-License-Identifier: Apache-2.0
/** The `oras` command line: the same commands on each registry, with the same answers, and the signatures that it carries. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf, toUtf8 } from '@notary/base';
import { counterpart, startDockerRegistry } from '@notary/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Outcome, pushedSignature } from './support/machine.ts';
import { canOras, digestIn, discover, linesOf, SBOM, SIGNATURE, typesOf, useOrasUsers, verified } from './support/oras.ts';
import { type Running, startOurRegistry, startZot } from './support/registries.ts';

const UNKNOWN = `sha256:${'0'.repeat(64)}`;
const LONG = 60_000;

const { oras, user, theirs } = useOrasUsers();

const registries: Readonly<Record<string, () => Promise<Running | undefined>>> = {
  'notary-registry on disk': () => startOurRegistry(),
  'notary-registry in memory': () => startOurRegistry({ memory: true }),
  'docker-registry': () => startDockerRegistry(),
  zot: () => startZot(),
};
const available = Object.keys(registries).filter(
  (name) => name.startsWith('notary') || counterpart(name as 'docker-registry' | 'zot') !== undefined,
);

describe.skipIf(!canOras).each(available)('oras on %s', (name) => {
  let registry: Running;
  let host: string;
  /** The Referrers API, or the tag schema. */
  const api = name !== 'docker-registry';
  beforeAll(async () => {
    registry = (await registries[name]?.()) as Running;
    host = registry.host.replace('127.0.0.1', 'localhost');
  });
  afterAll(() => registry?.stop());

  it('files: pushed under several tags, resolved, listed, tagged on, pulled', async () => {
    const app = `${host}/files/app`;
    const pushed = await oras.ok(['push', `${app}:v1,latest`, '--artifact-type', 'application/vnd.example.app', 'hello.txt', 'sbom.json']);
    expect(linesOf(pushed).filter((line) => /^(Pushed|Tagged|ArtifactType)/.test(line))).toEqual([
      `Pushed [registry] ${app}:v1`,
      'Tagged latest',
      'ArtifactType: application/vnd.example.app',
    ]);
    const digest = digestIn(pushed);
    expect((await oras.ok(['resolve', `${app}:latest`])).stdout).toBe(`${digest}\n`);
    await oras.ok(['tag', `${app}:v1`, 'v2', 'v3']);
    expect(linesOf(await oras.ok(['repo', 'tags', app])).toSorted()).toEqual(['latest', 'v1', 'v2', 'v3']);
    expect(linesOf(await oras.ok(['repo', 'ls', host]))).toContain('files/app');
    expect(linesOf(await oras.ok(['repo', 'ls', `${host}/files/`]))).toEqual(['app']);
    await oras.ok(['pull', `${app}:v3`, '-o', `pulled-${host}`]);
    expect(readFileSync(join(oras.work, `pulled-${host}`, 'hello.txt'), 'utf8')).toBe('hello\n');
    const missing = await oras.run(['pull', `${app}:none`]);
    expect(missing).toMatchObject({ code: 1, stderr: `Error response from registry: ${app}:none: not found\n` });
    const nowhere = await oras.run(['repo', 'tags', `${host}/files/none`]);
    expect(nowhere).toMatchObject({ code: 1, stderr: expect.stringContaining('Error response from registry: name unknown: ') });
  });

  it('blobs: pushed, seen, fetched, deleted', async () => {
    const repository = `${host}/blobs/app`;
    // Nowhere else: zot finds blobs of any repository in each.
    const content = `only of ${host}\n`;
    writeFileSync(join(oras.work, 'blob'), content);
    const blob = `${repository}@${digestOf(toUtf8(content))}`;
    await oras.ok(['blob', 'push', blob, 'blob']);
    expect((await oras.ok(['blob', 'push', repository, 'blob'])).stdout).toContain('Exists ');
    expect((await oras.ok(['blob', 'fetch', blob, '--output', '-'])).stdout).toBe(content);
    expect(JSON.parse((await oras.ok(['blob', 'fetch', '--descriptor', blob])).stdout)).toMatchObject({ size: content.length });
    expect((await oras.ok(['blob', 'delete', '-f', blob])).stdout).toBe(`Deleted [registry] ${blob}\n`);
    expect((await oras.ok(['blob', 'delete', '-f', blob])).stdout).toBe(`Missing ${blob}\n`);
    expect((await oras.run(['blob', 'fetch', blob, '--output', '-'])).stderr).toBe(`Error response from registry: ${blob}: not found\n`);
    // zot refuses a blob of no bytes.
    if (name !== 'zot') expect((await oras.ok(['blob', 'push', repository, 'empty'])).stdout).toContain('Pushed: ');
  });

  it('manifests: fetched byte for byte, pushed by tag and by digest, deleted; indexes of them', async () => {
    const app = `${host}/manifests/app`;
    const digest = digestIn(await oras.ok(['push', `${app}:v1`, 'hello.txt']));
    const { stdout } = await oras.ok(['manifest', 'fetch', `${app}:v1`]);
    expect(digestOf(toUtf8(stdout))).toBe(digest);
    const descriptor = JSON.parse((await oras.ok(['manifest', 'fetch', '--descriptor', `${app}@${digest}`])).stdout) as object;
    expect(descriptor).toMatchObject({ digest, size: stdout.length });
    expect((await oras.ok(['manifest', 'fetch-config', `${app}:v1`])).stdout).toBe('{}');
    await oras.ok(['manifest', 'push', `${app}:again,and-again`, '-'], { stdin: stdout });
    expect((await oras.ok(['resolve', `${app}:and-again`])).stdout).toBe(`${digest}\n`);
    await oras.ok(['manifest', 'push', `${app}@${digest}`, '-'], { stdin: stdout });
    const wrong = await oras.run(['manifest', 'push', `${app}@${UNKNOWN}`, '-'], { stdin: stdout });
    expect(wrong).toMatchObject({ code: 1, stderr: expect.stringMatching(/^Error response from registry: (digest|manifest) invalid: /) });
    const index = digestIn(await oras.ok(['manifest', 'index', 'create', `${app}:all`, 'v1']));
    expect(JSON.parse((await oras.ok(['manifest', 'fetch', `${app}@${index}`])).stdout)).toMatchObject({ manifests: [descriptor] });
    await oras.ok(['manifest', 'index', 'update', `${app}:all`, '--remove', digest]);
    expect(JSON.parse((await oras.ok(['manifest', 'fetch', `${app}:all`])).stdout)).toMatchObject({ manifests: [] });
    // The manifest goes, and with it each tag of it.
    expect((await oras.ok(['manifest', 'delete', '-f', `${app}:again`])).stdout).toBe(`Deleted [registry] ${app}:again\n`);
    expect(linesOf(await oras.ok(['repo', 'tags', app]))).toEqual(['all']);
    expect((await oras.ok(['manifest', 'delete', '-f', `${app}:v1`])).stdout).toBe(`Missing ${app}:v1\n`);
  });

  it('what is no image manifest is not taken for one', async () => {
    const push = ['manifest', 'push', '--media-type', 'application/vnd.oci.image.manifest.v1+json', `${host}/manifests/bad:v1`, '-'];
    // docker-registry answers 500 to a document without a schema version, which clients try again.
    const documents = ['no JSON', '{"schemaVersion":2}', ...(name === 'docker-registry' ? [] : ['{}'])];
    for (const stdin of documents) expect((await oras.run(push, { stdin })).code, stdin).toBe(1);
  });

  it(
    'signatures: shown by discover, copied with the image to a repository, a layout and back, and verified there',
    async () => {
      const app = `${host}/signed/app`;
      const digest = digestIn(await oras.ok(['push', `${app}:v1`, 'hello.txt']));
      const sbom = digestIn(await oras.ok(['attach', '--artifact-type', SBOM, `${app}:v1`, 'sbom.json']));
      const signatures = [];
      for (const of of [digest, sbom]) signatures.push(pushedSignature(await user.ok(['sign', `${app}@${of}`])));
      const tree = (await oras.ok(['discover', `${app}:v1`])).stdout;
      for (const part of [
        `${app}@${digest}\n`,
        `── ${SIGNATURE}\n`,
        `── ${sbom}\n`,
        ...signatures,
        'io.cncf.notary.x509chain.thumbprint#S256',
      ])
        expect(tree).toContain(part);
      const all = [SIGNATURE, `${SBOM} < ${SIGNATURE}`];
      expect(typesOf(await discover(oras, `${app}:v1`))).toEqual(all);
      expect(typesOf(await discover(oras, '--artifact-type', SIGNATURE, `${app}:v1`))).toEqual([SIGNATURE]);
      expect(typesOf(await discover(oras, '--distribution-spec', 'v1.1-referrers-tag', `${app}:v1`))).toEqual(api ? [] : all);
      const byApi = await oras.run(['discover', '--distribution-spec', 'v1.1-referrers-api', `${app}:v1`]);
      expect(byApi.code).toBe(api ? 0 : 1);

      const layout = `layout-of-${registry.host.replace(':', '-')}`;
      await oras.ok(['cp', '-r', `${app}:v1`, `${host}/signed/copy:v1`]);
      await oras.ok(['cp', '-r', '--to-oci-layout', `${host}/signed/copy:v1`, `${layout}:v1`]);
      await oras.ok(['cp', '-r', '--from-oci-layout', `${layout}:v1`, `${host}/signed/back:v1`]);
      expect(typesOf(await discover(oras, '--oci-layout', `${layout}:v1`))).toEqual(all);
      for (const repository of ['copy', 'back']) expect(typesOf(await discover(oras, `${host}/signed/${repository}:v1`))).toEqual(all);
      for (const of of [digest, sbom]) {
        for (const repository of ['copy', 'back']) {
          const reference = `${host}/signed/${repository}@${of}`;
          for (const machine of [user, theirs])
            if (machine) expect((await machine.ok(['verify', reference])).stdout).toBe(verified(reference));
        }
        const reference = `${join(oras.work, layout)}@${of}`;
        expect((await user.ok(['verify', `oci-layout:${reference}`])).stdout).toBe(verified(reference));
        const check = ['verify', '--oci-layout', '--scope', 'local/layout', reference];
        await theirs?.ok(check, { env: { NOTATION_EXPERIMENTAL: '1' } });
      }
      // Without the referrers there is nothing to verify.
      await oras.ok(['cp', `${app}:v1`, `${host}/signed/bare:v1`]);
      expect(await user.run(['verify', `${host}/signed/bare@${digest}`])).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('no signature is associated'),
      });
    },
    LONG,
  );

  // With the tag schema oras loses some of them: it writes the tag without looking again.
  if (api)
    it('referrers that are attached at once are all listed', async () => {
      const app = `${host}/at-once/app:v1`;
      await oras.ok(['push', app, 'hello.txt']);
      const attach = (i: number): Promise<Outcome> => oras.ok(['attach', '--artifact-type', SBOM, '--annotation', `number=${i}`, app]);
      const attached = await Promise.all(Array.from({ length: 8 }, (_, i) => attach(i)));
      const listed = (await discover(oras, app)).referrers?.map((r) => r.digest);
      expect(listed?.toSorted()).toEqual(attached.map(digestIn).toSorted());
    });

  it(
    'a backup, as a folder and as an archive, is restored with its signatures',
    async () => {
      // Since oras 1.3.
      if ((await oras.run(['backup', '--help'])).code !== 0) return;
      const app = `${host}/backup/app`;
      const digest = digestIn(await oras.ok(['push', `${app}:v1,v2`, 'hello.txt']));
      await user.ok(['sign', `${app}@${digest}`]);
      for (const output of [`backup-${registry.host.replace(':', '-')}`, `backup-${registry.host.replace(':', '-')}.tar`]) {
        await oras.ok(['backup', '--include-referrers', '-o', output, `${app}:v1,v2`]);
        const to = `${host}/backup/of-${output.endsWith('.tar') ? 'archive' : 'folder'}`;
        await oras.ok(['restore', '--input', output, `${to}:v1,v2`]);
        expect((await oras.ok(['resolve', `${to}:v2`])).stdout).toBe(`${digest}\n`);
        expect((await user.ok(['verify', `${to}@${digest}`])).stdout).toBe(verified(`${to}@${digest}`));
        const kind = output.endsWith('.tar') ? 'oci-archive' : 'oci-layout';
        expect((await user.ok(['verify', `${kind}:${join(oras.work, output)}@${digest}`])).stdout).toContain('Successfully verified');
      }
    },
    LONG,
  );

  it(
    'a blob of 100 MiB is pushed, mounted or found in another repository, and pulled',
    async () => {
      const content = new Uint8Array(100 * 1024 * 1024).map((_, i) => (i * 31 + (i >>> 13)) & 255);
      writeFileSync(join(oras.work, 'large.bin'), content);
      const pushed = await oras.ok(['push', `${host}/large/app:v1`, 'large.bin']);
      const copied = await oras.ok(['cp', `${host}/large/app:v1`, `${host}/large/copy:v1`]);
      // zot knows blobs of other repositories without being told.
      expect(copied.stdout).toMatch(name === 'zot' ? /Exists +\S+ large\.bin/ : /Mounted +\S+ large\.bin/);
      const into = `large-${registry.host.replace(':', '-')}`;
      expect(digestIn(await oras.ok(['pull', `${host}/large/copy:v1`, '-o', into]))).toBe(digestIn(pushed));
      expect(digestOf(readFileSync(join(oras.work, into, 'large.bin')))).toBe(digestOf(content));
    },
    LONG,
  );
});
