// SPDX-License-Identifier: Apache-2.0
/**
 * The Referrers API (distribution-spec end-12): descriptors of the manifests whose subject is a digest, filtered and in pages. A list
 * is rendered once and kept until a push or a deletion changes it; after a push only the new descriptor is made.
 */
import { type Digest, toUtf8 } from '@notary/base';
import { ByteLru } from '../byte-lru.ts';
import type { Call, Context } from '../context.ts';
import { REFERRERS_CACHE_BYTES } from '../limits.ts';
import { OCI_INDEX, parseManifest } from '../manifest.ts';
import { parseRepositoryName, parseStoredDigest } from '../names.ts';
import type { ManifestEntry, ReferrerSet, RepositoryState } from '../state.ts';

interface Page {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Digest after which the next page begins. */
  readonly next: Digest | undefined;
}

/** What is kept of one subject: descriptors as JSON, and the first page without a filter. */
interface Rendered {
  version: number;
  readonly descriptors: Map<Digest, string>;
  first: Page | undefined;
  bytes: number;
}

const HEAD = `{"schemaVersion":2,"mediaType":"${OCI_INDEX}","manifests":[`;
const EMPTY = toUtf8(`${HEAD}]}`) as Uint8Array<ArrayBuffer>;
const PLAIN = { status: 200, headers: new Headers({ 'content-type': OCI_INDEX, 'docker-distribution-api-version': 'registry/2.0' }) };

function descriptorOf(entry: ManifestEntry, manifest: Uint8Array): string {
  const { annotations } = parseManifest(manifest, entry.mediaType);
  return JSON.stringify({
    mediaType: entry.mediaType,
    digest: entry.digest,
    size: entry.size,
    ...(entry.artifactType === undefined ? {} : { artifactType: entry.artifactType }),
    ...(annotations === undefined ? {} : { annotations }),
  });
}

export interface ReferrerApi {
  list(call: Call): Response | Promise<Response>;
}

/** The listing over one context. */
export function createReferrerApi(ctx: Context): ReferrerApi {
  const { store } = ctx;
  const maxPage = ctx.limits.maxReferrersPageBytes;
  const cache = new ByteLru<ReferrerSet, Rendered>(REFERRERS_CACHE_BYTES);

  /** Brings the descriptors of a subject up to date. While it reads, others may push: the version says for which state it holds. */
  const render = async (state: RepositoryState, set: ReferrerSet): Promise<Rendered> => {
    const version = set.version;
    const entries = [...set.entries];
    const known = cache.get(set)?.descriptors;
    const descriptors = new Map<Digest, string>();
    let bytes = 0;
    for (const entry of entries) {
      let text = known?.get(entry.digest);
      if (text === undefined) {
        const manifest = store.manifestBytes(state, entry);
        text = descriptorOf(entry, manifest instanceof Promise ? await manifest : manifest);
      }
      descriptors.set(entry.digest, text);
      bytes += 2 * text.length + 200;
    }
    const rendered: Rendered = { version, descriptors, first: undefined, bytes };
    rendered.first = pageFrom(entries, rendered, undefined);
    rendered.bytes += rendered.first.bytes.length;
    cache.set(set, rendered, rendered.bytes);
    return rendered;
  };

  /** As many descriptors as a page takes, at least one. */
  const pageFrom = (entries: readonly ManifestEntry[], rendered: Rendered, last: string | undefined): Page => {
    const parts: string[] = [];
    let size = HEAD.length + 2;
    let previous: Digest | undefined;
    for (const { digest } of entries) {
      if (last !== undefined && digest <= last) continue;
      const text = rendered.descriptors.get(digest);
      if (text === undefined) continue;
      size += text.length + 1;
      if (size > maxPage && parts.length > 0)
        return { bytes: toUtf8(`${HEAD}${parts.join(',')}]}`) as Uint8Array<ArrayBuffer>, next: previous };
      parts.push(text);
      previous = digest;
    }
    return { bytes: toUtf8(`${HEAD}${parts.join(',')}]}`) as Uint8Array<ArrayBuffer>, next: undefined };
  };

  const respond = (call: Call, digest: Digest, page: Page, filter: string | null): Response => {
    if (page.next === undefined && filter === null) return new Response(page.bytes, PLAIN);
    const headers = new Headers(PLAIN.headers);
    if (filter !== null) headers.set('oci-filters-applied', 'artifactType');
    if (page.next !== undefined) {
      const query = new URLSearchParams({ ...(filter === null ? {} : { artifactType: filter }), last: page.next });
      headers.set('link', `</v2/${call.route.name}/referrers/${digest}?${query}>; rel="next"`);
    }
    return new Response(page.bytes, { status: 200, headers });
  };

  const answer = (call: Call, digest: Digest, set: ReferrerSet, rendered: Rendered): Response => {
    const query = call.route.query === '' ? undefined : new URLSearchParams(call.route.query);
    const filter = query?.get('artifactType') || null;
    const last = query?.get('last') ?? undefined;
    if (filter === null && last === undefined && rendered.first !== undefined) return respond(call, digest, rendered.first, null);
    const entries = filter === null ? set.entries : set.entries.filter((e) => e.artifactType === filter);
    return respond(call, digest, pageFrom(entries, rendered, last), filter);
  };

  const fromState = (call: Call, digest: Digest, state: RepositoryState | undefined): Response | Promise<Response> => {
    const set = state?.referrers.get(digest);
    if (state === undefined || set === undefined) {
      const filter = call.route.query === '' ? null : new URLSearchParams(call.route.query).get('artifactType') || null;
      return respond(call, digest, { bytes: EMPTY, next: undefined }, filter);
    }
    const rendered = cache.get(set);
    if (rendered !== undefined && rendered.version === set.version) return answer(call, digest, set, rendered);
    return render(state, set).then((r) => answer(call, digest, set, r));
  };

  return {
    list(call) {
      const digest = parseStoredDigest(call.route.reference);
      const loaded = store.peek(call.route.name);
      if (loaded !== undefined) return fromState(call, digest, loaded);
      return store.open(parseRepositoryName(call.route.name)).then((state) => fromState(call, digest, state));
    },
  };
}
