// SPDX-License-Identifier: Apache-2.0
/** The registry beside other registries: reads, pushes, one large blob, and the start. */
import { type Row, type Scenario, sampleRow, stats } from '../harness.ts';
import { type BenchOptions, type BenchRow, registryLargeBlob, registryPushes, registryReads, registryStart } from './registry-rows.ts';

function asRow(found: BenchRow): Row {
  const row = sampleRow(found.row, found.unit, found.unit === 'rps' ? 'more' : 'less', found.samples);
  if (found.cpuMs === undefined) return row;
  return { ...row, cpuMs: Object.fromEntries([...found.cpuMs].map(([name, samples]) => [name, stats(samples).median])) };
}

export const scenario: Scenario = {
  name: 'registry',
  title: 'notary-registry beside other registries',
  about:
    'Each server in a process of its own with its data on the same disk, 16 connections, rounds in turn. The repository that is read holds the manifests of all rows, some ten thousand (two thousand for zot, which scans them on each request for a manifest or for referrers). CPU is that of the server for one request, or for the whole of a large blob. `notary-registry` answers a push when the blob and its name are on the device, `docker-registry` when the blob is, zot when the kernel has it; with its setting `commit` it waits as well. Blobs of 512 MiB are sent and received by curl. Before each push of 512 MiB and each round of pushes of 1 MiB all written data go to the device and 2 GiB of memory are touched and freed, since on a virtual machine the first to write to memory that the host has taken back pays for it. Of the memory, 29 MiB is what an empty server on the same runtime takes, and 44 MiB what it takes to receive 512 MiB and drop them.',
  async run(context) {
    const options: BenchOptions = {
      executables: {
        ours: context.ours('notary-registry'),
        dockerRegistry: context.counterpart('docker-registry'),
        zot: context.counterpart('zot'),
      },
      say: (line) => context.say(line),
      ...(context.quick ? { seconds: 1, rounds: 1 } : {}),
    };
    // What makes files comes first, the more so the fewer: a file system that has just lost ten thousand files makes new ones slowly.
    const start = await registryStart(options);
    const large = context.quick ? [] : await registryLargeBlob(options);
    const pushes = await registryPushes(options);
    const reads = await registryReads(options);
    return [...start, ...reads, ...pushes, ...large].map(asRow);
  },
};
