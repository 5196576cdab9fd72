// SPDX-License-Identifier: Apache-2.0
/** The reference's rules for updates, in its order, with its texts (reference: server/handlers/validation.go and its tests). */
import { createFileMeta, expiryAt, type Root } from '@notary/tuf';
import { beforeEach, describe, expect, it } from 'vitest';
import { createKey, createRootKey, delegation, type roleKeys, signFile, TestPublisher } from './support/publisher.ts';
import { createTestServer, errorOf, type TestServer } from './support/server.ts';

const GUN = 'example.com/app';
const DAY = 86_400_000;
let t: TestServer;

beforeEach(() => {
  t = createTestServer();
});

const publisher = (snapshot: 'server' | 'client' = 'server') => TestPublisher.init(t.handle, GUN, t.clock.now(), snapshot);

async function expectInvalid(response: Response, name: string, message: string | RegExp, missing?: string): Promise<void> {
  const error = await errorOf(response);
  expect([error.status, error.code]).toEqual([400, 'INVALID_UPDATE']);
  const detail = error.detail as { Name: string; Error: { Msg: string; Missing?: string } };
  expect(detail.Name).toBe(name);
  if (typeof message === 'string') expect(detail.Error.Msg).toBe(message);
  else expect(detail.Error.Msg).toMatch(message);
  expect(detail.Error.Missing).toBe(missing);
}

const expectOk = async (response: Response): Promise<void> => expect([response.status, await response.text()]).toEqual([200, '']);

describe('a first update', () => {
  it('with root and targets and a snapshot of the server', async () => {
    const p = await publisher();
    await expectOk(await p.post({ root: await p.root(), targets: await p.targets(1, ['v1']) }));
    expect((await p.get('snapshot.json')).status).toBe(200);
    expect((await p.get('1.timestamp.json')).status).toBe(200);
  });

  it('with root, targets and snapshot of the publisher', async () => {
    const p = await publisher('client');
    const [root, targets] = [await p.root(), await p.targets()];
    await expectOk(await p.post({ root, targets, snapshot: await p.snapshot(1, { root, targets }) }));
  });

  it('may begin at root version 2, not at 3', async () => {
    const p = await publisher();
    await expectInvalid(
      await p.post({ root: await p.root(3), targets: await p.targets() }),
      'ErrBadRoot',
      'Root modifications must increment the version. Current 1, new 3',
    );
    await expectOk(await p.post({ root: await p.root(2), targets: await p.targets() }));
  });

  it('without a root', async () => {
    const p = await publisher();
    await expectInvalid(
      await p.post({ targets: await p.targets() }),
      'ErrValidation',
      'no pre-existing root and no root provided in update.',
    );
    await expectInvalid(await p.post({}), 'ErrValidation', 'no pre-existing root and no root provided in update.');
  });

  it('without targets when the server makes the snapshot', async () => {
    const p = await publisher();
    await expectInvalid(await p.post({ root: await p.root() }), 'ErrValidation', 'targets must be loaded first');
  });

  it('without a snapshot whose key the server does not hold', async () => {
    const p = await publisher('client');
    await expectInvalid(
      await p.post({ root: await p.root(), targets: await p.targets() }),
      'ErrBadHierarchy',
      'no snapshot was included in update and server does not hold current snapshot key for repository',
      'snapshot',
    );
  });

  it('whose timestamp key the server does not hold', async () => {
    const p = await publisher();
    const own = await createKey();
    const q = new TestPublisher(GUN, p.at, { ...p.keys, timestamp: own.key }, p.handle);
    await expectInvalid(
      await q.post({ root: await q.root(), targets: await q.targets() }),
      'ErrBadRoot',
      'no timestamp keys exist on the server',
    );
  });
});

