// SPDX-License-Identifier: Apache-2.0
/** Signatures made by one tool are listed, inspected and verified by the other, on a real registry. */
import { chmodSync, cpSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf, toUtf8 } from '@notary/base';
import { counterpart, type DockerRegistry, startDockerRegistry } from '@notary/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { comparable, createTwin, type Outcome, ourTool, putFile, removeTwin, runStep, type Twin, treeOf } from './differential/compare.ts';
import { imageManifest, policyFor } from './support.ts';

const go = counterpart('notation-go');
const dockerRegistry = counterpart('docker-registry');

describe.skipIf(go === undefined || dockerRegistry === undefined)('with the Go notation on docker-registry', () => {
  let registry: DockerRegistry;
  let host: string;
  let ours: Twin;
  let theirs: Twin;

  beforeAll(async () => {
    registry = (await startDockerRegistry()) as DockerRegistry;
    host = registry.host.replace('127.0.0.1', 'localhost');
    ours = createTwin(ourTool());
    theirs = createTwin({ file: go as string, args: [] });
    run(ours, 'cert generate-test --default both');
    putFile(ours, { put: '~/trustpolicy.oci.json', content: policyFor('both') });
    cpSync(join(ours.home, '.config'), join(theirs.home, '.config'), { recursive: true });
    const keys = JSON.stringify({
      default: 'both',
      keys: [
        {
          name: 'both',
          keyPath: `${theirs.home}/.config/notation/localkeys/both.key`,
          certPath: `${theirs.home}/.config/notation/localkeys/both.crt`,
        },
      ],
    });
    putFile(theirs, { put: '~/signingkeys.json', content: keys });
  }, 120_000);
  afterAll(async () => {
    removeTwin(ours);
    removeTwin(theirs);
    await registry.stop();
  });

  function run(twin: Twin, line: string, environment: Readonly<Record<string, string>> = {}): Outcome {
    const outcome = runStep(twin, { argv: line.split(' '), environment });
    if (outcome.code !== 0) throw new Error(`${line}: ${outcome.stderr}`);
    return outcome;
  }

  /** Pushes an image of its own and returns its reference by digest. */
  async function push(repository: string): Promise<string> {
    const upload = await fetch(`${registry.url}/v2/${repository}/blobs/uploads/`, { method: 'POST' });
    const location = new URL(upload.headers.get('location') as string, registry.url);
    location.searchParams.set('digest', imageManifest.config.digest);
    await fetch(location, { method: 'PUT', body: '{}', headers: { 'content-type': 'application/octet-stream' } });
    const manifest = JSON.stringify({ ...imageManifest, annotations: { for: repository } });
    const response = await fetch(`${registry.url}/v2/${repository}/manifests/v1`, {
      method: 'PUT',
      body: manifest,
      headers: { 'content-type': imageManifest.mediaType },
    });
    if (response.status !== 201) throw new Error(`push: ${response.status} ${await response.text()}`);
    return `${host}/${repository}@${digestOf(toUtf8(manifest))}`;
  }

  it.each(['jws', 'cose'])('%s: either signs, either verifies', async (format) => {
    const reference = await push(`cross-${format}`);
    for (const signer of [ours, theirs]) {
      const signed = run(signer, `sign --signature-format ${format} -m by=x ${reference}`);
      expect(signed.stdout).toMatch(new RegExp(`^Successfully signed ${reference}\nPushed the signature to .*@sha256:[0-9a-f]{64}\n$`));
      for (const verifier of [ours, theirs])
        expect(run(verifier, `verify -m by=x ${reference}`).stdout).toBe(
          `Successfully verified signature for ${reference}\n\nThe artifact was signed with the following user metadata.\n\nKEY   VALUE   \nby    x       \n`,
        );
    }
  });

  it('both list and inspect the same signatures in the same words, whatever the zone', async () => {
    const reference = await push('inspected');
    run(theirs, `sign -e 24h -m b=2 -m a=<&> ${reference}`);
    run(ours, `sign --signature-format cose ${reference}`);
    for (const line of [
      `list ${reference}`,
      `inspect ${reference}`,
      `inspect -o json ${reference}`,
      `list --max-signatures 1 ${reference}`,
    ])
      for (const zone of ['UTC', 'Asia/Kolkata']) expect(run(ours, line, { TZ: zone })).toEqual(run(theirs, line, { TZ: zone }));
  });

  it('both warn about a tag, and word a refusal alike', async () => {
    const reference = await push('refused');
    const tag = reference.replace(/@.*/, ':v1');
    const both = (line: string): [Outcome, Outcome] => [
      runStep(ours, { argv: line.split(' ') }),
      runStep(theirs, { argv: line.split(' ') }),
    ];
    for (const line of [`verify ${reference}`, `verify ${tag}`, `list ${tag}`, `inspect ${tag}`]) {
      const [mine, other] = both(line);
      expect({ line, outcome: comparable(mine, undefined) }).toEqual({ line, outcome: comparable(other, undefined) });
    }
    run(theirs, `sign ${reference}`);
    for (const line of [`verify ${tag}`, `verify -m a=b ${reference}`, `verify --max-signatures 1 ${reference}`]) {
      const [mine, other] = both(line);
      expect({ line, code: mine.code, stdout: mine.stdout }).toEqual({ line, code: other.code, stdout: other.stdout });
      expect(mine.stderr.split('\n').at(-2)).toBe(other.stderr.split('\n').at(-2));
    }
  });

  it('a layout signed by one is verified by the other', async () => {
    const manifest = JSON.stringify(imageManifest);
    const digest = digestOf(toUtf8(manifest));
    for (const twin of [ours, theirs]) {
      putFile(twin, { put: 'work/layout/oci-layout', content: '{"imageLayoutVersion":"1.0.0"}' });
      putFile(twin, { put: `work/layout/blobs/sha256/${digest.slice(7)}`, content: manifest });
      putFile(twin, { put: `work/layout/blobs/sha256/${imageManifest.config.digest.slice(7)}`, content: '{}' });
      putFile(twin, {
        put: 'work/layout/index.json',
        content: JSON.stringify({ schemaVersion: 2, manifests: [{ mediaType: imageManifest.mediaType, digest, size: manifest.length }] }),
      });
    }
    const experimental = { NOTATION_EXPERIMENTAL: '1' };
    for (const [signer, verifier] of [
      [ours, theirs],
      [theirs, ours],
    ] as const) {
      run(signer, `sign --oci-layout layout@${digest}`, experimental);
      cpSync(join(signer.home, 'work/layout'), join(verifier.home, 'work/layout'), { recursive: true });
      const verified = run(verifier, `verify --oci-layout --scope local/x layout@${digest}`, experimental);
      expect(verified.stdout).toBe(`Successfully verified signature for layout@${digest}\n`);
      expect(run(ours, `list --oci-layout layout@${digest}`, experimental).stdout.match(/── sha256/g)).toEqual(
        run(theirs, `list --oci-layout layout@${digest}`, experimental).stdout.match(/── sha256/g),
      );
    }
  });
});

