// SPDX-License-Identifier: Apache-2.0
/** What every operation closes over, and the request as it sees it. */
import type { Clock, Log, Random } from '@notary/base';
import type { Access, AccessControl, Identity } from '@notary/service';
import { faults } from './faults.ts';
import type { RegistryInstruments } from './instruments.ts';
import { MAX_WARNING_LENGTH } from './limits.ts';
import { parseRepositoryName, type RepositoryName } from './names.ts';
import type { Policy, PolicyEvent } from './policy.ts';
import type { Route } from './route.ts';
import type { RepositoryState } from './state.ts';
import type { RegistryStore } from './store.ts';

/** Bounds a program may choose; see `limits.ts` for the values and why. */
export interface RegistryLimits {
  readonly maxManifestBytes: number;
  readonly maxBlobBytes: number;
  readonly maxReferrersPageBytes: number;
}

export interface Context {
  readonly store: RegistryStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly instruments: RegistryInstruments;
  readonly limits: RegistryLimits;
  readonly access: AccessControl | undefined;
  readonly policy: Policy | undefined;
  /** What the chunks of request bodies are to the store. */
  readonly chunks: 'given' | undefined;
  /** Refuse manifests whose blobs are missing. */
  readonly requireBlobs: boolean;
}

/** One request on its way through an operation. */
export interface Call {
  readonly request: Request;
  readonly route: Route;
  readonly identity: Identity;
}

/** Who calls where nobody is asked. */
export const ANYONE: Identity = { user: '', can: () => true };

export const pullOf = (name: string): Access[] => [{ type: 'repository', name, actions: ['pull'] }];
export const pushTo = (name: string): Access[] => [{ type: 'repository', name, actions: ['pull', 'push'] }];
export const deleteFrom = (name: string): Access[] => [{ type: 'repository', name, actions: ['delete'] }];

/** The repository, or 404 as the specification wants it for unknown names. */
export function existing(ctx: Context, call: Call): RepositoryState | Promise<RepositoryState> {
  const loaded = ctx.store.peek(call.route.name);
  if (loaded !== undefined) return loaded;
  const name = parseRepositoryName(call.route.name);
  return ctx.store.open(name).then((state) => {
    if (state === undefined) throw faults.NAME_UNKNOWN({ name });
    return state;
  });
}

export const repositoryName = (call: Call): RepositoryName => parseRepositoryName(call.route.name);

/** RFC 9111 5.5 in the one form the specification allows. */
export function warningHeader(text: string): string {
  const plain = text.slice(0, MAX_WARNING_LENGTH).replace(/[^\x20-\x7e]/g, '?');
  return `299 - "${plain.replace(/["\\]/g, '\\$&')}"`;
}

/** Asks the policy. Returns the text of a warning, if any. Faults: `REGISTRY_DENIED`. */
export async function askPolicy(ctx: Context, event: PolicyEvent): Promise<string | undefined> {
  const decision = await ctx.policy?.(event);
  if (decision?.refuse !== undefined) throw faults.DENIED({ reason: decision.refuse.slice(0, MAX_WARNING_LENGTH) });
  return decision?.warn;
}
