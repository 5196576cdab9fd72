// SPDX-License-Identifier: Apache-2.0
/** What an upload session or a page carries in its URL lets its bearer in: it is sent, and never said. */
import { isFault } from '@notary/base';
import { describe, expect, it } from 'vitest';
import { OCI_INDEX } from '../src/index.ts';
import { fakeRegistry } from './fake-registry.ts';
import { blob, errorResponse, scripted } from './support.ts';

const SECRET = 'c2Vzc2lvbi1zZWNyZXQ';
const layer = blob('layer');

/** The whole of a fault as a log or `--json` shows it, causes included. */
async function said(work: Promise<unknown>): Promise<{ code: string; text: string }> {
  try {
    await work;
  } catch (e) {
    if (!isFault(e)) throw e;
    let text = '';
    for (let at: unknown = e; isFault(at); at = at.cause) text += `${at.message} ${JSON.stringify(at)}`;
    return { code: e.code, text };
  }
  return { code: 'ok', text: '' };
}

describe('URLs in messages', () => {
  it.each([
    [403, 'DENIED', 'OCI_DENIED'],
    [500, 'UNKNOWN', 'OCI_STATUS'],
    [429, 'TOOMANYREQUESTS', 'OCI_RATE_LIMITED'],
  ])('[D-34] an upload that ends with %i keeps the session to itself', async (status, code, expected) => {
    const r = fakeRegistry({ location: (id) => `/v2/team/app/blobs/uploads/${id}?_state=${SECRET}` });
    r.intercept = (request) => (request.method === 'PUT' ? errorResponse(status, code, 'x') : undefined);
    const { code: found, text } = await said(r.repository().pushBlob(layer.descriptor, layer.bytes));
    expect(found).toBe(expected);
    expect(r.http.sent.some((sent) => sent.method === 'PUT' && sent.url.includes(SECRET))).toBe(true);
    expect(text).not.toContain(SECRET);
    expect(text).toContain('_state=redacted&digest=sha256');
  });

  it('a page whose next link is refused keeps its own ticket to itself', async () => {
    const list = (url: URL): Response =>
      new Response('{"manifests":[]}', {
        headers: {
          'content-type': OCI_INDEX,
          link: url.searchParams.has('ticket')
            ? '<https://elsewhere.example/>; rel="next"'
            : `<${url.pathname}?ticket=${SECRET}>; rel="next"`,
        },
      });
    const w = scripted((_, url) => list(url));
    const walk = async (): Promise<void> => {
      for await (const found of w.repository().listReferrers({ digest: layer.descriptor.digest })) void found;
    };
    const { code, text } = await said(walk());
    expect(code).toBe('OCI_LINK_INVALID');
    expect(text).not.toContain(SECRET);
    expect(text).toContain('ticket=redacted');
  });

  it('a redirect that is refused keeps the first URL’s secrets to itself', async () => {
    const r = fakeRegistry({ location: (id) => `/v2/team/app/blobs/uploads/${id}?_state=${SECRET}` });
    r.intercept = (request) =>
      request.method === 'PUT' ? new Response('', { status: 307, headers: { location: 'http://registry.example/' } }) : undefined;
    const { code, text } = await said(r.repository().pushBlob(layer.descriptor, layer.bytes));
    expect(code).toBe('AUTH_REDIRECT_REFUSED');
    expect(text).not.toContain(SECRET);
  });
});
