// SPDX-License-Identifier: Apache-2.0
/** Findings of audits of Notary and of faults of other TUF clients, each as the input that would show it here. See docs/explanation/audits.md. */
import { toUtf8 } from '@notary/base';
import { generatePrivateKey } from '@notary/base/crypto';
import { createTestCa } from '@notary/testkit';
import { describe, expect, it } from 'vitest';
import * as tuf from '../src/index.ts';
import { at, code, createWorld, gun, KeyRing, rootKeyFor, timestampFor } from './support/workshop.ts';

const role = (name: string): tuf.RoleName => name as tuf.RoleName;
const FAULT = /^(?:TUF|JSON|CANONICAL_JSON)_[A-Z_]+$/;

describe('a file in the place of another', () => {
  /** A collection whose online roles share one key: signatures alone cannot tell its files apart. */
  async function sharedKey() {
    const ring = new KeyRing();
    const one = { keys: [(await ring.make()).publicKey] };
    const editor = tuf.CollectionEditor.init(
      { root: { keys: [await rootKeyFor(ring)] }, targets: one, snapshot: one, timestamp: one },
      ring,
    );
    const files = new Map<string, Uint8Array>(await editor.sign({ at, initial: true }));
    const root = await tuf.checkRoot(files.get('root') as Uint8Array, { gun, at });
    return { ring, root, file: (name: string) => files.get(name) as Uint8Array, start: tuf.startTrustedSet(root, gun, at) };
  }

  it('[NCC-2015-A1-1] has the type that is expected there, not any known type', async () => {
    const { ring, root, file, start } = await sharedKey();
    for (const name of ['snapshot', 'targets']) {
      expect(await code(() => tuf.acceptTimestamp(start, file(name))), name).toBe('TUF_METADATA_INVALID');
    }
    // The timestamp vouches for a targets file as the snapshot: digest and signature are right, the type is not.
    const stamped = await tuf.acceptTimestamp(start, await timestampFor(ring, root.payload, file('targets')));
    expect(await code(() => tuf.acceptSnapshot(stamped, file('targets')))).toBe('TUF_METADATA_INVALID');
    expect(await code(() => tuf.checkRoot(file('targets'), { gun, at }))).toBe('TUF_METADATA_INVALID');
    const honest = await tuf.acceptTimestamp(start, await timestampFor(ring, root.payload, file('snapshot')));
    const meta = new Map([
      ['root', tuf.createFileMeta(root.bytes)],
      ['targets', tuf.createFileMeta(file('snapshot'))],
    ]);
    const swapped = await tuf.signPayload(
      {
        payload: { type: 'Snapshot', version: 2, expires: tuf.expiryAt(new Date(at.getTime() + 1e9)), meta },
        groups: [tuf.rootSigners(root.payload, 'snapshot')],
      },
      ring,
    );
    const set = await tuf.acceptSnapshot(
      await tuf.acceptTimestamp(honest, await timestampFor(ring, root.payload, swapped.bytes)),
      swapped.bytes,
    );
    expect(await code(() => tuf.acceptTargets(set, file('snapshot')))).toBe('TUF_METADATA_INVALID');
  });
});

describe('JSON that is no metadata', () => {
  it('[CVE-2026-23991] is a fault, never a crash, at every step', async () => {
    const { set, files } = await createWorld();
    const text = (name: string) => new TextDecoder().decode(files.get(name));
    const values = ['null', '1', '"x"', '[]', '{}', 'true', '{"signed":null,"signatures":null}', '{"signed":{},"signatures":[null]}'];
    for (const member of ['_type', 'version', 'expires', 'meta', 'targets', 'delegations', 'keys', 'roles']) {
      for (const value of ['null', '1', '"x"', '[[]]', '{"x":null}', '{"x":{"x":1}}']) {
        values.push(`{"signed":{"_type":"Snapshot","version":1,"expires":"2030-01-01T00:00:00Z","${member}":${value}},"signatures":[]}`);
      }
    }
    for (const name of ['root', 'timestamp', 'snapshot', 'targets']) values.push(text(name).replace(/\{"keyid".*?\}/, 'null'));
    for (const value of values) {
      const bytes = toUtf8(value);
      for (const run of [
        () => tuf.checkRoot(bytes, { gun, at }),
        () => tuf.acceptTimestamp(set, bytes),
        () => tuf.acceptSnapshot(set, bytes),
        () => tuf.acceptTargets(set, bytes),
        () => tuf.decodeTargets(tuf.parseEnvelope(bytes), role('targets/a')),
        () => tuf.parseKeyResponse(bytes),
      ]) {
        const outcome = await code(run);
        if (outcome !== 'ok') expect(outcome, value).toMatch(FAULT);
      }
    }
  });
});

