// SPDX-License-Identifier: Apache-2.0
/**
 * The referrers tag schema, writing side. A registry without the Referrers API offers no atomic update of the index: two
 * signers that read, append and put at the same time lose one entry. So a write counts only when three reads in a row, with
 * growing random pauses between them, still show the entry; when one does not, the entry is merged in again.
 *
 * Nothing that is not a list of referrers of this subject is ever overwritten, and an old index is deleted only when every
 * entry of it was seen to have this subject and the tag has moved on.
 */
import { type Fault, isFault } from '@notary/base';
import { encodeGoJson, type GoJsonInput, isJsonObject, type JsonObject, type JsonValue } from '@notary/base/json';
import { jitter } from '@notary/registry-auth';
import { type Descriptor, describe, descriptorJson } from '../descriptor.ts';
import { ociFaults } from '../faults.ts';
import {
  MAX_SETTLE_PAUSE_MS,
  MAX_SETTLE_UNIT_MS,
  MAX_TAG_READ_TRIES,
  MAX_TAG_WRITES,
  SETTLE_PAUSE_MS,
  SETTLED_READS,
  TAG_UPDATE_DEADLINE_MS,
} from '../limits.ts';
import { OCI_INDEX } from '../media-types.ts';
import type { Attachment, Subject } from '../repository.ts';
import { type Connection, withSignal } from './connection.ts';
import { createOwnership, type Ownership } from './ownership.ts';
import { deleteManifest, putManifest } from './push.ts';
import { readTag, referrersTag, type TagContent } from './referrers-tag.ts';

type ReplacedIndex = Attachment['replacedIndex'];
type TagIndex = Extract<TagContent, { kind: 'index' }>;

/** Adds a referrer to the index of its subject. Faults: `OCI_REFERRERS_TAG_OCCUPIED`, `OCI_REFERRERS_TAG_UNSETTLED`. */
export type TagWriter = (subject: Subject, entry: Descriptor, signal?: AbortSignal) => Promise<ReplacedIndex>;

interface Batch {
  readonly entries: Descriptor[];
  readonly patience: Patience;
  readonly done: Promise<ReplacedIndex>;
}

/** Creates the writer of one repository. Calls for the same subject that overlap are merged into one update. */
export function createTagWriter(connection: Connection): TagWriter {
  const running = new Map<string, Promise<unknown>>();
  const waiting = new Map<string, Batch>();
  return (subject, entry, signal) => {
    const tag = referrersTag(subject);
    const joined = waiting.get(tag);
    if (joined !== undefined && !joined.patience.over.aborted) {
      joined.entries.push(entry);
      joined.patience.join(signal);
      return joined.done;
    }
    const entries = [entry];
    const patience = new Patience(signal);
    const before = running.get(tag) ?? Promise.resolve();
    const done = before.then(() => {
      waiting.delete(tag);
      return new TagUpdate(withSignal(connection, patience.over), subject, tag, entries).run();
    });
    waiting.set(tag, { entries, patience, done });
    const settled = done
      .catch(() => undefined)
      .then(() => {
        if (running.get(tag) === settled) running.delete(tag);
      });
    running.set(tag, settled);
    return done;
  };
}

/** An update serves several callers: it is given up when all of them have given up. */
class Patience {
  readonly #controller = new AbortController();
  #waiting = 0;

  constructor(first: AbortSignal | undefined) {
    this.join(first);
  }

  get over(): AbortSignal {
    return this.#controller.signal;
  }

  join(signal: AbortSignal | undefined): void {
    this.#waiting++;
    const leave = (): void => {
      if (--this.#waiting === 0) this.#controller.abort(signal?.reason);
    };
    if (signal?.aborted) leave();
    // A signal of its own: Node warns where more than ten listen to one.
    else if (signal !== undefined) AbortSignal.any([signal]).addEventListener('abort', leave, { once: true });
  }
}

class TagUpdate {
  readonly #connection: Connection;
  readonly #subject: Subject;
  readonly #tag: string;
  readonly #entries: readonly Descriptor[];
  readonly #ownership: Ownership;
  /** Indexes that a write of ours replaced, as they were read just before. */
  readonly #replaced = new Map<string, TagIndex>();
  readonly #deadline: number;
  /** Time that a read and a write of ours took: another writer's window is about as long. */
  #windowMs = 0;
  #writes = 0;
  #refusedPreconditions = 0;

