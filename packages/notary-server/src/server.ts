// SPDX-License-Identifier: Apache-2.0
/**
 * The Notary v1 server as a value: `Request` in, `Response` out. Listening, configuration and databases are the executable's.
 *
 * A read whose answer is cached takes the short way: one map lookup, one check that the answer is still right, one response.
 * Everything else is routed, authorised and handled as the table in `routes.ts` says.
 */
import { type Clock, type ConnectionInfo, isFault, type Log, type Random, silentLog, toHex } from '@notary/base';
import type { Access, AccessControl, AccessDecision, Health } from '@notary/service';
import { BodyBudget } from './http/body.ts';
import { ApiError, errorResponse } from './http/errors.ts';
import { type Admitted, type HandlerDeps, runOperation } from './http/handlers.ts';
import { HttpMetrics, METERED, type MeteredOperation } from './http/metrics.ts';
import { cleanPath, matchRoute, type Operation, type Route, requiredActions } from './http/routes.ts';
import { BODY_SILENCE_MS, DEFAULT_CACHE_BYTES, MAX_BODIES_TOTAL_BYTES, MAX_PATH_LENGTH } from './limits.ts';
import { type Answer, SMALL_ANSWER_BYTES, toResponse } from './read/cache.ts';
import { type CacheAges, isSeenAt, Reader } from './read/reader.ts';
import { Renewer } from './read/renew.ts';
import type { SigningService } from './signing/port.ts';
import type { AuditEntry, MetadataStore } from './storage/port.ts';
import { Publisher } from './update/publisher.ts';

/** What a server is made of. */
export interface NotaryServerOptions {
  readonly store: MetadataStore;
  readonly signing: SigningService;
  /** Of keys the server makes: `ecdsa` or `ed25519`; whatever the configuration says is passed to the signer. */
  readonly keyAlgorithm: string;
  readonly clock: Clock;
  readonly random: Random;
  /** Without it everything is allowed to everyone. */
  readonly access?: AccessControl;
  /** Changes the challenge of a refusal: `autoredirect` sends clients to a token service on the host they asked. */
  readonly rewriteChallenge?: (challenge: string, request: Request) => string;
  /** Only collections whose names begin with one of these are served. */
  readonly gunPrefixes?: readonly string[];
  /** `max-age` in seconds; the reference's are 300 and 2592000. */
  readonly cacheAges?: CacheAges;
  readonly cacheBytes?: number;
  readonly health?: Health;
  /** More of the metrics page: text in Prometheus' format. Names of collections go only to those who may list them all. */
  readonly moreMetrics?: (names: 'with-names' | 'without-names') => Promise<string>;
  readonly log?: Log;
  /** Log each request at level info? Off, requests cost nothing for it. */
  readonly logRequests?: () => boolean;
  /** How long a sender may be silent in the middle of a body. The server watches that itself: its listener need not. */
  readonly bodySilenceMs?: number;
  /** Receives every audit record, whatever the log level. The request is answered when it has returned or resolved. */
  readonly onAudit?: (entry: AuditEntry) => void | Promise<void>;
}

/** The server: its handler, and the parts that other work uses. */
export interface NotaryServer {
  handle(request: Request, connection?: ConnectionInfo): Response | Promise<Response>;
  readonly reader: Reader;
  readonly renewer: Renewer;
  readonly publisher: Publisher;
}

const METERED_SET: ReadonlySet<string> = new Set(METERED);
const DEFAULT_AGES: CacheAges = { current: 300, consistent: 2_592_000 };

/** Creates the server over its store and its signing service. */
export function createNotaryServer(options: NotaryServerOptions): NotaryServer {
  return new Server(options);
}

/** What is known of a request before it is admitted. */
interface Arrived {
  readonly request: Request;
  readonly route: Route;
  readonly path: string;
}

class Server implements NotaryServer {
  readonly reader: Reader;
  readonly renewer: Renewer;
  readonly publisher: Publisher;
  readonly #options: NotaryServerOptions;
  readonly #log: Log;
  readonly #deps: HandlerDeps;
  readonly #metrics = new HttpMetrics();

