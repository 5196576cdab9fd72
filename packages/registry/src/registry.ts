// SPDX-License-Identifier: Apache-2.0
/**
 * The registry as a handler: `Request` in, `Response` out, over a store. It never listens. Each row of the table below is one
 * operation: method, route, the access it needs, and what runs.
 */
import type { Clock, Handler, Log, Random } from '@notary/base';
import { silentLog, toFault, toHex } from '@notary/base';
import { type Access, type AccessControl, createMetrics, type Metrics } from '@notary/service';
import { createBlobApi } from './api/blobs.ts';
import { createListingApi } from './api/listings.ts';
import { createManifestApi } from './api/manifests.ts';
import { createReferrerApi } from './api/referrers.ts';
import { createUploadApi } from './api/uploads.ts';
import { ANYONE, type Call, type Context, deleteFrom, pullOf, pushTo, type RegistryLimits } from './context.ts';
import { answerFault, answerRefusal } from './errors.ts';
import { faults } from './faults.ts';
import { createInstruments } from './instruments.ts';
import { MAX_BLOB_BYTES, MAX_MANIFEST_BYTES, MAX_REFERRERS_PAGE_BYTES } from './limits.ts';
import { isRepositoryName } from './names.ts';
import type { Policy } from './policy.ts';
import { parseRoute, type Route, type RouteKind } from './route.ts';
import type { RegistryStore } from './store.ts';

/** What a registry is made of. */
export interface RegistryOptions {
  readonly store: RegistryStore;
  readonly clock: Clock;
  readonly random: Random;
  /** Who may do what. Without it everybody may do everything: say so to the operator. */
  readonly access?: AccessControl;
  readonly policy?: Policy;
  readonly log?: Log;
  readonly metrics?: Metrics;
  readonly limits?: Partial<RegistryLimits>;
  /** `accept` (default) takes sparse manifests, as the specification allows; `refuse` answers MANIFEST_BLOB_UNKNOWN. */
  readonly missingBlobs?: 'accept' | 'refuse';
  /**
   * `given` says that whoever makes the requests makes each chunk of a body anew and never looks at it again: the memory of large uploads
   * is then given back as soon as it is written. Default: chunks are left alone.
   */
  readonly bodyChunks?: 'given';
  /** Answers every change with 405. A store that is not writable has the same effect. */
  readonly readOnly?: boolean;
}

/** A registry: its handler, and its end. */
export interface Registry {
  readonly handle: Handler;
  /** Closes the store. */
  close(): Promise<void>;
}

interface Operation {
  readonly name: string;
  readonly writes: boolean;
  readonly access: (route: Route) => readonly Access[];
  /** What it could use besides: named in challenges. */
  readonly useful?: (route: Route) => readonly Access[];
  readonly run: (call: Call) => Response | Promise<Response>;
}

function operationsOf(ctx: Context): ReadonlyMap<RouteKind, Readonly<Record<string, Operation>>> {
  const manifests = createManifestApi(ctx);
  const blobs = createBlobApi(ctx);
  const uploads = createUploadApi(ctx);
  const listings = createListingApi(ctx);
  const referrers = createReferrerApi(ctx);
  const pull = (name: string, run: Operation['run']): Operation => ({ name, writes: false, access: (r) => pullOf(r.name), run });
  const push = (name: string, run: Operation['run']): Operation => ({ name, writes: true, access: (r) => pushTo(r.name), run });
  const remove = (name: string, run: Operation['run']): Operation => ({ name, writes: true, access: (r) => deleteFrom(r.name), run });
  const ping: Operation = { name: 'ping', writes: false, access: () => [], run: pong };
  const catalog: Operation = {
    name: 'catalog',
    writes: false,
    access: () => [{ type: 'registry', name: 'catalog', actions: ['*'] }],
    run: listings.catalog,
  };
  const getManifest = pull('manifest_get', manifests.get);
  const getBlob = pull('blob_get', blobs.get);
  return new Map<RouteKind, Record<string, Operation>>([
    ['ping', { GET: ping, HEAD: ping }],
    ['catalog', { GET: catalog }],
    [
      'manifest',
      {
        GET: getManifest,
        HEAD: getManifest,
        PUT: push('manifest_put', manifests.put),
        DELETE: remove('manifest_delete', manifests.remove),
      },
    ],
    ['blob', { GET: getBlob, HEAD: getBlob, DELETE: remove('blob_delete', blobs.remove) }],
    ['uploads', { POST: { ...push('upload_start', uploads.start), useful: sourceOf } }],
    [
      'upload',
      {
        PATCH: push('upload_patch', uploads.patch),
        PUT: push('upload_finish', uploads.finish),
        GET: push('upload_status', uploads.status),
        DELETE: push('upload_cancel', uploads.cancel),
      },
    ],
    ['tags', { GET: pull('tags_list', listings.tags) }],
    ['referrers', { GET: pull('referrers_list', referrers.list) }],
  ]);
}