describe('thresholds', () => {
  const withDelegation = async (entry: Record<string, unknown>) => {
    const key = (await new KeyRing().make()).publicKey;
    const keys = { [key.id]: JSON.parse(tuf.encodeKeyResponse(key)) };
    const roles = [{ name: 'targets/a', paths: [''], keyids: [key.id], ...entry }];
    const signed = { _type: 'Targets', delegations: { keys, roles }, expires: '2030-01-01T00:00:00Z', targets: {}, version: 1 };
    return toUtf8(JSON.stringify({ signed, signatures: [] }));
  };

  it('[CVE-2026-23992] of delegations are at least one: none of a file can switch signatures off', async () => {
    for (const threshold of [0, -1, -(2 ** 31), 0.5, '1', null, [], undefined]) {
      const bytes = await withDelegation({ threshold });
      expect(await code(() => tuf.decodeTargets(tuf.parseEnvelope(bytes), role('targets'))), String(threshold)).toMatch(
        /^(?:TUF_METADATA_INVALID|JSON_|CANONICAL_JSON_)/,
      );
    }
    const good = tuf.decodeTargets(tuf.parseEnvelope(await withDelegation({ threshold: 1 })), role('targets'));
    const unsigned = tuf.parseEnvelope(tuf.encodeEnvelope(toUtf8('{}'), []));
    const entry = good.delegations.roles[0] as tuf.DelegationEntry;
    expect(await code(() => tuf.checkSignatures(unsigned, { ...tuf.delegationSigners(good.delegations, entry), threshold: 0 }))).toBe(
      'TUF_NO_SIGNATURES',
    );
  });

  it('[CVE-2026-6966] of delegations count keys, not signatures, also where one key is listed twice', async () => {
    const ring = new KeyRing();
    const [a, b] = [await ring.make(), await ring.make()];
    const data = toUtf8('{"a":1}');
    const sig = await a.sign(data);
    const file = tuf.parseEnvelope(
      tuf.encodeEnvelope(
        data,
        [1, 2, 3].map(() => ({ keyId: a.publicKey.id, method: a.method, sig })),
      ),
    );
    const delegations: tuf.Delegations = {
      keys: new Map([a, b].map((k) => [k.publicKey.id, k.publicKey])),
      roles: [],
    };
    const entry = (keyIds: string[]): tuf.DelegationEntry => ({ name: role('targets/a'), paths: [''], keyIds, threshold: 2 });
    for (const ids of [
      [a.publicKey.id, b.publicKey.id],
      [a.publicKey.id, a.publicKey.id],
    ]) {
      expect(await code(() => tuf.checkSignatures(file, tuf.delegationSigners(delegations, entry(ids))))).toBe('TUF_THRESHOLD');
    }
  });

  it('[CVE-2020-6173] cost a bounded number of verifications, however many signatures a file carries', async () => {
    const key = tuf.createSigningKey(await generatePrivateKey('EC-256'));
    const data = toUtf8('{"a":1}');
    const bad = { keyId: key.publicKey.id, method: key.method, sig: new Uint8Array(64).fill(1) };
    const many = (count: number): Uint8Array =>
      tuf.encodeEnvelope(
        data,
        Array.from({ length: count }, () => bad),
      );
    expect(await code(() => tuf.parseEnvelope(many(tuf.MAX_SIGNATURES + 1)))).toBe('TUF_TOO_MANY_SIGNATURES');
    const signers = { role: 'targets', threshold: 1, keys: new Map([[key.publicKey.id, key.publicKey]]) };
    expect(await code(() => tuf.checkSignatures(tuf.parseEnvelope(many(tuf.MAX_SIGNATURES)), signers))).toBe('TUF_THRESHOLD');
  });
});

