// SPDX-License-Identifier: Apache-2.0
/** The docker CLI's `trust` commands x our server over TLS, with a token service. */
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { toUtf8 } from '@notary/base';
import { importPkcs8 } from '@notary/base/crypto';
import { encodePem } from '@notary/base/pem';
import { createPlatform } from '@notary/platform';
import type { Access } from '@notary/service';
import { createTokenIssuer, generateTokenSigner } from '@notary/service/token';
import { freePort, recordSkip } from '@notary/testkit';
import { createCertificate } from '@notary/x509';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPrograms, makeCertificates, type Programs, Stage } from './support/parts.ts';

const programs = findPrograms() as Programs;
const docker = spawnSync('docker', ['trust', '--help']).status === 0;
if (!docker) recordSkip('docker', 'there is no docker CLI with "docker trust"');

const USER = 'alice';
const PASSWORD = 'password of alice';
const GUN = 'localhost:5000/app';

describe.skipIf(programs === undefined || !docker)('docker trust', () => {
  const stage = new Stage();
  const wanted: string[] = [];
  let url = '';
  let stopTokens: () => Promise<void> = async () => undefined;
  let auditOf: () => string = () => '';

  /** A certificate for the token service's key: what `rootcertbundle` holds. */
  async function tokenBundle(pkcs8: Uint8Array): Promise<string> {
    const key = await importPkcs8(pkcs8);
    const der = await createCertificate({
      subject: [[{ type: 'CN', value: 'token service' }]],
      signer: key,
      serialNumber: Uint8Array.of(1),
      notBefore: new Date(Date.now() - 86_400_000),
      notAfter: new Date(Date.now() + 86_400_000),
    });
    return encodePem('CERTIFICATE', der);
  }

  beforeAll(async () => {
    if (programs === undefined || !docker) return;
    makeCertificates(stage, programs);
    const platform = createPlatform();
    const signer = await generateTokenSigner();
    const tls = { cert: readFileSync(stage.path('certs/server.crt'), 'utf8'), key: readFileSync(stage.path('certs/server.key'), 'utf8') };
    const grant = (user: string | undefined, access: Access): readonly string[] => {
      wanted.push(`${user ?? 'anonymous'} ${access.type}:${access.name}:${access.actions.join(',')}`);
      return user === USER || access.actions.every((a) => a === 'pull') ? access.actions : [];
    };
    const users = { verify: (user: string, password: string) => user === USER && password === PASSWORD, reload: () => undefined };
    const { clock, random } = platform;
    const handler = createTokenIssuer({ issuer: 'tokens.example', service: 'notary.example', signer, users, grant, clock, random });
    const tokens = await platform.listener.listen(handler, { host: '127.0.0.1', port: 0, tls });
    stopTokens = () => tokens.stop(100);
    stage.write('bundle.pem', await tokenBundle(await signer.pkcs8()));
    const port = await freePort();
    url = `https://localhost:${port}`;
    const config = stage.write('server.json', {
      server: { http_addr: `127.0.0.1:${port}`, tls_cert_file: 'certs/server.crt', tls_key_file: 'certs/server.key' },
      trust_service: { type: 'local' },
      storage: { backend: 'sqlite3', db_url: 'docker.db' },
      auth: {
        type: 'token',
        options: {
          realm: `https://localhost:${tokens.port}/token`,
          issuer: 'tokens.example',
          service: 'notary.example',
          rootcertbundle: stage.path('bundle.pem'),
        },
      },
    });
    const server = await stage.start(programs.ours.server, ['-config', config], { ready: /listens on/ });
    auditOf = () => server.output();
    mkdirSync(stage.path('docker/tls'), { recursive: true });
    stage.write('docker/config.json', { auths: { 'localhost:5000': { auth: Buffer.from(`${USER}:${PASSWORD}`).toString('base64') } } });
  });
  afterAll(async () => {
    await stage.end();
    await stopTokens();
  });

  /** Not `execFileSync`: the token service answers in this process. */
  const run = async (program: string, args: readonly string[]): Promise<string> => {
    const env = {
      PATH: process.env['PATH'],
      HOME: stage.folder,
      DOCKER_CONFIG: stage.path('docker'),
      DOCKER_CONTENT_TRUST_SERVER: url,
      DOCKER_CONTENT_TRUST_ROOT_PASSPHRASE: 'root passphrase',
      DOCKER_CONTENT_TRUST_REPOSITORY_PASSPHRASE: 'repository passphrase',
      NOTARY_TARGETS_PASSPHRASE: 'repository passphrase',
      NOTARY_DELEGATION_PASSPHRASE: 'repository passphrase',
      NOTARY_AUTH: Buffer.from(`${USER}:${PASSWORD}`).toString('base64'),
    };
    return (await promisify(execFile)(program, [...args], { cwd: stage.folder, encoding: 'utf8', env })).stdout;
  };

  it('key generate, signer add, inspect, revoke', async () => {
    interface Inspected {
      readonly SignedTags: readonly { readonly SignedTag: string; readonly Digest: string; readonly Signers: readonly string[] }[];
      readonly Signers: readonly { readonly Name: string }[];
    }
    const inspect = async (): Promise<Inspected> => {
      const [first] = JSON.parse(await run('docker', ['trust', 'inspect', GUN])) as Inspected[];
      return first as Inspected;
    };
    await run('docker', ['trust', 'key', 'generate', USER]);
    await run('docker', ['trust', 'signer', 'add', '--key', `${USER}.pub`, USER, GUN]);
    expect((await inspect()).Signers.map((s) => s.Name)).toEqual([USER]);
    expect((await inspect()).SignedTags).toEqual([]);
    const notary = ['-s', url, '-d', stage.path('docker/trust'), '--tlscacert', stage.path('certs/ca.crt')];
    const roles = ['-r', 'targets/releases', '-r', `targets/${USER}`];
    await run(programs.client, [...notary, 'addhash', GUN, 'v1', '1234', '--sha256', 'ab'.repeat(32), ...roles, '-p']);
    expect((await inspect()).SignedTags).toEqual([{ SignedTag: 'v1', Digest: 'ab'.repeat(32), Signers: [USER] }]);
    await run('docker', ['trust', 'revoke', '-y', `${GUN}:v1`]);
    expect((await inspect()).SignedTags).toEqual([]);
  });

  it('every change names the token’s subject in the audit log', () => {
    const audits = auditOf()
      .split('\n')
      .filter((line) => line.includes('"audit":'))
      .map((line) => JSON.parse(line) as { audit: string; subject: string; gun: string });
    expect(audits.map((a) => [a.audit, a.subject, a.gun])).toEqual(Array(3).fill(['publish', USER, GUN]));
    expect(wanted.some((w) => w === `${USER} repository:${GUN}:pull,push` || w === `${USER} repository:${GUN}:push,pull`)).toBe(true);
  });

  it('without a token, with one for something else or a broken one: 401 with a challenge', () => {
    const ca = stage.path('certs/ca.crt');
    const ask = (path: string, ...more: string[]) =>
      execFileSync('curl', ['-s', '-i', '--noproxy', '*', '--cacert', ca, ...more, `${url}${path}`], { encoding: 'utf8' }).replaceAll(
        '\r',
        '',
      );
    const challenge = (scope: string) => `realm="[^"]*/token",service="notary.example",scope="${scope}"`;
    expect(ask('/v2/')).toMatch(new RegExp(`^HTTP/1.1 401[\\s\\S]*www-authenticate: Bearer ${challenge('registry:catalog:\\*')}\n`, 'i'));
    const anonymous = ask(`/v2/${GUN}/_trust/tuf/root.json`);
    expect(anonymous).toMatch(new RegExp(`www-authenticate: Bearer ${challenge(`repository:${GUN}:pull`)}\n`, 'i'));
    expect(anonymous.split('\n\n')[1]).toBe(
      `{"errors":[{"code":"UNAUTHORIZED","message":"authentication required","detail":[{"Type":"repository","Class":"","Name":"${GUN}","Action":"pull"}]}]}\n`,
    );
    expect(ask(`/v2/${GUN}/_trust/tuf/root.json`, '-H', 'Authorization: Bearer a.b.c')).toMatch(/error="invalid_token"/);
    expect(toUtf8(anonymous).length).toBeGreaterThan(0);
    expect(ask('/_notary_server/health')).toMatch(/^HTTP\/1.1 200/);
  });
});
