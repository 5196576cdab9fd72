// SPDX-License-Identifier: Apache-2.0
/** The Referrers API (distribution-spec, "Listing Referrers"): pages, bounded in number, size and entries. */
import { isFault, printableUrl } from '@notary/base';
import { isJsonObject, type JsonObject, type JsonValue, parseJsonStrict } from '@notary/base/json';
import type { RegistryRequest, RegistryResponse } from '@notary/registry-auth';
import { ociFaults } from '../faults.ts';
import { MAX_MANIFEST_VALUES, MAX_REFERRERS_PAGE_BYTES, MAX_REFERRERS_PAGES, MAX_REFERRERS_TOTAL_BYTES } from '../limits.ts';
import { OCI_INDEX } from '../media-types.ts';
import type { Subject } from '../repository.ts';
import { type Connection, contentType, readErrors, statusFault } from './connection.ts';
import { nextPage } from './link.ts';

/** One page of entries, not yet looked at. */
export interface ReferrersPage {
  readonly entries: readonly JsonValue[];
  /** The registry says that it filtered by artifactType. */
  readonly filtered: boolean;
}

interface RawPage extends ReferrersPage {
  readonly bytes: number;
  readonly url: string;
  /** Looked at only by who goes on: a bad link is no harm to who does not. */
  readonly link: string | undefined;
}

/** Statuses by which registries say that they have no such API, besides 404. */
const UNSUPPORTED = new Set([400, 405, 406, 501]);

/** The first page, `undefined` if the registry has no Referrers API. Follow with {@link furtherPages}. */
export function firstPage(connection: Connection, subject: Subject, artifactType: string | undefined): Promise<RawPage | undefined> {
  const query = artifactType === undefined ? '' : `?artifactType=${encodeURIComponent(artifactType)}`;
  return fetchPage(connection, subject, `${connection.url}/referrers/${subject.digest}${query}`, 'probe');
}

/** The pages after the first one. */
export async function* furtherPages(connection: Connection, subject: Subject, first: RawPage): AsyncGenerator<ReferrersPage, void> {
  let total = first.bytes;
  const seen = new Set<string>();
  for (let next = nextPage(first.link, first.url), pages = 1; next !== undefined; pages++) {
    if (pages >= MAX_REFERRERS_PAGES)
      throw ociFaults.REFERRERS_ENDLESS({ subject: subject.digest, what: 'pages', limit: MAX_REFERRERS_PAGES });
    if (seen.has(next)) throw ociFaults.LINK_INVALID({ url: printableUrl(next), problem: 'leads in a circle' });
    seen.add(next);
    const page = await fetchPage(connection, subject, next, 'follow');
    if (page === undefined) return;
    total += page.bytes;
    if (total > MAX_REFERRERS_TOTAL_BYTES)
      throw ociFaults.REFERRERS_ENDLESS({ subject: subject.digest, what: 'bytes', limit: MAX_REFERRERS_TOTAL_BYTES });
    yield page;
    next = nextPage(page.link, page.url);
  }
}

function fetchPage(connection: Connection, subject: Subject, url: string, purpose: 'probe' | 'follow'): Promise<RawPage | undefined> {
  const request: RegistryRequest = {
    ...connection.request('pull'),
    method: 'GET',
    url,
    headers: { accept: OCI_INDEX },
    maxBytes: MAX_REFERRERS_PAGE_BYTES,
  };
  return connection.client.exchange(request, async (response) => {
    if (response.status !== 200) {
      if (purpose === 'probe' && (await saysUnsupported(response))) return undefined;
      throw await statusFault(request, response, connection.clock.now());
    }
    // Portals and catch-all pages answer 200 with HTML.
    if (contentType(response) !== OCI_INDEX) {
      await response.cancel();
      if (purpose === 'probe') return undefined;
      throw ociFaults.REFERRERS_UNREADABLE({
        subject: subject.digest,
        problem: `a page has content type ${JSON.stringify(contentType(response).slice(0, 200))}`,
      });
    }
    const bytes = await response.bytes();
    const index = parseIndexBody(subject, bytes);
    return {
      entries: index.entries,
      filtered: isFiltered(response, index.json),
      bytes: bytes.length,
      url,
      link: response.header('link'),
    };
  });
}

/** 404 is "no such API" unless it says that the repository is unknown. The body is used up only where the answer is yes. */
async function saysUnsupported(response: RegistryResponse): Promise<boolean> {
  if (UNSUPPORTED.has(response.status)) {
    await response.cancel();
    return true;
  }
  if (response.status !== 404) return false;
  const errors = await readErrors(response);
  return !errors.some((error) => error.code === 'NAME_UNKNOWN');
}

function parseIndexBody(subject: Subject, bytes: Uint8Array): { json: JsonObject; entries: readonly JsonValue[] } {
  const unreadable = (problem: string, cause?: unknown) => ociFaults.REFERRERS_UNREADABLE({ subject: subject.digest, problem }, { cause });
  let json: JsonValue;
  try {
    json = parseJsonStrict(bytes, { maxBytes: MAX_REFERRERS_PAGE_BYTES, maxValues: MAX_MANIFEST_VALUES });
  } catch (cause) {
    throw unreadable(isFault(cause) ? cause.message : 'not JSON', cause);
  }
  if (!isJsonObject(json)) throw unreadable('not an object');
  const entries = json['manifests'] ?? [];
  if (!Array.isArray(entries)) throw unreadable('manifests is not a list');
  return { json, entries };
}

/** The header counts, and the index annotation that release candidates of the specification used. */
function isFiltered(response: RegistryResponse, json: JsonObject): boolean {
  const annotations = json['annotations'];
  const annotation = isJsonObject(annotations) ? annotations['org.opencontainers.referrers.filtersApplied'] : undefined;
  return [response.header('oci-filters-applied'), annotation].some(
    (applied) => typeof applied === 'string' && applied.split(',').some((filter) => filter.trim() === 'artifactType'),
  );
}