  constructor(options: NotaryServerOptions) {
    const { store, signing, clock } = options;
    this.#options = options;
    this.#log = options.log ?? silentLog;
    const now = () => clock.now();
    this.renewer = new Renewer({ store, signing, log: this.#log });
    this.reader = new Reader({
      store,
      clock,
      renewer: this.renewer,
      ages: options.cacheAges ?? DEFAULT_AGES,
      cacheBytes: options.cacheBytes ?? DEFAULT_CACHE_BYTES,
    });
    this.publisher = new Publisher({ store, signing, log: this.#log, now });
    this.#deps = {
      store,
      signing,
      now,
      keyAlgorithm: options.keyAlgorithm,
      reader: this.reader,
      publisher: this.publisher,
      bodies: new BodyBudget(MAX_BODIES_TOTAL_BYTES, options.bodySilenceMs ?? BODY_SILENCE_MS),
      recordAudit: (entry) => options.onAudit?.(entry),
    };
  }

  handle(request: Request, connection?: ConnectionInfo): Response | Promise<Response> {
    const started = performance.now();
    const target = rawTarget(request.url);
    const response = this.#answer(request, target, started, connection);
    if (this.#options.logRequests?.() !== true) return response;
    const remote = connection?.remoteAddress ?? ''; // of a client that is still there
    if (!(response instanceof Promise)) return this.#logged(request, remote, started, response);
    return response.then((r) => this.#logged(request, remote, started, r));
  }

  #answer(request: Request, target: string, started: number, connection: ConnectionInfo | undefined): Response | Promise<Response> {
    if (request.method === 'GET') {
      const answer = this.reader.find(target);
      if (answer !== undefined) {
        if (connection !== undefined && answer.bytes.length <= SMALL_ANSWER_BYTES) connection.answerIsSmall = true;
        return this.#quick(request, target, answer, started);
      }
    }
    return this.#slow(request, target, started);
  }

  /** A cached answer: authorise, check that it is still right, answer. */
  #quick(request: Request, path: string, answer: Answer, started: number): Response | Promise<Response> {
    const { access, clock } = this.#options;
    if (access !== undefined && this.#remembered(access, request, answer)?.allowed !== true) return this.#slow(request, path, started);
    const seen = this.reader.ask(answer, clock.now().getTime());
    if (typeof seen === 'boolean') return seen ? this.#serve(answer, started) : this.#revalidate(request, path, answer, started);
    return seen.then(
      (token) => (isSeenAt(answer, token) ? this.#serve(answer, started) : this.#revalidate(request, path, answer, started)),
      () => this.#revalidate(request, path, answer, started),
    );
  }

  /** A decision about credentials that needs no waiting; what fails or waits is the slow way's business. */
  #remembered(access: AccessControl, request: Request, answer: Answer): AccessDecision | undefined {
    const wanted = [{ type: 'repository', name: answer.collection.gun, actions: requiredActions(answer.operation) }];
    try {
      const decision = access.check(request.headers.get('authorization'), wanted);
      if (!(decision instanceof Promise)) return decision;
      decision.catch(() => undefined);
    } catch {
      // asked again, and answered, on the slow way
    }
    return undefined;
  }

  async #revalidate(request: Request, path: string, answer: Answer, started: number): Promise<Response> {
    try {
      if (await this.reader.validate(answer, this.#options.clock.now().getTime())) return this.#serve(answer, started);
    } catch (e) {
      return this.#refuse(e, answer.operation, request, started);
    }
    return this.#slow(request, path, started);
  }

  #serve(answer: Answer, started: number): Response {
    this.#metrics.record(answer.operation, 'GET', 200, performance.now() - started, 0, answer.bytes.length);
    return toResponse(answer);
  }

  async #slow(request: Request, target: string, started: number): Promise<Response> {
    let operation: Operation = 'NotFound';
    try {
      const arrived = routeRequest(request, target);
      if (arrived instanceof Response) return arrived;
      operation = arrived.route.operation;
      const open = this.#openOperation(arrived);
      if (open !== undefined) return await open;
      this.#checkPrefix(arrived.route);
      // every wait that is none costs a publish a promise and a turn
      const { access } = this.#options;
      const subject = access === undefined ? 'anonymous' : await this.#authorise(access, arrived);
      const actor = { subject, requestId: toHex(this.#options.random.bytes(16)) };
      const cached = access === undefined || request.method !== 'GET' ? undefined : await this.#cachedAnswer(arrived);
      const response = cached ?? (await runOperation(this.#deps, { ...arrived, actor } satisfies Admitted));
      this.#record(operation, request, response.status, started, Number(response.headers.get('content-length') ?? 0));
      return response;
    } catch (e) {
      return this.#refuse(e, operation, request, started);
    }
  }

  /** After an asynchronous check of credentials the cache still counts. */
  async #cachedAnswer({ path }: Arrived): Promise<Response | undefined> {
    const answer = this.reader.find(path);
    if (answer === undefined) return undefined;
    const now = this.#options.clock.now().getTime();
    const seen = this.reader.ask(answer, now);
    const right = typeof seen === 'boolean' ? seen : isSeenAt(answer, await seen.catch(() => Number.NaN));
    return right || (await this.reader.validate(answer, now)) ? toResponse(answer) : undefined;
  }

  /** Health, readiness and metrics, which ask for no credentials. */
  #openOperation({ request, route }: Arrived): Response | Promise<Response> | undefined {
    const { health } = this.#options;
    switch (route.operation) {
      case 'Health':
        return healthResponse(health);
      case 'Ready':
        return health?.readyResponse() ?? jsonResponse('{}');
      case 'Metrics':
        return this.#metricsPage(request);
      default:
        return undefined;
    }
  }

  async #metricsPage(request: Request): Promise<Response> {
    const { clock, moreMetrics } = this.#options;
    const names = (await this.#mayListAll(request)) ? 'with-names' : 'without-names';
    const page = this.#metrics.render(clock.now().getTime()) + ((await moreMetrics?.(names)) ?? '');
    return new Response(page, { headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' } });
  }

  async #mayListAll(request: Request): Promise<boolean> {
    const { access } = this.#options;
    if (access === undefined) return true;
    const decision = await access.check(request.headers.get('authorization'), [{ type: 'registry', name: 'catalog', actions: ['*'] }]);
    return decision.allowed;
  }

  /** Before authentication, as in the reference. */
  #checkPrefix({ gun, operation }: Route): void {
    const prefixes = this.#options.gunPrefixes ?? [];
    if (gun === '' || prefixes.length === 0 || prefixes.some((p) => gun.startsWith(p))) return;
    if (operation === 'UpdateTUF') throw new ApiError('INVALID_GUN', `Require GUNs with prefix: [${prefixes.join(' ')}]`);
    throw new ApiError('METADATA_NOT_FOUND');
  }

  /** The subject of an admitted request. */
  async #authorise(access: AccessControl, { request, route }: Arrived): Promise<string> {
    const wanted = wantedAccess(route);
    const decision: AccessDecision = await access.check(request.headers.get('authorization'), [wanted]);
    if (decision.allowed) return decision.identity.user === '' ? 'anonymous' : decision.identity.user;
    this.#log.info('refused', { gun: route.gun, operation: route.operation, reason: decision.reason });
    const detail = wanted.actions.map((Action) => ({ Type: wanted.type, Class: '', Name: wanted.name, Action }));
    const { rewriteChallenge = (challenge: string) => challenge } = this.#options;
    throw new ApiError(decision.status === 401 ? 'UNAUTHORIZED' : 'DENIED', detail, {
      headers: decision.challenge === undefined ? {} : { 'www-authenticate': rewriteChallenge(decision.challenge, request) },
    });
  }

  #refuse(e: unknown, operation: Operation, request: Request, started: number): Response {
    const error = this.#asApiError(e);
    this.#record(operation, request, error.status, started, 0);
    return errorResponse(error);
  }

  #asApiError(e: unknown): ApiError {
    if (e instanceof ApiError) return e;
    if (isFault(e) && e.category === 'limit' && typeof e.facts['retryAfterSeconds'] === 'number') {
      return new ApiError('TOOMANYREQUESTS', undefined, { headers: { 'retry-after': String(e.facts['retryAfterSeconds']) }, cause: e });
    }
    if (isFault(e, 'SERVICE_CREDENTIAL_INVALID')) return new ApiError('UNAUTHORIZED', undefined, { cause: e });
    this.#log.error('request failed', { error: e });
    const status = isFault(e) && e.category === 'unavailable' ? { status: 503, headers: { 'retry-after': '5' } } : {};
    return new ApiError('UNKNOWN', {}, { ...status, cause: e });
  }

  #record(operation: Operation, request: Request, status: number, started: number, responseBytes: number): void {
    if (!METERED_SET.has(operation)) return;
    const requestBytes = Number(request.headers.get('content-length') ?? 0);
    this.#metrics.record(operation as MeteredOperation, request.method, status, performance.now() - started, requestBytes, responseBytes);
  }

  #logged(request: Request, remote: string, started: number, response: Response): Response {
    const { url } = request;
    const host = url.indexOf('://') + 3;
    this.#log.info('response completed', {
      'http.request.host': url.slice(host, url.indexOf('/', host)),
      'http.request.method': request.method,
      'http.request.remoteaddr': remote,
      'http.request.uri': rawTarget(url).slice(0, MAX_LOGGED),
      'http.request.useragent': (request.headers.get('user-agent') ?? '').slice(0, MAX_LOGGED),
      'http.response.status': response.status,
      'http.response.duration': `${(performance.now() - started).toFixed(3)}ms`,
      'http.response.contenttype': response.headers.get('content-type') ?? '',
    });
    return response;
  }
}

