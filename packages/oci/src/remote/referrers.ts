// SPDX-License-Identifier: Apache-2.0
/**
 * Listing referrers from the API, the tag schema or both. Entries are claims of the registry: those that are not descriptors
 * are passed over, and those that do not say their type are decided by their manifest.
 */
import { type Digest, type Fault, isFault } from '@notary/base';
import type { JsonValue } from '@notary/base/json';
import { type Descriptor, parseDescriptor } from '../descriptor.ts';
import { ociFaults } from '../faults.ts';
import { MAX_REFERRER_PROBES, MAX_REFERRERS, PROBE_CONCURRENCY } from '../limits.ts';
import { effectiveArtifactType, parseManifest } from '../manifest.ts';
import { DOCKER_CONFIG, isManifestType, OCI_CONFIG, OCI_EMPTY } from '../media-types.ts';
import { checkSubject } from '../referrers.ts';
import type { ReferrersQuery, Subject } from '../repository.ts';
import type { Connection } from './connection.ts';
import { fetchManifest } from './read.ts';
import { firstPage, furtherPages, type ReferrersPage } from './referrers-api.ts';
import { readTag, referrersTag } from './referrers-tag.ts';

/** What a repository has learned about its registry. */
export interface Capabilities {
  referrersApi: boolean | undefined;
}

/** Lists referrers as `options.referrers` says. */
export async function* listReferrers(
  connection: Connection,
  known: Capabilities,
  subject: Subject,
  query: ReferrersQuery,
): AsyncGenerator<Descriptor, void> {
  const listing = new Listing(connection, subject, query.artifactType);
  const limit = query.limit ?? MAX_REFERRERS;
  let found = 0;
  for await (const page of pagesOf(connection, known, subject, query.artifactType)) {
    for await (const descriptor of listing.select(page)) {
      if (found >= limit) return;
      found++;
      yield descriptor;
    }
    if (found >= limit) return;
  }
  const { undecided } = listing;
  if (undecided > 0)
    query.onIncomplete?.(ociFaults.REFERRERS_UNDECIDED({ subject: subject.digest, undecided, limit: MAX_REFERRER_PROBES }));
}

async function* pagesOf(
  connection: Connection,
  known: Capabilities,
  subject: Subject,
  artifactType: string | undefined,
): AsyncGenerator<ReferrersPage, void> {
  const mode = connection.options.referrers ?? 'auto';
  const tagPage = async (): Promise<ReferrersPage> => ({ entries: await tagEntries(connection, subject), filtered: false });
  const skipApi = mode === 'tag' || (known.referrersApi === false && mode !== 'api');
  if (skipApi) return yield await tagPage();
  // A rejection is looked at only where the page is used.
  const beside = mode === 'parallel' && known.referrersApi === undefined ? tagPage() : undefined;
  beside?.catch(() => undefined);
  const first = await firstPage(connection, subject, artifactType);
  known.referrersApi = first !== undefined;
  if (first !== undefined) {
    yield first;
    yield* furtherPages(connection, subject, first);
  } else if (mode === 'api') {
    throw ociFaults.REFERRERS_UNREADABLE({ subject: subject.digest, problem: 'the registry has no Referrers API' });
  }
  if (first === undefined || mode === 'both') yield await (beside ?? tagPage());
}

async function tagEntries(connection: Connection, subject: Subject): Promise<readonly JsonValue[]> {
  const tag = referrersTag(subject);
  const content = await readTag(connection, tag);
  if (content.kind === 'index') return content.entries;
  if (content.kind === 'other')
    connection.options.onWarning?.(`tag ${tag} of ${connection.name} is not a list of referrers (${content.problem}) and is ignored`);
  return [];
}

/** Types that say nothing: old tools copied the type of the config, or of the empty blob, into their entries. */
const MEANINGLESS: ReadonlySet<string | undefined> = new Set([undefined, OCI_EMPTY, OCI_CONFIG, DOCKER_CONFIG]);

/** The state of one listing: what was seen, and how many manifests were fetched to decide. */
class Listing {
  readonly #connection: Connection;
  readonly #subject: Subject;
  readonly #artifactType: string | undefined;
  readonly #seen = new Set<Digest>();
  /** Entries whose manifest would have told what they are, and was not asked any more. */
  undecided = 0;
  #entries = 0;
  #probes = 0;

  constructor(connection: Connection, subject: Subject, artifactType: string | undefined) {
    this.#connection = connection;
    this.#subject = subject;
    this.#artifactType = artifactType;
  }

  /** The entries of a page that are wanted, in its order; probes run a few at a time. */
  async *select(page: ReferrersPage): AsyncGenerator<Descriptor, void> {
    const candidates = this.#candidates(page);
    for (let i = 0; i < candidates.length; i += PROBE_CONCURRENCY) {
      const batch = candidates.slice(i, i + PROBE_CONCURRENCY);
      for (const wanted of await Promise.all(batch.map((entry) => this.#decide(entry, page.filtered))))
        if (wanted !== undefined) yield wanted;
    }
  }

  #candidates(page: ReferrersPage): Descriptor[] {
    const candidates: Descriptor[] = [];
    for (const entry of page.entries) {
      if (++this.#entries > MAX_REFERRERS)
        throw ociFaults.REFERRERS_ENDLESS({ subject: this.#subject.digest, what: 'entries', limit: MAX_REFERRERS });
      const descriptor = this.#parse(entry);
      if (descriptor === undefined || this.#seen.has(descriptor.digest)) continue;
      this.#seen.add(descriptor.digest);
      candidates.push(descriptor);
    }
    return candidates;
  }

  #parse(entry: JsonValue): Descriptor | undefined {
    try {
      return parseDescriptor(entry, `the referrers of ${this.#subject.digest}`);
    } catch (e) {
      if (!isFault(e)) throw e;
      this.#passOver(e);
      return undefined;
    }
  }

  /** The entry if it is wanted, with the type and annotations of its manifest if that had to be asked. */
  async #decide(entry: Descriptor, filtered: boolean): Promise<Descriptor | undefined> {
    const wanted = this.#artifactType;
    if (wanted === undefined || entry.artifactType === wanted) return entry;
    if (!MEANINGLESS.has(entry.artifactType)) return undefined;
    if (filtered && entry.artifactType === undefined) return entry;
    if (!isManifestType(entry.mediaType)) return undefined;
    if (++this.#probes > MAX_REFERRER_PROBES) {
      this.undecided++;
      return undefined;
    }
    try {
      const manifest = parseManifest(entry, await fetchManifest(this.#connection, entry));
      if (effectiveArtifactType(manifest) !== wanted) return undefined;
      checkSubject(entry, manifest, this.#subject);
      return { ...entry, artifactType: wanted, ...(manifest.annotations === undefined ? {} : { annotations: manifest.annotations }) };
    } catch (e) {
      // One entry that cannot be fetched must not hide the others: it counts as not listed.
      if (!isFault(e) || e.code === 'HTTP_ABORTED') throw e;
      this.#passOver(e);
      return undefined;
    }
  }

  #passOver(fault: Fault): void {
    this.#connection.log.debug('an entry of a list of referrers was passed over', {
      subject: this.#subject.digest,
      code: fault.code,
      problem: fault.message,
    });
  }
}
