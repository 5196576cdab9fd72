// SPDX-License-Identifier: Apache-2.0
/** Health, recovery, rotation plans and pins. */
import { toUtf8 } from '@notary/base';
import { generatePrivateKey } from '@notary/base/crypto';
import { createFileMeta, createSigningKey, listTargets, payloads, rootFingerprints, type TrustPins } from '@notary/tuf';
import { beforeEach, describe, expect, it } from 'vitest';
import * as c from '../src/index.ts';
import { SimulatedServer } from './support/simulated-server.ts';
import {
  type Client,
  client,
  files,
  gun,
  MemoryKeyStore,
  TestClock,
  temporaryDirectory,
  useTemporaryDirectories,
} from './support/workshop.ts';

useTemporaryDirectories();

let clock: TestClock;
let server: SimulatedServer;
let owner: Client;
const meta = createFileMeta(toUtf8('one'));

beforeEach(async () => {
  clock = new TestClock();
  server = new SimulatedServer(() => clock.now());
  owner = await client(server.remote(gun), clock);
  await c.initializeCollection(owner);
  await c.stageTarget(owner.changes, 'v1', meta);
  await c.publishChanges(owner);
});

const read = async (who: Client) =>
  listTargets(payloads((await c.readCollection(who)).set))
    .map((t) => `${t.name}@${t.role}`)
    .sort();
const keyOf = async (role: string) => (await owner.keys.list()).find((k) => k.role === role)?.keyId as string;

describe('health', () => {
  it('names days left, keys held and missing, and what expired', async () => {
    const health = await c.checkHealth(owner);
    expect(health.roles.map((r) => [r.role, r.daysLeft, r.canSign, r.state])).toEqual([
      ['root', 3650, true, 'ok'],
      ['targets', 1095, true, 'ok'],
      ['snapshot', 1095, true, 'ok'],
      ['timestamp', 14, false, 'ok'],
    ]);
    clock.addDays(20);
    const later = await c.checkHealth(owner);
    expect(later.roles.find((r) => r.role === 'timestamp')).toMatchObject({ daysLeft: -6, state: 'expired' });
    clock.addDays(1000);
    expect((await c.checkHealth(owner)).roles.find((r) => r.role === 'targets')?.state).toBe('near-expiry');
  });
});

describe('recovery', () => {
  it('says for each lost key what is possible', async () => {
    await owner.keys.remove(await keyOf('targets'));
    const plan = await c.planRecovery(owner);
    expect(plan.options.map((o) => [o.role, o.action])).toEqual([
      ['root', 'not-needed'],
      ['targets', 'rotate-local'],
      ['snapshot', 'not-needed'],
      ['timestamp', 'rotate-server'],
    ]);
  });

  it('replaces a lost targets key and signs the targets again', async () => {
    await owner.keys.remove(await keyOf('targets'));
    await c.recoverRole(owner, 'targets');
    expect(await read(await client(server.remote(gun), clock))).toEqual(['v1@targets']);
    expect((await c.checkHealth(owner)).roles.find((r) => r.role === 'targets')?.canSign).toBe(true);
  });

  it('hands a lost snapshot key to the server', async () => {
    await owner.keys.remove(await keyOf('snapshot'));
    await c.recoverRole(owner, 'snapshot');
    expect(await read(await client(server.remote(gun), clock))).toEqual(['v1@targets']);
  });

  it('revives a collection whose server lost its timestamp key and let it expire', async () => {
    clock.addDays(30);
    await expect(read(owner)).rejects.toMatchObject({ code: 'TUF_EXPIRED' });
    await c.recoverRole(owner, 'timestamp');
    expect(await read(owner)).toEqual(['v1@targets']);
    expect(await read(await client(server.remote(gun), clock))).toEqual(['v1@targets']);
  });

  it('lets a parent replace the lost key of a delegation', async () => {
    const lost = new MemoryKeyStore();
    const key = await generatePrivateKey('EC-256');
    await lost.add(key, { role: 'delegation', gun: '' });
    await c.stageDelegation(owner.changes, 'targets/rel', { keys: [createSigningKey(key).publicKey], paths: [''] });
    await c.publishChanges(owner);
    const them = await client(server.remote(gun), clock, { keys: lost });
    const both = { ...them, keys: c.combineKeyStores(lost, owner.keys) };
    await c.stageTarget(both.changes, 'r1', meta, ['targets/rel']);
    await c.publishChanges(both);
    await c.recoverRole(owner, 'targets/rel');
    expect(await read(owner)).toEqual(['r1@targets/rel', 'v1@targets']);
    expect((await c.checkHealth(owner)).roles.find((r) => r.role === 'targets/rel')?.canSign).toBe(true);
  });

  it('does not pretend that a lost root can be replaced', async () => {
    await owner.keys.remove(await keyOf('root'));
    await expect(c.recoverRole(owner, 'root')).rejects.toMatchObject({ code: 'COLLECTION_RECOVERY_IMPOSSIBLE' });
    await expect(c.recoverRole(owner, 'timestamp')).rejects.toMatchObject({ code: 'COLLECTION_RECOVERY_IMPOSSIBLE' });
  });
});

