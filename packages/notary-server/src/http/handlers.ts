// SPDX-License-Identifier: Apache-2.0
/** What each operation does once the request is routed and authorised. */
import { isFault } from '@notary/base';
import { canonicalKeyId, decodeRoot, encodeKeyResponse, isRoleName, type PublicKey, parseEnvelope, rootSigners } from '@notary/tuf';
import { MAX_UPDATE_BYTES } from '../limits.ts';
import { toResponse } from '../read/cache.ts';
import { loadCurrent } from '../read/current.ts';
import type { Reader } from '../read/reader.ts';
import type { ServerRole, SigningService } from '../signing/port.ts';
import type { AuditEntry, MetadataStore } from '../storage/port.ts';
import type { Actor, Publisher } from '../update/publisher.ts';
import { parseUploads } from '../update/uploads.ts';
import type { BodyBudget } from './body.ts';
import { parseChangeQuery, readChanges } from './changefeed.ts';
import { ApiError } from './errors.ts';
import { isStorableGun, type Route } from './routes.ts';

export interface HandlerDeps {
  readonly store: MetadataStore;
  readonly signing: SigningService;
  readonly keyAlgorithm: string;
  readonly reader: Reader;
  readonly publisher: Publisher;
  readonly bodies: BodyBudget;
  readonly now: () => Date;
  readonly recordAudit: (entry: AuditEntry) => void | Promise<void>;
}

/** A request that may do what it asks. */
export interface Admitted {
  readonly request: Request;
  readonly route: Route;
  readonly path: string;
  readonly actor: Actor;
}

/** Beyond it Go's number parser fails, and its error is the detail. */
const MAX_INT64 = 2n ** 63n - 1n;
const PLAIN = { 'content-type': 'text/plain; charset=utf-8' } as const;
const ok = (body: string): Response => new Response(body, { headers: PLAIN });

/** Runs an operation. Throws {@link ApiError}. */
export function runOperation(deps: HandlerDeps, admitted: Admitted): Promise<Response> | Response {
  switch (admitted.route.operation) {
    case 'Ping':
      return ok('{}');
    case 'GetRole':
    case 'GetRoleByHash':
    case 'GetRoleByVersion':
      return getRole(deps, admitted);
    case 'UpdateTUF':
      return update(deps, admitted);
    case 'GetKey':
      return getKey(deps, admitted);
    case 'RotateKey':
      return rotateKey(deps, admitted);
    case 'DeleteTUF':
      return remove(deps, admitted);
    case 'Changefeed':
      return changefeed(deps, admitted);
    default:
      throw new ApiError('METADATA_NOT_FOUND');
  }
}

async function getRole(deps: HandlerDeps, { route, path }: Admitted): Promise<Response> {
  const { gun, role, checksum, version } = route;
  const nowhere = new ApiError('METADATA_NOT_FOUND', {});
  if (!isStorableGun(gun) || !isRoleName(role)) throw nowhere;
  // names are lower-case SHA-256, as stored; SHA-384, SHA-512 and upper case have never been found
  if (checksum !== undefined && !/^[0-9a-f]{64}$/.test(checksum)) throw nowhere;
  if (version !== undefined && BigInt(version) > MAX_INT64)
    throw new ApiError('METADATA_NOT_FOUND', { Func: 'Atoi', Num: version.slice(0, 100), Err: {} });
  const answer = await deps.reader.read(path, {
    gun,
    role,
    ...(checksum === undefined ? {} : { checksum }),
    ...(version === undefined ? {} : { version }),
  });
  if (answer === undefined) throw nowhere;
  return toResponse(answer);
}

async function update(deps: HandlerDeps, { request, route, actor }: Admitted): Promise<Response> {
  if (!isStorableGun(route.gun)) throw new ApiError('INVALID_GUN');
  return deps.bodies.read(request, MAX_UPDATE_BYTES, async (body) => {
    const uploads = parseUploads(request.headers.get('content-type'), body);
    const recorded = deps.recordAudit(await deps.publisher.publish(route.gun, uploads, actor));
    if (recorded instanceof Promise) await recorded;
    return new Response(null, { status: 200 });
  });
}

/** The key that the current root names, if it is held; else one that has never signed. */
async function getKey(deps: HandlerDeps, { route }: Admitted): Promise<Response> {
  const { gun } = route;
  const role = route.role as ServerRole;
  if (!isStorableGun(gun)) throw new ApiError('METADATA_NOT_FOUND');
  const state = await loadCurrent(deps.store, gun);
  const root = await state?.file('root');
  if (root !== undefined) {
    for (const key of rootSigners(decodeRoot(parseEnvelope(root.bytes)), role).keys.values()) {
      const held = await deps.signing.find(canonicalKeyId(key));
      if (held !== undefined) return keyResponse(held);
    }
  }
  return keyResponse(await createKey(deps, role, gun));
}

async function rotateKey(deps: HandlerDeps, { route, actor }: Admitted): Promise<Response> {
  if (!isStorableGun(route.gun)) throw new ApiError('METADATA_NOT_FOUND');
  const key = await createKey(deps, route.role as ServerRole, route.gun);
  const entry: AuditEntry = { at: deps.now(), action: 'rotate-key', gun: route.gun, ...actor, detail: { role: route.role, keyId: key.id } };
  await deps.store.audit(entry);
  await deps.recordAudit(entry);
  return keyResponse(key);
}

async function createKey(deps: HandlerDeps, role: ServerRole, gun: string): Promise<PublicKey> {
  if (deps.keyAlgorithm === '') throw new ApiError('NO_KEYALGORITHM');
  try {
    return await deps.signing.create(role, gun, deps.keyAlgorithm);
  } catch (cause) {
    if (isFault(cause, 'SIGNING_ALGORITHM_UNSUPPORTED')) throw new ApiError('UNKNOWN', {}, { cause });
    throw cause;
  }
}

const keyResponse = (key: PublicKey): Response => ok(encodeKeyResponse(key));

async function remove(deps: HandlerDeps, { route, actor }: Admitted): Promise<Response> {
  const { gun } = route;
  const entry: AuditEntry = { at: deps.now(), action: 'delete', gun, ...actor, detail: {} };
  if (isStorableGun(gun)) {
    const existed = await deps.store.delete(gun, entry);
    await deps.recordAudit({ ...entry, detail: { existed } });
  }
  return new Response(null, { status: 200 });
}

async function changefeed(deps: HandlerDeps, { request, route }: Admitted): Promise<Response> {
  const query = parseChangeQuery(route.gun, new URL(request.url).searchParams);
  return ok(await readChanges(deps.store, query));
}
