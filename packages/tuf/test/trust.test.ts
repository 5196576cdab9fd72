// SPDX-License-Identifier: Apache-2.0
/** Signatures, thresholds, roots and pins. Several of these are findings of the audits of the reference. */
import { toUtf8 } from '@notary/base';
import { generatePrivateKey, type KeyType } from '@notary/base/crypto';
import { encodePem } from '@notary/base/pem';
import { createTestCa } from '@notary/testkit';
import { parseCertificate } from '@notary/x509';
import { beforeAll, describe, expect, it } from 'vitest';
import * as tuf from '../src/index.ts';
import { at, certificate, code, createWorld, gun, KeyRing, later, rootKeyFor, type World } from './support/workshop.ts';

const data = toUtf8('{"a":1}');
const envelope = (signatures: readonly tuf.Signature[]): tuf.Envelope => tuf.parseEnvelope(tuf.encodeEnvelope(data, signatures));
const signersOf = (keys: readonly tuf.PublicKey[], threshold = 1): tuf.Signers => ({
  role: 'targets',
  keys: new Map(keys.map((k) => [k.id, k])),
  threshold,
});
const sign = async (key: tuf.SigningKey, keyId = key.publicKey.id): Promise<tuf.Signature> => ({
  keyId,
  method: key.method,
  sig: await key.sign(data),
});

describe('signatures', () => {
  it.each(['EC-256', 'EC-384', 'EC-521', 'RSA-2048', 'Ed25519'] as KeyType[])(
    'of %s keys verify, and no flipped bit does',
    async (type) => {
      const key = tuf.createSigningKey(await generatePrivateKey(type));
      const signature = await sign(key);
      expect(await tuf.isSignedBy(data, signature, key.publicKey)).toBe(true);
      for (const at of [0, signature.sig.length >> 1, signature.sig.length - 1]) {
        const flipped = signature.sig.slice();
        flipped[at] = (flipped[at] as number) ^ 1;
        expect(await tuf.isSignedBy(data, { ...signature, sig: flipped }, key.publicKey)).toBe(false);
      }
      expect(await tuf.isSignedBy(toUtf8('{"a":2}'), signature, key.publicKey)).toBe(false);
      expect(await tuf.isSignedBy(data, { ...signature, sig: signature.sig.subarray(1) }, key.publicKey)).toBe(false);
    },
  );

  it('[NCC-2015-01] [CVE-2015-9258] take their algorithm from the key: a method of another family never counts', async () => {
    const ec = tuf.createSigningKey(await generatePrivateKey('EC-256'));
    const rsa = tuf.createSigningKey(await generatePrivateKey('RSA-2048'));
    for (const key of [ec, rsa]) {
      const signature = await sign(key);
      for (const method of ['ecdsa', 'rsapss', 'rsapkcs1v15', 'eddsa', 'pycrypto-pkcs#1 pss', 'none', ''].filter((m) => m !== key.method)) {
        expect(await tuf.isSignedBy(data, { ...signature, method }, key.publicKey), method).toBe(false);
      }
      const renamed = tuf.createPublicKey(key === ec ? 'rsa' : 'ecdsa', key.publicKey.public);
      expect(await tuf.isSignedBy(data, signature, renamed)).toBe(false);
    }
  });

  it('by keys that cannot be read are no signatures', async () => {
    for (const keytype of ['ecdsa', 'rsa', 'ed25519', 'ecdsa-x509', 'rsa-x509', 'quantum']) {
      for (const method of ['ecdsa', 'rsapss', 'eddsa']) {
        const key = tuf.createPublicKey(keytype, Uint8Array.of(0x30, 0x03, 1, 2, 3));
        expect(await tuf.isSignedBy(data, { keyId: key.id, method, sig: new Uint8Array(64) }, key)).toBe(false);
      }
    }
  });

  it('[CVE-2020-6174] [CVE-2020-15093] count once per key, however often they are repeated', async () => {
    const key = tuf.createSigningKey(await generatePrivateKey('EC-256'));
    const other = tuf.createSigningKey(await generatePrivateKey('EC-256'));
    const twice = envelope([await sign(key), await sign(key)]);
    expect(await code(() => tuf.checkSignatures(twice, signersOf([key.publicKey, other.publicKey], 2)))).toBe('TUF_THRESHOLD');
    const both = envelope([await sign(key), await sign(other)]);
    expect((await tuf.checkSignatures(both, signersOf([key.publicKey, other.publicKey], 2))).size).toBe(2);
  });

  it('[GHSA-3633-5h82-39pq] by one private key behind two IDs are one signer', async () => {
    const secret = await generatePrivateKey('EC-256');
    const bare = tuf.createSigningKey(secret);
    const wrapped = tuf.bundleKey(parseCertificate(await certificate(secret)));
    const file = envelope([await sign(bare), await sign(bare, wrapped.id)]);
    expect(await code(() => tuf.checkSignatures(file, signersOf([bare.publicKey, wrapped], 2)))).toBe('TUF_THRESHOLD');
  });

  it('by keys that nobody listed do not count', async () => {
    const key = tuf.createSigningKey(await generatePrivateKey('EC-256'));
    const stranger = tuf.createSigningKey(await generatePrivateKey('EC-256'));
    expect(await code(async () => tuf.checkSignatures(envelope([await sign(stranger)]), signersOf([key.publicKey])))).toBe('TUF_THRESHOLD');
    expect(await code(() => tuf.checkSignatures(envelope([]), signersOf([key.publicKey])))).toBe('TUF_NO_SIGNATURES');
    expect(await code(async () => tuf.checkSignatures(envelope([await sign(key)]), signersOf([key.publicKey], 0)))).toBe('TUF_THRESHOLD');
  });

  it('under an ID that is not the ID of the key are an attack, not a miss', async () => {
    const key = tuf.createSigningKey(await generatePrivateKey('EC-256'));
    const victim = tuf.createSigningKey(await generatePrivateKey('EC-256'));
    const lying: tuf.Signers = { role: 'targets', threshold: 1, keys: new Map([[victim.publicKey.id, key.publicKey]]) };
    expect(await code(async () => tuf.checkSignatures(envelope([await sign(key, victim.publicKey.id)]), lying))).toBe(
      'TUF_KEY_ID_MISMATCH',
    );
  });
});

