// SPDX-License-Identifier: Apache-2.0
/** Resolving and fetching (distribution-spec, "Pull"). */
import { type Digest, type Fault, isDigest, isFault, parseDigest } from '@notary/base';
import type { RegistryError, RegistryRequest, RegistryResponse } from '@notary/registry-auth';
import { type Descriptor, describe } from '../descriptor.ts';
import { ociFaults } from '../faults.ts';
import { MAX_ERROR_BYTES, MAX_IGNORED_BYTES, MAX_MANIFEST_BYTES } from '../limits.ts';
import { MANIFEST_TYPES } from '../media-types.ts';
import { checkSize, embeddedContent, sizeMismatch, streamVerified, verifyContent } from '../verified-content.ts';
import {
  type Connection,
  contentLength,
  contentType,
  fullName,
  invalidResponse,
  manifestUrl,
  readErrors,
  statusFault,
} from './connection.ts';

const ACCEPT_ANY = MANIFEST_TYPES.join(', ');

/** HEAD, then GET where HEAD is not answered or leaves out type, size or digest. */
export async function resolveManifest(connection: Connection, reference: string): Promise<Descriptor> {
  const request: RegistryRequest = {
    ...connection.request('pull'),
    method: 'HEAD',
    url: manifestUrl(connection, reference),
    headers: { accept: ACCEPT_ANY },
    maxBytes: MAX_IGNORED_BYTES,
  };
  const response = await connection.client.send(request);
  await response.cancel();
  if (response.status === 404) throw ociFaults.NOT_FOUND({ reference: fullName(connection, reference) });
  if (response.status === 405 || response.status === 501) return resolveByGet(connection, reference);
  if (response.status !== 200)
    throw response.status === 429
      ? await statusFault(request, response, connection.clock.now())
      : await withReason(connection, request, response);
  const digest = statedDigest(request, response, isDigest(reference) ? reference : undefined);
  const size = contentLength(response);
  const mediaType = contentType(response);
  if (digest === undefined || size === undefined || mediaType === '') return resolveByGet(connection, reference);
  return { mediaType, digest, size };
}

async function resolveByGet(connection: Connection, reference: string): Promise<Descriptor> {
  const found = await getManifest(connection, reference);
  if (found === undefined) throw ociFaults.NOT_FOUND({ reference: fullName(connection, reference) });
  return found.descriptor;
}

/** An answer to HEAD has no body: the same request as GET tells why, for the facts; the message stays that of the reference. */
async function withReason(connection: Connection, request: RegistryRequest, response: RegistryResponse): Promise<Fault> {
  const learned: RegistryError[] = [];
  try {
    const answer = await connection.client.send({ ...request, method: 'GET', maxBytes: MAX_ERROR_BYTES, retry: false });
    if (answer.status === response.status) learned.push(...(await readErrors(answer)));
    else await answer.cancel();
  } catch {
    // The reason is an extra: the fault stands without it.
  }
  return statusFault(request, response, connection.clock.now(), learned);
}

/**
 * `Docker-Content-Digest`, `undefined` if absent or of another algorithm than the digest that was asked for. One that is
 * malformed, or contradicts what was asked for, is `OCI_RESPONSE_INVALID`.
 */
export function statedDigest(request: RegistryRequest, response: RegistryResponse, expected: Digest | undefined): Digest | undefined {
  const field = response.header('docker-content-digest');
  if (field === undefined || field === '') return undefined;
  let digest: Digest;
  try {
    digest = parseDigest(field);
  } catch (e) {
    if (isFault(e, 'DIGEST_UNSUPPORTED')) return undefined;
    throw invalidResponse(request, `invalid response header: \`Docker-Content-Digest: ${field.slice(0, 200)}\``);
  }
  if (expected === undefined || digest === expected) return digest;
  if (digest.slice(0, 7) !== expected.slice(0, 7)) return undefined;
  throw invalidResponse(
    request,
    `invalid response; digest mismatch in Docker-Content-Digest: received "${digest}" when expecting "${expected}"`,
  );
}

export interface FoundManifest {
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array;
  readonly etag: string | undefined;
}

/** GET of any manifest by tag or digest, hashed; `undefined` for 404. */
export async function getManifest(connection: Connection, reference: string): Promise<FoundManifest | undefined> {
  const expected = isDigest(reference) ? reference : undefined;
  const request: RegistryRequest = {
    ...connection.request('pull'),
    method: 'GET',
    url: manifestUrl(connection, reference),
    headers: { accept: ACCEPT_ANY },
    maxBytes: MAX_MANIFEST_BYTES,
  };
  return connection.client.exchange(request, async (response) => {
    if (response.status === 404) {
      await response.cancel();
      return undefined;
    }
    if (response.status !== 200) throw await statusFault(request, response, connection.clock.now());
    const stated = statedDigest(request, response, expected);
    const bytes = await response.bytes();
    const mediaType = contentType(response);
    if (mediaType === '') throw invalidResponse(request, 'invalid response Content-Type: mime: no media type');
    const algorithm = (stated ?? expected ?? 'sha256:').split(':', 1)[0] as 'sha256';
    const descriptor = describe(mediaType, bytes, algorithm);
    for (const digest of [stated, expected]) {
      if (digest?.startsWith(`${algorithm}:`) && digest !== descriptor.digest) verifyContent({ ...descriptor, digest }, bytes);
    }
    return { descriptor, bytes, etag: response.header('etag') };
  });
}

