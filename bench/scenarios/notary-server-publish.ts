// SPDX-License-Identifier: Apache-2.0
/** Publishes beside Debian's server: each makes, signs and stores a snapshot and a timestamp. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Row, Scenario } from '../harness.ts';
import { COLLECTION, fill, loadRow, publishLoad, startPairs } from './notary-server-parts.ts';

const AIM = 3;
const CONNECTIONS = [1, 16];

export const scenario: Scenario = {
  name: 'notary-server-publish',
  title: 'notary-server: publishes beside Debian’s server',
  about:
    'Empty updates, as clients post them when nothing but the snapshot is due; one collection per connection. PostgreSQL runs with its durable defaults, SQLite syncs each commit. Debian’s server has no SQLite: there it keeps all in memory.',
  async run(context) {
    const pairs = await startPairs(context);
    const client = context.counterpart('notary');
    if (pairs === undefined || client === undefined) return [];
    const folder = mkdtempSync(join(tmpdir(), 'notary-bench-publish-'));
    context.atEnd(() => rmSync(folder, { recursive: true, force: true }));
    const rows: Row[] = [];
    for (const pair of pairs) {
      for (const c of pair.contestants)
        for (let i = 0; i < Math.max(...CONNECTIONS); i++) fill(client, folder, c.url, `${COLLECTION}/${i}`);
      for (const connections of CONNECTIONS) {
        context.say(`${pair.storage}, ${connections} connections`);
        const title = `${pair.storage}: publish, ${connections} connection${connections === 1 ? '' : 's'}`;
        const aim = pair.storage === 'SQLite' ? undefined : AIM;
        rows.push(
          await loadRow(title, pair.contestants, context.quick ? 1 : 3, aim, (c) => publishLoad(c, connections, context.quick ? 1 : 3)),
        );
      }
    }
    return rows;
  },
};
