// SPDX-License-Identifier: Apache-2.0
/** Every route, header and error body of the server (reference: server/server.go, server/handlers). */
import { createHealth } from '@notary/service';
import { parseKeyResponse } from '@notary/tuf';
import { beforeEach, describe, expect, it } from 'vitest';
import { multipart, sha256Hex, TestPublisher, updateRequest } from './support/publisher.ts';
import { createTestServer, errorOf, type TestServer } from './support/server.ts';

const GUN = 'example.com/app';
let t: TestServer;
beforeEach(() => {
  t = createTestServer();
});

const send = (method: string, path: string, headers: Record<string, string> = {}) =>
  t.handle(new Request(`http://server${path}`, { method, headers }));
const published = async (gun = GUN): Promise<TestPublisher> => {
  const p = await TestPublisher.init(t.handle, gun, t.clock.now());
  expect((await p.post({ root: await p.root(), targets: await p.targets(1, ['v1']) })).status).toBe(200);
  return p;
};

describe('metadata', () => {
  it('current, by hash and by version, with the reference’s headers', async () => {
    const p = await published();
    const targets = await p.bytes('targets.json');
    const stored = t.clock.now().toUTCString().replace('GMT', 'UTC');
    for (const [name, cacheControl] of [
      ['targets.json', 'public, max-age=300, s-maxage=300, must-revalidate'],
      [`targets.${sha256Hex(targets)}.json`, 'public, max-age=2592000, s-maxage=2592000'],
      ['1.targets.json', 'public, max-age=2592000, s-maxage=2592000'],
      ['001.targets.json', 'public, max-age=2592000, s-maxage=2592000'],
    ] as const) {
      for (const round of ['cold', 'cached']) {
        const response = await p.get(name);
        expect([round, name, response.status, new Uint8Array(await response.arrayBuffer())]).toEqual([round, name, 200, targets]);
        expect(Object.fromEntries(response.headers)).toEqual({
          'content-type': 'text/plain; charset=utf-8',
          'cache-control': cacheControl,
          'last-modified': stored,
        });
      }
    }
  });

  it('a max-age of 0 forbids caches', async () => {
    t = createTestServer({ cacheAges: { current: 0, consistent: 0 } });
    const p = await published();
    for (const name of ['root.json', '1.root.json']) {
      const { headers } = await p.get(name);
      expect([headers.get('cache-control'), headers.get('pragma')]).toEqual(['max-age=0, no-cache, no-store', 'no-cache']);
    }
  });

  it('what is not there is METADATA_NOT_FOUND with an empty detail', async () => {
    const p = await published();
    const hash = sha256Hex(await p.bytes('root.json'));
    for (const name of [
      'targets/releases.json',
      'targets/Upper.json',
      '2.root.json',
      '4294967297.root.json',
      `root.${'0'.repeat(64)}.json`,
      `root.${hash.toUpperCase()}.json`,
      `root.${hash}${hash}.json`,
      `targets.${hash}.json`,
    ]) {
      expect([name, await errorOf(await p.get(name))]).toEqual([
        name,
        { status: 404, code: 'METADATA_NOT_FOUND', message: 'You have requested metadata that does not exist.', detail: {} },
      ]);
    }
    const far = await errorOf(await p.get('99999999999999999999.root.json'));
    expect(far).toMatchObject({ status: 404, detail: { Func: 'Atoi', Num: '99999999999999999999', Err: {} } });
    expect(await errorOf(await send('GET', '/v2/unknown/_trust/tuf/root.json'))).toMatchObject({ status: 404, detail: {} });
    expect(await errorOf(await send('GET', `/v2/${'g'.repeat(256)}/_trust/tuf/root.json`))).toMatchObject({ status: 404 });
    expect(await errorOf(await send('GET', '/v2/a%00b/_trust/tuf/root.json'))).toMatchObject({ status: 404 });
  });

  it('HEAD is no metadata route', async () => {
    await published();
    expect((await send('HEAD', `/v2/${GUN}/_trust/tuf/root.json`)).status).toBe(404);
  });

  it('names may hold slashes, ports, escapes and the words of the path', async () => {
    for (const gun of ['a', 'localhost:5000/app', 'docker.io/library/alpine', 'x/_trust/tuf/y', 'ümlaut/ß']) {
      const p = await TestPublisher.init(t.handle, gun, t.clock.now());
      expect((await p.post({ root: await p.root(), targets: await p.targets() })).status).toBe(200);
      expect((await p.get('root.json')).status).toBe(200);
    }
    expect((await send('GET', '/v2/docker.io%2Flibrary%2Falpine/_trust/tuf/root.json')).status).toBe(200);
  });
});

