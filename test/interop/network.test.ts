// SPDX-License-Identifier: Apache-2.0
/** Between a user and a registry: private authorities, proxies, redirects, rate limits, slow and lying servers. */
import { counterpart, type OpensslIdentity } from '@notary/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createIdentities, type Identities } from './support/identities.ts';
import { createPusher, imageNamed, type Manifest } from './support/images.ts';
import { createMachine, furnish, type Machine, ourTool } from './support/machine.ts';
import { htpasswdLines, type Running, startOurRegistry } from './support/registries.ts';
import { type Front, passOn, startFront, startProxy } from './support/servers.ts';

const can = counterpart('openssl') !== undefined;
const GUARDED = counterpart('htpasswd') !== undefined;

describe.skipIf(!can)('the network', () => {
  let identities: Identities;
  let server: OpensslIdentity;
  let user: Machine;
  let plain: Running;
  let image: Manifest;
  const fronts: Front[] = [];
  const running: Running[] = [];
  const front = async (...args: Parameters<typeof startFront>): Promise<Front> => {
    const started = await startFront(...args);
    fronts.push(started);
    return started;
  };

  beforeAll(async () => {
    identities = createIdentities(['EC-256']) as Identities;
    server = identities.ca.server(['registry.test', 'localhost', '127.0.0.1']);
    user = createMachine(ourTool());
    furnish(user, { rootPem: identities.ca.certPem, keys: identities.keys });
    plain = await startOurRegistry();
    running.push(plain);
    image = imageNamed('network');
    const reference = await createPusher(plain.url).push('app', image);
    await user.ok(['sign', `${plain.host.replace('127.0.0.1', 'localhost')}/${reference}`]);
  });
  afterAll(async () => {
    for (const each of [...fronts, ...running]) await each.stop();
    user?.remove();
    identities?.ca.remove();
  });
  /** Plain HTTP needs no flag on localhost. */
  const at = (host: string): string => `${host.replace('127.0.0.1', 'localhost')}/app@${image.digest}`;

  /** An address is asked over TLS. */
  const secureAt = (port: string | number): string => `127.0.0.1:${port}/app@${image.digest}`;

  describe('TLS with a private authority', () => {
    let secure: Running;
    beforeAll(async () => {
      secure = await startOurRegistry({ tls: { certPem: server.certPem, keyPem: server.keyPem } });
      running.push(secure);
    });

    it('is refused unless the authority is named, by --ca-file or by SSL_CERT_FILE', async () => {
      const refused = await user.run(['verify', secureAt(secure.host.split(':')[1] as string)]);
      expect(refused.code).toBe(1);
      expect(refused.stderr).toMatch(/certificate signed by unknown authority/);
      const missing = { stderr: expect.stringContaining('not found') };
      expect(await user.run(['verify', '--ca-file', identities.ca.certFile, secureAt(secure.host.split(':')[1] as string)])).toMatchObject(
        missing,
      );
      expect(
        await user.run(['verify', secureAt(secure.host.split(':')[1] as string)], { env: { SSL_CERT_FILE: identities.ca.certFile } }),
      ).toMatchObject(missing);
    });

    it('is refused for another name, whoever vouches', async () => {
      const other = identities.ca.issue({
        name: 'other',
        subject: '/CN=other.test',
        extensions: ['subjectAltName=DNS:other.test', 'extendedKeyUsage=serverAuth'],
      });
      const wrong = await front((_, response) => response.end(), { certPem: other.certPem, keyPem: other.keyPem });
      const refused = await user.run(['verify', '--ca-file', identities.ca.certFile, secureAt(wrong.port)]);
      expect(refused.code).toBe(1);
      expect(refused.stderr).toMatch(/x509: certificate is valid for|not valid for/);
      expect(wrong.seen).toEqual([]);
    });

    it('signs and verifies through it', async () => {
      const through = await front((request, response) => passOn(request, response, plain.host), {
        certPem: server.certPem,
        keyPem: server.keyPem,
      });
      const reference = secureAt(through.port);
      await user.ok(['sign', '--ca-file', identities.ca.certFile, reference]);
      await user.ok(['verify', '--ca-file', identities.ca.certFile, reference]);
      await user.ok(['verify', reference], { env: { SSL_CERT_FILE: identities.ca.certFile } });
    });
  });

  it('goes through the proxies of the environment, except to localhost and NO_PROXY', async () => {
    const proxy = await startProxy(plain.host);
    fronts.push(proxy);
    const url = `http://someone:pr0xy@127.0.0.1:${proxy.port}`;
    const env = { HTTP_PROXY: url, HTTPS_PROXY: url };
    await user.ok(['verify', '--insecure-registry', at('registry.test:5000')], { env });
    expect(proxy.seen.length).toBeGreaterThan(2);
    for (const { line, headers } of proxy.seen) {
      expect(line).toMatch(/^(GET|HEAD) http:\/\/registry\.test:5000\/v2\/app\//);
      expect(headers['proxy-authorization']).toBe(`Basic ${btoa('someone:pr0xy')}`);
    }
    proxy.seen.length = 0;
    await user.ok(['verify', at(plain.host)], { env });
    const direct = await user.run(['verify', '--insecure-registry', at('registry.test:5000')], { env: { ...env, NO_PROXY: '.test' } });
    expect(direct.code).toBe(1);
    expect(proxy.seen).toEqual([]);
  });

  it('reaches a TLS registry through a tunnel, and checks its name there', async () => {
    const secure = await front((request, response) => passOn(request, response, plain.host), {
      certPem: server.certPem,
      keyPem: server.keyPem,
    });
    const proxy = await startProxy(`127.0.0.1:${secure.port}`);
    fronts.push(proxy);
    const env = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` };
    await user.ok(['verify', '--ca-file', identities.ca.certFile, at('registry.test')], { env });
    expect(proxy.seen[0]?.line).toBe('CONNECT registry.test:443');
    const wrong = await user.run(['verify', '--ca-file', identities.ca.certFile, at('elsewhere.test')], { env });
    expect(wrong.stderr).toMatch(/x509: certificate is valid for|not valid for/);
  });

  it.skipIf(!GUARDED)('follows redirects of blobs to another host without what it knows about the user', async () => {
    const htpasswd = htpasswdLines({ alice: 'pw' }) as string;
    const registry = await startOurRegistry({ htpasswd });
    running.push(registry);
    const authorization = `Basic ${btoa('alice:pw')}`;
    await createPusher(registry.url, () => authorization).push('app', image);
    await user.ok(['sign', '-u', 'alice', '-p', 'pw', at(registry.host)]);
    // The storage behind: it has what the registry has, and must not be told who asks.
    const storage = await front((request, response) => passOn(request, response, registry.host, { authorization }));
    const redirecting = await front((request, response) => {
      if (request.method === 'GET' && request.url?.includes('/blobs/sha256:'))
        response.writeHead(307, { location: `http://127.0.0.1:${storage.port}${request.url}` }).end();
      else passOn(request, response, registry.host);
    });
    await user.ok(['verify', '-u', 'alice', '-p', 'pw', at(`127.0.0.1:${redirecting.port}`)]);
    expect(redirecting.seen.some(({ headers }) => headers.authorization === authorization)).toBe(true);
    expect(storage.seen.length).toBeGreaterThan(0);
    for (const { headers } of storage.seen) expect(headers).not.toHaveProperty('authorization');
  });

  it('waits as long as a rate limit says, then goes on', async () => {
    let limited = 0;
    const busy = await front((request, response) => {
      if (limited++ < 2) response.writeHead(429, { 'retry-after': '1' }).end();
      else passOn(request, response, plain.host);
    });
    const started = performance.now();
    await user.ok(['verify', at(`127.0.0.1:${busy.port}`)]);
    expect(performance.now() - started).toBeGreaterThan(950);
  });

  it('says so when a rate limit does not end', async () => {
    const busy = await front((_, response) => response.writeHead(429, { 'retry-after': '3600' }).end());
    const started = performance.now();
    const refused = await user.run(['verify', '--json', at(`127.0.0.1:${busy.port}`)]);
    expect(refused.code).toBe(1);
    expect(performance.now() - started).toBeLessThan(20_000);
    expect(JSON.parse(refused.stdout).error.code).toBe('OCI_RATE_LIMITED');
  });
});
