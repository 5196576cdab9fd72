// SPDX-License-Identifier: Apache-2.0
/** What an update is given, what it yields, and the state between its steps. */
import type { Fault, Log } from '@notary/base';
import {
  type FileMeta,
  MAX_METADATA_BYTES,
  MAX_TIMESTAMP_BYTES,
  type RootFingerprint,
  TIMESTAMP,
  type TrustedSet,
  type TrustPins,
  type VerifiedRoot,
} from '@notary/tuf';
import type { MetadataCache } from './cache.ts';
import type { Gun } from './gun.ts';
import { MAX_PARALLEL_FETCHES } from './limits.ts';
import type { Proofs } from './proofs.ts';
import type { Remote } from './remote.ts';

export interface UpdateOptions {
  readonly gun: Gun;
  /** Read once by the caller: every expiry in this update is judged at this instant. */
  readonly at: Date;
  readonly cache: MetadataCache;
  readonly remote: Remote;
  readonly pins: TrustPins;
  readonly log?: Log;
  /** `write`: the collection must exist on the server, whatever the cache holds. */
  readonly mode?: 'read' | 'write';
  /** `show`: expired metadata is accepted, each with a warning. For looking, never for deciding. */
  readonly expired?: 'refuse' | 'show';
}

export interface Update {
  readonly set: TrustedSet;
  /** The keys of a root that was trusted because it was the first one seen: nobody vouched for it. */
  readonly firstUse?: readonly RootFingerprint[];
  /** Could the remote not be asked for a timestamp? Then this is the last known state. */
  readonly fromCache: boolean;
  /** What expired, where `expired` is `show`. */
  readonly expired: readonly Fault[];
}

/** An update that is still being written to the cache. */
export interface UnsavedUpdate {
  readonly update: Update;
  /** Whoever has the update waits for this, whatever else goes wrong. */
  readonly saving: Promise<Settled<void>>;
}

/** State of one update. `old` is the anchor that rollbacks are measured against, `root` the root in force. */
export interface Session extends UpdateOptions {
  readonly log: Log;
  readonly old: VerifiedRoot | undefined;
  readonly expiredFound: Map<string, Fault>;
  fromCache: boolean;
  /** What the last accepted snapshot said of the root. */
  rootMeta: FileMeta | undefined;
  /** What is known of the cached files. */
  readonly proofs: Proofs;
  /** Answers that were asked for ahead of time, each good for one use. */
  readonly prefetched: Map<string, Promise<Settled<Uint8Array>>>;
}

const maxBytesOf = (role: string): number => (role === TIMESTAMP ? MAX_TIMESTAMP_BYTES : MAX_METADATA_BYTES);

/** Asks for files by their plain names at once. */
export const prefetch = (remote: Remote, roles: readonly string[]): Session['prefetched'] =>
  new Map(roles.map((role) => [role, settle(remote.get(role, maxBytesOf(role)))]));

/** A file by its plain name: the answer that is already on its way, once, else a new one. */
export async function fetchPlain(session: Session, role: string): Promise<Uint8Array> {
  const ahead = session.prefetched.get(role);
  session.prefetched.delete(role);
  if (ahead === undefined) return session.remote.get(role, maxBytesOf(role));
  return unsettled(await ahead);
}

export type Settled<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: unknown };

export const settle = <T>(work: Promise<T>): Promise<Settled<T>> =>
  work.then(
    (value) => ({ ok: true, value }),
    (fault: unknown) => ({ ok: false, fault }),
  );

/** What was settled, as it would have come or been thrown. */
export function unsettled<T>(settled: Settled<T>): T {
  if (settled.ok) return settled.value;
  throw settled.fault;
}

/** Runs `work` for every item, a few at a time; results in the order of the items. */
export async function mapLimited<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = new Array(items.length);
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let i = next++; i < items.length; i = next++) results[i] = await work(items[i] as T);
  };
  await Promise.all(Array.from({ length: Math.min(MAX_PARALLEL_FETCHES, items.length) }, lane));
  return results;
}
