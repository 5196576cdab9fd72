// SPDX-License-Identifier: Apache-2.0
/** Pushing blobs and manifests (distribution-spec, "Push"). */
import { isFault, parseDigest, printableUrl } from '@notary/base';
import { parseUrl, type RegistryError, type RegistryRequest, type RegistryResponse, targetProblem } from '@notary/registry-auth';
import type { Descriptor } from '../descriptor.ts';
import { ociFaults } from '../faults.ts';
import {
  MANIFEST_RETRY_PAUSE_MS,
  MAX_ERROR_BYTES,
  MAX_MANIFEST_BYTES,
  MAX_MANIFEST_TRIES,
  MAX_SINGLE_POST_BYTES,
  MAX_UPLOAD_TRIES,
  UPLOAD_RETRY_PAUSE_MS,
} from '../limits.ts';
import type { BlobContent, PushBlobOptions } from '../repository.ts';
import { checkSize, streamVerified, verifyContent } from '../verified-content.ts';
import { type Connection, manifestUrl, statusFault } from './connection.ts';
import { hasContent, statedDigest } from './read.ts';

/** Uploads a blob in one piece, unless it is there; one that is `fresh` is not asked for first. A session that fails on the way is started afresh. */
export async function pushBlob(
  connection: Connection,
  descriptor: Descriptor,
  content: BlobContent,
  { fresh = false }: PushBlobOptions = {},
): Promise<void> {
  if (content instanceof Uint8Array) verifyContent(descriptor, content);
  if (!fresh && (await hasContent(connection, 'blob', descriptor))) return;
  for (let tries = 1; ; tries++) {
    try {
      return await upload(connection, descriptor, content);
    } catch (e) {
      if (tries >= MAX_UPLOAD_TRIES || !isFault(e) || !(e.code === 'HTTP_UNREACHABLE' || isTransient(e.facts['status']))) throw e;
      await connection.clock.sleep(UPLOAD_RETRY_PAUSE_MS * tries, connection.signal);
    }
  }
}

/** Statuses after which a whole upload may be tried again; the session is gone or the server is ailing. */
const isTransient = (status: unknown): boolean => typeof status === 'number' && (status >= 500 || status === 408 || status === 404);

async function upload(connection: Connection, descriptor: Descriptor, content: BlobContent): Promise<void> {
  const started = await start(connection, descriptor, content);
  if (started === 'stored') return;
  const put: RegistryRequest = {
    ...connection.request('push'),
    method: 'PUT',
    url: uploadUrl(started.request.url, started.response, descriptor),
    headers: { 'content-type': 'application/octet-stream' },
    body: content instanceof Uint8Array ? content : () => streamVerified(descriptor, content()),
    bodyLength: descriptor.size,
    maxBytes: MAX_ERROR_BYTES,
  };
  const done = await connection.client.send(put);
  if (done.status !== 201) throw await statusFault(put, done, connection.clock.now());
  await done.cancel();
}

interface Session {
  readonly request: RegistryRequest;
  readonly response: RegistryResponse;
}

/**
 * Starts a session. A small blob goes with the request: a registry that takes it has stored it one round trip earlier (distribution-spec,
 * "Single POST"); one that does not answers with a session, or with an error that the bare request then repeats or does not.
 */
async function start(connection: Connection, descriptor: Descriptor, content: BlobContent): Promise<Session | 'stored'> {
  const bare: RegistryRequest = {
    ...connection.request('push'),
    method: 'POST',
    url: `${connection.url}/blobs/uploads/`,
    // Empty: a 401 comes while there is nothing to send twice. A session too many does no harm.
    body: new Uint8Array(0),
    maxBytes: MAX_ERROR_BYTES,
    repeatable: true,
  };
  if (content instanceof Uint8Array && content.length <= MAX_SINGLE_POST_BYTES) {
    const request: RegistryRequest = {
      ...bare,
      url: `${bare.url}?digest=${encodeURIComponent(descriptor.digest)}`,
      headers: { 'content-type': 'application/octet-stream' },
      body: content,
    };
    const response = await connection.client.send(request);
    if (response.status === 201) {
      await response.cancel();
      // Whoever stored it says where, and a digest that it names is the blob's.
      if (response.header('location') !== undefined) {
        statedDigest(request, response, parseDigest(descriptor.digest));
        return 'stored';
      }
    } else if (response.status === 202) {
      await response.cancel();
      return { request, response };
    } else if (KEPT_REFUSALS.has(response.status)) {
      throw await statusFault(request, response, connection.clock.now());
    } else {
      await response.cancel();
    }
  }
  const response = await connection.client.send(bare);
  if (response.status !== 202) throw await statusFault(bare, response, connection.clock.now());
  await response.cancel();
  return { request: bare, response };
}