describe('root', () => {
  const UNTRUSTED = 'could not validate the path to a trusted root: ';

  it('missing a role, a key, or with a threshold below 1', async () => {
    const p = await publisher();
    const roles = (change: (r: Map<string, ReturnType<typeof roleKeys>>) => void): Partial<Root> => {
      const all = new Map(p.rootPayload().roles) as Map<string, ReturnType<typeof roleKeys>>;
      change(all);
      return { roles: all };
    };
    const cases: [Partial<Root>, string][] = [
      [roles((r) => r.delete('timestamp')), 'root type metadata invalid: missing timestamp role specification'],
      [
        roles((r) => r.set('snapshot', { keyIds: [], threshold: 0 })),
        'root type metadata invalid: invalid threshold specified for snapshot: 0 ',
      ],
      [
        roles((r) => r.set('targets', { keyIds: ['ab'], threshold: 1 })),
        'root type metadata invalid: key ID ab specified in targets without corresponding key',
      ],
    ];
    for (const [changes, message] of cases) {
      await expectInvalid(await p.post({ root: await p.root(1, changes), targets: await p.targets() }), 'ErrBadRoot', message);
    }
  });

  it('whose certificate is for another collection, has expired or is signed by another key', async () => {
    const p = await publisher();
    const other = await createRootKey('example.com/other', p.at);
    const old = await createRootKey(GUN, new Date(p.at.getTime() - 100 * DAY), 10);
    for (const root of [other, old]) {
      const q = new TestPublisher(GUN, p.at, { ...p.keys, root }, p.handle);
      await expectInvalid(
        await q.post({ root: await q.root(), targets: await q.targets() }),
        'ErrBadRoot',
        `${UNTRUSTED}unable to retrieve valid leaf certificates`,
      );
    }
    const forged = await signFile(p.rootPayload(), [await createRootKey(GUN, p.at)]);
    await expectInvalid(
      await p.post({ root: forged, targets: await p.targets() }),
      'ErrBadRoot',
      `${UNTRUSTED}failed to validate integrity of roots`,
    );
  });

  it('that has expired', async () => {
    const p = await publisher();
    const expires = expiryAt(new Date('2026-05-01T00:00:00Z'));
    await expectInvalid(
      await p.post({ root: await p.root(1, { expires }), targets: await p.targets() }),
      'ErrBadRoot',
      'root expired at Fri May 1 00:00:00 UTC 2026',
    );
  });

  it('next version is signed by the stored root and by itself', async () => {
    const p = await publisher();
    await expectOk(await p.post({ root: await p.root(), targets: await p.targets() }));
    const fresh = await createRootKey(GUN, p.at);
    const q = new TestPublisher(GUN, p.at, { ...p.keys, root: fresh }, p.handle);
    await expectInvalid(
      await q.post({ root: await q.root(2) }),
      'ErrBadRoot',
      'could not rotate trust to a new trusted root: failed to validate data with current trusted certificates',
    );
    const both = await signFile(q.rootPayload(2), [p.keys.root, fresh]);
    await expectOk(await q.post({ root: both }));
    expect((await q.get('2.root.json')).status).toBe(200);
    expect(await q.bytes('root.json')).toEqual(both);
  });

  it('sent again in its current version is old, two versions ahead is a gap', async () => {
    const p = await publisher();
    const root = await p.root();
    await expectOk(await p.post({ root, targets: await p.targets() }));
    expect(await errorOf(await p.post({ root }))).toMatchObject({ status: 400, code: 'VERSION', detail: {} });
    await expectInvalid(
      await p.post({ root: await p.root(3) }),
      'ErrBadRoot',
      'Root modifications must increment the version. Current 1, new 3',
    );
  });

  it('stored and expired still takes a successor, its certificate expired takes nothing', async () => {
    const p = await publisher();
    const soon = expiryAt(new Date(p.at.getTime() + 5 * DAY));
    await expectOk(await p.post({ root: await p.root(1, { expires: soon }), targets: await p.targets() }));
    t.clock.advance(10 * DAY);
    await expectOk(await p.post({ root: await p.root(2) }));
    t.clock.advance(3650 * DAY);
    const error = await errorOf(await p.post({ targets: await p.targets(2) }));
    expect([error.code, error.detail]).toEqual(['INVALID_UPDATE', undefined]);
  });
});