/** Longest text of a request that a log line repeats. */
const MAX_LOGGED = 500;

/** The reference's page: an object of failed checks, empty when all is well. */
function healthResponse(health: Health | undefined): Response {
  const failures = health?.failures() ?? new Map<string, string>();
  return jsonResponse(JSON.stringify(Object.fromEntries(failures)), failures.size === 0 ? 200 : 503);
}

const jsonResponse = (body: string, status = 200): Response =>
  new Response(body, { status, headers: { 'content-type': 'application/json; charset=utf-8' } });

/** Path and query as they were sent. */
function rawTarget(url: string): string {
  const slash = url.indexOf('/', url.indexOf('://') + 3);
  return slash < 0 ? '/' : url.slice(slash);
}

function wantedAccess({ gun, operation }: Route): Access {
  if (gun === '' || operation === 'NotFound') {
    return operation === 'Ping' || operation === 'Changefeed' || operation === 'NotFound'
      ? { type: 'registry', name: 'catalog', actions: ['*'] }
      : { type: 'registry', name: 'catalog', actions: requiredActions(operation) };
  }
  return { type: 'repository', name: gun, actions: requiredActions(operation) };
}

/** The route, or the answer to a path that has none of its own: too long, badly escaped, not clean, an unknown method. */
function routeRequest(request: Request, target: string): Arrived | Response {
  if (target.length > MAX_PATH_LENGTH) return new Response(null, { status: 414 });
  const end = target.search(/[?#]/);
  const escaped = end < 0 ? target : target.slice(0, end);
  let path: string;
  try {
    path = escaped.includes('%') ? decodeURIComponent(escaped) : escaped;
  } catch {
    return new Response('400 Bad Request', { status: 400, headers: { 'content-type': 'text/plain; charset=utf-8' } });
  }
  const clean = cleanPath(path);
  if (clean !== path) {
    const location = encodeURI(clean).replace(/[?#]/g, encodeURIComponent) + (end < 0 ? '' : target.slice(end));
    return new Response(null, { status: 301, headers: { location } });
  }
  const route = matchRoute(request.method, path);
  if (route === undefined) return new Response(null, { status: 405 });
  return { request, route, path };
}
