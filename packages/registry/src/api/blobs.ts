// SPDX-License-Identifier: Apache-2.0
/** Blobs: pull with ranges, existence, delete (distribution-spec end-2, end-10). */
import type { Digest } from '@notary/base';
import { etagOf, matchesEtag, parseRange } from '../conditions.ts';
import { askPolicy, type Call, type Context, repositoryName, warningHeader } from '../context.ts';
import { faults } from '../faults.ts';
import { CACHED_BLOB_BYTES, MAX_BLOB_HEADERS } from '../limits.ts';
import { parseStoredDigest, type RepositoryName } from '../names.ts';

export interface BlobApi {
  get(call: Call): Response | Promise<Response>;
  remove(call: Call): Promise<Response>;
}

const BASE = { 'content-type': 'application/octet-stream', 'accept-ranges': 'bytes', 'docker-distribution-api-version': 'registry/2.0' };
const IMMUTABLE = 'max-age=31536000, immutable';

/** Headers of small blobs sent whole: making them costs a fifth of such an answer. Starts over when full. */
const wholeHeaders = new Map<Digest, { readonly size: number; readonly headers: Headers }>();

function headersOfWhole(digest: Digest, size: number): Headers {
  const known = wholeHeaders.get(digest);
  // A damaged file of another length is answered as it is: clients see that by the digest.
  if (known?.size === size) return known.headers;
  const headers = new Headers({
    ...BASE,
    'docker-content-digest': digest,
    etag: etagOf(digest),
    'cache-control': IMMUTABLE,
    'content-length': String(size),
  });
  if (wholeHeaders.size >= MAX_BLOB_HEADERS) wholeHeaders.clear();
  wholeHeaders.set(digest, { size, headers });
  return headers;
}

function answer(ctx: Context, call: Call, name: RepositoryName, digest: Digest, size: number): Response | Promise<Response> {
  const { request } = call;
  const asked = request.headers.get('range');
  const condition = request.headers.get('if-none-match');
  if (size > 0 && size <= CACHED_BLOB_BYTES && asked === null && condition === null && request.method === 'GET') {
    const init = { status: 200, headers: headersOfWhole(digest, size) };
    const body = ctx.store.blobBody(name, digest, size);
    return body instanceof Promise ? body.then((b) => new Response(b, init)) : new Response(body, init);
  }
  const etag = etagOf(digest);
  const headers: Record<string, string> = {
    ...BASE,
    'docker-content-digest': digest,
    etag,
    'cache-control': IMMUTABLE,
  };
  if (condition !== null && matchesEtag(condition, etag))
    return new Response(null, { status: 304, headers: { etag, 'docker-content-digest': digest } });
  const head = request.method === 'HEAD';
  // A range is meant for this content only if If-Range, where given, names it (RFC 9110 13.1.5).
  const ifRange = asked === null ? null : request.headers.get('if-range');
  const applies = asked !== null && !head && (ifRange === null || ifRange === etag);
  const range = applies ? parseRange(asked, size) : undefined;
  if (head || size === 0) {
    headers['content-length'] = String(size);
    return new Response(head ? null : new Uint8Array(0), { status: 200, headers });
  }
  // Announced although the runtime knows it too: listeners decide by it how long an answer may take.
  headers['content-length'] = String(range === undefined ? size : range.end - range.start + 1);
  let status = 200;
  if (range !== undefined) {
    status = 206;
    headers['content-range'] = `bytes ${range.start}-${range.end}/${size}`;
  }
  // A range that does not apply must not be applied by the runtime either: the whole is then named as a range of its own.
  const whole = asked !== null && range === undefined ? { start: 0, end: size - 1 } : undefined;
  const body = ctx.store.blobBody(name, digest, size, range ?? whole);
  return body instanceof Promise ? body.then((b) => new Response(b, { status, headers })) : new Response(body, { status, headers });
}

/** The operations on blobs over one context. */
export function createBlobApi(ctx: Context): BlobApi {
  const sized = (call: Call, name: RepositoryName, digest: Digest, size: number | undefined): Response | Promise<Response> => {
    if (size === undefined) throw faults.BLOB_UNKNOWN({ digest });
    if (ctx.policy === undefined) return answer(ctx, call, name, digest, size);
    return admit(call, name, digest, size);
  };
  const admit = async (call: Call, name: RepositoryName, digest: Digest, size: number): Promise<Response> => {
    const warning = await askPolicy(ctx, {
      action: 'pull',
      kind: 'blob',
      repository: name,
      reference: digest,
      digest,
      user: call.identity.user,
    });
    const response = await answer(ctx, call, name, digest, size);
    if (warning !== undefined) response.headers.set('warning', warningHeader(warning));
    return response;
  };
  return {
    get(call) {
      const name = repositoryName(call);
      const digest = parseStoredDigest(call.route.reference);
      const size = ctx.store.blobSize(name, digest);
      return size instanceof Promise ? size.then((s) => sized(call, name, digest, s)) : sized(call, name, digest, size);
    },
    async remove(call) {
      const name = repositoryName(call);
      const digest = parseStoredDigest(call.route.reference);
      await askPolicy(ctx, { action: 'delete', kind: 'blob', repository: name, reference: digest, digest, user: call.identity.user });
      const state = await ctx.store.open(name);
      // Its bytes are the manifest's: that is deleted at its own address.
      if (state?.manifests.has(digest)) throw faults.METHOD_UNSUPPORTED({ method: 'DELETE of a manifest as a blob' });
      if (!(await ctx.store.deleteBlob(name, digest))) throw faults.BLOB_UNKNOWN({ digest });
      return new Response(null, { status: 202 });
    },
  };
}