  constructor(connection: Connection, subject: Subject, tag: string, entries: readonly Descriptor[]) {
    this.#connection = connection;
    this.#subject = subject;
    this.#tag = tag;
    this.#entries = entries;
    this.#ownership = createOwnership(connection, subject);
    this.#deadline = connection.clock.now().getTime() + TAG_UPDATE_DEADLINE_MS;
  }

  async run(): Promise<ReplacedIndex> {
    await this.#write();
    const current = await this.#settle();
    const outcome = await this.#deleteReplaced(current);
    // A deletion takes tags along in some registries if they moved meanwhile: look once more.
    if (outcome === 'deleted' && !this.#shows(await this.#read())) await this.#settle();
    return outcome;
  }

  /** Writes until the entries stay; returns the index that the last read showed. */
  async #settle(): Promise<TagIndex> {
    for (;;) {
      const current = await this.#staysVisible();
      if (current !== undefined) return current;
      await this.#write();
    }
  }

  /** Three reads that all show the entries, or `undefined` at the first that does not. */
  async #staysVisible(): Promise<TagIndex | undefined> {
    let current: TagIndex | undefined;
    for (let read = 1; read <= SETTLED_READS; read++) {
      await this.#pause(read);
      const content = await this.#read();
      if (!this.#shows(content)) return undefined;
      current = content;
    }
    return current;
  }

  #shows(content: TagContent): content is TagIndex {
    return content.kind === 'index' && this.#missing(content).length === 0;
  }

  #missing(content: TagContent): Descriptor[] {
    if (content.kind !== 'index') return [...this.#entries];
    const digests = new Set(content.entries.map(digestOfEntry));
    return this.#entries.filter((entry) => !digests.has(entry.digest));
  }

  /** One read, merge and put. A lost race at the precondition is tried again by the caller's next look. */
  async #write(): Promise<void> {
    const { clock } = this.#connection;
    for (;;) {
      const content = await this.#readBeforeWrite();
      const started = clock.now().getTime();
      const missing = this.#missing(content);
      if (missing.length === 0) return;
      if (content.kind === 'other') throw this.#occupied(content.problem);
      if (content.kind === 'index') await this.#checkOwnership(content);
      if (++this.#writes > MAX_TAG_WRITES || started > this.#deadline)
        throw ociFaults.REFERRERS_TAG_UNSETTLED({ tag: this.#tag, writes: this.#writes - 1 });
      if (await this.#put(content, missing)) {
        this.#windowMs = Math.max(this.#windowMs, clock.now().getTime() - started);
        if (content.kind === 'index') this.#replaced.set(content.digest, content);
        return;
      }
      await this.#pause(this.#writes);
    }
  }

  /** False if the tag moved between the read and the write, or the registry stumbled: read again. */
  async #put(content: TagContent, missing: readonly Descriptor[]): Promise<boolean> {
    const bytes = mergeIndex(content, missing);
    try {
      await putManifest(this.#connection, {
        descriptor: describe(OCI_INDEX, bytes),
        bytes,
        reference: this.#tag,
        headers: this.#precondition(content),
        // Sent twice, it could undo what another writer did in between.
        repeatable: false,
      });
      return true;
    } catch (e) {
      if (!isFault(e)) throw e;
      if (e.facts['status'] === 412) this.#refusedPreconditions++;
      else if (!isTransient(e)) throw e;
      return false;
    }
  }

  /** Registries that know conditional requests tell us of a race at once; most ignore the header. One that never agrees is not asked again. */
  #precondition(content: TagContent): Record<string, string> {
    if (this.#refusedPreconditions > 3) return {};
    if (content.kind !== 'index') return { 'if-none-match': '*' };
    return content.etag === undefined ? {} : { 'if-match': content.etag };
  }

