// SPDX-License-Identifier: Apache-2.0
/** HTTP to a trust server: TLS from the configuration, tokens on demand, and offline mode once it cannot be reached. */
import {
  fromUtf8,
  type Http,
  type HttpRequest,
  type HttpResponse,
  httpFaults,
  isFault,
  type Log,
  type TlsClientOptions,
} from '@notary/base';
import { collectionFaults, type Gun, MAX_CONFIG_BYTES } from '@notary/collection';
import { anonymousSource, createRegistryClient, type RegistryClient, repositoryScope } from '@notary/registry-auth';
import type { Config } from './config.ts';
import { createCredentials } from './credentials.ts';
import type { AppDeps } from './deps.ts';
import { faults } from './faults.ts';

/** What a command does to a collection decides what its token must allow. */
export type Access = 'read' | 'write' | 'admin';
const ACTIONS = { read: ['pull'], write: ['push', 'pull'], admin: ['*'] } as const;

export interface ServerHttpOptions {
  readonly deps: AppDeps;
  readonly config: Config;
  readonly gun: Gun;
  readonly access: Access;
  readonly log: Log;
}

/** An `Http` that answers challenges. Reading is tried without credentials first, as the reference does. */
export async function createServerHttp(options: ServerHttpOptions): Promise<Http> {
  const { deps, config, gun, access, log } = options;
  const tls = await tlsOptions(deps, config);
  const http = offlineAfterFailure(deps.http(tls === undefined ? {} : { tls }), config.server, log);
  const url = new URL(config.server);
  const shared = { registry: url.host, baseUrl: url.origin, http, clock: deps.clock, random: deps.random, clientId: 'notary' };
  const scopes = [repositoryScope(gun, ...ACTIONS[access])];
  const named = createRegistryClient({ ...shared, credentials: createCredentials(deps, log) });
  if (access !== 'read') return sending([named], scopes, gun);
  return sending([createRegistryClient({ ...shared, credentials: anonymousSource }), named], scopes, gun);
}

/** Sends by each client in turn until one is authorized. */
function sending(clients: readonly RegistryClient[], scopes: readonly string[], gun: Gun): Http {
  return {
    async send(request) {
      for (const [i, client] of clients.entries()) {
        const response = await attempt(client, request, scopes, gun);
        if (response !== undefined && (response.status !== 401 || i === clients.length - 1)) return response;
        await response?.cancel();
      }
      throw collectionFaults.SERVER_UNAVAILABLE({ status: 401, location: new URL(request.url).host });
    },
  };
}

/** `undefined` where there is no credential to answer with. */
async function attempt(
  client: RegistryClient,
  request: HttpRequest,
  scopes: readonly string[],
  gun: Gun,
): Promise<HttpResponse | undefined> {
  const { method, body, ...rest } = request;
  if (body !== undefined && !(body instanceof Uint8Array))
    throw httpFaults.REQUEST_INVALID({ method, url: request.url, reason: 'the body is a stream' });
  try {
    return await client.send({
      ...rest,
      method: method as 'GET',
      scopes,
      repository: gun,
      retry: false,
      ...(body === undefined ? {} : { body }),
    });
  } catch (e) {
    if (isFault(e, 'AUTH_CREDENTIAL_NOT_FOUND', 'AUTH_CREDENTIAL_INCOMPLETE', 'AUTH_TOKEN_REFUSED') && isRefusal(e.facts.status))
      return undefined;
    throw e;
  }
}

const isRefusal = (status: unknown): boolean => status === undefined || status === 401 || status === 403;

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