describe('targets and delegations', () => {
  it('signed by another key, of another type, expired or of version 0', async () => {
    const p = await publisher();
    const root = await p.root();
    const forged = await signFile(p.targetsPayload(), [await createKey()]);
    const wrong = await signFile({ type: 'Snapshot', version: 1, expires: expiryAt(new Date(p.at.getTime() + DAY)), meta: new Map() }, [
      p.keys.targets,
    ]);
    const expired = await p.targets(1, [], { expires: expiryAt(new Date('2026-05-01T00:00:00Z')) });
    const cases: [Uint8Array, string | RegExp][] = [
      [forged, 'valid signatures did not meet threshold for targets'],
      [wrong, 'targets type metadata invalid: expected type Targets, not Snapshot'],
      [expired, 'targets expired at Fri May 1 00:00:00 UTC 2026'],
      [await p.targets(0), /version cannot be less than one/],
    ];
    for (const [targets, message] of cases) await expectInvalid(await p.post({ root, targets }), 'ErrBadTargets', message);
    const unsigned = await signFile(p.targetsPayload(), []);
    await expectInvalid(await p.post({ root, targets: unsigned }), 'ErrBadTargets', 'tuf: data has no signatures');
  });

  it('delegation without its parent, unknown to it, or of a parent that is stored', async () => {
    const p = await publisher();
    const signer = await createKey();
    const child = await signFile(p.targetsPayload(1, ['a']), [signer]);
    await expectInvalid(await p.post({ root: await p.root(), 'targets/a': child }), 'ErrBadTargets', 'targets must be loaded first');
    await expectOk(await p.post({ root: await p.root(), targets: await p.targets() }));
    await expectInvalid(await p.post({ 'targets/a': child }), 'ErrBadTargets', 'tuf: invalid role targets/a. delegation does not exist');
    const delegations = { keys: new Map([[signer.key.id, signer.key]]), roles: [delegation('targets/a', [signer.key])] };
    await expectOk(await p.post({ targets: await p.targets(2, [], { delegations }) }));
    await expectOk(await p.post({ 'targets/a': child }));
    expect(await p.bytes('targets/a.json')).toEqual(child);
  });

  it('nested delegations are judged by depth, whatever their order in the body', async () => {
    const p = await publisher();
    const [a, b] = [await createKey(), await createKey()];
    const inner = { keys: new Map([[b.key.id, b.key]]), roles: [delegation('targets/a/b', [b.key])] };
    const outer = { keys: new Map([[a.key.id, a.key]]), roles: [delegation('targets/a', [a.key])] };
    const files = {
      'targets/a/b': await signFile(p.targetsPayload(1), [b]),
      'targets/a': await signFile(p.targetsPayload(1, [], { delegations: inner }), [a]),
      targets: await p.targets(1, [], { delegations: outer }),
      root: await p.root(),
    };
    await expectOk(await p.post(files));
    for (const role of ['targets/a', 'targets/a/b']) expect((await p.get(`${role}.json`)).status).toBe(200);
  });

  it('below the threshold of its delegation', async () => {
    const p = await publisher();
    const [a, b] = [await createKey(), await createKey()];
    const keys = [a.key, b.key];
    const delegations = { keys: new Map(keys.map((k) => [k.id, k])), roles: [delegation('targets/a', keys, [''], 2)] };
    const files = { root: await p.root(), targets: await p.targets(1, [], { delegations }) };
    const one = await signFile(p.targetsPayload(1), [a]);
    await expectInvalid(
      await p.post({ ...files, 'targets/a': one }),
      'ErrBadTargets',
      'valid signatures did not meet threshold for targets/a',
    );
    await expectOk(await p.post({ ...files, 'targets/a': await signFile(p.targetsPayload(1), [a, b]) }));
  });

  it('[KD-02] [KD-22] removed from its parent leaves the snapshot of the server', async () => {
    const p = await publisher();
    const a = await createKey();
    const delegations = { keys: new Map([[a.key.id, a.key]]), roles: [delegation('targets/a', [a.key])] };
    const child = await signFile(p.targetsPayload(1), [a]);
    await expectOk(await p.post({ root: await p.root(), targets: await p.targets(1, [], { delegations }), 'targets/a': child }));
    const listed = async () => Object.keys(JSON.parse(new TextDecoder().decode(await p.bytes('snapshot.json'))).signed.meta);
    expect(await listed()).toEqual(['root', 'targets', 'targets/a']);
    await expectOk(await p.post({ targets: await p.targets(2) }));
    expect(await listed()).toEqual(['root', 'targets']);
    expect((await p.get('targets/a.json')).status).toBe(404);
  });

  it('versions may jump, not fall', async () => {
    const p = await publisher();
    await expectOk(await p.post({ root: await p.root(), targets: await p.targets(5) }));
    await expectOk(await p.post({ targets: await p.targets(50) }));
    expect(await errorOf(await p.post({ targets: await p.targets(49) }))).toMatchObject({ code: 'VERSION' });
    expect(await errorOf(await p.post({ targets: await p.targets(2 ** 31) }))).toMatchObject({ code: 'VERSION' });
  });
});

