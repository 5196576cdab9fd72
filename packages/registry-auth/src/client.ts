// SPDX-License-Identifier: Apache-2.0
/**
 * A registry's HTTP client: credentials on demand, redirects, retries and warnings, over the Http port.
 *
 * A request goes out with what is known: a token that covers its scopes, or the Basic credential once the registry asked for
 * one. A 401 of the same host is answered once; requests that meet it at the same time share one token request. The second 401
 * is the caller's answer.
 */
import { type Clock, Fault, type Http, type HttpResponse, isFault, printableUrl, type Random, Secret } from '@notary/base';
import { chooseChallenge, parseChallenges } from './challenge.ts';
import { anonymousSource, type Credential, type CredentialSource, isAnonymous } from './credential.ts';
import { authFaults } from './faults.ts';
import { EXPIRY_MARGIN_MS, MAX_CACHED_TOKENS, RETRY_DEADLINE_MS, TOKEN_TIMEOUT_MS } from './limits.ts';
import { sendFollowing } from './redirect.ts';
import type { RegistryRequest, RegistryResponse } from './request.ts';
import { countTries, isRetriedStatus, parseRetryAfter } from './retry.ts';
import { challengedScopes, coversScopes, mergeScopes } from './scope.ts';
import { type BearerToken, basicAuthorization, fetchToken } from './token.ts';
import type { TokenCache } from './token-store.ts';
import { createWarningFilter } from './warnings.ts';

/** One registry, who asks it, and what that needs. */
export interface RegistryClientOptions {
  /** The registry as it stands in references: the key of credentials. */
  readonly registry: string;
  /** `https://host[:port]`: credentials go here and to the token server it names, and nowhere else. */
  readonly baseUrl: string;
  readonly http: Http;
  readonly clock: Clock;
  readonly random: Random;
  readonly credentials?: CredentialSource;
  readonly tokenCache?: TokenCache;
  readonly userAgent?: string;
  /** `client_id` towards token servers; default `notation`. */
  readonly clientId?: string;
  /** Asks token servers by POST even with user name and password. */
  readonly preferOauth?: boolean;
  readonly onWarning?: (text: string) => void;
  readonly retryDeadlineMs?: number;
}

/** Speaks with one registry: answers its challenges, follows its redirects, repeats what may be repeated. */
export interface RegistryClient {
  /** Sends a request; any status resolves. Faults: `AUTH_…`, and those of the Http port once the tries are used up. */
  send(request: RegistryRequest): Promise<RegistryResponse>;
  /** The same, with the reading of the body under the same tries: a connection that breaks in the middle is tried again. */
  exchange<T>(request: RegistryRequest, read: (response: RegistryResponse) => Promise<T>): Promise<T>;
}

/** Creates a client for one registry. Asks nothing yet. */
export function createRegistryClient(options: RegistryClientOptions): RegistryClient {
  const authorizer = new Authorizer(options);
  const warn = createWarningFilter(options.onWarning);
  const exchange = async <T>(request: RegistryRequest, read: (response: RegistryResponse) => Promise<T>): Promise<T> => {
    const repeatable = request.retry !== false && (request.repeatable ?? (request.method === 'GET' || request.method === 'HEAD'));
    const tries = countTries(options.clock, options.random, options.retryDeadlineMs ?? RETRY_DEADLINE_MS);
    for (;;) {
      try {
        const response = await authorizer.send(request);
        warn(response.headerValues('warning'));
        if (!isRetriedStatus(response.status, repeatable)) return await read(response);
        const afterMs = parseRetryAfter(response.header('retry-after'), options.clock.now());
        if (!(await tries.again(afterMs, request.signal))) return await read(response);
        await response.cancel();
      } catch (failure) {
        if (!repeatable || !(await tries.againAfter(failure, request.signal))) throw failure;
      }
    }
  };
  return { exchange, send: (request) => exchange(request, async (response) => response) };
}

/** The fault of a credential store, with the request before it for which the credential was wanted. */
function during({ method, url }: RegistryRequest, what: string, e: unknown): unknown {
  if (!isFault(e)) return e;
  const { code, category, facts, remedy, attempts, rank } = e;
  const message = `${method} ${JSON.stringify(printableUrl(url))}: ${what}${e.message}`;
  return new Fault({ code, category, message, facts, remedy, attempts, rank, cause: e });
}

/** Knows the credential and the tokens of one registry. */
class Authorizer {
  readonly #options: RegistryClientOptions;
  readonly #tokens: BearerToken[] = [];
  readonly #flights = new Map<string, Promise<Secret<string>>>();
  #basic: Secret<string> | undefined;
  #credential: Promise<Credential> | undefined;
  #loaded: Promise<void> | undefined;

  constructor(options: RegistryClientOptions) {
    this.#options = options;
  }

