// SPDX-License-Identifier: Apache-2.0
import { toUtf8 } from '@notary/base';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import * as tuf from '../src/index.ts';
import { at, code, createWorld, gun, KeyRing, later, rootKeyFor, timestampFor, trust, type World } from './support/workshop.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});

const meta = (text: string): tuf.FileMeta => tuf.createFileMeta(toUtf8(text));
const open = (): tuf.CollectionEditor => tuf.CollectionEditor.open(world.set, world.ring);

describe('an editor', () => {
  it('writes what readers trust, in the exact form', async () => {
    const editor = open();
    await editor.addTarget(tuf.TARGETS, 'a&b<c>\u2028\u00e9', { ...meta('x'), custom: { z: 1, a: ['&'] } });
    const files = new Map<string, Uint8Array>(await editor.sign({ at }));
    files.set('timestamp', await timestampFor(world.ring, world.set.root.payload, files.get('snapshot') as Uint8Array, { version: 2 }));
    const set = await trust(files, world.set.root);
    expect(set.targets.get(tuf.TARGETS)?.exact).toBe(true);
    expect(tuf.findTarget(tuf.payloads(set), 'a&b<c>\u2028\u00e9')?.meta.custom).toEqual({ z: 1, a: ['&'] });
  });

  it('does to targets what a map would', async () => {
    const name = fc.constantFrom('a', 'b', '__proto__', 'constructor', '1');
    const step = fc.oneof(fc.record({ add: name, text: fc.string() }), fc.record({ remove: name }));
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const editor = open();
        const model = new Map<string, string>([['v1', 'v1']]);
        for (const s of steps) {
          if ('add' in s) {
            await editor.addTarget(tuf.TARGETS, s.add, meta(s.text));
            model.set(s.add, s.text);
          } else {
            await editor.removeTarget(tuf.TARGETS, s.remove);
            model.delete(s.remove);
          }
        }
        const targets = editor.targets.get(tuf.TARGETS)?.targets;
        expect(new Set(targets?.keys())).toEqual(new Set(model.keys()));
        for (const [n, text] of model) expect(tuf.sameFileMeta(meta(text), targets?.get(n))).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it('sends nothing where nothing changed and the server signs the snapshot', async () => {
    const ring = new KeyRing();
    expect([...(await tuf.CollectionEditor.open(world.set, ring).sign({ at })).keys()]).toEqual([]);
  });

  it('signs a root near its end again, if it can', async () => {
    const near = later(3650 - 100);
    expect([...(await open().sign({ at: near })).keys()]).toContain('root');
    const delegate = new KeyRing();
    expect([...(await tuf.CollectionEditor.open(world.set, delegate).sign({ at: near })).keys()]).toEqual([]);
  });

  it('refuses names that a file or a terminal cannot carry', async () => {
    for (const bad of ['', 'a\nb', '\u0000', '\u001b[2J', '\u007f', '\ud800']) {
      expect(await code(() => open().addTarget(tuf.TARGETS, bad, meta('x'))), JSON.stringify(bad)).toBe('TUF_TARGET_NAME_INVALID');
    }
  });

  it('[KD-04] refuses custom data that no verifier could compute', async () => {
    const editor = open();
    await editor.addTarget(tuf.TARGETS, 'x', { ...meta('x'), custom: { size: 1.5 } });
    expect(await code(() => editor.sign({ at }))).toBe('CANONICAL_JSON_NUMBER_INVALID');
    const other = open();
    await other.addTarget(tuf.TARGETS, 'x', { ...meta('x'), custom: { text: 'a\nb' } });
    expect(await code(() => other.sign({ at }))).toBe('CANONICAL_JSON_CONTROL_CHARACTER');
  });

  it('keeps old root keys listed and retires the others', async () => {
    const editor = open();
    const fresh = (await world.ring.make()).publicKey;
    editor.replaceKeys('targets', [fresh]);
    expect(editor.retiredKeys.map((k) => k.id)).toEqual([world.keys.targets.id]);
    editor.replaceKeys('root', [await rootKeyFor(world.ring)]);
    const root = tuf.decodeRoot(tuf.parseEnvelope((await editor.sign({ at })).get(tuf.ROOT) as Uint8Array));
    expect(root.keys.has(world.rootKey.id)).toBe(true);
    expect(root.keys.has(world.keys.targets.id)).toBe(false);
    expect(editor.retiredKeys.map((k) => k.id)).toEqual([world.keys.targets.id]);
  });

  it('does not retire a key that another role still uses', () => {
    const editor = open();
    editor.replaceKeys('snapshot', [world.keys.targets]);
    editor.replaceKeys('targets', [world.keys.timestamp]);
    expect(editor.retiredKeys.map((k) => k.id)).toEqual([world.keys.snapshot.id]);
  });

  it('[NCC-2015-A2-2] holds thresholds between one and the number of keys', async () => {
    for (const bad of [0, -1, 2, 1.5, Number.NaN]) expect(await code(() => open().setThreshold('targets', bad))).toBe('TUF_INPUT_INVALID');
    const editor = open();
    editor.replaceKeys('targets', [world.keys.targets, (await world.ring.make()).publicKey], 2);
    expect(editor.roleKeys('targets').threshold).toBe(2);
    expect((await editor.sign({ at })).size).toBe(3);
    expect(await code(() => editor.replaceKeys('targets', [world.keys.targets]))).toBe('TUF_INPUT_INVALID');
  });
});

describe('delegations in an editor', () => {
  it('are made below the paths of their parent, and only by who can sign for it', async () => {
    const editor = open();
    const key = (await world.ring.make()).publicKey;
    await editor.updateDelegation('targets/a' as tuf.RoleName, { addKeys: [key], addPaths: ['a/'] });
    await editor.updateDelegation('targets/a/b' as tuf.RoleName, { addKeys: [key], addPaths: ['a/b/'] });
    expect(await code(() => editor.updateDelegation('targets/a/c' as tuf.RoleName, { addKeys: [key], addPaths: ['b/'] }))).toBe(
      'TUF_ROLE_INVALID',
    );
    expect(await code(() => editor.updateDelegation('targets/x/y' as tuf.RoleName, { addKeys: [key] }))).toBe('TUF_ROLE_INVALID');
    expect(await code(() => editor.updateDelegation('root' as tuf.RoleName, {}))).toBe('TUF_ROLE_INVALID');
    const stranger = tuf.CollectionEditor.open(world.set, new KeyRing());
    expect(await code(() => stranger.updateDelegation('targets/a' as tuf.RoleName, { addKeys: [key] }))).toBe('TUF_SIGNING_KEYS_MISSING');
  });

  it('that are removed take everything below with them', async () => {
    const editor = open();
    const key = (await world.ring.make()).publicKey;
    const [a, b] = ['targets/a', 'targets/a/b'] as tuf.RoleName[] as [tuf.RoleName, tuf.RoleName];
    await editor.updateDelegation(a, { addKeys: [key], addPaths: [''] });
    await editor.updateDelegation(b, { addKeys: [key], addPaths: [''] });
    await editor.addTarget(b, 'x', meta('x'));
    await editor.deleteDelegation(a);
    expect([...editor.targets.keys()]).toEqual([tuf.TARGETS]);
    expect(await code(() => editor.witness(b))).toBe('TUF_ROLE_INVALID');
  });

  it('are too many at some point', async () => {
    const roles = Array.from({ length: tuf.MAX_DELEGATIONS + 1 }, (_, i) => ({
      name: `targets/d${i}` as tuf.RoleName,
      keyIds: [],
      threshold: 1,
      paths: [''],
    }));
    const targets = { ...(world.set.targets.get(tuf.TARGETS)?.payload as tuf.Targets), delegations: { keys: new Map(), roles } };
    expect(await code(() => tuf.listDelegations(new Map([[tuf.TARGETS as tuf.RoleName, targets]])))).toBe('TUF_TOO_MANY_DELEGATIONS');
  });

  it('lose a purged key everywhere it can be signed, and warn where not', async () => {
    const editor = open();
    const key = (await world.ring.make()).publicKey;
    await editor.updateDelegation('targets/a' as tuf.RoleName, { addKeys: [key], addPaths: [''] });
    expect(await editor.purgeKeys('targets/*', [key.id])).toHaveLength(1);
    expect(editor.delegation('targets/a' as tuf.RoleName).signers.keys.size).toBe(0);
    expect(await code(() => editor.purgeKeys('targets/a', [key.id]))).toBe('TUF_ROLE_INVALID');
    expect(gun).toContain('Team');
  });
});