describe('a rotation plan', () => {
  const request = {
    roles: [
      { role: 'targets', serverManaged: false },
      { role: 'snapshot', serverManaged: true },
      { role: 'root', serverManaged: false },
    ],
  };

  it('is carried out in one root', async () => {
    const plan = await c.planRotation(owner, request);
    const { published } = await c.applyRotation(owner, plan, async () => {});
    expect(published?.attempts).toBe(1);
    const { set } = await c.readCollection(owner);
    expect(set.root.payload.version).toBe(plan.rootVersion + 1);
    expect(await read(await client(server.remote(gun), clock))).toEqual(['v1@targets']);
  });

  it('goes on after an interruption with the keys it has made', async () => {
    const plan = await c.planRotation(owner, request);
    let saved = plan;
    const save = async (state: c.RotationPlan) => {
      saved = c.parsePlan(toUtf8(c.encodePlan(state)));
    };
    const broken = {
      ...owner,
      remote: { ...owner.remote, publish: async () => Promise.reject(c.collectionFaults.OFFLINE({ location: '', detail: '' })) },
    };
    await expect(c.applyRotation(broken, plan, save)).rejects.toMatchObject({ code: 'COLLECTION_OFFLINE' });
    const keysBefore = (await owner.keys.list()).length;
    await c.applyRotation(owner, saved, save);
    expect((await owner.keys.list()).length).toBeLessThanOrEqual(keysBefore);
    expect((await c.applyRotation(owner, saved, save)).published).toBeUndefined();
  });

  it('is not applied to a root it was not made for', async () => {
    const plan = await c.planRotation(owner, request);
    await c.rotateKeys(owner, 'targets');
    await expect(c.applyRotation(owner, plan, async () => {})).rejects.toMatchObject({ code: 'COLLECTION_PLAN_OUTDATED' });
  });

  it('that is damaged is refused', () => {
    for (const text of ['', '{}', '{"version":1,"roles":[{}]}', '{"version":2,"roles":[]}']) {
      expect(() => c.parsePlan(toUtf8(text))).toThrow(expect.objectContaining({ code: 'COLLECTION_PLAN_INVALID' }));
    }
  });
});

describe('pins', () => {
  const pinned = (certs: Record<string, string[]>, disableTofu = false): TrustPins => ({
    certs: new Map(Object.entries(certs)),
    ca: new Map(),
    disableTofu,
  });
  const rootId = async () => rootFingerprints((await c.readCollection(owner)).set.root, gun)[0]?.keyId as string;

  it('with the right root key let the first contact through, in capitals too', async () => {
    const reader = await client(server.remote(gun), clock, { pins: pinned({ [gun]: [await rootId()] }, true) });
    const update = await c.readCollection(reader);
    expect(update.firstUse).toBeUndefined();
  });

  it('with another key refuse it, also by wildcard', async () => {
    for (const pattern of [gun, 'example.com/*']) {
      const reader = await client(server.remote(gun), clock, { pins: pinned({ [pattern]: ['0'.repeat(64)] }) });
      await expect(c.readCollection(reader)).rejects.toMatchObject({
        message: 'could not validate the path to a trusted root: unable to match any certificates to trust_pinning config',
      });
    }
  });

  it('do not exist and trust on first use is off: refused', async () => {
    const reader = await client(server.remote(gun), clock, { pins: pinned({}, true) });
    await expect(c.readCollection(reader)).rejects.toMatchObject({
      message: 'could not validate the path to a trusted root: invalid trust pinning specified',
    });
  });

  it('[KD-01] are read from a configuration with their case, and written back without losing anything', () => {
    const text =
      '{"remote_server":{"url":"https://x"},"trust_pinning":{"disable_tofu":true,"certs":{"Example.com/App":["a"],"b*":"c"},"ca":{"d":"e.crt"}}}';
    const config = c.parsePinConfig(c.parseConfig(toUtf8(text), 'x'), 'x');
    expect(config).toEqual({
      certs: new Map([
        ['Example.com/App', ['a']],
        ['b*', ['c']],
      ]),
      ca: new Map([['d', 'e.crt']]),
      disableTofu: true,
    });
    expect(c.pinsIgnoredByGo(config)).toEqual(['Example.com/App']);
    const next = JSON.parse(c.setPin(text, 'x', 'n', ['1']));
    expect(next).toMatchObject({
      remote_server: { url: 'https://x' },
      trust_pinning: { disable_tofu: true, certs: { n: ['1'], 'Example.com/App': ['a'] } },
    });
    expect(() => c.parseConfig(toUtf8('nonsense'), 'x')).toThrow(expect.objectContaining({ code: 'COLLECTION_CONFIG_INVALID' }));
    for (const bad of ['{"trust_pinning":1}', '{"trust_pinning":{"certs":{"a":1}}}', '{"trust_pinning":{"ca":{"a":1}}}']) {
      expect(() => c.parsePinConfig(c.parseConfig(toUtf8(bad), 'x'), 'x')).toThrow(
        expect.objectContaining({ code: 'COLLECTION_CONFIG_INVALID' }),
      );
    }
  });

  it('to an authority read its file beside the configuration', async () => {
    const folder = await temporaryDirectory();
    const config = c.parsePinConfig(c.parseConfig(toUtf8('{"trust_pinning":{"ca":{"example.com":"ca.crt"}}}'), 'x'), 'x');
    await expect(c.loadPins(config, gun, files, folder)).rejects.toMatchObject({ code: 'COLLECTION_PIN_CA_UNREADABLE' });
    const root = (await c.readCollection(owner)).set.root;
    await files.writeAtomic(
      `${folder}/ca.crt`,
      [...root.payload.keys.values()].find((k) => k.keytype === 'ecdsa-x509')?.public as Uint8Array,
      { mode: 0o600 },
    );
    expect((await c.loadPins(config, gun, files, folder)).ca.get('example.com')?.length).toBe(1);
    expect((await c.loadPins(config, 'other.example', files, folder)).ca.size).toBe(0);
  });
});
