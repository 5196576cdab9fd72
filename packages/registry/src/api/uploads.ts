// SPDX-License-Identifier: Apache-2.0
/** Pushing blobs: in one request, in a stream, in chunks with resume, by mount (distribution-spec end-4 to end-6, end-11, end-13, end-14). */
import { type Digest, digestOf, isFault } from '@notary/base';
import { declaredLength, readBody, streamBody } from '../body.ts';
import { parseContentRange } from '../conditions.ts';
import { askPolicy, type Call, type Context, pullOf, pushTo, repositoryName } from '../context.ts';
import { answerFault, answerRefusal } from '../errors.ts';
import { faults } from '../faults.ts';
import { SMALL_BLOB_BYTES } from '../limits.ts';
import { type Algorithm, algorithmOf, isRepositoryName, isStoredDigest, parseStoredDigest, type RepositoryName } from '../names.ts';
import type { Upload } from '../store.ts';

export interface UploadApi {
  start(call: Call): Promise<Response>;
  patch(call: Call): Promise<Response>;
  finish(call: Call): Promise<Response>;
  status(call: Call): Promise<Response>;
  cancel(call: Call): Promise<Response>;
}

const sessionHeaders = (upload: Upload): Record<string, string> => ({
  location: `/v2/${upload.name}/blobs/uploads/${upload.id}`,
  // The form cannot say "nothing": an empty upload reads 0-0, as in other registries.
  range: `0-${Math.max(0, upload.size - 1)}`,
  'docker-upload-uuid': upload.id,
});

function created(name: RepositoryName, digest: Digest): Response {
  return new Response(null, { status: 201, headers: { location: `/v2/${name}/blobs/${digest}`, 'docker-content-digest': digest } });
}

