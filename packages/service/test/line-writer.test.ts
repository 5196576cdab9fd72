// SPDX-License-Identifier: Apache-2.0
/** Lines of one turn go out together, in order, and none is held longer. */
import { createLineWriter } from '@notary/service';
import { describe, expect, it } from 'vitest';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a line writer', () => {
  it('writes the lines of one turn at its end, in one piece', async () => {
    const written: string[] = [];
    const lines = createLineWriter((text) => written.push(text));
    lines.write('a\n');
    lines.write('b\n');
    expect(written).toEqual([]);
    await turn();
    expect(written).toEqual(['a\nb\n']);
    lines.write('c\n');
    await turn();
    expect(written).toEqual(['a\nb\n', 'c\n']);
  });

  it('writes at once when told, and never twice', async () => {
    const written: string[] = [];
    const lines = createLineWriter((text) => written.push(text));
    lines.write('a\n');
    lines.flush();
    lines.flush();
    await turn();
    expect(written).toEqual(['a\n']);
  });

  it('has written when it says so: at once for one who comes alone, for a few of a turn together', async () => {
    const written: string[] = [];
    const lines = createLineWriter((text) => written.push(text));
    const record = (line: string): void | Promise<void> => {
      lines.write(line);
      return lines.written();
    };
    await record('a\n');
    await record('b\n');
    expect(written).toEqual(['a\n', 'b\n']);
    expect(record('c\n')).toBeUndefined();
    expect(written).toEqual(['a\n', 'b\n', 'c\n']);
    for (let i = 0; i < 63; i++) record('');
    const done: string[] = [];
    const waits = ['1', '2', '3', '4', '5'].map(async (name) => {
      await record(`${name}\n`);
      expect(written.join('')).toContain(name);
      done.push(name);
    });
    expect(written.slice(3)).toEqual(['1\n2\n3\n4\n']);
    await Promise.all(waits);
    expect(written.slice(3)).toEqual(['1\n2\n3\n4\n', '5\n']);
    expect(done).toHaveLength(5);
  });

  it('tells everyone who waits when a write fails', async () => {
    const lines = createLineWriter(() => {
      throw new Error('the disk is full');
    });
    const waits: unknown[] = [];
    lines.write('a\n');
    waits.push(lines.written(), lines.written(), lines.written(), lines.written());
    for (const wait of waits) await expect(wait).rejects.toThrow('the disk is full');
  });

  it('holds no more than a pipe takes', () => {
    const written: string[] = [];
    const lines = createLineWriter((text) => written.push(text));
    for (let i = 0; i < 100; i++) lines.write(`${'x'.repeat(999)}\n`);
    expect(written.join('').length).toBeGreaterThan(60_000);
  });
});
