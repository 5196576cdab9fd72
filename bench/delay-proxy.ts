// SPDX-License-Identifier: Apache-2.0
/**
 * A registry farther away: forwards to an upstream after a pause, and keeps when each request began and ended. With `--token` it asks
 * for a token first and issues it, as a protected registry does. A program of its own, so that its work is not the client's.
 *
 *   delay-proxy.ts UPSTREAM DELAY_MS [--token]        prints its port
 *   GET /-/log      the requests since the last reset, as JSON
 *   POST /-/reset   forgets them
 *   POST /-/delay?ms=N
 */
const [upstream = '', delay = '0', mode] = process.argv.slice(2);
const TOKEN = 'bench-token';

interface Logged {
  readonly method: string;
  readonly path: string;
  readonly startMs: number;
  endMs: number;
  status: number;
}

let delayMs = Number(delay);
let log: Logged[] = [];

interface Server {
  readonly port: number;
}
const bun = (globalThis as unknown as { Bun: { serve(options: object): Server } }).Bun;

function control(url: URL): Response {
  if (url.pathname === '/-/reset') log = [];
  if (url.pathname === '/-/delay') delayMs = Number(url.searchParams.get('ms'));
  return Response.json(log);
}

/** Challenge, token, or undefined when the request may pass. */
function authorize(request: Request, url: URL): Response | undefined {
  if (mode !== '--token') return undefined;
  if (url.pathname === '/-token') return Response.json({ token: TOKEN, expires_in: 3_600 });
  if (request.headers.get('authorization') === `Bearer ${TOKEN}`) return undefined;
  const scope = `repository:${/^\/v2\/(.*)\/(?:manifests|blobs|referrers)\//.exec(url.pathname)?.[1] ?? ''}:pull`;
  const challenge = `Bearer realm="${url.origin}/-token",service="bench",scope="${scope}"`;
  return Response.json({ errors: [{ code: 'UNAUTHORIZED' }] }, { status: 401, headers: { 'www-authenticate': challenge } });
}

async function forward(request: Request, url: URL): Promise<Response> {
  const headers = new Headers(request.headers);
  headers.delete('authorization');
  const body = request.method === 'GET' || request.method === 'HEAD' ? undefined : await request.arrayBuffer();
  const target = `${upstream}${url.pathname}${url.search}`;
  const answer = await fetch(target, { method: request.method, headers, redirect: 'manual', ...(body === undefined ? {} : { body }) });
  const bytes = request.method === 'HEAD' ? null : await answer.arrayBuffer();
  return new Response(bytes, { status: answer.status, headers: answer.headers });
}

const server = bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  reusePort: false,
  async fetch(request: Request): Promise<Response> {
    const url = new URL(request.url);
    if (url.pathname.startsWith('/-/')) return control(url);
    const entry: Logged = { method: request.method, path: url.pathname, startMs: performance.now(), endMs: 0, status: 0 };
    log.push(entry);
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
    const answer = authorize(request, url) ?? (await forward(request, url));
    entry.endMs = performance.now();
    entry.status = answer.status;
    return answer;
  },
});
process.stdout.write(`${server.port}\n`);