/** The operations on uploads over one context. */
export function createUploadApi(ctx: Context): UploadApi {
  const { store } = ctx;
  const rules = {
    clock: ctx.clock,
    maxBytes: ctx.limits.maxBlobBytes,
    tooLarge: (maxBytes: number) => faults.BLOB_TOO_LARGE({ maxBytes }),
  };

  const admitPush = (call: Call, name: RepositoryName, digest: Digest): Promise<string | undefined> =>
    askPolicy(ctx, { action: 'push', kind: 'blob', repository: name, reference: digest, digest, user: call.identity.user });

  /** Small bodies of known length go straight to the store, without a session or a file of their own. */
  const putSmall = async (call: Call, name: RepositoryName, digest: Digest): Promise<Response> => {
    const bytes = await readBody(call.request, rules);
    ctx.instruments.received.inc(bytes.length);
    const actual = digestOf(bytes, algorithmOf(digest));
    if (actual !== digest) throw faults.DIGEST_MISMATCH({ expected: digest, actual });
    await store.putBlob(name, digest, bytes);
    return created(name, digest);
  };

  const append = async (call: Call, upload: Upload): Promise<void> => {
    const room = rules.maxBytes - upload.size;
    try {
      await streamBody(call.request, { ...rules, maxBytes: room, tooLarge: () => rules.tooLarge(rules.maxBytes) }, (chunk) => {
        ctx.instruments.received.inc(chunk.length);
        return upload.write(chunk, ctx.chunks);
      });
    } finally {
      await upload.settle();
    }
  };

  /** Checks that a chunk begins where the upload ends. */
  const checkChunk = (call: Call, upload: Upload): void => {
    const header = call.request.headers.get('content-range');
    if (header === null) return;
    const range = parseContentRange(header);
    if (range === undefined) throw faults.SIZE_INVALID({ reason: 'invalid Content-Range' });
    if (range.start !== upload.size) throw faults.UPLOAD_RANGE({ size: upload.size });
    const length = declaredLength(call.request);
    if (length !== undefined && length !== range.end - range.start + 1)
      throw faults.SIZE_INVALID({ reason: 'Content-Range and Content-Length disagree' });
  };

  const find = async (call: Call): Promise<Upload> => {
    const name = repositoryName(call);
    const { reference } = call.route;
    const upload = /^[0-9a-f-]{36}$/.test(reference) ? await store.findUpload(name, reference) : undefined;
    if (upload === undefined) throw faults.UPLOAD_UNKNOWN();
    return upload;
  };

  /** Runs one request on an upload; others are turned away meanwhile. A chunk in the wrong place is answered with the right one. */
  const withUpload = async (call: Call, work: (upload: Upload) => Promise<Response>): Promise<Response> => {
    const upload = await find(call);
    if (!upload.take()) throw faults.UPLOAD_BUSY();
    try {
      return await work(upload);
    } finally {
      upload.give();
    }
  };

  const mount = async (call: Call, name: RepositoryName, query: URLSearchParams): Promise<Response | undefined> => {
    const digest = query.get('mount') ?? '';
    if (!isStoredDigest(digest)) return undefined;
    const from = query.get('from');
    // Whoever may not read the source learns nothing about it: the answer is the one for an unknown blob.
    const readable = (source: string): boolean => call.identity.can('repository', source, 'pull');
    if (from !== null && from !== '') {
      if (!isRepositoryName(from) || !readable(from)) return undefined;
      await admitPush(call, name, digest);
      return (await store.mountBlob(from, name, digest)) ? created(name, digest) : undefined;
    }
    for await (const source of store.findBlob(digest)) {
      if (!readable(source)) {
        const decision = await ctx.access?.check(call.request.headers.get('authorization'), pushTo(name), pullOf(source));
        // Who would get the right to read it is sent for it, as where a source is named.
        if (decision?.allowed === false) return answerRefusal(call.request, decision);
        continue;
      }
      await admitPush(call, name, digest);
      if (await store.mountBlob(source, name, digest)) return created(name, digest);
    }
    return undefined;
  };

  const algorithmParameter = (query: URLSearchParams): Algorithm => {
    const asked = query.get('digest-algorithm');
    if (asked === null || asked === 'sha256') return 'sha256';
    if (asked === 'sha512') return 'sha512';
    throw faults.DIGEST_INVALID({ reason: 'unsupported digest algorithm: use sha256 or sha512' });
  };

  const begin = async (name: RepositoryName, algorithm: Algorithm): Promise<Response> => {
    const upload = await store.startUpload(name, algorithm);
    return new Response(null, { status: 202, headers: sessionHeaders(upload) });
  };

  /** POST with `digest`: the whole blob in one request. */
  const single = async (call: Call, name: RepositoryName, digest: Digest): Promise<Response> => {
    await admitPush(call, name, digest);
    const length = declaredLength(call.request);
    if (length !== undefined && length <= SMALL_BLOB_BYTES) return putSmall(call, name, digest);
    const upload = await store.startUpload(name, algorithmOf(digest));
    upload.take();
    try {
      await append(call, upload);
      await upload.commit(digest);
    } catch (e) {
      await upload.cancel();
      throw e;
    }
    return created(name, digest);
  };

  return {
    async start(call) {
      const name = repositoryName(call);
      const query = new URLSearchParams(call.route.query);
      if (query.has('mount')) {
        const mounted = await mount(call, name, query);
        if (mounted !== undefined) return mounted;
      }
      const digest = query.get('digest');
      if (digest !== null) return single(call, name, parseStoredDigest(digest));
      return begin(name, algorithmParameter(query));
    },
    patch: (call) =>
      withUpload(call, async (upload) => {
        checkChunk(call, upload);
        await append(call, upload);
        return new Response(null, { status: 202, headers: sessionHeaders(upload) });
      }).catch((e) => outOfPlace(call, e)),
    finish: (call) =>
      withUpload(call, async (upload) => {
        const asked = new URLSearchParams(call.route.query).get('digest');
        const digest = parseStoredDigest(asked ?? '');
        checkChunk(call, upload);
        await admitPush(call, upload.name, digest);
        const length = declaredLength(call.request);
        if (upload.size === 0 && length !== undefined && length <= SMALL_BLOB_BYTES) {
          const response = await putSmall(call, upload.name, digest);
          await upload.cancel();
          return response;
        }
        await append(call, upload);
        await upload.commit(digest);
        return created(upload.name, digest);
      }).catch((e) => outOfPlace(call, e)),
    async status(call) {
      return new Response(null, { status: 204, headers: sessionHeaders(await find(call)) });
    },
    cancel: (call) =>
      withUpload(call, async (upload) => {
        await upload.cancel();
        return new Response(null, { status: 204 });
      }),
  };
}

/** 416 says where to continue. */
function outOfPlace(call: Call, e: unknown): Response {
  if (!isFault(e, faults.UPLOAD_RANGE.code)) throw e;
  const { status, body, headers } = answerFault(e, '');
  headers['location'] = `/v2/${call.route.name}/blobs/uploads/${call.route.reference}`;
  headers['range'] = `0-${Math.max(0, Number(e.facts['size']) - 1)}`;
  return new Response(body, { status, headers });
}
