// SPDX-License-Identifier: Apache-2.0
/** The registry beside other registries: reads, pushes, one large blob, and the start. */
import { type Row, type Scenario, sampleRow } from '../harness.ts';
import { type BenchOptions, type BenchRow, registryLargeBlob, registryPushes, registryReads, registryStart } from './registry-rows.ts';

/** Medians of the rows' own rounds: one sample a contender. */
function asRow(found: BenchRow): Row {
  const values = Object.entries(found.values).filter((e): e is [string, number] => e[1] !== undefined);
  return sampleRow(found.row, found.unit, found.unit === 'rps' ? 'more' : 'less', new Map(values.map(([name, value]) => [name, [value]])));
}

export const scenario: Scenario = {
  name: 'registry',
  title: 'notary-registry beside other registries',
  about:
    'Each server in a process of its own with its data on the same disk, 16 connections, rounds in turn. The repository that is read holds the manifests of all rows, some ten thousand (two thousand for zot, which scans them on each request for a manifest or for referrers).',
  async run(context) {
    context.counterpart('docker-registry');
    context.counterpart('zot');
    const options: BenchOptions = {
      executable: context.ours('notary-registry'),
      say: (line) => context.say(line),
      ...(context.quick ? { seconds: 1, rounds: 1 } : {}),
    };
    const rows = [...(await registryReads(options)), ...(await registryPushes(options)), ...(await registryStart(options))];
    return [...rows, ...(context.quick ? [] : await registryLargeBlob(options))].map(asRow);
  },
};
