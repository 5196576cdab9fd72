// SPDX-License-Identifier: Apache-2.0
import { createFakeClock } from '@notary/testkit';
import { describe, expect, it } from 'vitest';
import { createAdjustableLog } from '../src/index.ts';

function capture(format: string) {
  const lines: string[] = [];
  const clock = createFakeClock('2026-03-01T12:00:00Z');
  return { lines, log: createAdjustableLog({ clock, level: 'error', format, write: (line) => void lines.push(line) }) };
}

describe('the log of a server', () => {
  it('writes at its level and below, and moves one step at a time within its bounds', () => {
    const { lines, log } = capture('json');
    log.warn('quiet');
    expect(lines).toHaveLength(0);
    expect([log.adjust('up'), log.adjust('down'), log.adjust('down')]).toEqual(['warn', 'error', 'error']);
    log.adjust('up');
    log.warn('heard');
    log.always('audit', { gun: 'g' });
    expect(lines.map((line) => JSON.parse(line).msg)).toEqual(['heard', 'audit']);
  });
  it('[KD-13] quotes what logfmt could not tell apart', () => {
    const { lines, log } = capture('logfmt');
    log.error('two words', { empty: '', equals: 'a=b' });
    expect(lines[0]).toContain('msg="two words"');
    expect(lines[0]).toContain('empty="" equals="a=b"\n');
  });
});