/** A credential helper that keeps credentials in files of the home directory. */
const HELPER = `#!/bin/sh
input=$(cat)
name() { printf %s "$1" | tr -c 'a-z0-9' _; }
mkdir -p "$HOME/kept"
case "$1" in
store) printf %s "$input" > "$HOME/kept/$(name "$(printf %s "$input" | sed 's/.*"ServerURL":"\\([^"]*\\)".*/\\1/')")" ;;
get) cat "$HOME/kept/$(name "$input")" 2>/dev/null || { echo "credentials not found in native keychain"; exit 1; } ;;
erase) rm "$HOME/kept/$(name "$input")" 2>/dev/null || { echo "credentials not found in native keychain"; exit 1; } ;;
esac
`;

const htpasswd = counterpart('htpasswd');

describe.skipIf(go === undefined || dockerRegistry === undefined || htpasswd === undefined)('logging in where the Go notation does', () => {
  let registry: DockerRegistry;
  let host: string;
  let twins: readonly [Twin, Twin];
  beforeAll(async () => {
    registry = (await startDockerRegistry({ htpasswd: { user: 'secret' } })) as DockerRegistry;
    host = registry.host.replace('127.0.0.1', 'localhost');
    twins = [createTwin(ourTool()), createTwin({ file: go as string, args: [] })];
    for (const twin of twins) {
      putFile(twin, { put: 'bin/docker-credential-files', content: HELPER });
      chmodSync(join(twin.home, 'bin/docker-credential-files'), 0o755);
    }
  }, 120_000);
  afterAll(async () => {
    twins.forEach(removeTwin);
    await registry.stop();
  });

  it('the same credentials are found, refused, kept and forgotten', () => {
    const config = (content: unknown): void => {
      for (const twin of twins) putFile(twin, { put: '~/config.json', content: JSON.stringify(content) });
    };
    const same = (line: string, stdin = ''): void => {
      const argv = line.replaceAll('HOST', host).split(' ');
      const [ours, theirs] = twins.map((twin) =>
        comparable(runStep(twin, { argv, stdin, environment: { PATH: `${twin.home}/bin:/usr/bin:/bin` } }), undefined),
      );
      expect({ line, outcome: ours }).toEqual({ line, outcome: theirs });
    };
    const list = 'list HOST/app:v1';
    same(list);
    same(`${list} -u user -p wrong`);
    same(`${list} -u user -p secret`);
    same(`${list} -u user`);
    same(`${list} -p token`);
    same('login -u user -p secret HOST');
    same('login -u user -p wrong HOST');
    config({ credsStore: 'files' });
    same('login -u user -p wrong HOST');
    same('login -u user -p secret HOST');
    same(list);
    same('login HOST', 'user\nsecret\n');
    same('login --password-stdin -u user HOST', 'secret\r\n');
    same(list);
    same('logout HOST');
    same('logout HOST');
    same(list);
    config({ credHelpers: { [host]: 'files' } });
    same('login -u user -p secret HOST');
    same(list);
    config({ auths: { [host]: { auth: Buffer.from('user:secret').toString('base64') } } });
    same(list);
    same('login -u user -p secret HOST');
    same('logout HOST');
    same(list);
    expect(treeOf(twins[0])).toEqual(treeOf(twins[1]));
  });
});