describe('delegations', () => {
  const payload = (names: Record<string, string>, roles: [string, string[]][]): tuf.Targets => ({
    type: 'Targets',
    version: 1,
    expires: tuf.expiryAt(new Date(at.getTime() + 1e9)),
    targets: new Map(Object.entries(names).map(([name, text]) => [name, tuf.createFileMeta(toUtf8(text))])),
    delegations: { keys: new Map(), roles: roles.map(([name, paths]) => ({ name: role(name), paths, keyIds: [], threshold: 1 })) },
  });

  it('[CVE-2024-47534] are asked in the order in which they are listed, level by level, in looking up and in listing', () => {
    // targets delegates to a, then to b; b to c. Everybody below has the target.
    const all: tuf.TargetsMap = new Map([
      [
        role('targets'),
        payload({}, [
          ['targets/a', ['']],
          ['targets/b', ['']],
        ]),
      ],
      [role('targets/b'), payload({}, [['targets/b/c', ['']]])],
      [role('targets/b/c'), payload({ app: 'of c', deep: 'of c' }, [])],
      [role('targets/a'), payload({ app: 'of a' }, [])],
    ]);
    expect([...tuf.walkTargets(all)].map((n) => n.role)).toEqual(['targets', 'targets/a', 'targets/b', 'targets/b/c']);
    expect(tuf.findTarget(all, 'app')?.role).toBe('targets/a');
    expect(tuf.findTarget(all, 'deep')?.role).toBe('targets/b/c');
    const listed = new Map(tuf.listTargets(all).map((t) => [t.name, t.role]));
    expect([listed.get('app'), listed.get('deep')]).toEqual(['targets/a', 'targets/b/c']);
  });

  it('[NCC-2015-R1] are restricted by plain prefixes: hashes of paths mean nothing', () => {
    const key = { keytype: 'ed25519', keyval: { public: 'AAAA', private: null } };
    const id = tuf.publicKeyFromJson(key).id;
    const roles = [{ name: 'targets/a', keyids: [id], threshold: 1, path_hash_prefixes: ['', '0', 'a'] }];
    const signed = {
      _type: 'Targets',
      delegations: { keys: { [id]: key }, roles },
      expires: '2030-01-01T00:00:00Z',
      targets: {},
      version: 1,
    };
    const top = tuf.decodeTargets(tuf.parseEnvelope(toUtf8(JSON.stringify({ signed, signatures: [] }))), role('targets'));
    const all: tuf.TargetsMap = new Map([
      [role('targets'), top],
      [role('targets/a'), payload({ app: 'of a' }, [])],
    ]);
    expect([tuf.findTarget(all, 'app'), tuf.listTargets(all)]).toEqual([undefined, []]);
  });

  it('[CVE-2021-41150] have names that are no paths of files, in targets and in snapshots', async () => {
    for (const name of [
      'targets/../../x',
      'targets/..',
      '../targets/x',
      'targets//x',
      '/targets/x',
      'targets/a\u0000',
      'targets/a%2f..',
      'targets/\\x',
    ]) {
      expect([name, tuf.isRoleName(name)]).toEqual([name, false]);
      const signed = {
        _type: 'Targets',
        delegations: { keys: {}, roles: [{ name, keyids: [], threshold: 1, paths: [''] }] },
        expires: '2030-01-01T00:00:00Z',
        targets: {},
        version: 1,
      };
      const bytes = toUtf8(JSON.stringify({ signed, signatures: [] }));
      expect(await code(() => tuf.decodeTargets(tuf.parseEnvelope(bytes), role('targets'))), name).toMatch(FAULT);
    }
  });
});

describe('a pinned authority', () => {
  it('[KD-15] vouches for a root certificate as clients make it, for code signing', async () => {
    const ca = await createTestCa();
    const middle = await ca.intermediate();
    const leaf = await middle.codeSigner({ subject: { CN: gun } });
    expect(leaf.certificate.extendedKeyUsage?.oids).toEqual(['1.3.6.1.5.5.7.3.3']);
    const ring = new KeyRing();
    ring.add(leaf.key);
    const one = { keys: [(await ring.make()).publicKey] };
    const root = { keys: [tuf.bundleKey(leaf.certificate, [middle.certificate])] };
    const editor = tuf.CollectionEditor.init({ root, targets: one, snapshot: one, timestamp: one }, ring);
    const pins = { certs: new Map(), ca: new Map([['example.com/', [ca.certificate]]]), disableTofu: true };
    expect((await tuf.checkRoot(await editor.signRoot({ at }), { gun, at, pins })).payload.version).toBe(1);
  });
});
