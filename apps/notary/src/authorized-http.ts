// SPDX-License-Identifier: Apache-2.0
/** Answers a server's challenges: tokens and credentials. Loaded once a server asks for any. */
import { type Http, type HttpRequest, type HttpResponse, httpFaults, isFault } from '@notary/base';
import { collectionFaults, type Gun } from '@notary/collection';
import { anonymousSource, createRegistryClient, type RegistryClient, repositoryScope } from '@notary/registry-auth';
import { createCredentials } from './credentials.ts';
import type { ServerHttpOptions } from './server-http.ts';

const ACTIONS = { read: ['pull'], write: ['push', 'pull'], admin: ['*'] } as const;

/** An `Http` that answers challenges. Reading is tried without credentials first, as the reference does. */
export function createAuthorizedHttp(options: ServerHttpOptions, http: Http): Http {
  const { deps, config, gun, access, log } = options;
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
