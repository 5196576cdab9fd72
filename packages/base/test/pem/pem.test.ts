// SPDX-License-Identifier: Apache-2.0
import { toUtf8 } from '@notary/base';
import { encodePem, parsePem } from '@notary/base/pem';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const block = (label: string, body: string): string => `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`;
const labels = (text: string): string[] => parsePem(text).map((b) => b.label);

describe('reading', () => {
  it('takes no longer for blocks whose headers run into the next', () => {
    const started = performance.now();
    expect(parsePem('-----BEGIN a:b-----\n-----END a:b-----\n'.repeat(50_000))).toEqual([]);
    expect(performance.now() - started).toBeLessThan(3000);
  });

  it('skips text around blocks and takes CRLF, blanks and a missing last newline', () => {
    const text = `subject=x\n${block('A', 'AQID')}between\n${block('B', 'BAUG').replaceAll('\n', '\r\n')}-----BEGIN C-----  \nB w g\tJ\n-----END C-----`;
    const blocks = parsePem(text);
    expect(blocks.map((b) => b.label)).toEqual(['A', 'B', 'C']);
    expect(blocks.map((b) => [...b.bytes])).toEqual([
      [1, 2, 3],
      [4, 5, 6],
      [7, 8, 9],
    ]);
    expect(parsePem(toUtf8(text))).toEqual(blocks);
  });

  it('reads headers, trims them, keeps the last of one name', () => {
    const [parsed] = parsePem(block('K', 'Proc-Type: 4,ENCRYPTED\nrole : a\nrole:targets\ngun: docker.io/x:y\n\nAQID'));
    expect([...(parsed?.headers ?? [])]).toEqual([
      ['Proc-Type', '4,ENCRYPTED'],
      ['role', 'targets'],
      ['gun', 'docker.io/x:y'],
    ]);
    expect(parsed?.bytes).toEqual(Uint8Array.of(1, 2, 3));
  });

  it('reads an empty block and pad bits that are not zero, as Go does', () => {
    expect(parsePem('-----BEGIN X-----\n-----END X-----\n')).toEqual([{ label: 'X', headers: new Map(), bytes: new Uint8Array(0) }]);
    expect(parsePem(block('X', 'AR=='))[0]?.bytes).toEqual(Uint8Array.of(1));
  });

  it.each([
    ['a BEGIN inside a line', `x${block('A', 'AQID')}`],
    ['unlike labels', '-----BEGIN A-----\nAQID\n-----END B-----\n'],
    ['a BEGIN line without dashes at its end', '-----BEGIN A\nAQID\n-----END A-----\n'],
    ['text behind the END line', '-----BEGIN A-----\nAQID\n-----END A-----x\n'],
    ['an END line cut off', '-----BEGIN A-----\nAQID\n-----END A--'],
    ['no END line', '-----BEGIN A-----\nAQID\n'],
    ['a body that is not base64', block('A', 'A*ID')],
    ['base64 without padding', block('A', 'AQI')],
  ])('passes over %s and goes on', (_, broken) => {
    expect(labels(broken)).toEqual([]);
    expect(labels(`${broken}\n${block('GOOD', 'AQID')}`)).toEqual(['GOOD']);
  });

  it('takes the last BEGIN before an END', () => {
    expect(labels(`-----BEGIN A-----\n${block('B', 'AQID')}`)).toEqual(['B']);
  });

  it('bounds blocks and headers', () => {
    expect(() => parsePem(block('A', 'AQID').repeat(1001))).toThrow(expect.objectContaining({ code: 'PEM_TOO_MANY_BLOCKS' }));
    const headers = Array.from({ length: 33 }, (_, i) => `h${i}: x`).join('\n');
    expect(() => parsePem(block('A', `${headers}\n\nAQID`))).toThrow(expect.objectContaining({ code: 'PEM_TOO_MANY_HEADERS' }));
  });

  it('stays quick on many END lines without a BEGIN', () => {
    expect(parsePem('\n-----END A-----'.repeat(200_000))).toEqual([]);
  });
});

describe('writing', () => {
  it('wraps at 64 and sorts headers behind Proc-Type', () => {
    const headers = new Map([
      ['role', 'root'],
      ['gun', 'g'],
      ['Proc-Type', '4,ENCRYPTED'],
    ]);
    expect(encodePem('X', new Uint8Array(49), headers)).toBe(
      `-----BEGIN X-----\nProc-Type: 4,ENCRYPTED\ngun: g\nrole: root\n\n${'A'.repeat(64)}\nAA==\n-----END X-----\n`,
    );
    expect(encodePem('X', new Uint8Array(0))).toBe('-----BEGIN X-----\n-----END X-----\n');
  });

  it('refuses headers that would break the block', () => {
    for (const bad of [new Map([['a:b', 'c']]), new Map([['a', 'b\nc']]), new Map([['a\r', 'b']])]) {
      expect(() => encodePem('X', new Uint8Array(1), bad)).toThrow(expect.objectContaining({ code: 'PEM_HEADER_INVALID' }));
    }
  });

  it('reads back what it wrote', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(parsePem(encodePem('ANY LABEL', bytes))[0]?.bytes).toEqual(bytes);
      }),
    );
  });
});
