// SPDX-License-Identifier: Apache-2.0
/** The debugging server of `-debug`: loopback only, where the reference has it. */
import type { Endpoint, Health } from '@notary/service';

export function debugEndpoint(health: Health): Endpoint {
  const handler = (request: Request): Response => {
    const { pathname } = new URL(request.url);
    if (pathname === '/debug/health') return health.healthResponse();
    if (pathname === '/debug/vars') {
      const body = JSON.stringify({ memory: process.memoryUsage(), uptimeSeconds: process.uptime(), cpu: process.cpuUsage() });
      return new Response(`${body}\n`, { headers: { 'content-type': 'application/json' } });
    }
    return new Response('not found\n', { status: 404 });
  };
  return { name: 'debug', handler, listen: { host: '127.0.0.1', port: 8080 } };
}
