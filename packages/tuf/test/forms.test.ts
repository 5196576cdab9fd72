// SPDX-License-Identifier: Apache-2.0
/** Names, times, digests, keys, envelopes: what is read, what is refused, and that writing gives Go's bytes. */
import { fromUtf8, toUtf8 } from '@notary/base';
import { type CanonicalValue, encodeCanonicalJson, encodeNotaryFile } from '@notary/base/canonical-json';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as tuf from '../src/index.ts';
import { code } from './support/workshop.ts';

describe('role names', () => {
  it('[CVE-2021-41131] of delegations are lower case, clean and below targets', () => {
    for (const good of ['targets/a', 'targets/a/b-c_9', `targets/${'a'.repeat(247)}`]) expect(tuf.isDelegation(good), good).toBe(true);
    const bad = [
      'targets',
      'targets/',
      'targets//a',
      'targets/a/',
      'targets/A',
      'targets/../a',
      'targets/.',
      'targets/a b',
      'target/a',
      '/targets/a',
      'targets/\u00e9',
      'targets/a\n',
      'targets/a\\b',
      `targets/${'a'.repeat(248)}`,
      '__proto__',
      'constructor',
      '',
    ];
    for (const name of bad) {
      expect(tuf.isDelegation(name), name).toBe(false);
      if (name !== 'targets') expect(() => tuf.parseRoleName(name)).toThrow(expect.objectContaining({ code: 'TUF_ROLE_INVALID' }));
    }
  });

  it('of purges end in a wildcard segment', () => {
    for (const good of ['targets/*', 'targets/a/*']) expect(tuf.isWildDelegation(good)).toBe(true);
    for (const bad of ['*', 'targets*', 'targets/a*', 'root/*', 'targets/../*', 'targets//*'])
      expect(tuf.isWildDelegation(bad), bad).toBe(false);
  });

  it('sort by depth, then by name', () => {
    expect(['targets/b', 'targets/a/x', 'targets', 'targets/a'].sort(tuf.compareRoleDepth)).toEqual([
      'targets',
      'targets/a',
      'targets/b',
      'targets/a/x',
    ]);
  });

  it('restrict paths to what the parent has, whatever the paths', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.array(fc.string()), fc.string(), (parent, child, target) => {
        const left = tuf.restrictPaths(parent, child);
        if (tuf.fitsPaths(target, left)) expect(tuf.fitsPaths(target, parent) && tuf.fitsPaths(target, child)).toBe(true);
      }),
    );
  });
});

