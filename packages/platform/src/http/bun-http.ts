// SPDX-License-Identifier: Apache-2.0
/**
 * The Http port over Bun's `fetch`: native, so that four requests cost 2.5 ms of a cold start where `node:http` costs 4.5 to load.
 *
 * What had to be found out: `tls.ca` replaces Bun's own roots, so the system's are read by us and always given (building with
 * `--use-system-ca` would add Bun's bundled ones, which Go does not trust, and is slower); `proxy: ''` does not turn the
 * environment's proxy off; a stream with a Content-Length header goes out with that length, not chunked; NODE_TLS_REJECT_UNAUTHORIZED
 * in the environment is overruled by an explicit `rejectUnauthorized`.
 */
import type { Environment, Files, Http, HttpRequest, HttpResponse } from '@notary/base';
import { toUtf8 } from '@notary/base';
import { DIAGNOSIS_MS } from '../limits.ts';
import { withDialedAddress } from './dialed.ts';
import { HeaderWait, type HttpClientOptions, sending, type Target } from './exchange.ts';
import { isUnexplainedHandshake, networkFault, plainAnswer, unknownAuthority } from './fault.ts';
import { proxyAuthorization } from './proxy.ts';
import { type BodySource, createResponse, type HeaderFields } from './response.ts';
import { Roots } from './roots.ts';
import { prepareUpload, type Upload } from './upload.ts';

const PROXY_VARIABLES = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'];

/** Bun reads the proxy variables inside `fetch`, before it returns. Hidden for that moment, they cannot overrule Go's rules. */
function withoutProxyVariables<T>(work: () => T): T {
  const hidden: [string, string][] = [];
  for (const name of PROXY_VARIABLES) {
    const value = process.env[name];
    if (value === undefined) continue;
    hidden.push([name, value]);
    delete process.env[name];
  }
  try {
    return work();
  } finally {
    for (const [name, value] of hidden) process.env[name] = value;
  }
}

interface Client {
  readonly options: HttpClientOptions;
  readonly roots: Roots;
}

async function tlsOptions(request: HttpRequest, { options, roots }: Client): Promise<Record<string, unknown>> {
  const { tls = {} } = options;
  if (tls.unsafeSkipVerify) return { rejectUnauthorized: false, ...clientIdentity(options) };
  const pem = await roots.pem();
  // Bun cannot make a context of no certificates: nobody is trusted, so the answer is known.
  if (pem !== undefined && !pem.includes('-----BEGIN CERTIFICATE-----')) throw unknownAuthority(request);
  return { rejectUnauthorized: true, ...(pem === undefined ? {} : { ca: toUtf8(pem) }), ...clientIdentity(options) };
}

function clientIdentity({ tls = {} }: HttpClientOptions): Record<string, string> {
  return {
    ...(tls.cert === undefined ? {} : { cert: tls.cert }),
    ...(tls.key === undefined ? {} : { key: tls.key }),
    ...(tls.serverName === undefined ? {} : { serverName: tls.serverName }),
  };
}

function headersOf(request: HttpRequest, upload: Upload, options: HttpClientOptions): Record<string, string> {
  const headers: Record<string, string> = { 'user-agent': options.userAgent ?? 'notary', 'accept-encoding': 'identity' };
  for (const [name, value] of Object.entries(request.headers ?? {})) headers[name.toLowerCase()] = value;
  if (upload.length !== undefined && !(upload.body instanceof Uint8Array)) headers['content-length'] = String(upload.length);
  return headers;
}

/** With credentials taken out of the address: Bun would send them percent-encoded. */
function proxyOption(proxy: URL): { url: string; headers?: Record<string, string> } {
  const credentials = proxyAuthorization(proxy);
  return { url: proxy.origin, ...(credentials === undefined ? {} : { headers: { 'proxy-authorization': credentials } }) };
}

/** Bun joins fields of one name, cookies excepted. */
function fieldsOf(headers: Headers): HeaderFields {
  return {
    values(name) {
      if (name === 'set-cookie') return headers.getSetCookie();
      const value = headers.get(name);
      return value === null ? [] : [value];
    },
    entries: () => headers as unknown as Iterable<[string, string]>,
  };
}

function bodySource(response: Response, wait: HeaderWait): BodySource {
  return {
    async *chunks() {
      if (response.body === null) return;
      const reader = response.body.getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        yield value;
      }
    },
    all: async () => new Uint8Array(await response.arrayBuffer()),
    async cancel() {
      // After a complete read this does nothing; before it, it closes the connection.
      if (!response.bodyUsed || response.body !== null) wait.stop();
    },
  };
}

/** Bun gives one error for every failed handshake. The commonest cause deserves its name, so the server is asked: without path, header or credential. */
async function speaksPlainHttp(url: URL): Promise<boolean> {
  try {
    const init = { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(DIAGNOSIS_MS) } as const;
    await withoutProxyVariables(() => fetch(`http://${url.hostname}:${url.port || '443'}/`, init));
    return true;
  } catch {
    // Any failure: it is something else, and the handshake's own fault stands.
    return false;
  }
}

async function exchange(request: HttpRequest, target: Target, client: Client): Promise<HttpResponse> {
  const wait = new HeaderWait(request);
  try {
    const upload = prepareUpload(request, () => wait.progress());
    const init = {
      method: request.method,
      headers: headersOf(request, upload, client.options),
      body: upload.body,
      redirect: 'manual',
      decompress: false,
      timeout: false,
      signal: wait.signal,
      ...(target.url.protocol === 'https:' ? { tls: await tlsOptions(request, client) } : {}),
      ...(target.proxy === undefined ? {} : { proxy: proxyOption(target.proxy) }),
    } as unknown as RequestInit;
    const response = await (target.proxy === undefined
      ? withoutProxyVariables(() => fetch(target.url.href, init))
      : fetch(target.url.href, init));
    wait.headersArrived();
    const fields = fieldsOf(response.headers);
    return createResponse({ request, status: response.status, fields, body: bodySource(response, wait), finished: () => wait.finish() });
  } catch (e) {
    wait.finish();
    const fault = networkFault(request, wait.signal.aborted ? wait.signal.reason : e, target.proxy);
    if (isUnexplainedHandshake(fault) && target.proxy === undefined && (await speaksPlainHttp(target.url))) throw plainAnswer(request, e);
    throw await withDialedAddress(fault, request, target.proxy);
  }
}

/** An HTTP client for Bun. */
export function createBunHttp(options: HttpClientOptions, files: Files, environment: Environment): Http {
  const roots = new Roots(files, environment, options.tls ?? {});
  const client: Client = { options, roots };
  return sending(options, environment, roots, (request, target) => exchange(request, target, client));
}