/** The bytes of a manifest whose descriptor is known. */
export async function fetchManifest(connection: Connection, descriptor: Descriptor): Promise<Uint8Array> {
  checkSize(descriptor, MAX_MANIFEST_BYTES);
  const embedded = embeddedContent(descriptor);
  if (embedded !== undefined) return embedded;
  const request: RegistryRequest = {
    ...connection.request('pull'),
    method: 'GET',
    url: manifestUrl(connection, descriptor.digest),
    headers: { accept: descriptor.mediaType },
    maxBytes: Math.max(descriptor.size, MAX_ERROR_BYTES),
  };
  return fetchExact(connection, request, descriptor, (response) => {
    const actual = contentType(response);
    if (actual !== descriptor.mediaType.toLowerCase())
      throw invalidResponse(request, `mismatch response Content-Type "${actual.slice(0, 200)}": expect "${descriptor.mediaType}"`);
  });
}

/** The bytes of a blob. */
export async function fetchBlob(connection: Connection, descriptor: Descriptor, maxBytes: number): Promise<Uint8Array> {
  checkSize(descriptor, maxBytes);
  const embedded = embeddedContent(descriptor);
  if (embedded !== undefined) return embedded;
  return fetchExact(connection, blobRequest(connection, descriptor, 'GET'), descriptor, () => undefined);
}

/** A blob in chunks, verified at their end. */
export async function* streamBlob(connection: Connection, descriptor: Descriptor): AsyncGenerator<Uint8Array, void> {
  const request = { ...blobRequest(connection, descriptor, 'GET'), maxBytes: Math.max(descriptor.size, MAX_ERROR_BYTES) };
  const response = await connection.client.send(request);
  await checkAnswer(connection, request, response, descriptor);
  yield* streamVerified(descriptor, response.stream());
}

/** Is the blob or manifest there? */
export async function hasContent(connection: Connection, kind: 'blob' | 'manifest', descriptor: Descriptor): Promise<boolean> {
  const request: RegistryRequest =
    kind === 'blob'
      ? blobRequest(connection, descriptor, 'HEAD')
      : {
          ...blobRequest(connection, descriptor, 'HEAD'),
          url: manifestUrl(connection, descriptor.digest),
          headers: { accept: ACCEPT_ANY },
        };
  const response = await connection.client.send(request);
  await response.cancel();
  if (response.status === 404) return false;
  if (response.status === 200) return true;
  throw await statusFault(request, response, connection.clock.now());
}

function blobRequest(connection: Connection, descriptor: Descriptor, method: 'GET' | 'HEAD'): RegistryRequest {
  return {
    ...connection.request('pull'),
    method,
    url: `${connection.url}/blobs/${parseDigest(descriptor.digest)}`,
    maxBytes: Math.max(descriptor.size, MAX_ERROR_BYTES),
  };
}

async function fetchExact(
  connection: Connection,
  request: RegistryRequest,
  descriptor: Descriptor,
  check: (response: RegistryResponse) => void,
): Promise<Uint8Array> {
  return connection.client.exchange(request, async (response) => {
    await checkAnswer(connection, request, response, descriptor);
    try {
      check(response);
    } catch (e) {
      await response.cancel();
      throw e;
    }
    try {
      return verifyContent(descriptor, await response.bytes());
    } catch (e) {
      if (isFault(e, 'HTTP_BODY_TOO_LARGE')) throw sizeMismatch(descriptor, request.maxBytes + 1);
      throw e;
    }
  });
}

/** Status, stated length and stated digest of an answer that should carry `descriptor`. Lets go of the body when it throws. */
async function checkAnswer(
  connection: Connection,
  request: RegistryRequest,
  response: RegistryResponse,
  descriptor: Descriptor,
): Promise<void> {
  if (response.status === 404) {
    await response.cancel();
    throw ociFaults.NOT_FOUND({ reference: descriptor.digest });
  }
  if (response.status !== 200) throw await statusFault(request, response, connection.clock.now());
  try {
    // A length behind Content-Encoding counts other bytes than the content's.
    const length = response.header('content-encoding') === undefined ? contentLength(response) : undefined;
    if (length !== undefined && length !== descriptor.size) throw invalidResponse(request, 'mismatch Content-Length');
    statedDigest(request, response, descriptor.digest);
  } catch (e) {
    await response.cancel();
    throw e;
  }
}
