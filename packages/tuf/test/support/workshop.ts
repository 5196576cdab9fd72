// SPDX-License-Identifier: Apache-2.0
/** Keys, roots and small collections made on the spot. */
import { generatePrivateKey, type KeyType, type PrivateKey } from '@notary/base/crypto';
import { type CertificateTemplate, createCertificate, parseCertificate } from '@notary/x509';
import * as tuf from '../../src/index.ts';

export const gun = 'example.com/Team/app';
export const at = new Date('2026-06-01T12:00:00Z');
export const later = (days: number): Date => new Date(at.getTime() + days * 86_400_000);

/** Private keys by canonical ID. */
export class KeyRing implements tuf.SigningKeys {
  readonly #keys = new Map<string, tuf.SigningKey>();
  async has(id: string): Promise<boolean> {
    return this.#keys.has(id);
  }
  async get(id: string): Promise<tuf.SigningKey | undefined> {
    return this.#keys.get(id);
  }
  add(key: PrivateKey): tuf.SigningKey {
    const signing = tuf.createSigningKey(key);
    this.#keys.set(signing.publicKey.id, signing);
    return signing;
  }
  drop(id: string): void {
    this.#keys.delete(id);
  }
  async make(type: KeyType = 'EC-256'): Promise<tuf.SigningKey> {
    return this.add(await generatePrivateKey(type));
  }
}

/** A certificate for a key, self-signed unless told otherwise. */
export async function certificate(key: PrivateKey, changes: Partial<CertificateTemplate> = {}): Promise<Uint8Array> {
  return createCertificate({
    subject: [[{ type: 'CN', value: gun }]],
    signer: key,
    publicKey: key.spki,
    serialNumber: Uint8Array.of(1, 2, 3),
    notBefore: later(-10),
    notAfter: later(3650),
    basicConstraints: { ca: false },
    keyUsage: { bits: ['digitalSignature'] },
    extendedKeyUsage: { oids: ['1.3.6.1.5.5.7.3.3'] },
    ...changes,
  });
}

export interface World {
  readonly ring: KeyRing;
  readonly rootKey: tuf.PublicKey;
  readonly keys: Readonly<Record<'targets' | 'snapshot' | 'timestamp', tuf.PublicKey>>;
  /** Files as a server would have them after the first publish. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly set: tuf.TrustedSet;
}

export async function rootKeyFor(ring: KeyRing, changes: Partial<CertificateTemplate> = {}): Promise<tuf.PublicKey> {
  const key = await generatePrivateKey('EC-256');
  ring.add(key);
  return tuf.bundleKey(parseCertificate(await certificate(key, changes)));
}

/** A new collection with one target, published and trusted. */
export async function createWorld(targets: readonly string[] = ['v1']): Promise<World> {
  const ring = new KeyRing();
  const rootKey = await rootKeyFor(ring);
  const keys = {
    targets: (await ring.make()).publicKey,
    snapshot: (await ring.make()).publicKey,
    timestamp: (await ring.make('Ed25519')).publicKey,
  };
  const roles = {
    root: { keys: [rootKey] },
    targets: { keys: [keys.targets] },
    snapshot: { keys: [keys.snapshot] },
    timestamp: { keys: [keys.timestamp] },
  };
  const editor = tuf.CollectionEditor.init(roles, ring);
  for (const name of targets) await editor.addTarget(tuf.TARGETS, name, tuf.createFileMeta(new TextEncoder().encode(name)));
  const files = new Map<string, Uint8Array>(await editor.sign({ at, initial: true }));
  const root = await tuf.checkRoot(files.get('root') as Uint8Array, { gun, at });
  files.set('timestamp', await timestampFor(ring, root.payload, files.get('snapshot') as Uint8Array));
  return { ring, rootKey, keys, files, set: await trust(files, root) };
}

export async function timestampFor(
  ring: KeyRing,
  root: tuf.Root,
  snapshot: Uint8Array,
  changes: Partial<tuf.Timestamp> = {},
): Promise<Uint8Array> {
  const meta = new Map([['snapshot', tuf.createFileMeta(snapshot)]]);
  const payload: tuf.Timestamp = { type: 'Timestamp', version: 1, expires: tuf.expiryAt(later(14)), meta, ...changes };
  return (await tuf.signPayload({ payload, groups: [tuf.rootSigners(root, 'timestamp')] }, ring)).bytes;
}

export async function trust(files: ReadonlyMap<string, Uint8Array>, root: tuf.VerifiedRoot): Promise<tuf.TrustedSet> {
  let set = tuf.startTrustedSet(root, gun, at);
  set = await tuf.acceptTimestamp(set, files.get('timestamp') as Uint8Array);
  set = await tuf.acceptSnapshot(set, files.get('snapshot') as Uint8Array);
  return tuf.acceptTargets(set, files.get('targets') as Uint8Array);
}

export async function code(run: () => unknown): Promise<string> {
  try {
    await run();
  } catch (e) {
    return (e as { code?: string }).code ?? String(e);
  }
  return 'ok';
}
