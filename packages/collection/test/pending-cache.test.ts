// SPDX-License-Identifier: Apache-2.0
/** What an update writes, in which order, and who waits for it. */
import { toUtf8 } from '@notary/base';
import { describe, expect, it } from 'vitest';
import { createPendingCache, type MetadataCache } from '../src/cache.ts';

/** A slow disk: each write ends when the test says so. */
function slowCache(): { cache: MetadataCache; started: string[]; done: string[]; end: (role: string, fault?: Error) => Promise<void> } {
  const started: string[] = [];
  const done: string[] = [];
  const waiting = new Map<string, (fault?: Error) => void>();
  const cache: MetadataCache = {
    read: async () => toUtf8('on the disk'),
    write: (role) => {
      started.push(role);
      return new Promise<void>((resolve, reject) => {
        waiting.set(role, (fault) => {
          if (fault !== undefined) return reject(fault);
          done.push(role);
          resolve();
        });
      });
    },
  };
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const end = async (role: string, fault?: Error): Promise<void> => {
    await turn();
    waiting.get(role)?.(fault);
    await turn();
  };
  return { cache, started, done, end };
}

describe('what an update is going to write', () => {
  it('starts with the root at once, which nobody waits for, and is read back before it is on the disk', async () => {
    const { cache, started, done, end } = slowCache();
    const pending = createPendingCache(cache);
    await pending.write('root', toUtf8('new'));
    await pending.write('snapshot', toUtf8('new'));
    expect(await pending.read('root')).toEqual(toUtf8('new'));
    await end('nothing');
    expect(started).toEqual(['root']);
    expect(done).toEqual([]);
    const rest = pending.commit();
    await end('nothing');
    expect(started).toEqual(['root']);
    await end('root');
    expect(started).toEqual(['root', 'snapshot']);
    await end('snapshot');
    await rest;
  });

  it('writes the timestamp when all others are written', async () => {
    const { cache, started, done, end } = slowCache();
    const pending = createPendingCache(cache);
    for (const role of ['timestamp', 'snapshot', 'targets']) await pending.write(role, toUtf8('new'));
    const all = pending.commit();
    await end('snapshot');
    expect(started).toEqual(['snapshot', 'targets']);
    await end('targets');
    expect(started).toEqual(['snapshot', 'targets', 'timestamp']);
    await end('timestamp');
    await all;
    expect(done).toEqual(['snapshot', 'targets', 'timestamp']);
  });

  it('ends with the fault of a root that could not be written, and writes nothing else', async () => {
    const { cache, started, end } = slowCache();
    const pending = createPendingCache(cache);
    await pending.write('root', toUtf8('new'));
    await pending.write('timestamp', toUtf8('new'));
    await end('root', new Error('disk full'));
    await expect(pending.rootsWritten()).resolves.toBeUndefined();
    await expect(pending.commit()).rejects.toThrow('disk full');
    expect(started).toEqual(['root']);
  });
});
