// SPDX-License-Identifier: Apache-2.0
/** Requests of people who mean harm: refused, bounded, and without effect on the next one. */
import { beforeEach, describe, expect, it } from 'vitest';
import { createKey, delegation, multipart, signFile, TestPublisher, updateRequest } from './support/publisher.ts';
import { createTestServer, errorOf, type TestServer } from './support/server.ts';

const GUN = 'example.com/app';
let t: TestServer;
beforeEach(() => {
  t = createTestServer();
});
const publish = async (gun = GUN) => {
  const p = await TestPublisher.init(t.handle, gun, t.clock.now());
  expect((await p.post({ root: await p.root(), targets: await p.targets(1, ['v1']) })).status).toBe(200);
  return p;
};
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

describe('JSON of an upload', () => {
  it('prototype keys are names like any other', async () => {
    const p = await TestPublisher.init(t.handle, GUN, t.clock.now());
    const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];
    expect((await p.post({ root: await p.root(), targets: await p.targets(1, names) })).status).toBe(200);
    expect(Object.keys(JSON.parse(text(await p.bytes('targets.json'))).signed.targets).sort()).toEqual([...names].sort());
    expect(({} as Record<string, unknown>)['length']).toBeUndefined();
  });

  it('huge, fractional, negative and non-numeric versions', async () => {
    const p = await publish();
    const versions: [string, string][] = [
      ['1e400', 'MALFORMED_JSON'],
      ['9007199254740993', 'MALFORMED_JSON'],
      ['2147483648', 'VERSION'],
      ['1.5', 'MALFORMED_JSON'],
      ['"2"', 'MALFORMED_JSON'],
      ['-1', 'INVALID_UPDATE'],
      ['0', 'INVALID_UPDATE'],
    ];
    for (const [version, code] of versions) {
      const number = Number(version);
      const exact = Number.isSafeInteger(number) && !version.startsWith('"');
      const file = exact ? text(await p.targets(number)) : text(await p.targets(2)).replace('"version":2}', `"version":${version}}`);
      expect([version, (await errorOf(await p.post({ targets: file }))).code]).toEqual([version, code]);
    }
  });

  it('[TUF-01-JSON] depth, length and duplicate members', async () => {
    const p = await publish();
    const deep = `{"signed":${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)},"signatures":[]}`;
    expect((await errorOf(await p.post({ targets: deep }))).status).toBe(400);
    const arrays = `{"signed":{"_type":"Targets","version":2,"x":${'['.repeat(100_000)}${']'.repeat(100_000)}},"signatures":[]}`;
    expect((await errorOf(await p.post({ targets: arrays }))).status).toBe(400);
    const good = text(await p.targets(2));
    const twice = good.replace('{"signed":', '{"signed":{},"signed":');
    expect(await errorOf(await p.post({ targets: twice }))).toMatchObject({ status: 400, code: 'INVALID_UPDATE' });
    const many = good.replace('"signatures":[', `"signatures":[${'{"keyid":"a","method":"b","sig":"AA=="},'.repeat(5_000)}`);
    expect(await errorOf(await p.post({ targets: many }))).toMatchObject({ status: 400, code: 'INVALID_UPDATE' });
    expect((await p.post({ targets: good })).status).toBe(200);
  });

  it('another collection’s files, signed by its keys, are not this one’s', async () => {
    const p = await publish();
    const q = await publish('example.com/other');
    expect(await errorOf(await p.post({ root: await q.root(2) }))).toMatchObject({ code: 'INVALID_UPDATE' });
    expect(await errorOf(await p.post({ targets: await q.targets(2) }))).toMatchObject({ code: 'INVALID_UPDATE' });
  });

  it('a key listed under an identifier that is not its own', async () => {
    const p = await TestPublisher.init(t.handle, GUN, t.clock.now());
    const [signer, victim] = [await createKey(), await createKey()];
    const payload = p.targetsPayload(1, [], {
      delegations: { keys: new Map([[victim.key.id, signer.key]]), roles: [{ ...delegation('targets/a', []), keyIds: [victim.key.id] }] },
    });
    const child = await signFile(p.targetsPayload(1), [signer]);
    const lying = text(child).replace(signer.key.id, victim.key.id);
    const response = await p.post({ root: await p.root(), targets: await signFile(payload, [p.keys.targets]), 'targets/a': lying });
    const error = await errorOf(response);
    expect(error.detail).toEqual({ Name: 'ErrBadTargets', Error: { Msg: 'key ID is not valid for key content' } });
  });
});

