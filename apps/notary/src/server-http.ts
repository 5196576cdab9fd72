// SPDX-License-Identifier: Apache-2.0
/** HTTP to a trust server: TLS from the configuration, tokens on demand, and offline mode once it cannot be reached. */
import { fromUtf8, type Http, type HttpRequest, type HttpResponse, isFault, type Log, type TlsClientOptions } from '@notary/base';
import { type Gun, MAX_CONFIG_BYTES } from '@notary/collection';
import type { Config } from './config.ts';
import type { AppDeps } from './deps.ts';
import { faults } from './faults.ts';

/** What a command does to a collection decides what its token must allow. */
export type Access = 'read' | 'write' | 'admin';

export interface ServerHttpOptions {
  readonly deps: AppDeps;
  readonly config: Config;
  readonly gun: Gun;
  readonly access: Access;
  readonly log: Log;
}

/** The client of one command. */
export async function createServerHttp(options: ServerHttpOptions): Promise<Http> {
  const { deps, config, log } = options;
  const tls = await tlsOptions(deps, config);
  const http = offlineAfterFailure(deps.http(tls === undefined ? {} : { tls }), config.server, log);
  return authorizedOnDemand(http, async (base) => (await import('./authorized-http.ts')).createAuthorizedHttp(options, base));
}

/** Challenges and redirects: what a plain client cannot deal with. */
const needsMore = (status: number): boolean => status === 401 || (status >= 300 && status < 400);

/**
 * Most servers let everybody read. The code that answers challenges is loaded when there is one, and gets the answer that we have
 * for its own first request: nothing is asked twice.
 */
function authorizedOnDemand(http: Http, load: (base: Http) => Promise<Http>): Http {
  let authorized: Promise<Http> | undefined;
  const kept = new Map<string, HttpResponse>();
  const take = (key: string): HttpResponse | undefined => {
    const response = kept.get(key);
    kept.delete(key);
    return response;
  };
  const base: Http = {
    async send(request) {
      const isFirst = request.headers?.authorization === undefined;
      return (isFirst ? take(keyOf(request)) : undefined) ?? http.send(request);
    },
  };
  return {
    async send(request) {
      const key = keyOf(request);
      if (authorized === undefined) {
        const response = await http.send(request);
        if (!needsMore(response.status)) return response;
        await take(key)?.cancel();
        kept.set(key, response);
      }
      authorized ??= load(base);
      try {
        return await (await authorized).send(request);
      } finally {
        // A token that came meanwhile went out with the first request already.
        await take(key)?.cancel();
      }
    },
  };
}

const keyOf = (request: HttpRequest): string => `${request.method} ${request.url}`;

/** The first failure to reach the server is logged and ends all further tries: nobody waits for a timeout twice. */
function offlineAfterFailure(http: Http, server: string, log: Log): Http {
  let failed: unknown;
  return {
    async send(request) {
      if (failed !== undefined) throw failed;
      try {
        return await http.send(request);
      } catch (e) {
        if (isFault(e, 'HTTP_UNREACHABLE', 'HTTP_TLS_FAILED', 'HTTP_TIMEOUT')) {
          failed = e;
          log.error(`could not reach ${server}: ${e.message}`);
          log.info('continuing in offline mode');
        }
        throw e;
      }
    },
  };
}

async function tlsOptions(deps: AppDeps, config: Config): Promise<TlsClientOptions | undefined> {
  const { ca, cert, key, skipVerify } = config.tls;
  if ((cert === '') !== (key === '')) throw faults.TLS_INVALID({ problem: 'either pass both client key and cert, or neither' });
  if (ca === '' && cert === '' && !skipVerify) return undefined;
  return {
    ...(ca === '' ? {} : { ca: [await pem(deps, ca, 'could not read CA certificate')], replaceSystemRoots: true }),
    ...(cert === ''
      ? {}
      : { cert: await pem(deps, cert, 'could not load X509 key pair'), key: await pem(deps, key, 'could not load X509 key pair') }),
    ...(skipVerify ? { unsafeSkipVerify: true } : {}),
  };
}

async function pem(deps: AppDeps, path: string, problem: string): Promise<string> {
  const bytes = await deps.files.read(path, MAX_CONFIG_BYTES);
  if (bytes === undefined)
    throw faults.TLS_INVALID({ problem: `unable to configure TLS: ${problem} "${path}": open ${path}: no such file or directory` });
  return fromUtf8(bytes);
}
