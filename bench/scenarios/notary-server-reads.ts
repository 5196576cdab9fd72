// SPDX-License-Identifier: Apache-2.0
/** Reads of metadata beside Debian's server: current and by hash, on memory, SQLite and PostgreSQL. */
import type { Row, Scenario } from '../harness.ts';
import { documentUrl, loadRow, readLoad, startPairs } from './notary-server-parts.ts';

/** What the project aims at: every read 2.5 times; current metadata from PostgreSQL ten times from 16 connections on. */
function aimFor(storage: string, document: string, connections: number): number | undefined {
  if (storage !== 'PostgreSQL') return 2.5;
  if (document === 'by hash') return undefined; // the counterpart keeps these for ever, deleted ones too
  return connections === 1 ? 2.5 : 10;
}

export const scenario: Scenario = {
  name: 'notary-server-reads',
  title: 'notary-server: reads beside Debian’s server',
  about:
    'wrk with one thread over kept connections, contestants in turn. On PostgreSQL ours checks every cached answer against the database, with one query for all who ask at the same time. SQLite is held against the counterpart in memory, which has no SQLite.',
  async run(context) {
    const pairs = await startPairs(context);
    if (pairs === undefined) return [];
    const rounds = context.quick ? 1 : 3;
    const rows: Row[] = [];
    for (const pair of pairs) {
      for (const document of ['timestamp', 'root', 'by hash'] as const) {
        for (const connections of [1, 16, 256]) {
          context.say(`${pair.storage}, ${document}, ${connections} connections`);
          const load = async (c: (typeof pair.contestants)[number]) =>
            readLoad(await documentUrl(c, document), connections, context.quick ? 1 : 2);
          const title = `${pair.storage}: ${document}, ${connections} connection${connections === 1 ? '' : 's'}`;
          rows.push(await loadRow(title, pair.contestants, rounds, aimFor(pair.storage, document, connections), load));
        }
      }
    }
    return rows;
  },
};
