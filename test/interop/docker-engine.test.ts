// SPDX-License-Identifier: Apache-2.0
/** Content trust of a real Docker engine: images in `notary-registry`, their tags in `notary-server`, one token service for both. */
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { fromUtf8 } from '@notary/base';
import { generatePrivateKey } from '@notary/base/crypto';
import { encodePem } from '@notary/base/pem';
import { counterpart, freePort, recordExercised, recordSkip, type StartedProcess, startProcess } from '@notary/testkit';
import { createCertificate } from '@notary/x509';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ourTool } from './support/machine.ts';
import { htpasswdLines } from './support/registries.ts';

/** Does the engine reach a server on the loopback interface of this machine? It does not where it runs on another, or in a virtual one. */
async function reachesUs(docker: string, host: string): Promise<boolean> {
  let asked = false;
  const server = createServer((_, response) => {
    asked = true;
    response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const image = `localhost:${(server.address() as AddressInfo).port}/asked:v1`;
  await promisify(execFile)(docker, ['--host', host, 'pull', image], { timeout: 10_000 }).catch(() => undefined);
  server.close();
  return asked;
}

/** The address of an engine that can be used; undefined with the reason recorded. */
async function findEngine(docker: string | undefined): Promise<string | undefined> {
  if (docker === undefined) return undefined;
  const ask = (...args: string[]) => spawnSync(docker, args, { encoding: 'utf8', timeout: 10_000 });
  const host = process.env.DOCKER_HOST ?? ask('context', 'inspect', '--format', '{{.Endpoints.docker.Host}}').stdout.trim();
  const { status, stdout } = ask('--host', host, 'info', '--format', '{{.ServerVersion}}');
  if (status !== 0 || !/^\d/.test(stdout)) recordSkip('dockerd', 'no engine answers "docker info"');
  else if (!(await reachesUs(docker, host))) recordSkip('dockerd', 'the engine does not reach servers on this machine');
  else {
    recordExercised('dockerd');
    return host;
  }
  return undefined;
}

const docker = counterpart('docker');
const engine = await findEngine(docker);
const users = engine === undefined ? undefined : htpasswdLines({ alice: 'pw' });

describe.skipIf(users === undefined)('a Docker engine with content trust', () => {
  let folder = '';
  let repository = '';
  let trustServer = '';
  const running: StartedProcess[] = [];
  const path = (name: string): string => join(folder, name);
  const put = (name: string, content: string): string => {
    mkdirSync(dirname(path(name)), { recursive: true });
    writeFileSync(path(name), content, { mode: 0o600 });
    return path(name);
  };

  async function start(name: 'notary-registry' | 'notary-server', ...more: string[]): Promise<void> {
    const { file, args } = ourTool(name);
    running.push(await startProcess(file, [...args, ...more], { cwd: folder, ready: /listens on/ }));
  }

  /** A key that signs tokens, and the certificate by which the trust server knows it. */
  async function putTokenKey(): Promise<void> {
    const key = await generatePrivateKey('EC-256');
    const der = await createCertificate({
      subject: [[{ type: 'CN', value: 'tokens' }]],
      signer: key,
      serialNumber: Uint8Array.of(1),
      notBefore: new Date(Date.now() - 86_400_000),
      notAfter: new Date(Date.now() + 86_400_000),
    });
    const pem = (text: string | Uint8Array) => (typeof text === 'string' ? text : fromUtf8(text));
    put('token.key', pem(encodePem('PRIVATE KEY', key.pkcs8().reveal())));
    put('token.crt', pem(encodePem('CERTIFICATE', der)));
  }

  /** The docker command, its output whether it succeeds or not. */
  async function run(args: readonly string[], trust = true): Promise<{ code: number; output: string }> {
    const env = {
      PATH: process.env.PATH,
      HOME: folder,
      DOCKER_HOST: engine,
      DOCKER_CONFIG: path('docker'),
      DOCKER_CONTENT_TRUST: trust ? '1' : '0',
      DOCKER_CONTENT_TRUST_SERVER: trustServer,
      DOCKER_CONTENT_TRUST_ROOT_PASSPHRASE: 'passphrase of root',
      DOCKER_CONTENT_TRUST_REPOSITORY_PASSPHRASE: 'passphrase of repository',
    };
    try {
      const { stdout, stderr } = await promisify(execFile)(docker as string, [...args], { cwd: folder, encoding: 'utf8', env });
      return { code: 0, output: `${stdout}${stderr}` };
    } catch (e) {
      const { code, stdout, stderr } = e as { code: number; stdout: string; stderr: string };
      return { code, output: `${stdout}${stderr}` };
    }
  }
  async function ok(...args: string[]): Promise<string> {
    const { code, output } = await run(args);
    expect([args, code, code === 0 ? '' : output]).toEqual([args, 0, '']);
    return output;
  }

  /** An image of one file, tagged. */
  function makeImage(content: string, ...tags: string[]): void {
    put('image/file', content);
    const tar = execFileSync('tar', ['-C', path('image'), '-c', 'file']);
    for (const tag of tags) {
      const call = ['--host', engine as string, 'import', '-', `${repository}:${tag}`];
      execFileSync(docker as string, call, { input: tar, stdio: 'pipe' });
    }
  }
  /** The digest that a pull reports. */
  const digestIn = (output: string): string | undefined => /^Digest: (sha256:[0-9a-f]{64})$/m.exec(output)?.[1];

  interface Inspected {
    readonly SignedTags: readonly { readonly SignedTag: string; readonly Digest: string; readonly Signers: readonly string[] }[];
  }
  const signedTags = async (): Promise<Inspected['SignedTags']> =>
    (JSON.parse(await ok('trust', 'inspect', repository)) as [Inspected])[0].SignedTags;

  beforeAll(async () => {
    if (users === undefined) return;
    folder = mkdtempSync(join(tmpdir(), 'notary-engine-'));
    const [registryPort, serverPort] = [await freePort(), await freePort()];
    repository = `localhost:${registryPort}/team/app`;
    trustServer = `https://localhost:${serverPort}`;
    await putTokenKey();
    put('users', users);
    const { file, args } = ourTool('notary-server');
    execFileSync(file, [...args, 'gen-certs', '-out', 'certs', '-hosts', 'localhost'], { cwd: folder, stdio: 'pipe' });
    // The engine takes any certificate of a registry on this machine; the clients of the trust server know the authority.
    const tls = ['--tls-cert', 'certs/signer.crt', '--tls-key', 'certs/signer.key'];
    const realm = `https://localhost:${registryPort}/token`;
    const tokens = ['--htpasswd', 'users', '--token-issuer', '--token-realm', realm, '--token-signing-key', 'token.key'];
    await start('notary-registry', 'serve', '--addr', `127.0.0.1:${registryPort}`, '--root', 'data', ...tls, ...tokens);
    const auth = { realm, issuer: 'notary-registry', service: 'notary-registry', rootcertbundle: path('token.crt') };
    const config = {
      server: { http_addr: `127.0.0.1:${serverPort}`, tls_cert_file: 'certs/server.crt', tls_key_file: 'certs/server.key' },
      trust_service: { type: 'local' },
      storage: { backend: 'memory' },
      auth: { type: 'token', options: auth },
    };
    await start('notary-server', '-config', put('server.json', JSON.stringify(config)));
    put(`docker/tls/localhost:${serverPort}/ca.crt`, readFileSync(path('certs/ca.crt'), 'utf8'));
    put('docker/config.json', JSON.stringify({ auths: { [`localhost:${registryPort}`]: { auth: btoa('alice:pw') } } }));
  });
  afterAll(async () => {
    const { output } = repository === '' ? { output: '' } : await run(['images', '--quiet', '--filter', `reference=${repository}`], false);
    const images = [...new Set(output.split('\n'))].filter((id) => id !== '');
    if (images.length > 0) await run(['rmi', '--force', ...images], false);
    for (const process of running.reverse()) await process.stop();
    if (folder !== '') rmSync(folder, { recursive: true, force: true });
  });

  it('pushes and signs, and pulls what is signed and nothing else', async () => {
    makeImage('first', 'v1', 'plain');
    expect(await ok('push', `${repository}:v1`)).toContain(`Successfully signed ${repository}:v1`);
    expect((await run(['push', `${repository}:plain`], false)).code).toBe(0);
    const pulled = digestIn(await ok('pull', `${repository}:v1`));
    expect((await signedTags()).map((t) => [t.SignedTag, `sha256:${t.Digest}`, t.Signers])).toEqual([['v1', pulled, ['Repo Admin']]]);
    expect(await run(['pull', `${repository}:plain`])).toMatchObject({
      code: 1,
      output: expect.stringContaining('No valid trust data for plain'),
    });
  });

  it('a tag that was moved in the registry leads to what was signed', async () => {
    const [signed] = await signedTags();
    makeImage('something else', 'v1');
    expect((await run(['push', `${repository}:v1`], false)).code).toBe(0);
    const plain = digestIn((await run(['pull', `${repository}:v1`], false)).output);
    const trusted = digestIn(await ok('pull', `${repository}:v1`));
    expect([plain === trusted, trusted]).toEqual([false, `sha256:${signed?.Digest}`]);
  });

  it('our notary reads the same tags, and signs one with the keys that docker made', async () => {
    const [signed] = await signedTags();
    const { file, args } = ourTool('notary');
    const server = ['-s', trustServer, '--tlscacert', path('certs/ca.crt')];
    const notary = async (...more: string[]): Promise<string> => {
      const env = {
        ...process.env,
        HOME: folder,
        SSL_CERT_FILE: path('certs/ca.crt'),
        NOTARY_AUTH: btoa('alice:pw'),
        NOTARY_TARGETS_PASSPHRASE: 'passphrase of repository',
      };
      return (await promisify(execFile)(file, [...args, ...server, ...more], { cwd: folder, encoding: 'utf8', env })).stdout;
    };
    expect(await notary('-d', path('reader'), 'lookup', repository, 'v1')).toMatch(new RegExp(`^v1 sha256:${signed?.Digest} \\d+\\n$`));
    const size = / (\d+)\n$/.exec(await notary('-d', path('reader'), 'lookup', repository, 'v1'))?.[1] ?? '';
    await notary('-d', path('docker/trust'), 'addhash', repository, 'v2', size, '--sha256', signed?.Digest ?? '', '--publish');
    expect(digestIn(await ok('pull', `${repository}:v2`))).toBe(`sha256:${signed?.Digest}`);
  });

  it('a revoked tag is refused', async () => {
    await ok('trust', 'revoke', '--yes', `${repository}:v1`);
    expect((await signedTags()).map((t) => t.SignedTag)).toEqual(['v2']);
    expect(await run(['pull', `${repository}:v1`])).toMatchObject({
      code: 1,
      output: expect.stringContaining('No valid trust data for v1'),
    });
  });

  it('a trust server that is away is a reason to refuse', async () => {
    await running.at(-1)?.stop();
    rmSync(path('docker/trust/tuf'), { recursive: true, force: true });
    expect(await run(['pull', `${repository}:v2`])).toMatchObject({
      code: 1,
      output: expect.stringContaining('error contacting notary server'),
    });
  });
});
