// SPDX-License-Identifier: Apache-2.0
/** Servers that stand between a user and a registry: they pass requests on, and do something on the way. */
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
  request as sendRequest,
} from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';

export interface Front {
  readonly port: number;
  /** `METHOD path-or-host`, with the headers, in the order of arrival. */
  readonly seen: { readonly line: string; readonly headers: IncomingMessage['headers'] }[];
  stop(): Promise<void>;
}

/** Passes a request on to `host`, with headers of its own if it has some, and the answer back. */
export function passOn(request: IncomingMessage, response: ServerResponse, host: string, own: Readonly<Record<string, string>> = {}): void {
  const [hostname, port] = host.split(':');
  const { host: _, ...headers } = request.headers;
  const onward = sendRequest(
    { hostname, port, method: request.method, path: request.url, headers: { ...headers, ...own, host } },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    },
  );
  onward.on('error', () => response.destroy());
  request.pipe(onward);
}

async function listen(server: Server, seen: Front['seen']): Promise<Front> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    seen,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** A server whose answers `handle` gives. */
export function startFront(handle: RequestListener, tls?: { certPem: string; keyPem: string }): Promise<Front> {
  const seen: Front['seen'] = [];
  const listener: RequestListener = (request, response) => {
    seen.push({ line: `${request.method} ${request.url}`, headers: request.headers });
    handle(request, response);
  };
  return listen(tls === undefined ? createServer(listener) : createSecureServer({ cert: tls.certPem, key: tls.keyPem }, listener), seen);
}

/** A forward proxy that finds every host at `target`: plain requests and tunnels. */
export function startProxy(target: string): Promise<Front> {
  const seen: Front['seen'] = [];
  const server = createServer((request, response) => {
    seen.push({ line: `${request.method} ${request.url}`, headers: request.headers });
    const url = new URL(request.url ?? '');
    request.url = `${url.pathname}${url.search}`;
    passOn(request, response, target);
  });
  server.on('connect', (request: IncomingMessage, client: Socket, head: Buffer) => {
    seen.push({ line: `CONNECT ${request.url}`, headers: request.headers });
    const [hostname, port] = target.split(':');
    const onward = connect(Number(port), hostname, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.write(head);
      onward.pipe(client).pipe(onward);
    });
    onward.on('error', () => client.destroy());
    client.on('error', () => onward.destroy()).on('close', () => onward.destroy());
  });
  return listen(server, seen);
}
