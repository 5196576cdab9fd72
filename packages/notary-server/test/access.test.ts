// SPDX-License-Identifier: Apache-2.0
/** Credentials: what each operation asks for, and that no cache, metric or failure goes around them. */
import type { Access, AccessControl } from '@notary/service';
import { beforeEach, describe, expect, it } from 'vitest';
import { TestPublisher, updateRequest } from './support/publisher.ts';
import { createTestServer, errorOf, type TestServer } from './support/server.ts';

const GUN = 'example.com/app';
let asked: string[];
let t: TestServer;

/** `Bearer <user>:<action>,…` grants these actions; `now` answers at once, `later` through a promise, `boom` fails. */
const access: AccessControl = {
  check(authorization: string | null, wanted: readonly Access[]) {
    asked.push(wanted.map((w) => `${w.type}:${w.name}:${w.actions.join(',')}`).join(' '));
    const match = /^Bearer (now|later|boom) (\w*):(.*)$/.exec(authorization ?? '');
    const actions = match?.[3]?.split(',') ?? [];
    const decide = () => {
      if (match?.[1] === 'boom') throw new Error('the check broke');
      if (wanted.every((w) => w.actions.every((a) => actions.includes(a))))
        return { allowed: true, identity: { user: match?.[2] ?? '', can: () => true } } as const;
      return { allowed: false, status: 401, reason: 'no', challenge: 'Bearer realm="https://tokens/token",service="s"' } as const;
    };
    return match?.[1] === 'now' ? decide() : Promise.resolve().then(decide);
  },
};

beforeEach(() => {
  asked = [];
  t = createTestServer({ access, moreMetrics: async (names) => `# ${names}\n` });
});
const withToken = (token: string) => (request: Request) => {
  const copy = new Request(request);
  copy.headers.set('authorization', `Bearer ${token}`);
  return t.handle(copy);
};
const publish = async (): Promise<TestPublisher> => {
  const p = await TestPublisher.init(withToken('later owner:push,pull'), GUN, t.clock.now());
  expect((await p.post({ root: await p.root(), targets: await p.targets() })).status).toBe(200);
  return p;
};
const ask = (method: string, path: string, token?: string) =>
  t.handle(new Request(`http://server${path}`, { method, headers: token === undefined ? {} : { authorization: `Bearer ${token}` } }));

describe('token authentication', () => {
  it('asks for the reference’s scopes', async () => {
    const trust = `/v2/${GUN}/_trust`;
    for (const [method, path, scope] of [
      ['GET', '/v2/', 'registry:catalog:*'],
      ['GET', '/v2/_trust/changefeed?records=1', 'registry:catalog:*'],
      ['GET', '/nothing', 'registry:catalog:*'],
      ['GET', `${trust}/tuf/root.json`, `repository:${GUN}:pull`],
      ['GET', `${trust}/changefeed?records=1`, `repository:${GUN}:pull`],
      ['GET', `${trust}/tuf/timestamp.key`, `repository:${GUN}:push,pull`],
      ['POST', `${trust}/tuf/timestamp.key`, `repository:${GUN}:*`],
      ['POST', `${trust}/tuf/`, `repository:${GUN}:push,pull`],
      ['DELETE', `${trust}/tuf/`, `repository:${GUN}:*`],
    ] as const) {
      asked = [];
      const response = await ask(method, path);
      expect([method, path, response.status, asked]).toEqual([method, path, 401, [scope]]);
      expect(response.headers.get('www-authenticate')).toBe('Bearer realm="https://tokens/token",service="s"');
    }
    for (const path of ['/_notary_server/health', '/_notary_server/ready', '/metrics']) expect((await ask('GET', path)).status).toBe(200);
  });

  it('holds for cached answers, too, at once or after a while', async () => {
    await publish();
    const path = `/v2/${GUN}/_trust/tuf/root.json`;
    for (let i = 0; i < 2; i++) expect((await ask('GET', path, 'now r:pull')).status).toBe(200);
    expect((await ask('GET', path, 'later r:pull')).status).toBe(200);
    for (const token of [undefined, 'now r:push', 'later r:push'])
      expect([token, (await ask('GET', path, token)).status]).toEqual([token, 401]);
  });

  it('that breaks is an error of the server, never an open door', async () => {
    await publish();
    await ask('GET', `/v2/${GUN}/_trust/tuf/root.json`, 'now r:pull');
    expect(await errorOf(await ask('GET', `/v2/${GUN}/_trust/tuf/root.json`, 'boom r:pull'))).toMatchObject({
      status: 500,
      code: 'UNKNOWN',
    });
    expect(await errorOf(await ask('DELETE', `/v2/${GUN}/_trust/tuf/`, 'boom r:*'))).toMatchObject({ status: 500, code: 'UNKNOWN' });
    expect((await ask('GET', `/v2/${GUN}/_trust/tuf/root.json`, 'now r:pull')).status).toBe(200);
  });

  it('names the subject in every audit record', async () => {
    await publish();
    await ask('POST', `/v2/${GUN}/_trust/tuf/snapshot.key`, 'now admin:*');
    await ask('DELETE', `/v2/${GUN}/_trust/tuf/`, 'later :*');
    expect(t.audit.map((a) => [a.action, a.subject])).toEqual([
      ['publish', 'owner'],
      ['rotate-key', 'admin'],
      ['delete', 'anonymous'],
    ]);
  });

  it('tells names of collections to those alone who may list them', async () => {
    expect(await (await ask('GET', '/metrics')).text()).toContain('# without-names');
    expect(await (await ask('GET', '/metrics', 'now admin:*')).text()).toContain('# with-names');
  });

  it('comes after the prefixes of names', async () => {
    t = createTestServer({ access, gunPrefixes: ['mine/'] });
    expect((await t.handle(updateRequest(GUN, {}))).status).toBe(400);
    expect((await t.handle(updateRequest('mine/x', {}))).status).toBe(401);
  });

  it('autoredirect sends clients to the host they asked', async () => {
    t = createTestServer({ access, rewriteChallenge: (challenge, request) => challenge.replace('tokens', new URL(request.url).host) });
    expect((await ask('GET', '/v2/')).headers.get('www-authenticate')).toBe('Bearer realm="https://server/token",service="s"');
  });
});