describe('expiry times', () => {
  it('keep their text and say their instant', () => {
    const cases: [string, string, string][] = [
      ['2036-11-19T04:55:48.630288547Z', '2036-11-19T04:55:48.630Z', 'Wed Nov 19 04:55:48 UTC 2036'],
      ['2026-01-31T00:00:00Z', '2026-01-31T00:00:00.000Z', 'Sat Jan 31 00:00:00 UTC 2026'],
      ['2017-03-14T15:19:28.5-08:00', '2017-03-14T23:19:28.500Z', 'Tue Mar 14 15:19:28 -0800 2017'],
    ];
    for (const [text, instant, described] of cases) {
      const expiry = tuf.parseExpiry(text);
      expect(expiry.text).toBe(text);
      expect(expiry.at.toISOString()).toBe(instant);
      expect(tuf.describeExpiry(expiry)).toBe(described);
    }
  });

  it('are written as Go writes them', () => {
    expect(tuf.formatExpiry(new Date('2026-01-31T10:20:30.120Z'))).toBe('2026-01-31T10:20:30.12Z');
    expect(tuf.formatExpiry(new Date('2026-01-31T10:20:30.000Z'))).toBe('2026-01-31T10:20:30Z');
    fc.assert(
      fc.property(fc.date({ min: new Date('1970-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true }), (at) => {
        expect(tuf.parseExpiry(tuf.formatExpiry(at)).at.getTime()).toBe(at.getTime());
      }),
    );
  });

  it('that are none are refused', () => {
    const bad = [
      '',
      'tomorrow',
      '2026-02-30T00:00:00Z',
      '2026-01-31',
      '2026-01-31 00:00:00Z',
      '2026-01-31T24:00:00Z',
      '2026-01-31T00:00:60Z',
      '2026-01-31T00:00:00',
      '2026-01-31T00:00:00+25:00',
      '2026-13-01T00:00:00Z',
      '2026-01-31T00:00:00.Z',
      '2026-01-31T00:00:00.1234567890Z',
      '2026-01-31T00:00:00+0100',
      '2026-01-31T00:00:00*01:00',
      '2026-01-31T00:00:00z',
      '2026-01-31T00:00:00Z ',
      '2026-01-3x1T00:00:00Z',
      '-026-01-31T00:00:00Z',
      '2026-01-31T00:00:00.1e3Z',
    ];
    for (const text of bad) expect(() => tuf.parseExpiry(text), text).toThrow(expect.objectContaining({ code: 'TUF_EXPIRES_INVALID' }));
  });
});

describe('digests', () => {
  const bytes = toUtf8('content');
  const meta = tuf.createFileMeta(bytes);
  const only = (...hashes: [string, string][]): tuf.FileMeta => ({ length: bytes.length, hashes: new Map(hashes) });

  it('[NCC-2015-A1-2] must all fit, and one must be there', async () => {
    expect(() => tuf.checkHashes(bytes, 'x', meta)).not.toThrow();
    expect(await code(() => tuf.checkHashes(toUtf8('other'), 'x', meta))).toBe('TUF_CHECKSUM_MISMATCH');
    expect(await code(() => tuf.checkHashes(bytes, 'x', only()))).toBe('TUF_CHECKSUMS_MISSING');
    expect(await code(() => tuf.checkHashes(bytes, 'x', undefined))).toBe('TUF_CHECKSUMS_MISSING');
    expect(await code(() => tuf.checkHashes(bytes, 'x', only(['md5', 'AAAA'])))).toBe('TUF_CHECKSUMS_MISSING');
    expect(await code(() => tuf.checkHashes(bytes, 'x', only(['sha256', 'AAAA'])))).toBe('TUF_CHECKSUM_MISMATCH');
    const half = only(['sha256', meta.hashes.get('sha256') as string], ['sha512', 'AAAA']);
    expect(await code(() => tuf.checkHashes(bytes, 'x', half))).toBe('TUF_CHECKSUM_MISMATCH');
  });

  it('come with the exact length', async () => {
    expect(await code(() => tuf.checkContent(bytes, 'x', { ...meta, length: 3 }))).toBe('TUF_LENGTH_MISMATCH');
  });

  it('have the length of their algorithm', async () => {
    expect(await code(() => tuf.checkHashStructure(only(['sha256', 'AAAA'])))).toBe('TUF_CHECKSUM_INVALID');
    expect(await code(() => tuf.checkHashStructure(only(['md5', 'AAAA'])))).toBe('TUF_CHECKSUMS_UNSUPPORTED');
  });

  it('of two descriptions agree, or are refused', async () => {
    expect(() => tuf.compareHashes(meta, meta)).not.toThrow();
    expect(await code(() => tuf.compareHashes(meta, tuf.createFileMeta(toUtf8('x'))))).toBe('TUF_CHECKSUMS_CONFLICT');
    const one = only(['sha256', meta.hashes.get('sha256') as string]);
    const other = only(['sha512', meta.hashes.get('sha512') as string]);
    expect(await code(() => tuf.compareHashes(one, other))).toBe('TUF_CHECKSUMS_DISJOINT');
  });
});

describe('keys', () => {
  it('read from a server are exactly one key', async () => {
    const key = tuf.createPublicKey('ecdsa', Uint8Array.of(1, 2, 3));
    expect(tuf.parseKeyResponse(toUtf8(tuf.encodeKeyResponse(key))).id).toBe(key.id);
    for (const bad of [
      '{}',
      '[]',
      '{"keytype":"ecdsa"}',
      '{"keytype":1,"keyval":{"public":""}}',
      '{"keytype":"ecdsa","keyval":{"public":"%"}}',
    ]) {
      expect(await code(() => tuf.parseKeyResponse(toUtf8(bad))), bad).toBe('TUF_KEY_INVALID');
    }
  });

  it('of unknown types are carried along and have an ID', () => {
    expect(tuf.createPublicKey('quantum', new Uint8Array()).id).toHaveLength(64);
    expect(tuf.isKeyType('quantum')).toBe(false);
  });

  it('out of PEM are certificates or public keys', async () => {
    const parse = (pem: string) => tuf.parsePublicKeyPem(toUtf8(pem), new Date(), tuf.keyTypeOfSpki);
    expect(await code(() => parse('nothing'))).toBe('TUF_KEY_INVALID');
    expect(await code(() => parse('-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n'))).toBe('TUF_KEY_INVALID');
    expect(await code(() => parse('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'))).toBe('TUF_CERTIFICATE_INVALID');
  });
});

describe('envelopes', () => {
  const file = '{"signed":{"_type":"X","a&b":"\\u003c"},"signatures":[{"keyid":"k","method":"ECDSA","sig":"AAAA"}]}';

  it('give the canonical form whatever the spacing, order and escapes of the file', () => {
    const spaced = `{ "signatures":[ {"sig":"AAAA","method":"ecdsa","keyid":"k"} ],\n "signed": {"a\\u0026b":"<", "_type":"X"}, "more": 1 }`;
    const a = tuf.parseEnvelope(toUtf8(file));
    const b = tuf.parseEnvelope(toUtf8(spaced));
    expect(fromUtf8(a.canonical)).toBe('{"_type":"X","a&b":"<"}');
    expect(fromUtf8(b.canonical)).toBe(fromUtf8(a.canonical));
    expect(a.signatures[0]?.method).toBe('ecdsa');
    expect([a.exact, b.exact]).toEqual([false, false]);
    expect(tuf.parseEnvelope(tuf.encodeEnvelope(a.canonical, a.signatures)).exact).toBe(true);
  });

  it('have one canonical form and one exact form, whatever their members are called', () => {
    const name = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('', '1', '10', '2', '__proto__', 'a"', 'a\\', '<', '\u2028', '\uffff', '\u{1f600}', '\u007f'),
    );
    const { tree } = fc.letrec<{ tree: unknown; object: unknown }>((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        fc.integer(),
        fc.maxSafeInteger(),
        fc.constantFrom(2 ** 60, -0, 1e15),
        fc.boolean(),
        fc.constant(null),
        name,
        fc.array(tie('tree')),
        tie('object'),
      ),
      object: fc.dictionary(name, tie('tree')),
    }));
    const signature = fc.record({
      keyid: name,
      method: fc.constantFrom('ecdsa', 'ECDSA', 'rsapss'),
      sig: fc.constantFrom('', 'AAAA', 'AA=='),
    });
    fc.assert(
      fc.property(
        fc.dictionary(name, tree),
        fc.array(signature, { maxLength: 3 }),
        fc.constantFrom('go', 'plain', 'spaced'),
        (signed, signatures, form) => {
          const canonical = encodeCanonicalJson(signed as CanonicalValue);
          const text =
            form === 'go' && !/[\u0000-\u001f]/.test(canonical + signatures.map((s) => s.keyid).join())
              ? encodeNotaryFile({ signed: canonical, signatures })
              : JSON.stringify({ signed, signatures }, undefined, form === 'spaced' ? 1 : 0);
          const parsed = tuf.parseEnvelope(toUtf8(text));
          expect(fromUtf8(parsed.canonical)).toBe(canonical);
          expect(parsed.signatures.map((s) => s.method)).toEqual(signatures.map((s) => s.method.toLowerCase()));
          let again: string | undefined;
          try {
            again = fromUtf8(tuf.encodeEnvelope(parsed.canonical, parsed.signatures));
          } catch {
            // a control character: Go can write no such file
          }
          expect(parsed.exact).toBe(again === text);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('[TUF-01-JSON] are refused where two readers could disagree', async () => {
    const cases: [string, RegExp][] = [
      ['', /^JSON_SYNTAX$/],
      ['null', /^TUF_JSON_INVALID$/],
      ['{"signed":1,"signatures":[]}', /^TUF_JSON_INVALID$/],
      ['{"Signed":{},"signatures":[]}', /^TUF_JSON_INVALID$/],
      ['{"signed":{},"signatures":{}}', /^TUF_JSON_INVALID$/],
      ['{"signed":{},"signatures":[{}]}', /^TUF_JSON_INVALID$/],
      ['{"signed":{},"signatures":[{"keyid":"a","method":"b","sig":"%"}]}', /^TUF_JSON_INVALID$/],
      ['{"signed":{},"signed":{},"signatures":[]}', /^JSON_DUPLICATE_KEY$/],
      ['{"signed":{"a":1,"a":2},"signatures":[]}', /^JSON_DUPLICATE_KEY$/],
      ['{"signed":{"a":"\\ud800"},"signatures":[]}', /^JSON_SURROGATE$/],
      ['{"signed":{"a":1.5},"signatures":[]}', /^CANONICAL_JSON_NUMBER_INVALID$/],
      ['{"signed":{"a":1e400},"signatures":[]}', /^JSON_NUMBER_RANGE$/],
      ['{"signed":{},"signatures":[]} {}', /^JSON_TRAILING$/],
      [`{"signed":${'['.repeat(5000)}${']'.repeat(5000)},"signatures":[]}`, /^TUF_JSON_INVALID|JSON_TOO_DEEP$/],
      [`{"signed":${'{"a":'.repeat(200)}1${'}'.repeat(200)},"signatures":[]}`, /^JSON_TOO_DEEP$/],
    ];
    for (const [text, expected] of cases) expect(await code(() => tuf.parseEnvelope(toUtf8(text))), text.slice(0, 60)).toMatch(expected);
    expect(await code(() => tuf.parseEnvelope(Uint8Array.of(0x22, 0xff, 0x22)))).toBe('JSON_UTF8_INVALID');
    const many = `{"signed":{},"signatures":[${Array.from({ length: tuf.MAX_SIGNATURES + 1 }, () => '{"keyid":"a","method":"b","sig":""}').join(',')}]}`;
    expect(await code(() => tuf.parseEnvelope(toUtf8(many)))).toBe('TUF_TOO_MANY_SIGNATURES');
  });
});

describe('payloads', () => {
  const common = '"expires":"2030-01-01T00:00:00Z","version":1';
  const targets = (body: string) => tuf.decodeTargets(tuf.parseEnvelope(toUtf8(`{"signed":{${body}},"signatures":[]}`)), tuf.TARGETS);

  it('may name targets like members of an object', () => {
    const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', '1', '0'];
    const body = names.map((n) => `"${n}":{"hashes":{"sha256":"AAAA"},"length":1}`).join(',');
    const parsed = targets(`"_type":"Targets","delegations":{"keys":{},"roles":[]},${common},"targets":{${body}}`);
    expect([...parsed.targets.keys()].sort()).toEqual([...names].sort());
    expect(parsed.targets.get('valueOf')).toBeUndefined();
  });

  it('are read with the nulls that Go writes', () => {
    const parsed = targets(`"_type":"Targets","delegations":{"keys":{},"roles":null},${common},"targets":null`);
    expect([parsed.targets.size, parsed.delegations.roles.length]).toEqual([0, 0]);
  });

  it('that break a rule are refused', async () => {
    const role = (changes: string) => `"_type":"Targets",${common},"targets":{},"delegations":{"keys":{},"roles":[${changes}]}`;
    const bad = [
      `"_type":"targets",${common}`,
      `"_type":"Targets","expires":"2030-01-01T00:00:00Z","version":0`,
      `"_type":"Targets","expires":"2030-01-01T00:00:00Z","version":9007199254740993`,
      `"_type":"Targets","expires":"2030-01-01T00:00:00Z","version":"1"`,
      `"_type":"Targets","version":1`,
      `"_type":"Targets",${common},"targets":[]`,
      `"_type":"Targets",${common},"targets":{"a":1}`,
      `"_type":"Targets",${common},"targets":{"a":{"length":-1}}`,
      `"_type":"Targets",${common},"targets":{"a":{"length":1,"hashes":{"sha256":"%"}}}`,
      role('{"name":"targets/a/b","keyids":[],"threshold":1}'),
      role('{"name":"../a","keyids":[],"threshold":1}'),
      role('{"name":"targets/a","keyids":[],"threshold":0}'),
      role('{"name":"targets/a","keyids":["x"],"threshold":1}'),
      role('{"name":"targets/a","keyids":[1],"threshold":1}'),
      role('{"name":"targets/a","keyids":[],"threshold":1},{"name":"targets/a","keyids":[],"threshold":1}'),
    ];
    for (const body of bad) expect(await code(() => targets(body)), body).toBe('TUF_METADATA_INVALID');
    expect(await code(() => tuf.decodeTargets(tuf.parseEnvelope(toUtf8('{"signed":{},"signatures":[]}')), 'root' as tuf.RoleName))).toBe(
      'TUF_ROLE_INVALID',
    );
  });
});