describe('a verified file', () => {
  it('cannot be made by hand', async () => {
    const { set } = await createWorld();
    const Class = set.root.constructor as new (...args: unknown[]) => unknown;
    expect(() => new Class(Symbol('verified'), tuf.ROOT, {}, {}, new Set())).toThrow(TypeError);
  });
});

describe('a root', () => {
  const build = async (changes: Parameters<typeof rootKeyFor>[1] = {}, name = gun, extra: readonly tuf.PublicKey[] = [], threshold = 1) => {
    const ring = new KeyRing();
    const root = await rootKeyFor(ring, changes);
    const other = (await ring.make()).publicKey;
    const role = { keys: [other] };
    const editor = tuf.CollectionEditor.init(
      { root: { keys: [root, ...extra], threshold: 1 }, targets: role, snapshot: role, timestamp: role },
      ring,
    );
    if (threshold > 1) editor.setThreshold('root', threshold);
    return tuf.checkRoot(await editor.signRoot({ at }), { gun: name, at });
  };
  const reason = async (run: () => Promise<unknown>): Promise<string> => {
    try {
      await run();
    } catch (e) {
      return String((e as { facts?: { reason?: string } }).facts?.reason ?? (e as Error).message);
    }
    return 'ok';
  };
  const NO_LEAF = 'unable to retrieve valid leaf certificates';

  it('is for the collection that its certificate names, exactly or by prefix', async () => {
    expect(await reason(() => build())).toBe('ok');
    expect(await reason(() => build({}, 'example.com/Team/other'))).toBe(NO_LEAF);
    expect(await reason(() => build({}, gun.toLowerCase()))).toBe(NO_LEAF);
    const wild = { subject: [[{ type: 'CN', value: 'example.com/Team/*' }]] };
    expect(await reason(() => build(wild))).toBe('ok');
    expect(await reason(() => build(wild, 'example.com/Other/app'))).toBe(NO_LEAF);
  });

  it('has a certificate that is in force, and is not an authority', async () => {
    expect(await reason(() => build({ notAfter: later(-1) }))).toBe(NO_LEAF);
    expect(await reason(() => build({ notBefore: later(0.5), notAfter: later(5) }))).toBe('ok');
    expect(await reason(() => build({ notBefore: later(3), notAfter: later(5) }))).toBe(NO_LEAF);
    expect(await reason(() => build({ basicConstraints: { ca: true } }))).toBe(NO_LEAF);
  });

  it('says why its certificate is of no use', async () => {
    try {
      await build({}, 'example.com/Team/other');
    } catch (e) {
      expect(String((e as Error).cause)).toContain('the root certificate is for example.com/Team/app');
    }
  });

  it('whose PEM is not in standard form has another key ID than it is listed under', async () => {
    const ring = new KeyRing();
    const secret = await generatePrivateKey('EC-256');
    ring.add(secret);
    const pem = encodePem('CERTIFICATE', await certificate(secret));
    const odd = tuf.createPublicKey('ecdsa-x509', toUtf8(pem.replaceAll('\n', '\r\n')));
    const role = { keys: [(await ring.make()).publicKey] };
    const editor = tuf.CollectionEditor.init({ root: { keys: [odd] }, targets: role, snapshot: role, timestamp: role }, ring);
    const bytes = await editor.signRoot({ at });
    expect(await reason(() => tuf.checkRoot(bytes, { gun, at }))).toBe('failed to validate integrity of roots');
  });

  it('holds no certificate that has expired: TUF_CERTIFICATE_EXPIRED', async () => {
    const leaf = parseCertificate(await certificate(await generatePrivateKey('EC-256')));
    expect(await code(async () => tuf.checkCertificate(leaf, leaf.notAfter))).toBe('ok');
    const [late, early] = [new Date(leaf.notAfter.getTime() + 1000), new Date(leaf.notBefore.getTime() - 2 * 86_400_000)];
    for (const when of [late, early]) expect(await code(async () => tuf.checkCertificate(leaf, when))).toBe('TUF_CERTIFICATE_EXPIRED');
  });

  it('that has expired is refused, and taken as a cached anchor', async () => {
    const { files } = await createWorld();
    const bytes = files.get('root') as Uint8Array;
    expect(await code(() => tuf.checkRoot(bytes, { gun, at: later(3651) }))).toMatch(/^TUF_(EXPIRED|ROOT_UNTRUSTED)$/);
    expect(await code(() => tuf.checkRoot(bytes, { gun, at, minVersion: 2 }))).toBe('TUF_VERSION_LOW');
  });

  it('[NCC-2015-A2-1] of two keys and a threshold of two needs both', async () => {
    const ring = new KeyRing();
    const keys = [await rootKeyFor(ring), await rootKeyFor(ring)];
    const role = { keys: [(await ring.make()).publicKey] };
    const editor = tuf.CollectionEditor.init({ root: { keys, threshold: 2 }, targets: role, snapshot: role, timestamp: role }, ring);
    const root = await tuf.checkRoot(await editor.signRoot({ at }), { gun, at });
    expect(root.signedBy.size).toBe(2);
    const one = tuf.parseEnvelope(root.bytes);
    const half = tuf.encodeEnvelope(one.canonical, one.signatures.slice(0, 1));
    expect(await reason(() => tuf.checkRoot(half, { gun, at }))).toBe('failed to validate integrity of roots');
    ring.drop(tuf.canonicalKeyId(keys[1] as tuf.PublicKey));
    expect(await code(() => editor.signRoot({ at }))).toBe('TUF_SIGNATURES_INSUFFICIENT');
  });

  it('may only follow one that its keys have signed', async () => {
    const a = await createWorld();
    const b = await createWorld();
    expect(await code(() => tuf.checkRoot(b.files.get('root') as Uint8Array, { gun, at, previous: a.set.root }))).toBe(
      'TUF_ROOT_ROTATION_FAILED',
    );
  });
});