  /** Nobody must be overwritten because a read came at a bad moment: "nothing there" is believed when it is said twice. */
  async #readBeforeWrite(): Promise<TagContent> {
    const content = await this.#read();
    if (content.kind === 'index') return content;
    await this.#pause(1);
    return this.#read();
  }

  /** While somebody writes, registries were seen to answer with an error for a moment. */
  async #read(): Promise<TagContent> {
    for (let tries = 1; ; tries++) {
      try {
        return await readTag(this.#connection, this.#tag);
      } catch (e) {
        if (tries >= MAX_TAG_READ_TRIES || !isFault(e) || !(isTransient(e) || e.code === 'DIGEST_MISMATCH')) throw e;
        await this.#pause(tries);
      }
    }
  }

  async #checkOwnership(content: TagIndex): Promise<void> {
    const problem = content.digest === this.#subject.digest ? 'it is the artifact itself' : await this.#ownership.foreign(content.entries);
    if (problem !== undefined) throw this.#occupied(problem);
  }

  #occupied(problem: string): Fault {
    return ociFaults.REFERRERS_TAG_OCCUPIED({ tag: this.#tag, problem });
  }

  async #deleteReplaced(current: TagIndex): Promise<ReplacedIndex> {
    // Where writers meet, an old index may become current again under the hands of another: leave it to the registry's garbage collection.
    if (this.#writes > 1 && this.#replaced.size > 0) return 'kept';
    let outcome: ReplacedIndex = 'none';
    for (const [digest, index] of this.#replaced) {
      if (digest === current.digest || digest === this.#subject.digest || !(await this.#ownership.proven(index.entries)))
        outcome = worst(outcome, 'kept');
      else outcome = worst(outcome, await this.#delete(digest));
    }
    return outcome;
  }

  async #delete(digest: string): Promise<ReplacedIndex> {
    try {
      return (await deleteManifest(this.#connection, digest)) === 'deleted' ? 'deleted' : 'undeletable';
    } catch (e) {
      // The signature is stored and visible: what is left over is a matter of tidiness.
      if (!isFault(e) || e.code === 'HTTP_ABORTED') throw e;
      return 'undeletable';
    }
  }

  /** A random pause that grows with the step, with the time that a write takes here, and with the writes that were lost. */
  #pause(step: number): Promise<void> {
    const { clock, random, signal } = this.#connection;
    const unit = Math.min(Math.max(this.#windowMs, SETTLE_PAUSE_MS), MAX_SETTLE_UNIT_MS);
    const ms = 1.5 * unit * step * (1 + Math.max(0, this.#writes - 1) / 4);
    return clock.sleep(Math.min(jitter(ms, random), MAX_SETTLE_PAUSE_MS), signal);
  }
}

const RANKED: readonly ReplacedIndex[] = ['none', 'deleted', 'kept', 'undeletable'];
const worst = (a: ReplacedIndex, b: ReplacedIndex): ReplacedIndex => (RANKED.indexOf(a) > RANKED.indexOf(b) ? a : b);

/** A failure that says nothing about the request: the server stumbled or was out of reach. */
function isTransient(fault: Fault): boolean {
  const status = fault.facts['status'];
  return (
    fault.code === 'HTTP_UNREACHABLE' ||
    fault.code === 'HTTP_TIMEOUT' ||
    (typeof status === 'number' && (status >= 500 || status === 408 || status === 409 || status === 429))
  );
}

function digestOfEntry(entry: JsonValue): string | undefined {
  const digest = isJsonObject(entry) ? entry['digest'] : undefined;
  return typeof digest === 'string' ? digest : undefined;
}

/** The index with entries added; members and entries that are not understood are kept, duplicates and empty entries dropped. */
export function mergeIndex(content: TagContent, added: readonly Descriptor[]): Uint8Array {
  const json: JsonObject = content.kind === 'index' ? content.json : Object.create(null);
  const seen = new Set<string>(added.map((entry) => entry.digest));
  const kept = (content.kind === 'index' ? content.entries : []).filter((entry) => {
    const digest = digestOfEntry(entry);
    if (digest === undefined || digest === '' || seen.has(digest)) return false;
    seen.add(digest);
    return true;
  });
  const { schemaVersion: _version, mediaType: _type, manifests: _old, ...others } = json;
  const manifests: GoJsonInput[] = [...kept, ...added.map((entry) => descriptorJson(entry) as GoJsonInput)];
  return new TextEncoder().encode(encodeGoJson({ schemaVersion: 2, mediaType: OCI_INDEX, manifests, ...others }));
}
