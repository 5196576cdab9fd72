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

  it('holds no more than a pipe takes', () => {
    const written: string[] = [];
    const lines = createLineWriter((text) => written.push(text));
    for (let i = 0; i < 100; i++) lines.write(`${'x'.repeat(999)}\n`);
    expect(written.join('').length).toBeGreaterThan(60_000);
  });
});
