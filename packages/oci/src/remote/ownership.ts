// SPDX-License-Identifier: Apache-2.0
/** Is an index at the fallback tag really the list of referrers of one subject? Answered from the manifests of its entries. */
import { isFault } from '@notary/base';
import type { JsonValue } from '@notary/base/json';
import { type Descriptor, parseDescriptor } from '../descriptor.ts';
import { MAX_OWNERSHIP_CHECKS, OWNERSHIP_SAMPLE, PROBE_CONCURRENCY } from '../limits.ts';
import { parseManifest } from '../manifest.ts';
import type { Subject } from '../repository.ts';
import type { Connection } from './connection.ts';
import { fetchManifest } from './read.ts';

/** `ours`: refers to the subject. `foreign`: is there and does not. `unknown`: cannot be told, for example because it is gone. */
type Verdict = 'ours' | 'foreign' | 'unknown';

export interface Ownership {
  /**
   * What is wrong with an index that is about to be replaced by one with the same entries and more, or `undefined`. Looks at every
   * entry that could belong to an image index (it has a platform, or no type) and at a sample of the others.
   */
  foreign(entries: readonly JsonValue[]): Promise<string | undefined>;
  /** Do all entries refer to the subject, beyond doubt? Only then may the index be deleted. */
  proven(entries: readonly JsonValue[]): Promise<boolean>;
}

/** Remembers what was looked up, so that repeated writes ask only about new entries. */
export function createOwnership(connection: Connection, subject: Subject): Ownership {
  const verdicts = new Map<string, Promise<Verdict>>();
  const verdictOf = (entry: Descriptor): Promise<Verdict> => {
    const known = verdicts.get(entry.digest) ?? lookUp(connection, subject, entry);
    verdicts.set(entry.digest, known);
    return known;
  };
  return {
    async foreign(entries) {
      const descriptors = entries.flatMap(readable);
      const suspects = descriptors.filter((d) => d.platform !== undefined || d.artifactType === undefined);
      const others = descriptors.filter((d) => !suspects.includes(d)).slice(0, OWNERSHIP_SAMPLE);
      for await (const [entry, verdict] of inTurn([...suspects.slice(0, MAX_OWNERSHIP_CHECKS), ...others], verdictOf)) {
        if (verdict === 'foreign') return `it lists ${entry.digest}, which does not refer to ${subject.digest}`;
      }
      return undefined;
    },
    async proven(entries) {
      const descriptors = entries.flatMap(readable);
      if (descriptors.length !== entries.length || descriptors.length > MAX_OWNERSHIP_CHECKS) return false;
      for await (const [, verdict] of inTurn(descriptors, verdictOf)) if (verdict !== 'ours') return false;
      return true;
    },
  };
}

async function* inTurn(
  entries: readonly Descriptor[],
  verdictOf: (entry: Descriptor) => Promise<Verdict>,
): AsyncGenerator<[Descriptor, Verdict], void> {
  for (let i = 0; i < entries.length; i += PROBE_CONCURRENCY) {
    const batch = entries.slice(i, i + PROBE_CONCURRENCY);
    const verdicts = await Promise.all(batch.map(verdictOf));
    for (const [k, entry] of batch.entries()) yield [entry, verdicts[k] as Verdict];
  }
}

async function lookUp(connection: Connection, subject: Subject, entry: Descriptor): Promise<Verdict> {
  try {
    const manifest = parseManifest(entry, await fetchManifest(connection, entry));
    return manifest.subject?.digest === subject.digest ? 'ours' : 'foreign';
  } catch (e) {
    if (!isFault(e) || e.code === 'HTTP_ABORTED') throw e;
    return 'unknown';
  }
}

function readable(entry: JsonValue): Descriptor[] {
  try {
    return [parseDescriptor(entry, 'a list of referrers')];
  } catch (e) {
    if (!isFault(e)) throw e;
    return [];
  }
}
