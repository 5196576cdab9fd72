// SPDX-License-Identifier: Apache-2.0
/** HTTPS through a proxy on Node: CONNECT first, then TLS inside, with connections kept like any other agent's. */
import type { Agent, AgentOptions } from 'node:https';
import type { Duplex } from 'node:stream';
import { ANSWER_HEADER_BYTES } from '../limits.ts';
import { proxyAuthorization } from './proxy.ts';

interface Modules {
  readonly http: typeof import('node:http');
  readonly https: typeof import('node:https');
}

interface Destination {
  readonly host?: string;
  readonly port?: string | number;
}

function connect(proxy: URL, destination: Destination, modules: Modules, done: (error: Error | undefined, socket?: Duplex) => void): void {
  const host = destination.host?.includes(':') ? `[${destination.host}]` : (destination.host ?? '');
  const authority = `${host}:${destination.port ?? 443}`;
  const credentials = proxyAuthorization(proxy);
  const request = (proxy.protocol === 'https:' ? modules.https : modules.http).request({
    method: 'CONNECT',
    hostname: proxy.hostname.replace(/^\[|\]$/g, ''),
    port: proxy.port || (proxy.protocol === 'https:' ? 443 : 80),
    path: authority,
    headers: { host: authority, ...(credentials === undefined ? {} : { 'proxy-authorization': credentials }) },
    maxHeaderSize: ANSWER_HEADER_BYTES,
    agent: false,
  });
  request.once('connect', (answer, socket, head) => {
    if (answer.statusCode !== 200) {
      socket.destroy();
      done(Object.assign(new Error(`${answer.statusCode} ${answer.statusMessage ?? ''}`.trim()), { code: 'EPROXY' }));
      return;
    }
    if (head.length > 0) socket.unshift(head);
    done(undefined, socket);
  });
  request.once('error', (e) => done(e));
  request.end();
}

/** An agent whose every connection goes through `proxy`. */
export function createTunnelAgent(proxy: URL, options: AgentOptions, modules: Modules): Agent {
  class TunnelAgent extends modules.https.Agent {
    override createConnection(destination: Destination, created: (error: Error | null, socket?: Duplex) => void): undefined {
      connect(proxy, destination, modules, (error, socket) => {
        if (error) return created(error);
        const secured = super.createConnection({ ...destination, socket } as Parameters<Agent['createConnection']>[0]) as unknown as Duplex;
        created(null, secured);
      });
    }
  }
  return new TunnelAgent(options);
}
