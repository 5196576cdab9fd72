// SPDX-License-Identifier: Apache-2.0
/** Messages on the wire, and the statuses that the reference answers with. */
import { fromHex, Secret, silentLog, toHex, toUtf8 } from '@notary/base';
import { createKeyVault, createMemoryKeyStore, createSignerHandlers } from '@notary/notary-signer';
import { messages } from '@notary/notary-signer/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fuzzMessages } from './fuzz/messages.fuzz.ts';

describe('messages', () => {
  it('are what protoc’s output encodes', () => {
    // printf 'algorithm: "ecdsa" gun: "g" role: "r"' | protoc --encode=proto.CreateKeyRequest
    expect(toHex(messages.createKeyRequest.encode({ algorithm: 'ecdsa', gun: 'g', role: 'r' }))).toBe('0a0565636473611201671a0172');
    // keyID { ID: "id" } content: "\000\377"
    expect(toHex(messages.signatureRequest.encode({ keyId: 'id', content: Uint8Array.of(0, 255) }))).toBe('0a040a026964120200ff');
    // keyInfo { keyID { ID: "id" } algorithm { algorithm: "ecdsa" } } publicKey: "\001" role: "timestamp"
    const info = { keyId: 'id', algorithm: 'ecdsa', publicKey: Uint8Array.of(1), role: 'timestamp' };
    expect(toHex(messages.keyInfoResponse.encode(info))).toBe('0a0f0a040a02696412070a0565636473611201011a0974696d657374616d70');
    expect(messages.keyInfoResponse.decode(messages.keyInfoResponse.encode(info))).toEqual(info);
    expect([toHex(messages.healthResponse.encode({ status: 'SERVING' })), messages.healthResponse.decode(fromHex('0801'))]).toEqual([
      '0801',
      { status: 'SERVING' },
    ]);
    expect(toHex(messages.empty.encode({}))).toBe('');
  });

  it('unknown fields are skipped, absent ones are empty, the last of two counts', () => {
    expect(messages.keyId.decode(fromHex('0a0161'))).toEqual({ id: 'a' });
    expect(messages.keyId.decode(fromHex('0a01610a0162'))).toEqual({ id: 'b' });
    expect(messages.keyId.decode(new Uint8Array())).toEqual({ id: '' });
    expect(messages.keyId.decode(fromHex(`10ac0219${'00'.repeat(8)}25${'00'.repeat(4)}0a0161`))).toEqual({ id: 'a' });
  });

  it('broken ones are refused', () => {
    for (const hex of ['0a', '0a05', '0aff', '0affffffffff', '00', '0b', '0e01', '0a01ff', '10ffffffffffffffffffff', '19000000']) {
      expect([hex, () => messages.keyId.decode(fromHex(hex))]).toEqual([hex, expect.any(Function)]);
      expect(() => messages.keyId.decode(fromHex(hex))).toThrow(expect.objectContaining({ code: 'PROTOBUF_INVALID' }));
    }
  });

  it('bytes from anywhere', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), fuzzMessages), { numRuns: 2_000 });
  });
});

describe('calls', () => {
  const random = { bytes: (n: number) => crypto.getRandomValues(new Uint8Array(n)) };
  const lines: unknown[] = [];
  const log = { ...silentLog, info: (m: string, f?: unknown) => lines.push([m, f]), error: (m: string, f?: unknown) => lines.push([m, f]) };
  const vault = createKeyVault({
    store: createMemoryKeyStore(),
    random,
    now: () => new Date(),
    defaultAlias: 'a',
    passphrase: () => new Secret('p'),
  });
  const handlers = createSignerHandlers(vault, log);
  const status = (p: Promise<unknown>) =>
    p.then(
      () => 'ok',
      (e: { code: number; message: string }) => `${e.code} ${e.message}`,
    );

  it('answer as the reference does', async () => {
    const key = await handlers.createKey({ algorithm: 'ecdsa', gun: 'g', role: 'timestamp' });
    expect(await handlers.getKeyInfo({ id: key.keyId })).toEqual({ ...key, role: 'timestamp' });
    const signed = await handlers.sign({ keyId: key.keyId, content: toUtf8('secret content') });
    expect([signed.keyId, signed.algorithm, signed.method, signed.content.length]).toEqual([key.keyId, 'ecdsa', 'ecdsa', 64]);
    expect(await handlers.deleteKey({ id: key.keyId })).toEqual({});
    expect(await status(handlers.getKeyInfo({ id: key.keyId }))).toBe(`5 key ${key.keyId} not found`);
    expect(await status(handlers.sign({ keyId: key.keyId, content: toUtf8('x') }))).toBe(`5 signing key not found: ${key.keyId}`);
    expect(await status(handlers.createKey({ algorithm: 'rsa', gun: 'g', role: 'timestamp' }))).toBe(
      '2 algorithm rsa not supported for create key',
    );
    expect(await status(handlers.createKey({ algorithm: 'ecdsa', gun: 'g'.repeat(256), role: 'r' }))).toBe('13 Key creation failed');
    for (const service of ['', 'grpc.health.v1.Health.KeyManagement', 'grpc.health.v1.Health.Signer'])
      expect(await handlers.check({ service })).toEqual({ status: 'SERVING' });
    expect(await status(handlers.check({ service: 'other' }))).toBe('5 unknown service');
  });

  it('[KD-16] what is signed is never logged', () => {
    expect(JSON.stringify(lines)).not.toContain('secret content');
    expect(JSON.stringify(lines)).toContain('"bytes":14');
  });
});
