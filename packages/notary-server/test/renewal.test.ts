// SPDX-License-Identifier: Apache-2.0
/** Re-signing before expiry: when, by whom, and what readers get when nobody can sign. */
import { Maintenance, signingFaults } from '@notary/notary-server';
import { until } from '@notary/testkit';
import { beforeEach, describe, expect, it } from 'vitest';
import { TestPublisher } from './support/publisher.ts';
import { createTestServer, type TestServer } from './support/server.ts';

const GUN = 'example.com/app';
const DAY = 86_400_000;
let t: TestServer;
beforeEach(() => {
  t = createTestServer();
});

const settle = () => new Promise((r) => setTimeout(r, 20));
const signed = async (p: TestPublisher, role: string) =>
  JSON.parse(new TextDecoder().decode(await p.bytes(`${role}.json`))).signed as { version: number; expires: string };
const publish = async (snapshot: 'server' | 'client' = 'server'): Promise<TestPublisher> => {
  const p = await TestPublisher.init(t.handle, GUN, t.clock.now(), snapshot);
  const [root, targets] = [await p.root(), await p.targets()];
  const own: Record<string, Uint8Array> = snapshot === 'client' ? { snapshot: await p.snapshot(1, { root, targets }) } : {};
  expect((await p.post({ root, targets, ...own })).status).toBe(200);
  return p;
};

describe('a timestamp', () => {
  it('is left alone until a day before its end', async () => {
    const p = await publish();
    t.clock.advance(12.9 * DAY);
    await signed(p, 'timestamp');
    await settle();
    expect((await signed(p, 'timestamp')).version).toBe(1);
    t.clock.advance(0.2 * DAY);
    expect((await signed(p, 'timestamp')).version).toBe(1); // served at once, signed again behind
    await until('the next timestamp', async () => (await signed(p, 'timestamp')).version > 1);
    const next = await signed(p, 'timestamp');
    expect([next.version, next.expires]).toEqual([2, new Date(t.clock.now().getTime() + 14 * DAY).toISOString().replace('.000', '')]);
    expect(t.signing.signed).toBe(3);
  });

  it('[KD-08] that has expired is signed again before it is served, once for all who ask', async () => {
    const p = await publish();
    t.clock.advance(20 * DAY);
    const versions = await Promise.all(Array.from({ length: 30 }, async () => (await signed(p, 'timestamp')).version));
    expect(new Set(versions)).toEqual(new Set([2]));
    expect(t.signing.signed).toBe(3);
    expect(t.audit.filter((a) => a.action === 'publish')).toHaveLength(1);
  });

  it('is served old, not with an error, while the signer is away; then signed', async () => {
    const p = await publish();
    t.clock.advance(20 * DAY);
    t.signing.fail = signingFaults.UNAVAILABLE({ detail: 'gone' });
    expect((await signed(p, 'timestamp')).version).toBe(1);
    t.signing.fail = undefined;
    expect((await signed(p, 'timestamp')).version).toBe(1); // not asked again at once
    t.clock.advance(6_000);
    expect((await signed(p, 'timestamp')).version).toBe(2);
  });

  it('whose key is not held is served as it is', async () => {
    const p = await publish();
    const elsewhere = createTestServer({ store: t.store, clock: t.clock });
    t.clock.advance(20 * DAY);
    const q = new TestPublisher(GUN, p.at, p.keys, elsewhere.handle);
    for (let i = 0; i < 3; i++) expect((await signed(q, 'timestamp')).version).toBe(1);
    expect((await signed(p, 'timestamp')).version).toBe(2);
  });
});

describe('a snapshot', () => {
  it('of the server is signed again with its timestamp', async () => {
    const p = await publish();
    t.clock.advance(1094.5 * DAY);
    await until('the next timestamp', async () => (await signed(p, 'timestamp')).version > 1);
    expect([(await signed(p, 'snapshot')).version, (await signed(p, 'timestamp')).version]).toEqual([2, 2]);
  });

  it('of the publisher stays as it is', async () => {
    const p = await publish('client');
    t.clock.advance(1096 * DAY);
    expect([(await signed(p, 'snapshot')).version, (await signed(p, 'timestamp')).version]).toEqual([1, 2]);
  });
});

describe('maintenance', () => {
  it('signs again what nobody reads, and knows the days that are left', async () => {
    const p = await publish();
    const maintenance = new Maintenance({
      store: t.store,
      renewer: t.server.renewer,
      clock: t.clock,
      log: { debug() {}, info() {}, warn() {}, error() {} },
    });
    expect(await maintenance.sweep()).toBe(1);
    expect(maintenance.renderMetrics('with-names')).toContain(`notary_server_expiry_days{gun="${GUN}",role="timestamp"} 14.000\n`);
    const open = maintenance.renderMetrics('without-names');
    expect([open.includes(GUN), open.includes('notary_server_expiry_days_min{role="timestamp"} 14.000\n')]).toEqual([false, true]);
    t.clock.advance(13.5 * DAY);
    await maintenance.sweep();
    expect((await t.store.currentTimestamp(GUN))?.head.version).toBe(2);
    expect(maintenance.renderMetrics('with-names')).toContain(`notary_server_expiry_days{gun="${GUN}",role="timestamp"} 14.000\n`);
    expect((await signed(p, 'timestamp')).version).toBe(2);
  });
});
