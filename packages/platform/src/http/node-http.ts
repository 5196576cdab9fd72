// SPDX-License-Identifier: Apache-2.0
/** The Http port over `node:http` and `node:https`, loaded with the first request. */
import { setMaxListeners } from 'node:events';
import type { ClientRequest, Agent as HttpAgent, IncomingMessage, RequestOptions } from 'node:http';
import type { AgentOptions, Agent as HttpsAgent } from 'node:https';
import type { Environment, Files, Http, HttpRequest, HttpResponse } from '@notary/base';
import { ANSWER_HEADER_BYTES } from '../limits.ts';
import { withDialedAddress } from './dialed.ts';
import { HeaderWait, type HttpClientOptions, sending, type Target } from './exchange.ts';
import { networkFault } from './fault.ts';
import { proxyAuthorization } from './proxy.ts';
import { type BodySource, createResponse, type HeaderFields } from './response.ts';
import { Roots } from './roots.ts';
import { prepareUpload, type Upload } from './upload.ts';

interface Modules {
  readonly http: typeof import('node:http');
  readonly https: typeof import('node:https');
}

async function secureOptions(options: HttpClientOptions, roots: Roots): Promise<AgentOptions> {
  const { tls = {} } = options;
  const identity = {
    ...(tls.cert === undefined ? {} : { cert: tls.cert }),
    ...(tls.key === undefined ? {} : { key: tls.key }),
    ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
  };
  if (tls.unsafeSkipVerify) return { ...identity, rejectUnauthorized: false };
  const pem = await roots.pem();
  return { ...identity, rejectUnauthorized: true, ...(pem === undefined ? {} : { ca: pem }) };
}

/** Connections by proxy and depth of the roots, kept for the life of the client. */
class Agents {
  readonly #options: HttpClientOptions;
  readonly #roots: Roots;
  readonly #kept = new Map<string, Promise<HttpAgent | HttpsAgent>>();

  constructor(options: HttpClientOptions, roots: Roots) {
    this.#options = options;
    this.#roots = roots;
  }

  for(target: Target, modules: Modules): Promise<HttpAgent | HttpsAgent> {
    const secure = target.url.protocol === 'https:';
    const key = secure ? `${this.#roots.depth} ${target.proxy?.href ?? ''}` : 'plain';
    let agent = this.#kept.get(key);
    if (agent === undefined) {
      agent = secure ? this.#secure(target, modules) : Promise.resolve(new modules.http.Agent({ keepAlive: true }));
      this.#kept.set(key, agent);
    }
    return agent;
  }

  async #secure(target: Target, modules: Modules): Promise<HttpsAgent> {
    const agentOptions = { keepAlive: true, ...(await secureOptions(this.#options, this.#roots)) };
    if (target.proxy === undefined) return new modules.https.Agent(agentOptions);
    const { createTunnelAgent } = await import('./node-tunnel.ts');
    return createTunnelAgent(target.proxy, agentOptions, modules);
  }
}

function headersOf(request: HttpRequest, target: Target, upload: Upload, options: HttpClientOptions): Record<string, string> {
  const headers: Record<string, string> = {
    host: target.url.host,
    'user-agent': options.userAgent ?? 'notary',
    accept: '*/*',
    'accept-encoding': 'identity',
  };
  for (const [name, value] of Object.entries(request.headers ?? {})) headers[name.toLowerCase()] = value;
  if (upload.length !== undefined) headers['content-length'] = String(upload.length);
  else if (upload.body !== undefined) headers['transfer-encoding'] = 'chunked';
  else if (request.method === 'POST' || request.method === 'PUT' || request.method === 'PATCH') headers['content-length'] = '0';
  const credentials = target.proxy === undefined || target.url.protocol === 'https:' ? undefined : proxyAuthorization(target.proxy);
  if (credentials !== undefined) headers['proxy-authorization'] = credentials;
  return headers;
}

function requestOptions(request: HttpRequest, target: Target, headers: Record<string, string>): RequestOptions {
  const { url, proxy } = target;
  const via = proxy !== undefined && url.protocol === 'http:' ? proxy : url;
  return {
    method: request.method,
    protocol: url.protocol,
    hostname: via.hostname.replace(/^\[|\]$/g, ''),
    port: via.port || (via.protocol === 'https:' ? 443 : 80),
    path: via === url ? `${url.pathname}${url.search}` : `${url.origin}${url.pathname}${url.search}`,
    headers,
    maxHeaderSize: ANSWER_HEADER_BYTES,
  };
}

async function sendBody(outgoing: ClientRequest, upload: Upload): Promise<void> {
  if (upload.body === undefined || upload.body instanceof Uint8Array) {
    outgoing.end(upload.body);
    return;
  }
  for await (const chunk of upload.body) {
    if (outgoing.destroyed || outgoing.writableEnded) return;
    if (!outgoing.write(chunk)) await new Promise<void>((resolve) => outgoing.once('drain', resolve).once('close', resolve));
  }
  outgoing.end();
}

function receive(outgoing: ClientRequest, upload: Upload, wait: HeaderWait): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const abort = (): void => void outgoing.destroy(wait.signal.reason as Error);
    outgoing.once('response', resolve);
    // After the answer the error belongs to its body; without a listener it would end the process.
    outgoing.on('error', reject);
    if (wait.signal.aborted) abort();
    else wait.signal.addEventListener('abort', abort, { once: true });
    sendBody(outgoing, upload).catch((e: Error) => {
      outgoing.destroy(e);
      reject(e);
    });
  });
}

