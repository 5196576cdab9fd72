// SPDX-License-Identifier: Apache-2.0
/** One trust directory for our client and for `docker trust`, on a Go server over TLS: each opens the other's keys and reads its work. */
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { counterpart, recordSkip } from '@notary/testkit';
import { temporaryFolders } from '@notary/testkit/temporary';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ReferenceServer, runProgram, startReferenceServer } from '../../../packages/collection/test/support/reference.ts';
import { notary } from './support/run.ts';

const serverProgram = counterpart('notary-server');
const openssl = counterpart('openssl');
const docker = spawnSync('docker', ['trust', '--help']).status === 0;
if (!docker) recordSkip('docker', 'there is no docker CLI with "docker trust"');

const newFolder = temporaryFolders('docker-trust-');
const SLOW_MS = 120_000;
const GUN = 'localhost:5000/app';

describe.skipIf(serverProgram === undefined || openssl === undefined || !docker)('docker trust and our client', () => {
  let home = '';
  let cert = '';
  let server: ReferenceServer;

  beforeAll(async () => {
    home = newFolder();
    cert = join(home, 'server.crt');
    const key = join(home, 'server.key');
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, '-days', '2', ...subject];
    execFileSync(openssl as string, request, { stdio: 'ignore' });
    server = await startReferenceServer(serverProgram as string, { cert, key });
    const trusted = join(home, '.docker/tls', new URL(server.url).host);
    mkdirSync(trusted, { recursive: true });
    copyFileSync(cert, join(trusted, 'ca.crt'));
  }, SLOW_MS);
  afterAll(async () => {
    await server?.stop();
  });

  /** Docker has one passphrase for all the keys of a repository, signers' keys included. */
  const env = {
    NOTARY_ROOT_PASSPHRASE: 'root-pass-phrase',
    NOTARY_TARGETS_PASSPHRASE: 'repository-pass-phrase',
    NOTARY_SNAPSHOT_PASSPHRASE: 'repository-pass-phrase',
    NOTARY_DELEGATION_PASSPHRASE: 'repository-pass-phrase',
  };
  async function ours(...args: string[]): Promise<string> {
    const global = ['-s', server.url, '--tlscacert', cert, '-d', join(home, '.docker/trust')];
    const result = await notary([...global, ...args], { home, env });
    expect(result.code, result.stdout + result.stderr).toBe(0);
    return result.stdout;
  }
  async function theirs(...args: string[]): Promise<string> {
    const docker = {
      DOCKER_CONTENT_TRUST_SERVER: server.url,
      DOCKER_CONTENT_TRUST_ROOT_PASSPHRASE: 'root-pass-phrase',
      DOCKER_CONTENT_TRUST_REPOSITORY_PASSPHRASE: 'repository-pass-phrase',
    };
    const result = await runProgram('docker', ['trust', ...args], { home, env: docker });
    expect(result.code, result.stdout + result.stderr).toBe(0);
    return result.stdout;
  }

  it(
    'share keys and collections',
    async () => {
      await ours('init', '-p', GUN);
      await theirs('key', 'generate', 'alice');
      expect(await ours('key', 'list')).toMatch(/^alice +[0-9a-f]{64} /m);
      // Docker signs with the targets key that we wrote.
      await theirs('signer', 'add', '--key', 'alice.pub', 'alice', GUN);
      expect(await ours('delegation', 'list', GUN)).toMatch(/^targets\/alice .*\ntargets\/releases /m);
      // We sign with the signer's key that Docker wrote.
      const digest = '98ea6e4f216f2fb4b69fff9b3a44842c38686ca685f3f55dc48c5d3fb1107be4';
      await ours('addhash', '-p', GUN, 'v1', '3', '--sha256', digest, '-r', 'targets/alice', '-r', 'targets/releases');
      const [seen] = JSON.parse(await theirs('inspect', GUN)) as { SignedTags: unknown[] }[];
      expect(seen?.SignedTags).toEqual([{ SignedTag: 'v1', Digest: digest, Signers: ['alice'] }]);
    },
    SLOW_MS,
  );
});