describe('keys', () => {
  it('are made once per role and collection until they have signed', async () => {
    const get = async (method: string, role: string) => {
      const response = await send(method, `/v2/${GUN}/_trust/tuf/${role}.key`);
      expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8']);
      return response.text();
    };
    const first = await get('GET', 'timestamp');
    expect(first).toMatch(/^\{"keytype":"ed25519","keyval":\{"public":"[^"]{44}","private":null\}\}$/);
    expect(await get('GET', 'timestamp')).toBe(first);
    expect(await get('GET', 'snapshot')).not.toBe(first);
    const p = await published();
    const current = parseKeyResponse(new TextEncoder().encode(await get('GET', 'timestamp')));
    expect(current.id).toBe(p.keys.timestamp.id);
    const pending = await get('POST', 'timestamp');
    expect(pending).not.toContain(current.id);
    expect(await get('POST', 'timestamp')).toBe(pending);
    expect(t.audit.filter((a) => a.action === 'rotate-key').map((a) => [a.gun, a.subject, a.detail['role']])).toEqual([
      [GUN, 'anonymous', 'timestamp'],
      [GUN, 'anonymous', 'timestamp'],
    ]);
  });

  it('only of snapshot and timestamp', async () => {
    for (const role of ['root', 'targets', 'targets/a']) {
      expect(await errorOf(await send('GET', `/v2/${GUN}/_trust/tuf/${role}.key`))).toMatchObject({
        status: 404,
        code: 'METADATA_NOT_FOUND',
      });
    }
  });

  it('an algorithm that the signer refuses is UNKNOWN, a missing one NO_KEYALGORITHM', async () => {
    t = createTestServer({ keyAlgorithm: 'rsa' });
    expect(await errorOf(await send('GET', `/v2/${GUN}/_trust/tuf/timestamp.key`))).toMatchObject({
      status: 500,
      code: 'UNKNOWN',
      detail: {},
    });
    t = createTestServer({ keyAlgorithm: '' });
    expect(await errorOf(await send('GET', `/v2/${GUN}/_trust/tuf/timestamp.key`))).toMatchObject({ status: 500, code: 'NO_KEYALGORITHM' });
  });
});

describe('updates', () => {
  it('[KD-17] name what is wrong with the body', async () => {
    const post = async (body: string, type = 'multipart/form-data; boundary=b') =>
      errorOf(
        await t.handle(new Request(`http://server/v2/${GUN}/_trust/tuf/`, { method: 'POST', body, headers: { 'content-type': type } })),
      );
    const part = (disposition: string, content: string) => `--b\r\n${disposition}\r\n\r\n${content}\r\n--b--\r\n`;
    const file = (name: string) => `Content-Disposition: form-data; name="files"; filename="${name}"`;
    expect(await post('{}', 'application/json')).toEqual({
      status: 400,
      code: 'MALFORMED_UPLOAD',
      message: 'The body of your request is malformed.',
      detail: undefined,
    });
    expect(await post('', 'multipart/form-data')).toMatchObject({ code: 'MALFORMED_UPLOAD' });
    expect(await post('--b\r\nContent-Disposition: form-data; name="files"; filename="root"\r\n\r\n{"sig')).toMatchObject({
      code: 'MALFORMED_UPLOAD',
    });
    for (const d of ['X-Nothing: 1', 'Content-Disposition: form-data; name="files"', file(''), file('.json')]) {
      expect([d, await post(part(d, '{}'))]).toMatchObject([d, { status: 400, code: 'NO_FILENAME' }]);
    }
    for (const name of ['nothing', 'targets/../x', 'targets/A', '../root', 'root.json.json', 'targets/', 'targets//a', '__proto__']) {
      expect([name, await post(part(file(name), '{}'))]).toMatchObject([
        name,
        { status: 400, code: 'INVALID_ROLE', detail: name.replace(/\.json$/, '') },
      ]);
    }
    for (const content of [
      '',
      '{',
      '[]',
      '"x"',
      '{"signed":1}',
      '{"signed":{"version":"1"}}',
      '{"signed":{"version":1.5}}',
      '{"signed":{"expires":3}}',
    ]) {
      expect([content, await post(part(file('root'), content))]).toMatchObject([content, { status: 400, code: 'MALFORMED_JSON' }]);
    }
  });

  it('ignore timestamps, take the last of two files for one role, and file names with .json', async () => {
    const p = await TestPublisher.init(t.handle, GUN, t.clock.now());
    const [root, targets] = [await p.root(), await p.targets()];
    expect((await p.post({ 'root.json': root, timestamp: '{"signed":{}}', targets: '{}', 'targets.json': targets })).status).toBe(200);
    expect(await p.bytes('targets.json')).toEqual(targets);
  });

  it('[KD-20] too large are 413, too many bytes at once 429, and the budget comes back', async () => {
    const declared = new Request(`http://server/v2/${GUN}/_trust/tuf/`, {
      method: 'POST',
      body: 'x',
      headers: { 'content-length': String(2 ** 40) },
    });
    expect((await t.handle(declared)).status).toBe(413);
    const endless = new ReadableStream({ pull: (c) => c.enqueue(new Uint8Array(16 * 1024 * 1024)) });
    const stream = new Request(`http://server/v2/${GUN}/_trust/tuf/`, { method: 'POST', body: endless, duplex: 'half' } as RequestInit);
    expect((await t.handle(stream)).status).toBe(413);
    await published();
  });

  it('to a name that the database cannot hold are INVALID_GUN', async () => {
    for (const gun of ['g'.repeat(256), 'a%00b', 'a%0ab']) {
      expect(await errorOf(await t.handle(updateRequest(gun, {})))).toMatchObject({ status: 400, code: 'INVALID_GUN' });
    }
  });

  it('answer 503 when the signer is away, and store nothing', async () => {
    const p = await TestPublisher.init(t.handle, GUN, t.clock.now());
    const { signingFaults } = await import('@notary/notary-server');
    t.signing.fail = signingFaults.UNAVAILABLE({ detail: 'gone' });
    const response = await p.post({ root: await p.root(), targets: await p.targets() });
    expect([response.headers.get('retry-after'), await errorOf(response)]).toMatchObject(['5', { status: 503, code: 'UPDATING' }]);
    expect((await p.get('root.json')).status).toBe(404);
  });

  it('leave an audit record of roles and versions', async () => {
    await published();
    expect(t.audit.find((a) => a.action === 'publish')).toMatchObject({
      gun: GUN,
      subject: 'anonymous',
      detail: { root: 1, targets: 1, snapshot: 1, timestamp: 1 },
    });
  });
});

describe('deletion', () => {
  it('[KD-07] [KD-14] removes this collection, not its siblings; again and for unknown names it is 200', async () => {
    const p = await published('example.com/app');
    const sibling = await published('example.com/app2');
    for (let i = 0; i < 2; i++) {
      const response = await send('DELETE', '/v2/example.com/app/_trust/tuf/');
      expect([response.status, await response.text()]).toEqual([200, '']);
    }
    for (const name of ['root.json', '1.root.json', 'timestamp.json']) expect((await p.get(name)).status).toBe(404);
    expect((await sibling.get('root.json')).status).toBe(200);
    const feed = JSON.parse(await (await send('GET', '/v2/_trust/changefeed?records=10')).text());
    expect(
      feed.records.map((r: { GUN: string; Category: string; Version: number; SHA256: string }) => [
        r.GUN,
        r.Category,
        r.Version,
        r.SHA256.length,
      ]),
    ).toEqual([
      ['example.com/app', 'update', 1, 64],
      ['example.com/app2', 'update', 1, 64],
      ['example.com/app', 'deletion', 0, 0],
    ]);
  });

  it('[KD-18] takes what is cached with it', async () => {
    const p = await published();
    const name = `root.${sha256Hex(await p.bytes('root.json'))}.json`;
    expect((await p.get(name)).status).toBe(200);
    await send('DELETE', `/v2/${GUN}/_trust/tuf/`);
    expect((await p.get(name)).status).toBe(404);
    expect((await p.post({ root: await p.root(), targets: await p.targets() })).status).toBe(200);
  });
});

describe('changefeed', () => {
  const ids = async (query: string, gun = ''): Promise<string[] | null> => {
    const response = await send('GET', `/v2/${gun}_trust/changefeed?${query}`);
    expect([query, response.status]).toEqual([query, 200]);
    const { count, records } = JSON.parse(await response.text()) as { count: number; records: { ID: string }[] | null };
    expect(count).toBe(records?.length ?? 0);
    return records?.map((r) => r.ID) ?? null;
  };

  it('[KD-06] pages forwards and backwards, always oldest first', async () => {
    for (const gun of ['a', 'b', 'a/b', 'c', 'd']) await published(gun);
    expect(await ids('records=0')).toEqual(['1', '2', '3', '4', '5']);
    expect(await ids('records=2')).toEqual(['1', '2']);
    expect(await ids('records=2&change_id=2')).toEqual(['3', '4']);
    expect(await ids('records=2&change_id=-1')).toEqual(['4', '5']);
    expect(await ids('records=-2&change_id=4')).toEqual(['2', '3']);
    expect(await ids('records=-2')).toEqual(['4', '5']);
    expect(await ids('records=9&change_id=5')).toBeNull();
    expect(await ids('records=9', 'a/b/')).toEqual(['3']);
    expect(await ids('records=9', 'nothing/')).toBeNull();
  });

  it('records look as Go prints them', async () => {
    const p = await published();
    const [record] = JSON.parse(await (await send('GET', '/v2/_trust/changefeed?records=1')).text()).records;
    expect(record).toEqual({
      ID: '1',
      CreatedAt: '2026-06-01T12:00:00Z',
      GUN,
      Version: 1,
      SHA256: sha256Hex(await p.bytes('timestamp.json')),
      Category: 'update',
    });
  });

  it('refuses parameters with the texts of strconv', async () => {
    const detail = async (query: string) => {
      const error = await errorOf(await send('GET', `/v2/_trust/changefeed${query}`));
      expect([error.status, error.code]).toEqual([400, 'INVALID_PARAMETERS']);
      return error.detail;
    };
    expect(await detail('')).toBe('invalid records parameter: strconv.ParseInt: parsing "": invalid syntax');
    expect(await detail('?records=x1')).toBe('invalid records parameter: strconv.ParseInt: parsing "x1": invalid syntax');
    expect(await detail('?records=2147483648')).toBe(
      'invalid records parameter: strconv.ParseInt: parsing "2147483648": value out of range',
    );
    expect(await detail('?records=1&change_id=z')).toEqual({});
  });
});

describe('everything else', () => {
  it('the ping, health, readiness and metrics', async () => {
    const ping = await send('GET', '/v2/');
    expect([ping.status, await ping.text(), ping.headers.get('content-type')]).toEqual([200, '{}', 'text/plain; charset=utf-8']);
    expect(await (await send('GET', '/_notary_server/health')).text()).toBe('{}');
    const health = createHealth({ clock: t.clock, checks: { 'DB operational': () => Promise.reject(new Error('down')) } });
    await health.checkNow();
    t = createTestServer({ health });
    const sick = await send('GET', '/_notary_server/health');
    expect([sick.status, JSON.parse(await sick.text())]).toEqual([503, { 'DB operational': 'down' }]);
    await published();
    await send('GET', `/v2/${GUN}/_trust/tuf/root.json`);
    const page = await (await send('GET', '/metrics')).text();
    expect(page).toContain('notary_server_http_requests_total{code="200",method="post",operation="UpdateTUF"} 1\n');
    expect(page).toContain('notary_server_http_request_duration_microseconds_count{operation="GetRole"} 1\n');
    expect(page).toMatch(/notary_server_http_response_size_bytes\{operation="GetRole",quantile="0.5"\} \d+/);
  });

  it('unknown paths are 404 with the body of metadata, unknown methods 405 without one', async () => {
    for (const [method, path] of [
      ['GET', '/'],
      ['GET', '/v2'],
      ['PUT', '/v2/'],
      ['GET', `/v2/${GUN}/_trust/tuf/`],
      ['POST', `/v2/${GUN}/_trust/tuf/root.json`],
      ['DELETE', `/v2/${GUN}/_trust/tuf/root.json`],
      ['GET', `/v2/${GUN}/_trust/tuf/other.json`],
      ['GET', '/v2/a*b/_trust/tuf/root.json'],
    ] as const) {
      expect([path, await errorOf(await send(method, path))]).toEqual([
        path,
        { status: 404, code: 'METADATA_NOT_FOUND', message: 'You have requested metadata that does not exist.', detail: undefined },
      ]);
    }
    for (const method of ['PATCH', 'OPTIONS']) {
      const response = await send(method, '/v2/');
      expect([response.status, await response.text()]).toEqual([405, '']);
    }
  });

  it('unclean paths are redirected, badly escaped ones refused, endless ones too', async () => {
    const redirect = await send('GET', '/v2//a///_trust/tuf/root.json?x=1');
    expect([redirect.status, redirect.headers.get('location')]).toEqual([301, '/v2/a/_trust/tuf/root.json?x=1']);
    expect((await send('GET', '/v2/%2e%2e%2fa/_trust/tuf/root.json')).status).toBe(301);
    expect((await send('GET', '/v2/a%ff/_trust/tuf/root.json')).status).toBe(400);
    expect((await send('GET', `/v2/${'a/'.repeat(5000)}root.json`)).status).toBe(414);
  });

  it('prefixes of names are checked before everything else', async () => {
    t = createTestServer({ gunPrefixes: ['a/', 'b/'] });
    expect(await errorOf(await t.handle(updateRequest('c/x', {})))).toEqual({
      status: 400,
      code: 'INVALID_GUN',
      message: 'The server does not support actions on images of this name.',
      detail: 'Require GUNs with prefix: [a/ b/]',
    });
    expect(await errorOf(await send('GET', '/v2/c/x/_trust/tuf/timestamp.key'))).toMatchObject({ status: 404, code: 'METADATA_NOT_FOUND' });
    await published('a/x');
    expect((await send('GET', '/v2/')).status).toBe(200);
  });

  it('error bodies are what Go’s encoder writes, with a newline', async () => {
    const response = await send('GET', '/v2/x/_trust/tuf/root.json');
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await response.text()).toBe(
      '{"errors":[{"code":"METADATA_NOT_FOUND","message":"You have requested metadata that does not exist.","detail":{}}]}\n',
    );
  });

  it('[KD-25] an error body never outgrows what the reference’s client reads', async () => {
    const name = `targets/${'a'.repeat(2000)}`;
    const body = multipart({ [name]: '{}' });
    const response = await t.handle(updateRequest(GUN, { [name]: '{}' }));
    expect(body.length).toBeGreaterThan(2000);
    expect((await response.text()).length).toBeLessThanOrEqual(1024);
  });
});