describe('a pinned authority', () => {
  let world: { ring: KeyRing; bytes: Uint8Array; ca: tuf.TrustPins['ca']; otherCa: tuf.TrustPins['ca'] };
  beforeAll(async () => {
    const ca = await createTestCa();
    const middle = await ca.intermediate();
    const leaf = await middle.codeSigner({ subject: { CN: gun } });
    const other = await createTestCa();
    const ring = new KeyRing();
    ring.add(leaf.key);
    const root = tuf.bundleKey(leaf.certificate, [middle.certificate]);
    const role = { keys: [(await ring.make()).publicKey] };
    const editor = tuf.CollectionEditor.init({ root: { keys: [root] }, targets: role, snapshot: role, timestamp: role }, ring);
    const bytes = await editor.signRoot({ at });
    world = { ring, bytes, ca: new Map([['example.com/', [ca.certificate]]]), otherCa: new Map([['example.com/', [other.certificate]]]) };
  });
  const check = (ca: tuf.TrustPins['ca'], certs: tuf.TrustPins['certs'] = new Map()) =>
    tuf.checkRoot(world.bytes, { gun, at, pins: { certs, ca, disableTofu: true } });

  it('vouches for certificates that chain to it over the intermediates of the bundle', async () => {
    expect((await check(world.ca)).payload.version).toBe(1);
  });

  it('does not vouch for others', async () => {
    expect(await code(() => check(world.otherCa))).toBe('TUF_ROOT_UNTRUSTED');
    expect(await code(() => check(new Map([['other.example', world.ca.get('example.com/') ?? []]])))).toBe('TUF_ROOT_UNTRUSTED');
    expect(await code(() => check(new Map([['example.com/', []]])))).toBe('TUF_ROOT_UNTRUSTED');
  });

  it('says with whom to speak before anything is changed', async () => {
    await expect(check(world.otherCa)).rejects.toMatchObject({ remedy: { text: expect.stringMatching(/^ask the publisher/) } });
  });

  it('stands behind a pinned key, and the longest prefix counts', async () => {
    expect(await code(() => check(world.ca, new Map([[gun, ['0'.repeat(64)]]])))).toBe('TUF_ROOT_UNTRUSTED');
    const both = new Map([...world.otherCa, ['example.com/Team', world.ca.get('example.com/') ?? []] as const]);
    expect((await check(both)).payload.version).toBe(1);
  });
});

