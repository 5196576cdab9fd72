// SPDX-License-Identifier: Apache-2.0
/** Findings of the audits of Notary's server, each as the request that would show it here. See docs/explanation/audits.md. */
import { decodeSnapshot, MAX_STORED_VERSION, parseEnvelope } from '@notary/tuf';
import { beforeEach, describe, expect, it } from 'vitest';
import { sha256Hex, TestPublisher } from './support/publisher.ts';
import { createTestServer, errorOf, type TestServer } from './support/server.ts';

const GUN = 'example.com/app';
let t: TestServer;
beforeEach(() => {
  t = createTestServer();
});
const publisher = (snapshot: 'server' | 'client') => TestPublisher.init(t.handle, GUN, t.clock.now(), snapshot);
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
/** What somebody between client and server adds: a member that no signature covers. */
const withStranger = (bytes: Uint8Array): Uint8Array => new TextEncoder().encode(text(bytes).replace(/\}\s*$/, ',"abc":"xyz"}'));
const expectOk = async (response: Response): Promise<void> => expect([response.status, await response.text()]).toEqual([200, '']);

describe('a member outside the signed part', () => {
  it('[TUF-01-001] of a snapshot leaves the collection publishable', async () => {
    const p = await publisher('client');
    const [root, targets] = [await p.root(), await p.targets(1, ['v1'])];
    await expectOk(await p.post({ root, targets, snapshot: withStranger(await p.snapshot(1, { root, targets })) }));
    for (const version of [2, 3]) {
      const next = await p.targets(version, ['v1', `v${version}`]);
      const snapshot = withStranger(await p.snapshot(version, { root, targets: next }));
      await expectOk(await p.post({ targets: next, snapshot }));
      // What is served is what the timestamp names, byte for byte.
      const stamped = JSON.parse(text(await p.bytes('timestamp.json'))).signed.meta.snapshot;
      expect(Buffer.from(stamped.hashes.sha256, 'base64').toString('hex')).toBe(sha256Hex(snapshot));
      expect(await p.bytes(`snapshot.${sha256Hex(snapshot)}.json`)).toEqual(snapshot);
    }
  });

  it('[TUF-01-001] [KD-03] of root and targets leaves the collection publishable, and the snapshot names the stored bytes', async () => {
    const p = await publisher('server');
    const [root, targets] = [withStranger(await p.root()), withStranger(await p.targets(1, ['v1']))];
    await expectOk(await p.post({ root, targets }));
    await expectOk(await p.post({ targets: withStranger(await p.targets(2, ['v2'])) }));
    const snapshot = decodeSnapshot(parseEnvelope(await p.bytes('snapshot.json')));
    for (const role of ['root', 'targets']) {
      const hash = Buffer.from(snapshot.meta.get(role)?.hashes.get('sha256') as string, 'base64').toString('hex');
      expect(hash).toBe(sha256Hex(await p.bytes(`${role}.json`)));
      expect((await p.get(`${role}.${hash}.json`)).status).toBe(200);
    }
  });
});

describe('a version', () => {
  it('[TUF-01-002] [NCC-2015-03] cannot be chosen so high that nobody publishes after it', async () => {
    const p = await publisher('client');
    const root = await p.root();
    const first = await p.targets(1);
    await expectOk(await p.post({ root, targets: first, snapshot: await p.snapshot(1, { root, targets: first }) }));
    for (const version of [MAX_STORED_VERSION, MAX_STORED_VERSION - 1, 2 ** 30, 10_002]) {
      const targets = await p.targets(version);
      const honest = await p.snapshot(2, { root, targets });
      expect(await errorOf(await p.post({ targets, snapshot: honest }))).toMatchObject({ status: 400, code: 'INVALID_UPDATE' });
      const snapshot = await p.snapshot(version, { root, targets: first });
      expect(await errorOf(await p.post({ snapshot }))).toMatchObject({ status: 400, code: 'INVALID_UPDATE' });
    }
    const targets = await p.targets(2);
    await expectOk(await p.post({ targets, snapshot: await p.snapshot(2, { root, targets }) }));
  });

  it('[TUF-01-002] of a first upload leaves room for as many again', async () => {
    const p = await publisher('server');
    const root = await p.root();
    const error = await errorOf(await p.post({ root, targets: await p.targets(2 ** 30 + 1) }));
    expect(error).toMatchObject({ status: 400, code: 'INVALID_UPDATE' });
    expect(error.detail).toMatchObject({ Name: 'ErrBadTargets' });
    await expectOk(await p.post({ root, targets: await p.targets(2 ** 30) }));
    await expectOk(await p.post({ targets: await p.targets(2 ** 30 + 1) }));
  });
});
