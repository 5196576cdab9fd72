// SPDX-License-Identifier: Apache-2.0
/**
 * Go's message names the address to which no connection came about; the runtimes tell the host at best. After such a failure, and
 * only then, the name is looked up once more: the first address is the one that Go reports.
 */
import { type Fault, type HttpRequest, httpFaults } from '@notary/base';
import { DIAGNOSIS_MS } from '../limits.ts';

/** The same fault, with the address in place of the name where it can be found out. */
export async function withDialedAddress(fault: Fault, request: HttpRequest, proxy: URL | undefined): Promise<Fault> {
  const { hostname } = proxy ?? new URL(request.url);
  const { detail, errno } = fault.facts as { detail?: string; errno?: string };
  const start = `dial tcp ${hostname}:`;
  if (fault.code !== 'HTTP_UNREACHABLE' || detail === undefined || errno === undefined) return fault;
  if (!detail.includes(start) || hostname.startsWith('[') || /^[\d.]+$/.test(hostname)) return fault;
  const address = await firstAddress(hostname);
  if (address === undefined) return fault;
  const named = detail.replace(start, `dial tcp ${address.includes(':') ? `[${address}]` : address}:`);
  return httpFaults.UNREACHABLE({ method: request.method, url: String(fault.facts.url), detail: named, errno }, { cause: fault.cause });
}

async function firstAddress(hostname: string): Promise<string | undefined> {
  const { lookup } = await import('node:dns');
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), DIAGNOSIS_MS);
    lookup(hostname, { verbatim: true }, (error, address) => {
      clearTimeout(timer);
      resolve(error ? undefined : address);
    });
  });
}
