// SPDX-License-Identifier: Apache-2.0
/** How a collection is: what expires when, which keys are held here, who manages what. */
import {
  type Common,
  canonicalKeyId,
  isNearExpiry,
  listDelegations,
  payloads,
  ROOT,
  type RootFingerprint,
  rootFingerprints,
  rootSigners,
  type Signers,
  SNAPSHOT,
  TARGETS,
  TIMESTAMP,
  type TrustedSet,
} from '@notary/tuf';
import { type Collection, readCollection } from './collection.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** A key of a role, by canonical ID, and whether it is in the store here. */
export interface KeyHealth {
  readonly keyId: string;
  readonly held: boolean;
}

/** What of a role expires when, and who can sign it. */
export interface RoleHealth {
  readonly role: string;
  readonly version: number | undefined;
  readonly expires: string | undefined;
  /** Whole days; negative once expired. */
  readonly daysLeft: number | undefined;
  readonly threshold: number;
  readonly keys: readonly KeyHealth[];
  /** Enough keys here to sign? */
  readonly canSign: boolean;
  /** `unpublished`: a delegation without a file of its own yet. */
  readonly state: 'ok' | 'near-expiry' | 'expired' | 'invalid' | 'unpublished';
}

/** The state of a collection at one instant; times are RFC 3339 in UTC. */
export interface Health {
  readonly gun: string;
  readonly at: string;
  readonly source: 'server' | 'cache';
  readonly roles: readonly RoleHealth[];
  readonly rootCertificates: readonly { readonly keyId: string; readonly commonName: string; readonly notAfter: string }[];
  readonly stagedChanges: number;
  readonly firstUse?: readonly RootFingerprint[];
}

/** Reads the collection, expired or not, and reports on every role. */
export async function checkHealth(collection: Collection): Promise<Health> {
  const at = collection.clock.now();
  const { set, fromCache, firstUse } = await readCollection(collection, { expired: 'show' });
  return {
    gun: collection.gun,
    at: at.toISOString(),
    source: fromCache ? 'cache' : 'server',
    roles: await roleHealth(collection, set, at),
    rootCertificates: rootFingerprints(set.root, collection.gun).map((c) => ({
      keyId: c.keyId,
      commonName: c.commonName,
      notAfter: c.notAfter.toISOString(),
    })),
    stagedChanges: (await collection.changes.list()).length,
    ...(firstUse ? { firstUse } : {}),
  };
}

export async function roleHealth(collection: Collection, set: TrustedSet, at: Date): Promise<RoleHealth[]> {
  const root = set.root.payload;
  const base: [string, Common | undefined][] = [
    [ROOT, root],
    [TARGETS, set.targets.get(TARGETS)?.payload],
    [SNAPSHOT, set.snapshot?.payload],
    [TIMESTAMP, set.timestamp?.payload],
  ];
  const roles: RoleHealth[] = [];
  for (const [role, payload] of base) roles.push(await describe(collection, rootSigners(root, role), payload, at, 'ok'));
  for (const { role, signers } of listDelegations(payloads(set))) {
    const invalid = set.invalid.get(role);
    const payload = set.targets.get(role)?.payload ?? invalid?.payload;
    roles.push(await describe(collection, signers, payload, at, invalid === undefined ? 'ok' : 'invalid'));
  }
  return roles;
}

async function describe(
  collection: Collection,
  signers: Signers,
  payload: Common | undefined,
  at: Date,
  state: 'ok' | 'invalid',
): Promise<RoleHealth> {
  const keys: KeyHealth[] = [];
  for (const key of signers.keys.values()) {
    const keyId = canonicalKeyId(key);
    keys.push({ keyId, held: await collection.keys.has(keyId) });
  }
  const canSign = keys.filter((k) => k.held).length >= signers.threshold;
  const shared = { role: signers.role, threshold: signers.threshold, keys, canSign };
  if (payload === undefined) return { ...shared, version: undefined, expires: undefined, daysLeft: undefined, state: 'unpublished' };
  const expires = payload.expires.at;
  // The server signs timestamps for two weeks at a time: half a year would always be near.
  const near = signers.role !== TIMESTAMP && isNearExpiry(expires, at);
  return {
    ...shared,
    version: payload.version,
    expires: payload.expires.text,
    daysLeft: Math.floor((expires.getTime() - at.getTime()) / DAY_MS),
    state: expires < at ? 'expired' : state === 'invalid' ? 'invalid' : near ? 'near-expiry' : 'ok',
  };
}
