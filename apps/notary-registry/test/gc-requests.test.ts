// SPDX-License-Identifier: Apache-2.0
/** `gc` beside a registry that runs: what is asked, what is answered, and what either makes of nonsense or silence. */
import { silentLog } from '@notary/base';
import type { CollectOptions, CollectReport } from '@notary/registry';
import { createFakeClock, createMemoryFiles } from '@notary/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { requestGc, serveGcRequests } from '../src/gc-requests.ts';

const REPORT: CollectReport = { repositories: 1, manifestsRemoved: 2, blobsRemoved: 3, bytesRemoved: 4, blobsKept: 5 };
const REQUEST = { graceMs: 0, untagged: true, dryRun: false };
const DIRECTORY = '/root/.notary/gc';
const ID = '07'.repeat(16);
const random = { bytes: (count: number) => new Uint8Array(count).fill(7) };
const stop: AbortController[] = [];
afterEach(() => {
  for (const s of stop.splice(0)) s.abort(new Error('over'));
});

async function startServer(collect: (options: CollectOptions) => Promise<CollectReport>) {
  const clock = createFakeClock();
  const files = createMemoryFiles({}, clock.now);
  const controller = new AbortController();
  stop.push(controller);
  serveGcRequests({ files, clock, log: silentLog, root: '/root', collect, signal: controller.signal }).catch(() => undefined);
  for (let i = 0; i < 100 && clock.sleeping === 0; i++) await new Promise((resume) => setTimeout(resume, 1));
  /** One look of the server, and what it leads to. */
  const look = async (): Promise<void> => {
    await clock.advance(1000);
    for (let i = 0; i < 5; i++) await new Promise((resume) => setTimeout(resume, 1));
  };
  return { files, clock, look, controller };
}
const put = (files: ReturnType<typeof createMemoryFiles>, name: string, text: string): void => files.put(`${DIRECTORY}/${name}`, text);
const names = async (files: ReturnType<typeof createMemoryFiles>): Promise<string[]> =>
  ((await files.list(DIRECTORY)) ?? []).map((e) => e.name);

describe('a request to collect', () => {
  it('is carried out with two minutes of grace at least, answered, and leaves nothing', async () => {
    const seen: CollectOptions[] = [];
    const { files, clock, look } = await startServer(async (options) => {
      seen.push(options);
      return REPORT;
    });
    expect(await requestGc('/root', REQUEST, { files, clock: { now: clock.now, sleep: () => look() }, random })).toEqual(REPORT);
    expect(seen).toMatchObject([{ graceMs: 120_000, untagged: true, dryRun: false }]);
    expect(await names(files)).toEqual([]);
  });
  it('waits for a long collection while the server says that it is at work', async () => {
    let finish: (report: CollectReport) => void = () => undefined;
    const { files, clock, look } = await startServer(() => new Promise((resolve) => void (finish = resolve)));
    let waited = 0;
    const answer = await requestGc('/root', REQUEST, {
      files,
      random,
      clock: {
        now: clock.now,
        sleep: async () => {
          await look();
          if (++waited === 60) finish(REPORT);
        },
      },
    });
    expect([answer, waited > 59]).toEqual([REPORT, true]);
  });
  it('that nobody takes is withdrawn after ten seconds', async () => {
    const files = createMemoryFiles();
    files.put(`${DIRECTORY}/other.work`, '');
    const asking = requestGc('/root', REQUEST, { files, clock: createFakeClock(undefined, { sleeps: 'skip' }), random });
    await expect(asking).rejects.toMatchObject({ code: 'NOTARYREGISTRY_GC_UNANSWERED' });
    expect(await names(files)).toEqual(['other.work']);
  });
  it('is not even made where the holder of the root never looks', async () => {
    const asking = requestGc('/root', REQUEST, { files: createMemoryFiles(), clock: createFakeClock(), random });
    await expect(asking).rejects.toMatchObject({ code: 'NOTARYREGISTRY_GC_UNANSWERED' });
  });
  it.each([
    ['{"error":"the disk is full"}', 'the running registry did not collect: the disk is full'],
    ['{"report":{"repositories":"1"}}', 'the running registry did not collect: its answer is malformed'],
    ['{}', 'the running registry did not collect: its answer is malformed'],
  ])('answered with %s is refused', async (text, message) => {
    const files = createMemoryFiles();
    put(files, `${ID}.answer`, text);
    const asking = requestGc('/root', REQUEST, { files, clock: createFakeClock(), random });
    await expect(asking).rejects.toMatchObject({ code: 'NOTARYREGISTRY_GC_REFUSED', message });
  });
  it.each(['', '[]', '{"graceMs":-1,"untagged":false,"dryRun":false}', '{"graceMs":1,"untagged":"no","dryRun":false}'])(
    'reading %j collects nothing',
    async (text) => {
      const { files, look } = await startServer(() => Promise.reject(new Error('collected')));
      put(files, `${ID}.ask`, text);
      put(files, 'other.ask', text);
      await look();
      expect(String(new TextDecoder().decode(await files.read(`${DIRECTORY}/${ID}.answer`, 1000)))).toContain('malformed');
      expect(await names(files)).toEqual([`${ID}.answer`, 'other.ask']);
    },
  );
  it('tells a failure by its message only where that is meant for people, and outlives it', async () => {
    const { files, look } = await startServer(() => Promise.reject(new Error('secret detail')));
    for (let round = 0; round < 2; round++) {
      put(files, `${ID}.ask`, JSON.stringify({ graceMs: 0, untagged: false, dryRun: true }));
      await look();
      expect(new TextDecoder().decode(await files.read(`${DIRECTORY}/${ID}.answer`, 1000))).toBe('{"error":"its log says why"}\n');
      await files.remove(`${DIRECTORY}/${ID}.answer`);
    }
  });
  it('whose answer nobody fetched is forgotten', async () => {
    const { files, clock, look } = await startServer(async () => REPORT);
    put(files, `${ID}.answer`, '{}');
    await look();
    expect(await names(files)).toEqual([`${ID}.answer`]);
    clock.set(new Date(clock.now().getTime() + 3_600_000));
    await look();
    expect(await names(files)).toEqual([]);
  });
});