function fieldsOf(raw: readonly string[]): HeaderFields {
  const pairs: [string, string][] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) pairs.push([(raw[i] as string).toLowerCase(), raw[i + 1] as string]);
  return { values: (name) => pairs.filter((p) => p[0] === name).map((p) => p[1]), entries: () => pairs };
}

function bodySource(message: IncomingMessage): BodySource {
  return {
    chunks: () => message[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>,
    async all() {
      const chunks: Buffer[] = [];
      for await (const chunk of message) chunks.push(chunk as Buffer);
      return new Uint8Array(Buffer.concat(chunks));
    },
    async cancel() {
      if (!message.complete || !message.readableEnded) message.destroy();
    },
  };
}

interface Client {
  readonly options: HttpClientOptions;
  readonly agents: Agents;
}

async function exchange(request: HttpRequest, target: Target, client: Client): Promise<HttpResponse> {
  // One signal for many requests is how work is ended as a whole: no leak, which Node warns of from the eleventh on.
  if (request.signal !== undefined) setMaxListeners(0, request.signal);
  const wait = new HeaderWait(request);
  let outgoing: ClientRequest | undefined;
  try {
    const modules: Modules = { http: await import('node:http'), https: await import('node:https') };
    const upload = prepareUpload(request, () => wait.progress());
    const agent = await client.agents.for(target, modules);
    const options = { ...requestOptions(request, target, headersOf(request, target, upload, client.options)), agent };
    outgoing = target.url.protocol === 'https:' ? modules.https.request(options) : modules.http.request(options);
    const message = await receive(outgoing, upload, wait);
    wait.headersArrived();
    return createResponse({
      request,
      status: message.statusCode ?? 0,
      fields: fieldsOf(message.rawHeaders),
      body: bodySource(message),
      finished: () => wait.finish(),
    });
  } catch (e) {
    wait.finish();
    // The server closed an idle connection just as it was used again: nothing of this request was answered, so it is sent anew.
    const stale = outgoing?.reusedSocket === true && (e as { code?: string }).code === 'ECONNRESET' && !wait.signal.aborted;
    if (stale && (request.body === undefined || request.body instanceof Uint8Array)) return exchange(request, target, client);
    throw await withDialedAddress(networkFault(request, wait.signal.aborted ? wait.signal.reason : e, target.proxy), request, target.proxy);
  }
}

/** An HTTP client for Node. */
export function createNodeHttp(options: HttpClientOptions, files: Files, environment: Environment): Http {
  const roots = new Roots(files, environment, options.tls ?? {});
  const client: Client = { options, agents: new Agents(options, roots) };
  return sending(options, environment, roots, (request, target) => exchange(request, target, client));
}
