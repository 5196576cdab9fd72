// SPDX-License-Identifier: Apache-2.0
/** Manifests: pull, push by tag or digest, delete (distribution-spec end-3, end-7, end-9). */
import { type Digest, digestOf } from '@notary/base';
import { readBody } from '../body.ts';
import { ByteLru } from '../byte-lru.ts';
import { etagOf, matchesEtag } from '../conditions.ts';
import { askPolicy, type Call, type Context, existing, repositoryName, warningHeader } from '../context.ts';
import { faults } from '../faults.ts';
import { MANIFEST_CACHE_BYTES, MAX_TAG_PARAMETERS } from '../limits.ts';
import { type ManifestFacts, parsePushedManifest } from '../manifest.ts';
import { algorithmOf, isStoredDigest, isTag, parseStoredDigest, type RepositoryName, type Tag } from '../names.ts';
import type { ManifestEntry, RepositoryState, TagExpectation } from '../state.ts';

/** A manifest ready to be sent. */
interface Ready {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly init: { readonly status: 200; readonly headers: Headers };
}

/** The entry a reference names. Faults: `REGISTRY_MANIFEST_UNKNOWN`, `REGISTRY_DIGEST_INVALID`. */
function find(state: RepositoryState, reference: string): ManifestEntry {
  const digest = state.tags.get(reference as Tag) ?? (reference as Digest);
  const entry = state.manifests.get(digest);
  if (entry !== undefined) return entry;
  // A tag that cannot exist does not exist: 404 as for any other, which the 1.1 suite asks for. Only a push can be told more.
  if (reference.includes(':')) parseStoredDigest(reference);
  throw faults.MANIFEST_UNKNOWN({ reference });
}

function checkReference(reference: string): void {
  if (reference.includes(':')) parseStoredDigest(reference);
  else if (!isTag(reference)) throw faults.TAG_INVALID();
}

export interface ManifestApi {
  get(call: Call): Response | Promise<Response>;
  put(call: Call): Promise<Response>;
  remove(call: Call): Promise<Response>;
}

/** The operations on manifests over one context. */
export function createManifestApi(ctx: Context): ManifestApi {
  const { store } = ctx;
  const cache = new ByteLru<ManifestEntry, Ready>(MANIFEST_CACHE_BYTES);

  const prepare = (entry: ManifestEntry, bytes: Uint8Array): Ready => {
    const headers = new Headers({
      'content-type': entry.mediaType,
      'docker-content-digest': entry.digest,
      etag: etagOf(entry.digest),
      'docker-distribution-api-version': 'registry/2.0',
    });
    const ready: Ready = { bytes: bytes as Uint8Array<ArrayBuffer>, init: { status: 200, headers } };
    cache.set(entry, ready, bytes.length + 1024);
    return ready;
  };
  const send = (call: Call, entry: ManifestEntry, ready: Ready): Response => {
    const condition = call.request.headers.get('if-none-match');
    if (condition !== null && matchesEtag(condition, etagOf(entry.digest)))
      return new Response(null, { status: 304, headers: { etag: etagOf(entry.digest), 'docker-content-digest': entry.digest } });
    if (call.request.method === 'HEAD') {
      const headers = new Headers(ready.init.headers);
      headers.set('content-length', String(entry.size));
      return new Response(null, { status: 200, headers });
    }
    return new Response(ready.bytes, ready.init);
  };
  const load = async (state: RepositoryState, entry: ManifestEntry): Promise<Ready> =>
    prepare(entry, await store.manifestBytes(state, entry));
  const admitPull = async (call: Call, state: RepositoryState, entry: ManifestEntry): Promise<Response> => {
    const ready = cache.get(entry) ?? (await load(state, entry));
    const { identity, route } = call;
    const warning = await askPolicy(ctx, {
      action: 'pull',
      kind: 'manifest',
      repository: state.name,
      reference: route.reference,
      digest: entry.digest,
      mediaType: entry.mediaType,
      bytes: ready.bytes,
      user: identity.user,
    });
    const response = send(call, entry, ready);
    if (warning !== undefined) response.headers.set('warning', warningHeader(warning));
    return response;
  };
  const pull = (call: Call, state: RepositoryState): Response | Promise<Response> => {
    const entry = find(state, call.route.reference);
    if (ctx.policy !== undefined) return admitPull(call, state, entry);
    const ready = cache.get(entry);
    if (ready !== undefined) return send(call, entry, ready);
    return load(state, entry).then((r) => send(call, entry, r));
  };

  return {
    get(call) {
      const state = existing(ctx, call);
      return state instanceof Promise ? state.then((s) => pull(call, s)) : pull(call, state);
    },
    put: (call) => push(ctx, call),
    async remove(call) {
      const state = await existing(ctx, call);
      const { reference } = call.route;
      const entry = find(state, reference);
      await askPolicy(ctx, {
        action: 'delete',
        kind: 'manifest',
        repository: state.name,
        reference,
        digest: entry.digest,
        mediaType: entry.mediaType,
        user: call.identity.user,
      });
      if (isStoredDigest(reference)) await store.commit({ type: 'drop', name: state.name, digest: reference });
      else {
        const tag = reference as Tag;
        await store.commit({ type: 'untag', name: state.name, tag }, expectation(call.request, tag));
      }
      return new Response(null, { status: 202 });
    },
  };
}