/** Refusals that have nothing to do with how a blob is sent. */
const KEPT_REFUSALS: ReadonlySet<number> = new Set([401, 403, 429]);

/** The session's URL with `digest` added; whatever else stands in it is the registry's and stays as it is. */
export function uploadUrl(startUrl: string, started: Pick<RegistryResponse, 'header' | 'url'>, descriptor: Descriptor): string {
  const field = started.header('location');
  const refuse = (problem: string) => ociFaults.UPLOAD_LOCATION_INVALID({ url: printableUrl(startUrl), problem });
  if (field === undefined) throw refuse('there is none');
  const origin = new URL(startUrl);
  const location = parseUrl(field, started.url);
  if (location === undefined) throw refuse('it is not a URL');
  // A registry behind a proxy that ends TLS often thinks that it is spoken to in http: stay with https on the same host.
  if (origin.protocol === 'https:' && location.protocol === 'http:' && location.hostname === origin.hostname) {
    location.protocol = 'https:';
    if (location.port === '80') location.port = origin.port;
  }
  const problem = targetProblem(location, origin);
  if (problem !== undefined) throw refuse(problem);
  location.hash = '';
  return `${location.href}${location.search === '' ? (location.href.endsWith('?') ? '' : '?') : '&'}digest=${encodeURIComponent(parseDigest(descriptor.digest))}`;
}

/** Puts a manifest under its digest or a tag and returns `OCI-Subject`, by which a registry says that it indexed the subject. */
export async function pushManifest(
  connection: Connection,
  descriptor: Descriptor,
  bytes: Uint8Array,
  tag?: string,
): Promise<string | undefined> {
  checkSize(descriptor, MAX_MANIFEST_BYTES);
  verifyContent(descriptor, bytes);
  const put: ManifestPut = { descriptor, bytes, reference: tag ?? descriptor.digest, repeatable: tag === undefined };
  for (let tries = 1; ; tries++) {
    try {
      return (await putManifest(connection, put)).header('oci-subject');
    } catch (e) {
      if (tries >= MAX_MANIFEST_TRIES || !lacksBlob(e)) throw e;
      await connection.clock.sleep(MANIFEST_RETRY_PAUSE_MS * 2 ** (tries - 1), connection.signal);
    }
  }
}

/** A refusal for a blob that was pushed before: nothing was stored, and a moment later the registry may know it. */
const lacksBlob = (e: unknown): boolean =>
  isFault(e, ociFaults.STATUS.code) && (e.facts['errors'] as readonly RegistryError[]).some((error) => BLOB_UNKNOWN.has(error.code));

const BLOB_UNKNOWN: ReadonlySet<string> = new Set(['MANIFEST_BLOB_UNKNOWN', 'BLOB_UNKNOWN']);

export interface ManifestPut {
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array;
  readonly reference: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly repeatable: boolean;
}

/** The bare PUT: 201 or a fault. */
export async function putManifest(connection: Connection, put: ManifestPut): Promise<RegistryResponse> {
  const request: RegistryRequest = {
    ...connection.request('push'),
    method: 'PUT',
    url: manifestUrl(connection, put.reference),
    headers: { 'content-type': put.descriptor.mediaType, ...put.headers },
    body: put.bytes,
    maxBytes: MAX_ERROR_BYTES,
    repeatable: put.repeatable,
  };
  const response = await connection.client.send(request);
  if (response.status !== 201) throw await statusFault(request, response, connection.clock.now());
  await response.cancel();
  statedDigest(request, response, put.descriptor.digest);
  return response;
}

/** Deletes a manifest by digest: `deleted` also when it is gone already, `refused` for any other answer. */
export async function deleteManifest(connection: Connection, digest: string): Promise<'deleted' | 'refused'> {
  const request: RegistryRequest = {
    ...connection.request('delete'),
    method: 'DELETE',
    url: manifestUrl(connection, parseDigest(digest)),
    maxBytes: MAX_ERROR_BYTES,
    repeatable: true,
  };
  const response = await connection.client.send(request);
  await response.cancel();
  return response.status === 202 || response.status === 200 || response.status === 404 ? 'deleted' : 'refused';
}
