// SPDX-License-Identifier: Apache-2.0
/** Who may do what, the policy hook, and registries that do not change. */
import { type Access, type AccessControl, createMetrics } from '@notary/service';
import { describe, expect, it } from 'vitest';
import { errorCode, harnessOver, image, OCI_MANIFEST, startHarness } from './support.ts';

/** Lets `Authorization: <action> <name>,<action> <name>` do what it says. */
function scripted(seen: Access[][]): AccessControl {
  return {
    check(authorization, wanted) {
      seen.push([...wanted]);
      const rights = new Set((authorization ?? '').split(','));
      const can = (_type: string, name: string, action: string): boolean => rights.has(`${action} ${name}`);
      if (wanted.every((w) => w.actions.every((a) => can(w.type, w.name, a)))) return { allowed: true, identity: { user: 'u', can } };
      return authorization === null
        ? { allowed: false, status: 401, reason: 'who?', challenge: 'Basic realm="x"' }
        : { allowed: false, status: 403, reason: 'no' };
    },
  };
}

describe('access', () => {
  it('asks for the rights of each operation and answers 401 with the challenge, 403 without', async () => {
    const seen: Access[][] = [];
    const h = await startHarness('memory', { access: scripted(seen) });
    const asked = async (method: string, path: string): Promise<string> => {
      seen.length = 0;
      await h.call(method, path);
      return seen
        .flat()
        .map((a) => `${a.type}:${a.name}:${a.actions.join(',')}`)
        .join(' ');
    };
    const digest = `sha256:${'a'.repeat(64)}`;
    expect(await asked('GET', '/v2/')).toBe('');
    expect(await asked('GET', '/v2/_catalog')).toBe('registry:catalog:*');
    expect(await asked('GET', '/v2/a/b/manifests/v1')).toBe('repository:a/b:pull');
    expect(await asked('HEAD', `/v2/a/b/blobs/${digest}`)).toBe('repository:a/b:pull');
    expect(await asked('GET', `/v2/a/b/referrers/${digest}`)).toBe('repository:a/b:pull');
    expect(await asked('PUT', '/v2/a/b/manifests/v1')).toBe('repository:a/b:pull,push');
    expect(await asked('POST', '/v2/a/b/blobs/uploads/')).toBe('repository:a/b:pull,push');
    expect(await asked('DELETE', `/v2/a/b/blobs/${digest}`)).toBe('repository:a/b:delete');
    const unauthorized = await h.call('GET', '/v2/a/b/tags/list');
    expect([unauthorized.status, unauthorized.headers.get('www-authenticate'), await errorCode(unauthorized)]).toEqual([
      401,
      'Basic realm="x"',
      'UNAUTHORIZED',
    ]);
    const denied = await h.call('GET', '/v2/a/b/tags/list', { headers: { authorization: 'pull other' } });
    expect([denied.status, await errorCode(denied)]).toEqual([403, 'DENIED']);
  });
  it('a mount from a repository one may not read looks like a mount of nothing', async () => {
    const h = await startHarness('memory');
    const digest = await h.blob('secret', 'layer');
    const guarded = harnessOver(h.store, h.root, { access: scripted([]) });
    const mount = (query: string, rights: string) =>
      guarded.call('POST', `/v2/mine/blobs/uploads/?mount=${digest}${query}`, { headers: { authorization: rights } });
    expect((await mount('&from=secret', 'pull mine,push mine')).status).toBe(202);
    expect((await mount('', 'pull mine,push mine')).status).toBe(202);
    expect((await mount('&from=secret', 'pull mine,push mine,pull secret')).status).toBe(201);
  });
});

describe('policy', () => {
  it('refuses with a reason, warns, and sees the content', async () => {
    const seen: string[] = [];
    const h = await startHarness('memory', {
      policy: ({ action, kind, reference, bytes }) => {
        seen.push(`${action} ${kind} ${reference.slice(0, 8)} ${bytes?.length ?? 0}`);
        if (reference === 'bad') return { refuse: 'only signed content' };
        return reference === 'old' ? { warn: 'this tag is "old"\r\n' } : undefined;
      },
    });
    const body = JSON.stringify(image());
    const refused = await h.call('PUT', '/v2/a/manifests/bad', { body, headers: { 'content-type': OCI_MANIFEST } });
    expect([refused.status, await refused.json()]).toMatchObject([403, { errors: [{ code: 'DENIED', message: 'only signed content' }] }]);
    expect((await h.call('GET', '/v2/a/manifests/bad')).status).toBe(404);
    expect((await h.manifest('a', image(), 'old')).response.headers.get('warning')).toBe('299 - "this tag is \\"old\\"??"');
    expect((await h.call('GET', '/v2/a/manifests/old')).headers.get('warning')).toContain('299');
    expect(seen).toContain(`pull manifest old ${body.length}`);
  });
  it('a policy that fails refuses: not knowing is not consent', async () => {
    const h = await startHarness('memory', { policy: () => Promise.reject(new Error('internal detail')) });
    const response = await h.call('PUT', '/v2/a/manifests/v1', {
      body: JSON.stringify(image()),
      headers: { 'content-type': OCI_MANIFEST },
    });
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('internal detail');
  });
});

describe('a read-only registry', () => {
  it('serves and refuses every change with 405', async () => {
    const h = await startHarness('memory');
    const digest = await h.blob('a', 'x');
    await h.manifest('a', image(), 'v1');
    const frozen = harnessOver(h.store, h.root, { readOnly: true });
    expect((await frozen.call('GET', '/v2/a/manifests/v1')).status).toBe(200);
    for (const [method, path] of [
      ['PUT', '/v2/a/manifests/v2'],
      ['DELETE', '/v2/a/manifests/v1'],
      ['POST', '/v2/a/blobs/uploads/'],
      ['DELETE', `/v2/a/blobs/${digest}`],
    ] as const) {
      const response = await frozen.call(method, path);
      expect([response.status, await errorCode(response)]).toEqual([405, 'UNSUPPORTED']);
    }
  });
});

describe('metrics', () => {
  it('count operations by status, never by name', async () => {
    const metrics = createMetrics();
    const h = await startHarness('memory', { metrics });
    await h.manifest('secret/name', image(), 'v1');
    await h.call('GET', '/v2/secret/name/manifests/v1');
    await h.call('GET', '/v2/secret/name/manifests/v2');
    const page = metrics.render();
    expect(page).toContain('registry_requests_total{operation="manifest_get",status="200"} 1');
    expect(page).toContain('registry_requests_total{operation="manifest_get",status="404"} 1');
    expect(page).toContain('registry_request_seconds_count{operation="manifest_put"} 1');
    expect(page).not.toContain('secret');
  });
});
