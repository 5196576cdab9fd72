// SPDX-License-Identifier: Apache-2.0
/** What a server's answers mean, and what is sent to it. */
import { fromUtf8, type Http, httpFaults, toUtf8 } from '@notary/base';
import { createLoopbackHttp } from '@notary/testkit';
import { describe, expect, it } from 'vitest';
import * as c from '../src/index.ts';
import { gun, random } from './support/workshop.ts';

async function caught(run: () => Promise<unknown>): Promise<{ code: string; message: string }> {
  try {
    await run();
  } catch (e) {
    return e as { code: string; message: string };
  }
  return { code: 'ok', message: '' };
}

const answering = (status: number, body: string): Http =>
  createLoopbackHttp({ 'https://trust.example': () => new Response(body, { status }) });
const remoteOf = (http: Http, server = 'https://trust.example/sub/') => c.createHttpRemote({ server, gun, http, random });

describe('a server', () => {
  it('is asked below its own path', async () => {
    const http = createLoopbackHttp({ 'https://trust.example': () => new Response('{}') });
    const remote = remoteOf(http);
    await remote.get('targets/a', 10);
    await remote.get(`root.${'ab'.repeat(32)}`, 10);
    await remote.publish(new Map([['root', toUtf8('x')]]));
    await remote.deleteAll();
    const base = 'https://trust.example/sub/v2/example.com/Team/app/_trust/tuf/';
    expect(http.sent.map((r) => `${r.method} ${r.url}`)).toEqual([
      `GET ${base}targets/a.json`,
      `GET ${base}root.${'ab'.repeat(32)}.json`,
      `POST ${base}`,
      `DELETE ${base}`,
    ]);
  });

  it('has a URL with a scheme', async () => {
    for (const bad of ['', 'trust.example', 'ftp://x', 'https://', 'https://x?y', 'https://x#y', 'file:///x']) {
      expect((await caught(async () => c.parseServerUrl(bad))).code, bad).toBe('COLLECTION_SERVER_URL_INVALID');
    }
  });

  it.each([
    [404, '', 'COLLECTION_METADATA_NOT_FOUND', 'root trust data unavailable.  Has a notary repository been initialized?'],
    [401, '', 'COLLECTION_SERVER_UNAVAILABLE', 'you are not authorized to perform this operation: server returned 401.'],
    [500, '', 'COLLECTION_SERVER_UNAVAILABLE', 'unable to reach trust server at this time: 500.'],
    [302, '', 'COLLECTION_SERVER_UNAVAILABLE', 'unable to reach trust server at this time: 302.'],
    [201, '', 'COLLECTION_SERVER_UNAVAILABLE', 'unable to reach trust server at this time: 201.'],
    [400, '', 'COLLECTION_REJECTED', 'trust server rejected operation.'],
  ])('that answers %i %s is understood as the reference does', async (status, body, code, message) => {
    expect(await caught(() => remoteOf(answering(status, body)).get('root', 100))).toMatchObject({ code, message });
  });

  it('that sends more than it should is not read to the end', async () => {
    expect((await caught(() => remoteOf(answering(200, 'x'.repeat(101))).get('root', 100))).code).toBe('COLLECTION_BAD_RESPONSE');
    expect((await caught(() => remoteOf(answering(200, '{}')).key('timestamp'))).code).toBe('COLLECTION_BAD_RESPONSE');
  });

  it('out of reach means offline', async () => {
    const facts = { method: 'GET', url: 'x', detail: 'connection refused' };
    for (const fault of [
      httpFaults.UNREACHABLE({ ...facts, errno: 'ECONNREFUSED' }),
      httpFaults.TIMEOUT({ ...facts, timeoutMs: 1 }),
      httpFaults.TLS_FAILED({ ...facts, errno: 'X' }),
    ]) {
      const http: Http = { send: async () => Promise.reject(fault) };
      expect(await caught(() => remoteOf(http).get('root', 10))).toMatchObject({
        code: 'COLLECTION_OFFLINE',
        message: 'client is offline',
      });
    }
  });
});

describe('a refusal', () => {
  const body = (detail: string, code = 'INVALID_UPDATE') => toUtf8(`{"errors":[{"code":"${code}","message":"m","detail":${detail}}]}`);

  it.each([
    ['ErrValidation', 'An error occurred during validation: why'],
    ['ErrBadHierarchy', 'Metadata hierarchy is incomplete: why'],
    ['ErrBadRoot', 'The root metadata is invalid: why'],
    ['ErrBadTargets', 'The targets metadata is invalid: why'],
    ['ErrBadSnapshot', 'The snapshot metadata is invalid: why'],
    ['ErrOther', 'trust server rejected operation.'],
  ])('with %s is put in words', (name, message) => {
    expect(c.rejection(body(`{"Name":"${name}","Error":{"Msg":"why"}}`)).message).toBe(message);
  });

  it('that says nothing useful gets the general words', () => {
    const texts = ['', 'x', '{}', '{"errors":[]}', '{"errors":[1]}', '{"errors":[{},{}]}', '{"errors":[{"detail":"x"}]}', '['.repeat(2000)];
    for (const text of texts) expect(c.rejection(toUtf8(text)).message).toBe('trust server rejected operation.');
    expect(c.rejection(body('{}', 'VERSION')).facts.serverCode).toBe('VERSION');
  });

  it('cannot move the cursor of a terminal', () => {
    const fault = c.rejection(
      toUtf8('{"errors":[{"code":"x","detail":{"Name":"ErrBadRoot","Error":{"Msg":"\\u001b[2Jgone\\r\\n* fatal: ok"}}}]}'),
    );
    expect([...fault.message].every((ch) => ch >= ' ')).toBe(true);
  });
});

describe('an update', () => {
  it('is one part per file, named by role', () => {
    const { bytes, type } = c.encodeMultipart(
      new Map([
        ['root', toUtf8('R')],
        ['targets/a', toUtf8('T')],
      ]),
      { bytes: (n) => new Uint8Array(n).fill(0xab) },
    );
    const boundary = 'ab'.repeat(30);
    expect(type).toBe(`multipart/form-data; boundary=${boundary}`);
    const part = (name: string, content: string) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="files"; filename="${name}"\r\nContent-Type: application/octet-stream\r\n\r\n${content}\r\n`;
    expect(fromUtf8(bytes)).toBe(`${part('root', 'R')}${part('targets/a', 'T')}--${boundary}--\r\n`);
  });

  it('may be empty: then the server makes a new snapshot', () => {
    const { bytes } = c.encodeMultipart(new Map(), random);
    expect(bytes.length).toBe(68);
    expect(fromUtf8(bytes)).toMatch(/^\r\n--[0-9a-f]{60}--\r\n$/);
  });
});
