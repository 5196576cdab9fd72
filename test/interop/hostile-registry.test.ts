// SPDX-License-Identifier: Apache-2.0
/** Registries that lie, loop, swell and send people elsewhere: each refusal has a code, an end, and keeps the password. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { digestOf, toUtf8 } from '@notary/base';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { imageNamed } from './support/images.ts';
import { createMachine, type Machine, ourTool, strictPolicy } from './support/machine.ts';
import { startFront } from './support/servers.ts';

const image = imageNamed('hostile');
const INDEX = 'application/vnd.oci.image.index.v1+json';
const SECRET = 's3cret-of-the-user';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const isArtifact = (request: IncomingMessage): boolean => request.url?.endsWith(`/manifests/${image.digest}`) === true;

function sendArtifact(request: IncomingMessage, response: ServerResponse, digest: string = image.digest): void {
  const headers = { 'content-type': image.mediaType, 'docker-content-digest': digest, 'content-length': image.bytes.length };
  response.writeHead(200, headers).end(request.method === 'HEAD' ? undefined : image.bytes);
}

/** Serves the artifact as it is, and answers to a listing of its referrers with `page`. */
const listing =
  (page: (url: string, request: IncomingMessage) => { link?: string; body: string; headers?: Record<string, string> }): Answer =>
  (request, response) => {
    if (isArtifact(request)) return sendArtifact(request, response);
    if (!request.url?.includes('/referrers/')) return void response.writeHead(404).end();
    const { link, body, headers } = page(request.url, request);
    response.writeHead(200, { 'content-type': INDEX, ...(link ? { link: `<${link}>; rel="next"` } : {}), ...headers }).end(body);
  };

const indexText = (manifests: readonly unknown[]): string => JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests });
const signatureEntry = (text: string): unknown => ({
  mediaType: image.mediaType,
  artifactType: 'application/vnd.cncf.notary.signature',
  digest: digestOf(toUtf8(text)),
  size: 10,
});
const redirectTo =
  (location: string): Answer =>
  (_, response) =>
    void response.writeHead(307, { location }).end();
const challenge =
  (value: string): Answer =>
  (_, response) =>
    void response.writeHead(401, { 'www-authenticate': value }).end();

let page = 0;
const cases: readonly { what: string; code: string; answer: Answer }[] = [
  {
    what: 'another digest than the one asked for',
    code: 'OCI_RESPONSE_INVALID',
    answer: (q, s) => sendArtifact(q, s, `sha256:${'0'.repeat(64)}`),
  },
  {
    what: 'a portal that answers everything with a page',
    code: 'DIGEST_MISMATCH',
    answer: (_, s) => void s.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
  },
  {
    what: 'an endless list of referrers with nothing in it',
    code: 'OCI_REFERRERS_ENDLESS',
    answer: listing((url) => ({ link: `${url.split('?')[0]}?page=${page++}`, body: indexText([]) })),
  },
  {
    what: 'a list of referrers that leads in a circle',
    code: 'OCI_LINK_INVALID',
    answer: listing((url) => ({ link: url, body: indexText([]) })),
  },
  {
    what: 'a next page on another machine',
    code: 'OCI_LINK_INVALID',
    answer: listing(() => ({ link: 'http://169.254.169.254/latest', body: indexText([]) })),
  },
  {
    what: 'a list of referrers with a member twice',
    code: 'OCI_REFERRERS_UNREADABLE',
    answer: listing(() => ({ body: `{"manifests":[],"manifests":[]}` })),
  },
  {
    what: 'a list of referrers with trailing bytes',
    code: 'OCI_REFERRERS_UNREADABLE',
    answer: listing(() => ({ body: `${indexText([])}{}` })),
  },
  {
    what: 'a signature that is listed and not there',
    code: 'NOTATION_SIGNATURE_UNAVAILABLE',
    answer: listing(() => ({ body: indexText([signatureEntry('absent')]) })),
  },
  {
    what: 'a body without end',
    code: 'HTTP_BODY_TOO_LARGE',
    answer(request, response) {
      response.on('error', () => undefined).writeHead(200, { 'content-type': image.mediaType });
      if (request.method === 'HEAD') return void response.end();
      const chunk = Buffer.alloc(1 << 20, 0x20);
      let left = 64;
      const write = (): void => {
        if (left-- === 0 || response.destroyed) response.end();
        else response.write(chunk, write);
      };
      write();
    },
  },
  {
    what: 'a body shorter than its length',
    code: 'HTTP_UNREACHABLE',
    answer(request, response) {
      if (isArtifact(request)) return sendArtifact(request, response);
      request.socket.end(`HTTP/1.1 200 OK\r\ncontent-type: ${INDEX}\r\ncontent-length: 5000\r\n\r\n{}`);
    },
  },
  { what: 'redirects without end', code: 'AUTH_REDIRECT_REFUSED', answer: (q, s) => redirectTo(q.url ?? '/')(q, s) },
  { what: 'a redirect to a file', code: 'AUTH_REDIRECT_REFUSED', answer: redirectTo('file:///etc/passwd') },
  { what: 'a redirect to a cloud metadata service', code: 'AUTH_REDIRECT_REFUSED', answer: redirectTo('http://169.254.169.254/latest') },
  {
    what: 'a token server that is no web server',
    code: 'AUTH_REALM_REFUSED',
    answer: challenge('Bearer realm="ftp://token.test/",service="s"'),
  },
  {
    what: 'a token server inside the network',
    code: 'AUTH_REALM_REFUSED',
    answer: challenge('Bearer realm="http://169.254.169.254/token",service="s"'),
  },
];

describe('a registry with', () => {
  let user: Machine;
  beforeAll(() => {
    user = createMachine(ourTool());
    user.put('.config/notation/trustpolicy.oci.json', strictPolicy('none'));
  });
  afterAll(() => user.remove());

  it.each(cases)('$what: $code', async ({ code, answer }) => {
    const front = await startFront(answer);
    try {
      const started = performance.now();
      const reference = `localhost:${front.port}/app@${image.digest}`;
      const refused = await user.run(['verify', '--json', '-u', 'alice', '-p', SECRET, reference]);
      expect(refused.code).toBe(1);
      const { error } = JSON.parse(refused.stdout);
      expect([error.code, ...(error.attempts ?? []).map((a: { code: string }) => a.code)]).toContain(code);
      expect(refused.stdout + refused.stderr).not.toContain(SECRET);
      expect(performance.now() - started).toBeLessThan(20_000);
    } finally {
      await front.stop();
    }
  });

  it('words meant for the terminal prints none of them', async () => {
    const message = '\u001b]0;owned\u0007\u001b[2J\u202e';
    const front = await startFront((_, response) =>
      response
        .writeHead(403, { 'content-type': 'application/json', warning: `299 - "${'\\u001b[2J'}"` })
        .end(JSON.stringify({ errors: [{ code: 'DENIED', message }] })),
    );
    try {
      const refused = await user.run(['list', `localhost:${front.port}/app@${image.digest}`]);
      expect(refused.code).toBe(1);
      expect(refused.stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    } finally {
      await front.stop();
    }
  });
});
