// SPDX-License-Identifier: Apache-2.0
/** Ways to spoil a published file, and a server whose keys are stolen: it vouches for whatever it is given. */
import { fromUtf8, toUtf8 } from '@notary/base';
import { generatePrivateKey } from '@notary/base/crypto';
import {
  canonicalKeyId,
  createFileMeta,
  createSigningKey,
  decodeRoot,
  decodeSnapshot,
  decodeTargets,
  decodeTimestamp,
  type Envelope,
  encodeEnvelope,
  encodePayload,
  expiryAt,
  type Payload,
  type PublicKey,
  parseEnvelope,
  type RoleName,
  type Root,
  rootSigners,
  type Signers,
  type SigningKeys,
  signPayload,
} from '@notary/tuf';
import type { SimulatedServer } from './simulated-server.ts';

export function decodeFor(role: string, envelope: Envelope): Payload {
  if (role === 'root') return decodeRoot(envelope);
  if (role === 'snapshot') return decodeSnapshot(envelope);
  if (role === 'timestamp') return decodeTimestamp(envelope);
  return decodeTargets(envelope, role as RoleName);
}

export interface ForgeContext {
  readonly server: SimulatedServer;
  readonly gun: string;
  /** Every private key of the collection. */
  readonly keys: SigningKeys;
  readonly at: Date;
}

const current = (ctx: ForgeContext, role: string): Uint8Array => ctx.server.stored(ctx.gun)?.current.get(role) as Uint8Array;

export function signersOf(ctx: ForgeContext, role: string): Signers {
  const root = decodeRoot(parseEnvelope(current(ctx, 'root')));
  if (!role.includes('/')) return rootSigners(root, role);
  const targets = decodeTargets(parseEnvelope(current(ctx, 'targets')), 'targets' as RoleName);
  const entry = targets.delegations.roles.find((r) => r.name === role);
  const keys = new Map((entry?.keyIds ?? []).map((id) => [id, targets.delegations.keys.get(id) as PublicKey]));
  return { role, threshold: 1, keys };
}

/** The current file of a role with its payload changed and signed with the role's real keys. */
export async function resigned(ctx: ForgeContext, role: string, change: (payload: Payload) => Payload): Promise<Uint8Array> {
  const payload = change(decodeFor(role, parseEnvelope(current(ctx, role))));
  return (await signPayload({ payload, groups: [signersOf(ctx, role)] }, ctx.keys)).bytes;
}

const edit = (ctx: ForgeContext, role: string, replace: (text: string) => string): Uint8Array =>
  toUtf8(replace(fromUtf8(current(ctx, role))));

/** What can be wrong with one file. Each returns the bytes that the server hands out instead. */
export const corruptions: Record<string, (ctx: ForgeContext, role: string) => Promise<Uint8Array> | Uint8Array> = {
  empty: () => new Uint8Array(),
  truncated: (ctx, role) => current(ctx, role).subarray(0, -20),
  'not JSON': () => toUtf8('<html>It works!</html>'),
  'wrong JSON': () => toUtf8('{"signed":[],"signatures":{}}'),
  'extra bytes': (ctx, role) => edit(ctx, role, (t) => `${t} x`),
  'wrong type': wrongType,
  'flipped content': (ctx, role) => edit(ctx, role, (t) => t.replace(/"version":(\d+)/, (_, n) => `"version":${Number(n) + 1}`)),
  'no signature': (ctx, role) => edit(ctx, role, (t) => t.replace(/"signatures":\[.*\]/, '"signatures":[]')),
  'other key': async (ctx, role) => {
    const key = createSigningKey(await generatePrivateKey('EC-256'));
    const envelope = parseEnvelope(current(ctx, role));
    return encodeEnvelope(envelope.canonical, [{ keyId: key.publicKey.id, method: key.method, sig: await key.sign(envelope.canonical) }]);
  },
  expired: (ctx, role) =>
    resigned(ctx, role, (p) => ({ ...p, version: p.version + 1, expires: expiryAt(new Date(ctx.at.getTime() - 60_000)) })),
  'version down': (ctx, role) => resigned(ctx, role, (p) => ({ ...p, version: 1 })),
  'version zero': (ctx, role) => edit(ctx, role, (t) => t.replace(/"version":\d+/, '"version":0')),
  'huge version': (ctx, role) => edit(ctx, role, (t) => t.replace(/"version":\d+/, '"version":1e400')),
  'deep JSON': () => toUtf8(`{"signed":${'{"a":'.repeat(5000)}1${'}'.repeat(5000)},"signatures":[]}`),
  'duplicate member': (ctx, role) => edit(ctx, role, (t) => t.replace('{"signed":', '{"signed":{},"signed":')),
};

/** Signed as it should be, with a `_type` of another role. */
async function wrongType(ctx: ForgeContext, role: string): Promise<Uint8Array> {
  const payload = decodeFor(role, parseEnvelope(current(ctx, role)));
  const canonical = toUtf8(fromUtf8(encodePayload(payload)).replace(`"_type":"${payload.type}"`, '"_type":"Mirrors"'));
  const signatures = [];
  for (const key of signersOf(ctx, role).keys.values()) {
    const signer = await ctx.keys.get(canonicalKeyId(key));
    if (signer !== undefined) signatures.push({ keyId: key.id, method: signer.method, sig: await signer.sign(canonical) });
  }
  return encodeEnvelope(canonical, signatures);
}

/**
 * Hands out `bytes` for `role`, and a snapshot and timestamp that vouch for them: what whoever holds the server's keys can do.
 * The higher versions make sure that the new files are looked at.
 */
export async function vouch(ctx: ForgeContext, role: string, bytes: Uint8Array): Promise<ReadonlyMap<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>([[role, bytes]]);
  const root: Root = decodeRoot(parseEnvelope(current(ctx, 'root')));
  if (role !== 'snapshot' && role !== 'timestamp') {
    const old = decodeSnapshot(parseEnvelope(current(ctx, 'snapshot')));
    const payload = { ...old, version: old.version + 1, meta: new Map(old.meta).set(role, createFileMeta(bytes)) };
    files.set('snapshot', (await signPayload({ payload, groups: [rootSigners(root, 'snapshot')] }, ctx.keys)).bytes);
  }
  if (role !== 'timestamp') {
    const old = decodeTimestamp(parseEnvelope(current(ctx, 'timestamp')));
    const meta = new Map([['snapshot', createFileMeta(files.get('snapshot') as Uint8Array)]]);
    files.set(
      'timestamp',
      (await signPayload({ payload: { ...old, version: old.version + 1, meta }, groups: [rootSigners(root, 'timestamp')] }, ctx.keys))
        .bytes,
    );
  }
  return files;
}
