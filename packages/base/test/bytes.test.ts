// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compareBytes,
  compareUtf8,
  defineFaults,
  fromBase64,
  fromBase64Url,
  fromHex,
  fromUtf8,
  portableBase64,
  Secret,
  toBase64,
  toBase64Url,
  toHex,
  toUtf8,
} from '../src/index.ts';

const outcome = (run: () => unknown): unknown => {
  try {
    return run();
  } catch (e) {
    return (e as { code: string }).code;
  }
};

describe('base64', () => {
  const pairs = [
    { name: 'standard', to: toBase64, from: fromBase64, portableTo: portableBase64.to, portableFrom: portableBase64.from },
    { name: 'url', to: toBase64Url, from: fromBase64Url, portableTo: portableBase64.toUrl, portableFrom: portableBase64.fromUrl },
  ];
  it.each(pairs)('$name: round-trips, with and without the codec of the runtime', ({ to, from, portableTo, portableFrom }) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(portableTo(bytes)).toBe(to(bytes));
        expect(from(to(bytes))).toEqual(bytes);
        expect(portableFrom(to(bytes))).toEqual(bytes);
      }),
    );
  });
  it.each(pairs)('$name: both codecs accept and refuse the same texts', ({ from, portableFrom }) => {
    const text = fc.oneof(fc.string({ maxLength: 12 }), fc.base64String({ maxLength: 16 }), fc.stringMatching(/^[A-Za-z0-9+/_=-]{0,9}$/));
    fc.assert(
      fc.property(text, (t) => {
        expect(outcome(() => portableFrom(t))).toEqual(outcome(() => from(t)));
      }),
      { numRuns: 500 },
    );
  });
  it.each(['QQ', 'QR==', 'Q Q=', 'QQ==\n', '=', 'QQ=', 'Q', 'QUI', '_w=='])('refuses %j, which is another spelling or none', (text) => {
    expect(outcome(() => fromBase64(text))).toBe('BYTES_BASE64_INVALID');
  });
  it('does not hand out the pool that small buffers share', () => {
    expect(fromBase64('QUJD').buffer.byteLength).toBe(3);
  });
});

describe('bytes', () => {
  it('hexadecimal round-trips and refuses odd lengths and other characters', () => {
    expect(toHex(fromHex('00fFa0'))).toBe('00ffa0');
    expect(outcome(() => fromHex('0'))).toBe('BYTES_HEX_INVALID');
    expect(outcome(() => fromHex('zz'))).toBe('BYTES_HEX_INVALID');
  });
  it('refuses bytes that are no UTF-8', () => {
    expect(outcome(() => fromUtf8(toUtf8('ä')))).toBe('ä');
    for (const hex of ['ff', 'c3', 'c080', 'eda080', 'f4908080'])
      expect(
        outcome(() => fromUtf8(fromHex(hex))),
        hex,
      ).toBe('BYTES_UTF8_INVALID');
  });
  it('orders text as its UTF-8 bytes do', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 6 }), fc.string({ unit: 'binary', maxLength: 6 }), (a, b) => {
        expect(Math.sign(compareUtf8(a, b))).toBe(Math.sign(compareBytes(toUtf8(a), toUtf8(b))));
      }),
    );
  });
  it('a secret shows itself to nobody who does not ask', () => {
    const secret = new Secret('hunter2');
    expect(`${secret} ${JSON.stringify({ secret })}`).toBe('[redacted] {"secret":"[redacted]"}');
    expect(secret.reveal()).toBe('hunter2');
  });
});

describe('fault tables', () => {
  const faults = defineFaults('DEMO', {
    OLD: { category: 'untrusted', say: (f: { age: number }) => `${f.age} days`, remedy: 'fetch it again', rank: 70 },
    PLAIN: { category: 'internal', say: () => 'plain' },
  });
  it('make faults with code, category, facts, remedy and rank', () => {
    const cause = new Error('inner');
    expect(faults.OLD({ age: 3 }, { cause })).toMatchObject({
      code: 'DEMO_OLD',
      category: 'untrusted',
      message: '3 days',
      facts: { age: 3 },
      remedy: { text: 'fetch it again' },
      rank: 70,
      cause,
    });
    expect(faults.PLAIN().toJSON()).toEqual({ code: 'DEMO_PLAIN', category: 'internal', message: 'plain', facts: {} });
  });
  it('can be listed, and hold nothing that was not declared', () => {
    expect(Object.keys(faults)).toEqual(['OLD', 'PLAIN']);
    expect(Object.values(faults).map((make) => make.code)).toEqual(['DEMO_OLD', 'DEMO_PLAIN']);
    expect((faults as unknown as Record<string, unknown>)['constructor']).toBeUndefined();
    expect('OLD' in faults && !('toString' in faults)).toBe(true);
  });
});