describe('the trusted set', () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld();
  });

  it('takes its files in order', async () => {
    const { files, set } = world;
    const fresh = tuf.startTrustedSet(set.root, gun, at);
    expect(await code(() => tuf.acceptSnapshot(fresh, files.get('snapshot') as Uint8Array))).toBe('TUF_NOT_LOADED');
    const timed = await tuf.acceptTimestamp(fresh, files.get('timestamp') as Uint8Array);
    expect(await code(() => tuf.acceptTargets(timed, files.get('targets') as Uint8Array))).toBe('TUF_NOT_LOADED');
    expect(await code(() => tuf.acceptDelegation(timed, 'targets/a' as tuf.RoleName, new Uint8Array()))).toBe('TUF_NOT_LOADED');
    expect(await code(() => tuf.acceptDelegation(set, 'targets/a' as tuf.RoleName, new Uint8Array()))).toBe('TUF_ROLE_INVALID');
    expect(await code(() => tuf.acceptDelegation(set, 'root' as tuf.RoleName, new Uint8Array()))).toBe('TUF_ROLE_INVALID');
  });

  it('does not change when a step fails', async () => {
    const before = { ...world.set };
    expect(await code(() => tuf.acceptTimestamp(world.set, toUtf8('{}')))).toBe('TUF_JSON_INVALID');
    expect(world.set).toEqual(before);
  });

  it('knows files by their digests: none of another snapshot fits', async () => {
    const other = await createWorld(['v1', 'v2']);
    expect(await code(() => tuf.acceptTargets(world.set, other.files.get('targets') as Uint8Array))).toBe('TUF_CHECKSUM_MISMATCH');
  });
});

describe('a proof', () => {
  const fileOf = (world: World, role: string): Uint8Array => world.files.get(role) as Uint8Array;

  it('spares the signatures of the same bytes under the same root, and nothing else', async () => {
    const world = await createWorld();
    const bytes = fileOf(world, 'snapshot');
    const root = world.set.root.payload;
    const proof = await tuf.checkSnapshot(bytes, { at, root });
    expect(await tuf.checkSnapshot(bytes, { at, root, proof })).toBe(proof);
    expect(await tuf.checkSnapshot(bytes.slice(), { at, root, proof })).not.toBe(proof);
    expect(await tuf.checkSnapshot(bytes, { at, root: { ...root }, proof })).not.toBe(proof);
    expect(await code(() => tuf.checkTargets(bytes, { at, root, proof }))).not.toBe('ok');
    expect(await code(() => tuf.checkSnapshot(bytes, { at, root, proof, minVersion: 2 }))).toBe('TUF_VERSION_LOW');
    expect(await code(() => tuf.checkSnapshot(bytes, { at: later(10_000), root, proof }))).toBe('TUF_EXPIRED');
    const expected = tuf.createFileMeta(toUtf8('something else'));
    expect(await code(() => tuf.checkSnapshot(bytes, { at, root, proof, expected }))).toBe('TUF_CHECKSUM_MISMATCH');
  });

  it('under a root whose keys have changed is worth nothing', async () => {
    const world = await createWorld();
    const other = await createWorld();
    const proof = await tuf.checkTargets(fileOf(other, 'targets'), { at, root: other.set.root.payload });
    expect(await code(() => tuf.checkTargets(fileOf(other, 'targets'), { at, root: world.set.root.payload, proof }))).toBe('TUF_THRESHOLD');
  });
});