describe('snapshot', () => {
  it('must have the hashes of every file that was loaded', async () => {
    const p = await publisher('client');
    const [root, targets] = [await p.root(), await p.targets()];
    const stale = await p.snapshot(1, { root, targets: await p.targets(2) });
    await expectInvalid(
      await p.post({ root, targets, snapshot: stale }),
      'ErrBadSnapshot',
      /^sha256 checksum for targets did not match: expected [0-9a-f]{64}$/,
    );
    const forged = await signFile(
      {
        type: 'Snapshot',
        version: 1,
        expires: expiryAt(new Date(p.at.getTime() + DAY)),
        meta: new Map([
          ['root', createFileMeta(root)],
          ['targets', createFileMeta(targets)],
        ]),
      },
      [await createKey()],
    );
    await expectInvalid(
      await p.post({ root, targets, snapshot: forged }),
      'ErrBadSnapshot',
      'valid signatures did not meet threshold for snapshot',
    );
    const expired = await p.snapshot(1, { root, targets }, new Date('2026-05-01T00:00:00Z'));
    await expectInvalid(
      await p.post({ root, targets, snapshot: expired }),
      'ErrBadSnapshot',
      'snapshot expired at Fri May 1 00:00:00 UTC 2026',
    );
  });

  it('of the publisher that does not know a delegation of this update', async () => {
    const p = await publisher('client');
    const a = await createKey();
    const delegations = { keys: new Map([[a.key.id, a.key]]), roles: [delegation('targets/a', [a.key])] };
    const [root, targets, child] = [await p.root(), await p.targets(1, [], { delegations }), await signFile(p.targetsPayload(1), [a])];
    const snapshot = await p.snapshot(1, { root, targets });
    await expectInvalid(
      await p.post({ root, targets, 'targets/a': child, snapshot }),
      'ErrBadSnapshot',
      'no checksums for supported algorithms were provided for targets/a',
    );
  });

  it('[KD-03] hashes the stored bytes, in whatever form they came', async () => {
    const p = await publisher();
    const pretty = new TextEncoder().encode(JSON.stringify(JSON.parse(new TextDecoder().decode(await p.targets(1, ['v1']))), null, 2));
    await expectOk(await p.post({ root: await p.root(), targets: pretty }));
    expect(await p.bytes('targets.json')).toEqual(pretty);
  });
});

describe('an empty update', () => {
  it('makes the next snapshot and timestamp', async () => {
    const p = await publisher();
    await expectOk(await p.post({ root: await p.root(), targets: await p.targets() }));
    await expectOk(await p.post({}));
    const version = async (name: string) => JSON.parse(new TextDecoder().decode(await p.bytes(name))).signed.version;
    expect([await version('snapshot.json'), await version('timestamp.json'), await version('targets.json')]).toEqual([2, 2, 1]);
  });
});
