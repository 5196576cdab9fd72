// SPDX-License-Identifier: Apache-2.0
/** One repository of one registry: its URLs, its client, and what its refusals mean. */
import { type Clock, type Fault, isDigest, type Log, printableUrl, type Random, silentLog } from '@notary/base';
import {
  createRegistryClient,
  parseRegistryErrors,
  type RegistryClient,
  type RegistryError,
  type RegistryRequest,
  type RegistryResponse,
  registryHost,
  repositoryScope,
  statusReason,
} from '@notary/registry-auth';
import { ociFaults } from '../faults.ts';
import { MAX_ERROR_BYTES, REQUEST_TIMEOUT_MS } from '../limits.ts';
import { isRegistryName, isRepositoryName, isTag } from '../reference.ts';
import type { RemoteRepositoryOptions } from './options.ts';

/** What the modules of this folder share about a repository. */
export interface Connection {
  /** `registry/repository`. */
  readonly name: string;
  /** `https://host/v2/name`, without a slash at its end. */
  readonly url: string;
  readonly client: RegistryClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly options: RemoteRepositoryOptions;
  /** Ends the waits between requests; the requests themselves have one of their own. */
  readonly signal?: AbortSignal | undefined;
  /** The members that every request has, with the scope it needs. */
  request(access: 'pull' | 'push' | 'delete'): Pick<RegistryRequest, 'scopes' | 'repository' | 'timeoutMs' | 'signal'>;
}

/** Checks the names, which become parts of URLs, and makes the client. */
export function connect(options: RemoteRepositoryOptions): Connection {
  const { registry, repository } = options;
  const reference = `${registry}/${repository}`;
  if (!isRegistryName(registry))
    throw ociFaults.REFERENCE_INVALID({ reference, problem: `invalid reference: invalid registry ${JSON.stringify(registry)}` });
  if (!isRepositoryName(repository))
    throw ociFaults.REFERENCE_INVALID({ reference, problem: `invalid reference: invalid repository ${JSON.stringify(repository)}` });
  const baseUrl = `${options.allowPlainHttp === true ? 'http' : 'https'}://${registryHost(registry)}`;
  const least = options.access ?? 'pull';
  const scopeFor = (access: 'pull' | 'push' | 'delete'): string => {
    const wanted = access === 'pull' ? least : access;
    return wanted === 'pull' ? repositoryScope(repository, 'pull') : repositoryScope(repository, 'pull', wanted);
  };
  return {
    name: reference,
    url: `${baseUrl}/v2/${repository}`,
    client: createRegistryClient({ ...options, baseUrl }),
    clock: options.clock,
    random: options.random,
    log: options.log ?? silentLog,
    options,
    request: (access) => ({ scopes: [scopeFor(access)], repository, timeoutMs: REQUEST_TIMEOUT_MS }),
  };
}

/** The same connection, whose requests end when the signal says so. */
export function withSignal(connection: Connection, signal: AbortSignal | undefined): Connection {
  if (signal === undefined) return connection;
  return { ...connection, signal, request: (access) => ({ ...connection.request(access), signal }) };
}

/** `…/manifests/<tag or digest>`; anything else is `OCI_REFERENCE_INVALID`. */
export function manifestUrl(connection: Connection, reference: string): string {
  if (!isTag(reference) && !isDigest(reference))
    throw ociFaults.REFERENCE_INVALID({
      reference: reference.slice(0, 500),
      problem: `invalid reference: invalid tag ${JSON.stringify(reference.slice(0, 500))}`,
    });
  return `${connection.url}/manifests/${reference}`;
}

/** `name:tag` or `name@digest`, for messages. */
export const fullName = (connection: Connection, reference: string): string =>
  `${connection.name}${isDigest(reference) ? '@' : ':'}${reference}`;

/**
 * The fault for an answer that was not hoped for. Reads the rest of its body. `learned` are errors that another request brought
 * to light: they go into the facts, and the message stays what the reference prints.
 */
export async function statusFault(
  request: RegistryRequest,
  response: RegistryResponse,
  now: Date,
  learned?: readonly RegistryError[],
): Promise<Fault> {
  const errors = request.method === 'HEAD' ? [] : await readErrors(response);
  const { status } = response;
  const facts = {
    method: request.method,
    url: printableUrl(request.url),
    status,
    reason: statusReason(status, errors),
    errors: learned ?? errors,
  };
  if (status === 401) return ociFaults.UNAUTHORIZED({ ...facts, ...(request.scopes === undefined ? {} : { scopes: request.scopes }) });
  if (status === 403) return ociFaults.DENIED({ ...facts, ...(request.scopes === undefined ? {} : { scopes: request.scopes }) });
  if (status === 429) return ociFaults.RATE_LIMITED({ ...facts, ...retryAfterSeconds(response, now) });
  return ociFaults.STATUS(facts);
}

/** The errors in a body; none if it cannot be read. */
export async function readErrors(response: RegistryResponse): Promise<RegistryError[]> {
  const body = await response.bytes().catch(() => new Uint8Array());
  return body.length > MAX_ERROR_BYTES ? [] : parseRegistryErrors(body);
}

function retryAfterSeconds(response: RegistryResponse, now: Date): { retryAfterSeconds?: number } {
  const field = response.header('retry-after')?.trim() ?? '';
  const ms = /^\d{1,9}$/.test(field) ? Number(field) * 1000 : Date.parse(field) - now.getTime();
  return Number.isNaN(ms) ? {} : { retryAfterSeconds: Math.max(0, Math.ceil(ms / 1000)) };
}

/** The media type of an answer without its parameters, in lower case; empty if there is none. */
export function contentType(response: RegistryResponse): string {
  return (response.header('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** The stated length of a body, `undefined` if it is not stated or no number. */
export function contentLength(response: RegistryResponse): number | undefined {
  const field = response.header('content-length');
  return field !== undefined && /^\d{1,15}$/.test(field) ? Number(field) : undefined;
}

/** `OCI_RESPONSE_INVALID` of a request. */
export const invalidResponse = (request: { method: string; url: string }, problem: string): Fault =>
  ociFaults.RESPONSE_INVALID({ method: request.method, url: printableUrl(request.url), problem });
