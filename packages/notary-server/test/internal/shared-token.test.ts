// SPDX-License-Identifier: Apache-2.0
/** One question for all who ask within a turn, put after the last of them; none is ever answered from before it asked. */
import { describe, expect, it } from 'vitest';
import { SharedToken } from '../../src/read/shared-token.ts';

/** A token that moves whenever somebody writes, and counts how often it was asked for. */
function source(): { ask: () => number; write: () => void; asked: () => number } {
  let token = 0;
  let asked = 0;
  return {
    ask: () => {
      asked++;
      return token;
    },
    write: () => {
      token++;
    },
    asked: () => asked,
  };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the token shared by requests of one turn', () => {
  it('is asked for once for all of them, after the last', async () => {
    const s = source();
    const shared = new SharedToken(s.ask);
    const first = Array.from({ length: 8 }, () => shared.get());
    s.write();
    const late = shared.get();
    expect(await Promise.all([...first, late])).toEqual(Array(9).fill(1));
    expect(s.asked()).toBe(1);
  });

  it('is asked for again by whoever comes after the question', async () => {
    const s = source();
    const shared = new SharedToken(s.ask);
    const crowd = Array.from({ length: 3 }, () => shared.get());
    await Promise.all(crowd);
    s.write();
    expect(await shared.get()).toBe(1);
    expect(s.asked()).toBe(2);
  });

  it('is asked for at once by requests that come alone, and shared again when a crowd comes back', async () => {
    const s = source();
    const shared = new SharedToken(s.ask);
    expect(await shared.get()).toBe(0);
    for (let i = 0; i < 64; i++) {
      s.write();
      expect(shared.get()).toBe(i + 1);
      await turn();
    }
    const asked = s.asked();
    await Promise.all(Array.from({ length: 8 }, () => shared.get()));
    expect(s.asked()).toBe(asked + 1);
  });

  it('passes the failure of the store to all who share it, and asks anew afterwards', async () => {
    let broken = true;
    const shared = new SharedToken(() => {
      if (broken) throw new Error('gone');
      return 7;
    });
    const results = await Promise.allSettled(Array.from({ length: 4 }, async () => shared.get()));
    expect(results.map((r) => r.status)).toEqual(Array(4).fill('rejected'));
    broken = false;
    expect(await shared.get()).toBe(7);
  });
});