/** If-Match and If-None-Match on a tag: how clients that maintain an index under a tag avoid overwriting each other. */
function expectation(request: Request, tag: Tag): TagExpectation | undefined {
  const match = request.headers.get('if-match');
  const noneMatch = request.headers.get('if-none-match');
  if (match === null && noneMatch === null) return undefined;
  const etag = (digest: Digest | undefined): string | undefined => (digest === undefined ? undefined : etagOf(digest));
  return {
    tag,
    is: (digest) => (match === null || matchesEtag(match, etag(digest))) && (noneMatch === null || !matchesEtag(noneMatch, etag(digest))),
  };
}

interface Target {
  readonly digest: Digest;
  readonly tags: readonly Tag[];
}

/** What a push names: a tag, or a digest with tags as parameters. */
function targetOf(call: Call, bytes: Uint8Array): Target {
  const { reference, query } = call.route;
  if (!reference.includes(':')) {
    if (!isTag(reference)) throw faults.TAG_INVALID();
    return { digest: digestOf(bytes), tags: [reference] };
  }
  const expected = parseStoredDigest(reference);
  const actual = digestOf(bytes, algorithmOf(expected));
  if (actual !== expected) throw faults.DIGEST_MISMATCH({ expected, actual });
  const named = query === '' ? [] : new URLSearchParams(query).getAll('tag');
  if (named.length > MAX_TAG_PARAMETERS) throw faults.URL_TOO_LONG();
  const tags = [...new Set(named)].map((tag) => {
    if (!isTag(tag)) throw faults.TAG_INVALID();
    return tag;
  });
  return { digest: actual, tags };
}

async function checkBlobs(ctx: Context, name: RepositoryName, facts: ManifestFacts): Promise<void> {
  const state = await ctx.store.open(name);
  for (const { digest, kind, elsewhere } of facts.links) {
    if (elsewhere || !isStoredDigest(digest)) continue;
    if (kind === 'manifest' ? state?.manifests.has(digest) : (await ctx.store.blobSize(name, digest)) !== undefined) continue;
    throw faults.MANIFEST_BLOB_UNKNOWN({ digest });
  }
}

async function push(ctx: Context, call: Call): Promise<Response> {
  const { request, route, identity } = call;
  const name = repositoryName(call);
  const { reference } = route;
  checkReference(reference);
  const bytes = await readBody(request, {
    clock: ctx.clock,
    maxBytes: ctx.limits.maxManifestBytes,
    tooLarge: (maxBytes) => faults.MANIFEST_TOO_LARGE({ maxBytes }),
  });
  ctx.instruments.received.inc(bytes.length);
  const { digest, tags } = targetOf(call, bytes);
  const contentType = request.headers.get('content-type')?.split(';', 1)[0]?.trim();
  const facts = parsePushedManifest(bytes, contentType === '' ? undefined : contentType);
  if (ctx.requireBlobs) await checkBlobs(ctx, name, facts);
  const warning = await askPolicy(ctx, {
    action: 'push',
    kind: 'manifest',
    repository: name,
    reference,
    digest,
    mediaType: facts.mediaType,
    bytes,
    user: identity.user,
  });
  const first = tags[0];
  await ctx.store.commit({ type: 'put', name, digest, bytes, facts, tags }, first === undefined ? undefined : expectation(request, first));
  ctx.log.info('manifest pushed', { repository: name, digest, tags, user: identity.user });
  const headers = new Headers({ location: `/v2/${name}/manifests/${reference}`, 'docker-content-digest': digest, etag: etagOf(digest) });
  if (facts.subject !== undefined) headers.set('oci-subject', facts.subject);
  if (reference.includes(':')) for (const tag of tags) headers.append('oci-tag', tag);
  if (warning !== undefined) headers.set('warning', warningHeader(warning));
  return new Response(null, { status: 201, headers });
}
