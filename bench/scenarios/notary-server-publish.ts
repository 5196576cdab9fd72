// SPDX-License-Identifier: Apache-2.0
/** Publishes beside Debian's server: each makes, signs and stores a snapshot and a timestamp. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Row, Scenario } from '../harness.ts';
import { COLLECTION, fill, loadRow, PUBLISH_SCRIPT, PUBLISHED_COLLECTIONS, publishLoad, startPairs } from './notary-server-parts.ts';

const AIM = 3;
const CONNECTIONS = [1, 16];

export const scenario: Scenario = {
  name: 'notary-server-publish',
  title: 'notary-server: publishes beside Debian’s server',
  about:
    'wrk with one thread over kept connections posts empty updates, as clients do when nothing but the snapshot is due, to 64 collections in turn. Publishes that were stored count: where two meet on one collection, Debian’s server refuses one of them, which is not counted, and ours stores one after the other. PostgreSQL runs with its durable defaults, SQLite syncs each commit. Debian’s server has no SQLite: there it keeps all in memory.',
  async run(context) {
    const pairs = await startPairs(context);
    const client = context.counterpart('notary');
    if (pairs === undefined || client === undefined) return [];
    const folder = mkdtempSync(join(tmpdir(), 'notary-bench-publish-'));
    context.atEnd(() => rmSync(folder, { recursive: true, force: true }));
    const script = join(folder, 'publish.lua');
    writeFileSync(script, PUBLISH_SCRIPT);
    const rows: Row[] = [];
    for (const pair of pairs) {
      for (const c of pair.contestants) {
        context.say(`${pair.storage}, ${c.maker}: ${PUBLISHED_COLLECTIONS} collections`);
        for (let i = 0; i < PUBLISHED_COLLECTIONS; i++) fill(client, folder, c.url, `${COLLECTION}/${i}`);
      }
      for (const connections of CONNECTIONS) {
        context.say(`${pair.storage}, ${connections} connections`);
        const title = `${pair.storage}: publish, ${connections} connection${connections === 1 ? '' : 's'}`;
        const aim = pair.storage === 'SQLite' ? undefined : AIM;
        rows.push(
          await loadRow(title, pair.contestants, context.quick ? 1 : 3, aim, (c) =>
            publishLoad(c, script, connections, context.quick ? 1 : 3),
          ),
        );
      }
    }
    return rows;
  },
};