describe('bodies', () => {
  it('thousands of parts, endless headers, wrong boundaries, zips instead of parts', async () => {
    const post = async (body: string | Uint8Array, type: string) =>
      t.handle(
        new Request(`http://server/v2/${GUN}/_trust/tuf/`, { method: 'POST', body: body as string, headers: { 'content-type': type } }),
      );
    const b = 'multipart/form-data; boundary=b';
    const part = '--b\r\nContent-Disposition: form-data; name="files"; filename="root"\r\n\r\n{}\r\n';
    expect(await errorOf(await post(`${part.repeat(1_001)}--b--`, b))).toMatchObject({ status: 400, code: 'MALFORMED_UPLOAD' });
    const long = `--b\r\nX: ${'x'.repeat(20_000)}\r\n\r\n{}\r\n--b--`;
    expect(await errorOf(await post(long, b))).toMatchObject({ code: 'MALFORMED_UPLOAD' });
    expect(await errorOf(await post(part, `multipart/form-data; boundary=${'b'.repeat(71)}`))).toMatchObject({ code: 'MALFORMED_UPLOAD' });
    expect(await errorOf(await post(Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0), b))).toMatchObject({ code: 'MALFORMED_UPLOAD' });
    expect(await errorOf(await post(Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0), 'application/zip'))).toMatchObject({ code: 'MALFORMED_UPLOAD' });
    const inside = multipart({ root: '--b not a boundary\r\n--bb\r\n' });
    expect(
      (await t.handle(new Request(`http://server/v2/${GUN}/_trust/tuf/`, { method: 'POST', body: inside as Uint8Array<ArrayBuffer> })))
        .status,
    ).toBe(400);
  });

  it('[TUF-01-LFI] names of parts never become paths', async () => {
    for (const role of [
      '../../../etc/passwd',
      'targets/../../root',
      'targets\\..\\root',
      '/root',
      'targets/%2e%2e',
      'targets/\u0000',
      'root\n',
    ]) {
      const error = await errorOf(await t.handle(updateRequest(GUN, { [role]: '{}' })));
      expect([role, error.status, ['INVALID_ROLE', 'NO_FILENAME', 'MALFORMED_UPLOAD'].includes(error.code)]).toEqual([role, 400, true]);
    }
  });
});

describe('names of collections', () => {
  it('[TUF-01-LFI] traversal leads nowhere', async () => {
    await publish('a/b');
    for (const path of [
      '/v2/a/c/../b/_trust/tuf/root.json',
      '/v2/%2e%2e/%2e%2e/etc/passwd/_trust/tuf/root.json',
      '/v2/..%2f..%2fx/_trust/tuf/root.json',
    ]) {
      const response = await t.handle(new Request(`http://server${path}`));
      expect([path, [200, 301, 404].includes(response.status)]).toEqual([path, true]);
      if (response.status === 301) expect(response.headers.get('location')).not.toContain('..');
    }
  });

  it('a redirect never leaves the server', async () => {
    for (const path of ['//evil.example/v2/', '//evil.example//_trust/tuf/root.json', '/%2f%2fevil.example/x']) {
      const response = await t.handle(new Request(`http://server${path}`));
      const location = response.headers.get('location');
      if (location !== null) expect([path, location.startsWith('//'), location.startsWith('/')]).toEqual([path, false, true]);
    }
  });

  it('that repeat the path’s own words do not cost more than a moment', async () => {
    const path = `/v2/${'_trust/tuf/targets/'.repeat(400)}x`;
    const started = performance.now();
    expect((await t.handle(new Request(`http://server${path}`))).status).toBe(404);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

describe('a sender who falls silent', () => {
  const silent = createTestServer({ bodySilenceMs: 30 });
  const post = (length: number): Promise<Response> => {
    const body = new ReadableStream<Uint8Array>({ start: (c) => c.enqueue(new TextEncoder().encode('--b')) });
    const headers = { 'content-type': 'multipart/form-data; boundary=b', ...(length > 0 ? { 'content-length': String(length) } : {}) };
    const init = { method: 'POST', headers, body, duplex: 'half' };
    return silent.handle(new Request(`http://server/v2/${GUN}/_trust/tuf/`, init as RequestInit));
  };

  it.each([
    ['a small body', 100],
    ['a large one', 10_000_000],
    ['one of unknown length', 0],
  ])('in the middle of %s is answered 408, and loses the connection', async (_, length) => {
    const response = await post(length);
    expect(response.headers.get('connection')).toBe('close');
    expect(await errorOf(response)).toMatchObject({ status: 408, code: 'MALFORMED_UPLOAD' });
  });
});

describe('requests for what is not there', () => {
  it('fill no memory', async () => {
    await publish();
    const before = t.server.reader.cachedBytes;
    for (let i = 0; i < 2_000; i++) await t.handle(new Request(`http://server/v2/nothing/${i}/_trust/tuf/root.json`));
    for (let i = 0; i < 200; i++) await t.handle(new Request(`http://server/v2/${GUN}/_trust/tuf/${'0'.repeat(i)}1.root.json`));
    for (let i = 0; i < 200; i++) await t.handle(new Request(`http://server/v2/${GUN}/_trust/tuf/root.json?${i}`));
    expect(t.server.reader.cachedBytes - before).toBeLessThan(20_000);
  });
});
