// SPDX-License-Identifier: Apache-2.0
/** What every store must do, on memory and on each database that is there; and what several servers over one store must do. */
import { isFault, type Sql } from '@notary/base';
import type { FileUpdate, MetadataStore } from '@notary/notary-server';
import { until } from '@notary/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256Hex, TestPublisher } from './support/publisher.ts';
import { createTestServer, createTestSigning, errorOf, TestClock } from './support/server.ts';
import { startStores } from './support/stores.ts';

const file = (role: string, version: number, text = `${role} ${version}`): FileUpdate => {
  const bytes = new TextEncoder().encode(text);
  return { role, version, bytes, sha256: sha256Hex(bytes) };
};

for (const kind of await startStores()) {
  describe.skipIf(kind.skipped !== undefined)(kind.name, () => {
    const clock = new TestClock();
    const now = () => clock.now();
    let store: MetadataStore;
    let sql: Sql | undefined;
    let other: MetadataStore;
    beforeAll(async () => {
      if (kind.skipped !== undefined) return;
      ({ store, sql } = await kind.open(now));
      other = (await kind.open(now)).store;
    });
    afterAll(() => kind.stop());
    const head = async (gun: string) => (await store.heads([gun])).get(gun);
    const fails = (p: Promise<unknown>, ...codes: string[]) =>
      p.then(
        () => 'resolved',
        (e: unknown) => (isFault(e, ...codes) ? e.code : e),
      );

    it('[KD-23] files come back by hash, by version and as the newest timestamp', async () => {
      const big = file('targets', 1, 'x'.repeat(3_000_000));
      await store.update('g/files', [file('timestamp', 1), big, file('root', 1)], undefined);
      expect(await head('g/files')).toMatchObject({ version: 1, sha256: file('timestamp', 1).sha256 });
      const newest = await other.currentTimestamp('g/files');
      expect(newest?.head).toEqual(await head('g/files'));
      expect(new TextDecoder().decode(newest?.file.bytes)).toBe('timestamp 1');
      const found = await other.byChecksum('g/files', 'targets', big.sha256);
      expect([found?.version, found?.bytes.length, found?.storedAt.getTime()]).toEqual([1, 3_000_000, clock.now().getTime()]);
      expect((await store.byVersion('g/files', 'root', 1))?.sha256).toBe(file('root', 1).sha256);
      expect(await store.byVersion('g/files', 'root', 2)).toBeUndefined();
      expect(await store.byVersion('g/files', 'root', 2 ** 40)).toBeUndefined();
      expect(await store.byChecksum('g/files', 'root', big.sha256)).toBeUndefined();
      expect(await store.currentTimestamp('g/nothing')).toBeUndefined();
    });

    it('[KD-24] names that differ in case, in blanks at the end or in a prefix are different collections', async () => {
      await store.update('g/Case', [file('timestamp', 1)], undefined);
      for (const gun of ['g/case', 'G/Case', 'g/Case ', 'g/Cas', 'g/Case/x']) {
        expect([gun, (await store.heads([gun])).size, await store.byVersion(gun, 'timestamp', 1)]).toEqual([gun, 0, undefined]);
        expect(await store.delete(gun)).toBe(false);
      }
      expect(await head('g/Case')).toBeDefined();
    });

    it('several heads in one question', async () => {
      const guns = Array.from({ length: 7 }, (_, i) => `h/${i}`);
      for (const gun of guns.slice(0, 5)) await store.update(gun, [file('timestamp', 1, gun)], undefined);
      const heads = await other.heads(guns);
      expect([...heads.keys()].sort()).toEqual(guns.slice(0, 5));
      expect(heads.get('h/3')?.sha256).toBe(file('timestamp', 1, 'h/3').sha256);
    });

    it('an update is refused when the head has moved or a role is old, and then nothing is stored', async () => {
      const gun = 'g/old';
      await store.update(gun, [file('timestamp', 1), file('targets', 5)], undefined);
      const first = await head(gun);
      expect(await fails(store.update(gun, [file('timestamp', 1), file('root', 1)], undefined), 'STORE_CONFLICT')).toBe('STORE_CONFLICT');
      expect(await fails(store.update(gun, [file('timestamp', 2), file('root', 1)], undefined), 'STORE_CONFLICT')).toBe('STORE_CONFLICT');
      for (const version of [5, 4]) {
        expect(
          await fails(store.update(gun, [file('timestamp', 2), file('root', 1), file('targets', version)], first), 'STORE_OLD_VERSION'),
        ).toBe('STORE_OLD_VERSION');
      }
      expect(
        await fails(store.update(gun, [file('timestamp', 2), file('targets', 6), file('targets', 6, 'other')], first), 'STORE_OLD_VERSION'),
      ).toBe('STORE_OLD_VERSION');
      expect(await fails(store.update(gun, [file('timestamp', 2), file('targets', 2 ** 31)], first), 'STORE_OLD_VERSION')).toBe(
        'STORE_OLD_VERSION',
      );
      expect(await head(gun)).toEqual(first);
      expect(await store.byVersion(gun, 'root', 1)).toBeUndefined();
      await store.update(gun, [file('timestamp', 2), file('targets', 9)], first);
      expect((await head(gun))?.version).toBe(2);
    });

    it('every update leaves one change and one audit record, one that is refused leaves neither', async () => {
      if (sql === undefined) return;
      const gun = 'g/recorded';
      const audit = { at: clock.now(), action: 'publish', gun, subject: 'kim', requestId: 'r', detail: { targets: 1 } } as const;
      await store.update(gun, [file('timestamp', 1), file('targets', 1)], undefined, audit);
      const first = await head(gun);
      const second = await store.update(gun, [file('targets', 2), file('timestamp', 2)], first, { ...audit, subject: 'lee' });
      expect(second).toEqual(await head(gun));
      expect(await fails(store.update(gun, [file('timestamp', 3), file('targets', 2)], second, audit), 'STORE_OLD_VERSION')).toBe(
        'STORE_OLD_VERSION',
      );
      await store.update(gun, [file('timestamp', 4)], second, audit); // versions may be left out
      const records = await sql.query('SELECT subject, detail FROM notary_audit WHERE gun = ? ORDER BY id', [gun]);
      expect(records.map((r) => r['subject'])).toEqual(['kim', 'lee', 'kim']);
      expect(JSON.parse(String(records[1]?.['detail']))).toEqual({ targets: 1 });
      expect((await store.changes({ gun, limit: 10, direction: 'forward' })).map((c) => c.version)).toEqual([1, 2, 4]);
    });

    it('of rival updates on one head exactly one is stored', async () => {
      const gun = 'g/rivals';
      await store.update(gun, [file('timestamp', 1)], undefined);
      const before = await head(gun);
      const results = await Promise.all(
        Array.from({ length: 16 }, (_, i) => {
          const s = i % 2 === 0 ? store : other;
          return s.update(gun, [file('timestamp', 2, `t${i}`), file(`targets/r${i}`, 1)], before).then(
            () => `won ${i}`,
            (e: unknown) => (isFault(e, 'STORE_CONFLICT') ? 'lost' : String(e)),
          );
        }),
      );
      const won = results.filter((r) => r.startsWith('won'));
      expect([won.length, results.filter((r) => r === 'lost').length]).toEqual([1, 15]);
      const winner = Number(won[0]?.slice(4));
      expect((await head(gun))?.sha256).toBe(file('timestamp', 2, `t${winner}`).sha256);
      for (let i = 0; i < 16; i++) expect([i, (await store.byVersion(gun, `targets/r${i}`, 1)) !== undefined]).toEqual([i, i === winner]);
    });

    it('a deletion and an update leave all or nothing', async () => {
      for (let round = 0; round < 8; round++) {
        const gun = `g/race${round}`;
        await store.update(gun, [file('timestamp', 1), file('root', 1)], undefined);
        const before = await head(gun);
        const [updated] = await Promise.all([
          store.update(gun, [file('timestamp', 2), file('targets', 1)], before).then(
            () => true,
            (e: unknown) => (isFault(e, 'STORE_CONFLICT') ? false : e),
          ),
          other.delete(gun),
        ]);
        expect([true, false]).toContain(updated);
        const left = await Promise.all(['root', 'targets'].map((role) => store.byVersion(gun, role, 1)));
        expect([await head(gun), ...left]).toEqual([undefined, undefined, undefined]);
      }
    });

    it('a deleted collection begins anew, with another head', async () => {
      const gun = 'g/again';
      await store.update(gun, [file('timestamp', 1)], undefined);
      const before = await head(gun);
      expect([await store.delete(gun), await store.delete(gun)]).toEqual([true, false]);
      await store.update(gun, [file('timestamp', 1)], undefined);
      expect((await head(gun))?.id).not.toBe(before?.id);
    });

    it('[KD-14] changes are one per timestamp and one per deletion', async () => {
      const gun = 'g/again';
      const all = await other.changes({ gun, limit: 10, direction: 'forward' });
      expect(all.map((c) => [c.category, c.version, c.sha256.length])).toEqual([
        ['update', 1, 64],
        ['deletion', 0, 0],
        ['update', 1, 64],
      ]);
      const ids = all.map((c) => c.id);
      expect((await store.changes({ gun, limit: 1, direction: 'backward' })).map((c) => c.id)).toEqual(ids.slice(2));
      expect((await store.changes({ gun, limit: 9, direction: 'backward', from: ids[2] as number })).map((c) => c.id)).toEqual(
        ids.slice(0, 2),
      );
      expect((await store.changes({ gun, limit: 9, direction: 'forward', from: ids[0] as number })).map((c) => c.id)).toEqual(ids.slice(1));
      expect((await store.changes({ limit: 3, direction: 'backward' })).map((c) => c.createdAt.getTime())).toEqual(
        Array(3).fill(clock.now().getTime()),
      );
    });

    it('names of collections by page', async () => {
      const names: string[] = [];
      for (let after = ''; ; ) {
        const { guns } = await store.collections(after, 4);
        if (guns.length === 0) break;
        names.push(...guns);
        after = guns[guns.length - 1] as string;
      }
      expect(names).toContain('h/4');
      expect(new Set(names).size).toBe(names.length);
    });

    it('two servers: what one stores the other serves at once, cached or not', async () => {
      const signing = createTestSigning(now);
      const [a, b] = [createTestServer({ clock, signing, store }), createTestServer({ clock, signing, store: other })];
      const p = await TestPublisher.init(a.handle, 'two/servers', clock.now());
      const q = new TestPublisher(p.gun, p.at, p.keys, b.handle);
      expect((await p.post({ root: await p.root(), targets: await p.targets(1) })).status).toBe(200);
      for (let version = 2; version < 12; version++) {
        const [writer, reader] = version % 2 === 0 ? [p, q] : [q, p];
        const before = await reader.bytes('targets.json');
        const hashed = `targets.${sha256Hex(before)}.json`;
        expect(await reader.bytes(hashed)).toEqual(before);
        const next = await writer.targets(version);
        expect((await writer.post({ targets: next })).status).toBe(200);
        expect(await reader.bytes('targets.json')).toEqual(next);
        expect(await reader.bytes(hashed)).toEqual(before);
      }
      await a.handle(new Request('http://server/v2/two/servers/_trust/tuf/', { method: 'DELETE' }));
      for (const name of ['targets.json', 'timestamp.json', '1.root.json', '3.targets.json'])
        expect([name, (await q.get(name)).status]).toEqual([name, 404]);
    });

    it('two servers: a due timestamp is signed again once, and every reader gets it', async () => {
      const signing = createTestSigning(now);
      const [a, b] = [createTestServer({ clock, signing, store }), createTestServer({ clock, signing, store: other })];
      const p = await TestPublisher.init(a.handle, 'two/renewals', clock.now());
      expect((await p.post({ root: await p.root(), targets: await p.targets(1) })).status).toBe(200);
      const old = await p.bytes('timestamp.json');
      clock.advance(13.5 * 86_400_000);
      const read = async () => {
        const responses = await Promise.all(
          Array.from({ length: 40 }, (_, i) =>
            (i % 2 === 0 ? a : b).handle(new Request('http://server/v2/two/renewals/_trust/tuf/timestamp.json')),
          ),
        );
        expect(new Set(responses.map((r) => r.status))).toEqual(new Set([200]));
        return new Set(await Promise.all(responses.map((r) => r.text())));
      };
      const text = new TextDecoder().decode(old);
      let seen = await read();
      expect(seen.has(text)).toBe(true); // still good: nobody waits for the signer
      await until('the next timestamp everywhere', async () => {
        seen = await read();
        return !seen.has(text);
      });
      expect(seen.size).toBe(1);
      expect(JSON.parse([...seen][0] as string).signed.version).toBe(2);
      expect((await store.changes({ gun: 'two/renewals', limit: 9, direction: 'forward' })).length).toBe(2);
    });

    it('two servers: two hundred publishers of one collection, exactly the acknowledged updates exist', async () => {
      const signing = createTestSigning(now);
      const servers = [createTestServer({ clock, signing, store }), createTestServer({ clock, signing, store: other })] as const;
      const p = await TestPublisher.init(servers[0].handle, 'two/hundred', clock.now());
      expect((await p.post({ root: await p.root(), targets: await p.targets(1) })).status).toBe(200);
      const files = await Promise.all(Array.from({ length: 200 }, (_, i) => p.targets(2 + (i % 20), [`from ${i}`])));
      const answers = await Promise.all(
        files.map(async (targets, i) => {
          const q = new TestPublisher(p.gun, p.at, p.keys, servers[i % 2 === 0 ? 0 : 1].handle);
          const response = await q.post({ targets });
          if (response.status === 200) return 'stored';
          const error = await errorOf(response);
          return `${error.status} ${error.code}`;
        }),
      );
      expect(new Set(answers)).toEqual(new Set(['stored', '400 VERSION']));
      const stored = files.filter((_, i) => answers[i] === 'stored');
      for (const bytes of stored) expect((await store.byChecksum(p.gun, 'targets', sha256Hex(bytes)))?.bytes.length).toBe(bytes.length);
      const lost = files.filter((_, i) => answers[i] !== 'stored');
      for (const bytes of lost) expect(await store.byChecksum(p.gun, 'targets', sha256Hex(bytes))).toBeUndefined();
      expect((await store.changes({ gun: p.gun, limit: 1000, direction: 'forward' })).length).toBe(1 + stored.length);
      expect((await head(p.gun))?.version).toBe(1 + stored.length);
    });
  });
}
