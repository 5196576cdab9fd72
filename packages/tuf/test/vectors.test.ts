// SPDX-License-Identifier: Apache-2.0
import { fromUtf8, toHex } from '@notary/base';
import { hash } from '@notary/base/crypto';
import { describe, expect, it } from 'vitest';
import * as tuf from '../src/index.ts';
import { manifest, vector } from './support/vectors.ts';

const { gun, at: instant, rootVersions, list } = manifest();
const at = new Date(instant);
const metadata = (name: string): Uint8Array => vector(`metadata/${name}`);
const roles = ['targets', 'targets/releases', 'targets/p384', 'targets/releases/nested'] as tuf.RoleName[];

async function trustAll(): Promise<tuf.TrustedSet> {
  let root = await tuf.checkRoot(metadata('1.root.json'), { gun, at });
  for (let v = 2; v <= rootVersions; v++)
    root = await tuf.checkRoot(metadata(`${v}.root.json`), { gun, at, previous: root, minVersion: v });
  let set = tuf.startTrustedSet(root, gun, at);
  set = await tuf.acceptTimestamp(set, metadata('timestamp.json'));
  set = await tuf.acceptSnapshot(set, metadata('snapshot.json'));
  set = await tuf.acceptTargets(set, metadata('targets.json'));
  for (const role of roles.slice(1)) {
    const step = await tuf.acceptDelegation(set, role, metadata(`${role}.json`));
    expect(step.fault).toBeUndefined();
    set = step.set;
  }
  return set;
}

describe('a collection written by the Go client and server', () => {
  it('verifies from its first root to its deepest delegation', async () => {
    const set = await trustAll();
    expect([...set.targets.keys()]).toEqual(roles);
    expect(tuf.isRootCurrent(set)).toBe(true);
  });

  it('decodes and encodes to the very same bytes, whoever signed', async () => {
    const set = await trustAll();
    const files = [set.root, set.timestamp, set.snapshot, ...set.targets.values()] as tuf.VerifiedMetadata<tuf.Payload>[];
    for (const file of files) {
      expect(file.exact).toBe(true);
      const again = tuf.encodeEnvelope(tuf.encodePayload(file.payload), file.signatures);
      expect(fromUtf8(again)).toBe(fromUtf8(file.bytes));
    }
  });

  it('lists every key under the ID that we compute', async () => {
    const set = await trustAll();
    const maps = [set.root.payload.keys, ...[...set.targets.values()].map((t) => t.payload.delegations.keys)];
    for (const keys of maps) for (const [id, key] of keys) expect(key.id).toBe(id);
  });

  it('shows the targets that the Go client lists', async () => {
    const found = tuf.listTargets(tuf.payloads(await trustAll()));
    const rows = list.trimEnd().split('\n').slice(2);
    const ours = found.map((t) => [t.name, tuf.digestHexOf(t.meta, 'sha256'), String(t.meta.length), t.role].join('|')).sort();
    expect(ours).toEqual(
      rows
        .map((r) => r.trimEnd().split(/ {4,}/).join('|').replace('\u{1f600} ', '\u{1f600}'))
        .map((r) => r.replace(/\s+\|/g, '|'))
        .sort(),
    );
  });

  it('finds a target by the first role that may sign for it', async () => {
    const all = tuf.payloads(await trustAll());
    expect(tuf.findTarget(all, 'rel/1.0')?.role).toBe('targets/releases');
    expect(tuf.findTarget(all, 'rel/1.0', ['targets/p384'])).toBeUndefined();
    expect(tuf.findTarget(all, 'rel/nested/x', ['targets/releases'])?.role).toBe('targets/releases/nested');
    expect(tuf.findTarget(all, 'absent')).toBeUndefined();
  });

  it('refuses a root that skips a rotation it cannot vouch for', async () => {
    const first = await tuf.checkRoot(metadata('1.root.json'), { gun, at });
    const forged = fromUtf8(metadata('3.root.json')).replace('"version":3', '"version":4');
    await expect(tuf.checkRoot(new TextEncoder().encode(forged), { gun, at, previous: first })).rejects.toMatchObject({
      code: 'TUF_ROOT_ROTATION_FAILED',
    });
  });

  it('hashes the bytes that the snapshot names', async () => {
    const set = await trustAll();
    for (const role of roles) {
      const meta = set.snapshot?.payload.meta.get(role) as tuf.FileMeta;
      expect(tuf.digestHexOf(meta, 'sha256')).toBe(toHex(hash('SHA-256', metadata(`${role}.json`))));
    }
  });
});