function pong(): Response {
  return new Response('{}', {
    status: 200,
    headers: { 'content-type': 'application/json', 'docker-distribution-api-version': 'registry/2.0' },
  });
}

/** Reading the source of a mount spares an upload. */
function sourceOf(route: Route): readonly Access[] {
  if (!route.query.includes('mount=')) return [];
  const from = new URLSearchParams(route.query).get('from') ?? '';
  return isRepositoryName(from) && from !== route.name ? pullOf(from) : [];
}

const UNKNOWN_OPERATION = 'unknown';

/** The registry over a store. Nothing runs until it is called. */
export function createRegistry(options: RegistryOptions): Registry {
  const { store, clock, random, log = silentLog, access } = options;
  const ctx: Context = {
    store,
    clock,
    random,
    log,
    instruments: createInstruments(options.metrics ?? createMetrics(), () => store.uploadCount),
    limits: {
      maxManifestBytes: MAX_MANIFEST_BYTES,
      maxBlobBytes: MAX_BLOB_BYTES,
      maxReferrersPageBytes: MAX_REFERRERS_PAGE_BYTES,
      ...options.limits,
    },
    access,
    policy: options.policy,
    chunks: options.bodyChunks,
    requireBlobs: options.missingBlobs === 'refuse',
  };
  const operations = operationsOf(ctx);
  const frozen = options.readOnly === true;

  const answerError = (request: Request, operation: string, e: unknown): Response => {
    const fault = toFault(e);
    const requestId = toHex(random.bytes(8));
    const { status, body, headers } = answerFault(fault, requestId);
    if (status >= 500) log.error(fault.message, { requestId, operation, code: fault.code, facts: fault.facts, cause: fault.cause });
    else log.debug(fault.message, { requestId, operation, code: fault.code });
    return new Response(request.method === 'HEAD' ? null : body, { status, headers });
  };

  const run = (request: Request, route: Route, operation: Operation): Response | Promise<Response> => {
    const proceed = (identity: Call['identity']): Response | Promise<Response> => {
      if (operation.writes && (frozen || !store.writable)) throw faults.READ_ONLY();
      return operation.run({ request, route, identity });
    };
    if (access === undefined) return proceed(ANYONE);
    const decision = access.check(request.headers.get('authorization'), operation.access(route), operation.useful?.(route));
    const decided = (d: Awaited<typeof decision>): Response | Promise<Response> =>
      d.allowed ? proceed(d.identity) : answerRefusal(request, d);
    return decision instanceof Promise ? decision.then(decided) : decided(decision);
  };

  const handle: Handler = (request) => {
    const started = performance.now();
    let name = UNKNOWN_OPERATION;
    const done = (response: Response): Response => {
      ctx.instruments.request(name, response.status, (performance.now() - started) / 1000);
      return response;
    };
    try {
      const route = parseRoute(request.url);
      if (route === undefined) throw faults.ROUTE_UNKNOWN();
      const operation = operations.get(route.kind)?.[request.method];
      if (operation === undefined) throw faults.METHOD_UNSUPPORTED({ method: request.method.slice(0, 20) });
      name = operation.name;
      const response = run(request, route, operation);
      if (!(response instanceof Promise)) return done(response);
      return response.then(done, (e) => done(answerError(request, name, e)));
    } catch (e) {
      return done(answerError(request, name, e));
    }
  };
  return { handle, close: () => store.close() };
}
