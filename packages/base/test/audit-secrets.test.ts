// SPDX-License-Identifier: Apache-2.0
/** What an audit of Notary found about secrets in memory, as far as this runtime can do something about it. See docs/explanation/audits.md. */
import { inspect } from 'node:util';
import { defineFaults, Secret } from '@notary/base';
import { describe, expect, it } from 'vitest';

describe('a secret', () => {
  it('[NCC-2015-05] does not leave its holder by any way of printing, copying or comparing it', () => {
    const secret = new Secret('hunter2');
    const faults = defineFaults('TEST', { LEAK: { category: 'usage', say: (f: { who: string }) => `refused: ${f.who}` } });
    const fault = faults.LEAK({ who: String(secret) }, { cause: new Error(`with ${secret}`) });
    const shown = [
      String(secret),
      `${secret}`,
      JSON.stringify({ secret, list: [secret] }),
      inspect(secret, { depth: 10, showHidden: true }),
      inspect({ deep: { secret } }, { depth: 10, showHidden: true, getters: true }),
      inspect(fault, { depth: 10 }),
      Object.entries(secret).join(),
      JSON.stringify({ ...secret }),
      Reflect.ownKeys(secret).map(String).join(),
    ];
    for (const text of shown) expect(text).not.toContain('hunter2');
    // A copy that other code could make has nothing in it either.
    let copy: unknown = 'none';
    try {
      copy = structuredClone(secret);
    } catch {
      // not cloneable: as good
    }
    expect(inspect(copy, { showHidden: true })).not.toContain('hunter2');
    expect(secret.reveal()).toBe('hunter2');
  });
});
