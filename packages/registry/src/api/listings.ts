// SPDX-License-Identifier: Apache-2.0
/** Lists of tags and of repositories, in pages (distribution-spec end-8; the catalog is Distribution's). */
import { type Call, type Context, existing } from '../context.ts';
import { faults } from '../faults.ts';
import { MAX_PAGE } from '../limits.ts';

export interface ListingApi {
  tags(call: Call): Promise<Response>;
  catalog(call: Call): Promise<Response>;
}

interface Page {
  readonly count: number;
  readonly last: string | undefined;
}

function pageOf(query: string): Page {
  const parameters = new URLSearchParams(query);
  const n = parameters.get('n');
  if (n !== null && !/^\d{1,9}$/.test(n)) throw faults.PAGE_INVALID();
  return { count: n === null ? MAX_PAGE : Math.min(Number(n), MAX_PAGE), last: parameters.get('last') ?? undefined };
}

function listing(body: object, path: string, page: Page, shown: readonly string[], more: boolean): Response {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  const last = shown[shown.length - 1];
  if (more && last !== undefined) headers['link'] = `<${path}?n=${page.count}&last=${encodeURIComponent(last)}>; rel="next"`;
  return new Response(JSON.stringify(body), { status: 200, headers });
}

/** The listings over one context. */
export function createListingApi(ctx: Context): ListingApi {
  return {
    async tags(call) {
      const state = await existing(ctx, call);
      const page = pageOf(call.route.query);
      const found = state.tagsAfter(page.last, page.count + 1);
      const tags = found.slice(0, page.count);
      return listing({ name: state.name, tags }, `/v2/${state.name}/tags/list`, page, tags, found.length > page.count);
    },
    async catalog(call) {
      const page = pageOf(call.route.query);
      const found = page.count === 0 ? [] : await ctx.store.names(page.last, page.count + 1);
      const repositories = found.slice(0, page.count);
      return listing({ repositories }, '/v2/_catalog', page, repositories, found.length > page.count);
    },
  };
}