  async send(request: RegistryRequest): Promise<RegistryResponse> {
    if (new URL(request.url).origin !== new URL(this.#options.baseUrl).origin) return this.#attempt(request, undefined);
    const scopes = mergeScopes(request.scopes ?? []);
    const known = await this.#known(request, scopes);
    const response = await this.#attempt(request, known);
    if (response.status !== 401 || !sameHost(response.url, request.url)) return response;
    const challenge = chooseChallenge(parseChallenges(response.headerValues('www-authenticate')));
    if (challenge === undefined) return response;
    // The Basic credential was refused: there is no other.
    if (challenge.scheme === 'basic' && known !== undefined && known === this.#basic?.reveal()) return response;
    await response.cancel();
    const fresh =
      challenge.scheme === 'basic'
        ? await this.#answerBasic(request)
        : await this.#answerBearer(request, scopes, challenge.parameters, known);
    return this.#attempt(request, fresh);
  }

  /** What can be sent without being asked, from memory or from kept tokens. */
  async #known(request: RegistryRequest, scopes: readonly string[]): Promise<string | undefined> {
    if (this.#options.tokenCache !== undefined) await (this.#loaded ??= this.#load(this.#options.tokenCache, request));
    if (this.#basic !== undefined) return this.#basic.reveal();
    const token = this.#covering(scopes);
    return token === undefined ? undefined : bearer(token);
  }

  async #load(cache: TokenCache, request: RegistryRequest): Promise<void> {
    this.#tokens.push(...(await cache.load(new URL(this.#options.baseUrl).origin, () => this.#credentialFor(request))));
  }

  #covering(scopes: readonly string[]): BearerToken | undefined {
    const soonest = this.#options.clock.now().getTime() + EXPIRY_MARGIN_MS;
    return this.#tokens.find((t) => t.expiresAt.getTime() > soonest && coversScopes(t.scopes, scopes));
  }

  #credentialFor(request: RegistryRequest): Promise<Credential> {
    const { registry, credentials = anonymousSource } = this.#options;
    this.#credential ??= credentials.credential({
      registry,
      ...(request.repository === undefined ? {} : { repository: request.repository }),
    });
    return this.#credential;
  }

  async #answerBasic(request: RegistryRequest): Promise<string> {
    const credential = await this.#credentialFor(request).catch((e: unknown) => {
      throw during(request, 'failed to resolve credential: ', e);
    });
    const { username = '', password } = credential;
    const where = { method: request.method, url: printableUrl(request.url) };
    if (isAnonymous(credential)) throw authFaults.CREDENTIAL_NOT_FOUND(where);
    if (username === '' || password === undefined || password.reveal() === '')
      throw authFaults.CREDENTIAL_INCOMPLETE({ ...where, scheme: 'basic' });
    this.#basic = new Secret(basicAuthorization(username, password.reveal()));
    return this.#basic.reveal();
  }

  /** A token for what is wanted and what the challenge names. `refused` is what was just sent in vain. */
  async #answerBearer(
    request: RegistryRequest,
    wanted: readonly string[],
    parameters: ReadonlyMap<string, string>,
    refused: string | undefined,
  ): Promise<string> {
    const scopes = mergeScopes([...wanted, ...challengedScopes(parameters.get('scope'))]);
    const known = this.#covering(scopes);
    // Another request has got a token meanwhile; one that was just refused is not used again.
    if (known !== undefined && bearer(known) !== refused) return bearer(known);
    if (known !== undefined) this.#drop(known);
    const service = parameters.get('service') ?? '';
    const key = JSON.stringify([parameters.get('realm'), service, scopes]);
    let flight = this.#flights.get(key);
    if (flight === undefined) {
      flight = this.#fetch(request, parameters.get('realm') ?? '', service, scopes).finally(() => this.#flights.delete(key));
      this.#flights.set(key, flight);
    }
    return `Bearer ${(await flight).reveal()}`;
  }

  #drop(token: BearerToken): void {
    this.#tokens.splice(this.#tokens.indexOf(token), 1);
  }

  async #fetch(request: RegistryRequest, realm: string, service: string, scopes: readonly string[]): Promise<Secret<string>> {
    const { http, clock, clientId = 'notation', userAgent, preferOauth = false, tokenCache, baseUrl } = this.#options;
    const credential = await this.#credentialFor(request).catch((e: unknown) => {
      throw during(request, '', e);
    });
    if (credential.accessToken !== undefined) return credential.accessToken;
    const { method, url, signal } = request;
    const token = await fetchToken({
      http,
      clock,
      clientId,
      userAgent,
      method,
      url,
      realm,
      service,
      scopes,
      credential,
      preferOauth,
      signal,
    });
    this.#tokens.unshift(token);
    this.#tokens.splice(MAX_CACHED_TOKENS);
    // By origin: a token got over https is not for the same name over http, nor for another service of that name.
    await tokenCache?.save(new URL(baseUrl).origin, credential, token);
    return token.token;
  }

  async #attempt(request: RegistryRequest, authorization: string | undefined): Promise<RegistryResponse> {
    const headers: Record<string, string> = { ...request.headers };
    if (this.#options.userAgent !== undefined) headers['user-agent'] = this.#options.userAgent;
    if (authorization !== undefined) headers['authorization'] = authorization;
    const { method, url, maxBytes, body, bodyLength, signal } = request;
    const { response, url: finalUrl } = await sendFollowing(this.#options.http, {
      method,
      url,
      headers,
      maxBytes,
      timeoutMs: request.timeoutMs ?? TOKEN_TIMEOUT_MS,
      ...(body === undefined ? {} : { body }),
      ...(bodyLength === undefined ? {} : { bodyLength }),
      ...(signal === undefined ? {} : { signal }),
    });
    return locate(response, finalUrl);
  }
}

const bearer = (token: BearerToken): string => `Bearer ${token.token.reveal()}`;
const sameHost = (a: string, b: string): boolean => new URL(a).origin === new URL(b).origin;

/** Adds where an answer came from; methods keep their `this`. */
function locate(response: HttpResponse, url: string): RegistryResponse {
  return {
    status: response.status,
    // Whoever asks for one field spares the copy of all.
    get headers() {
      return response.headers;
    },
    header: (name) => response.header(name),
    headerValues: (name) => response.headerValues(name),
    bytes: () => response.bytes(),
    stream: () => response.stream(),
    cancel: () => response.cancel(),
    url,
  };
}
