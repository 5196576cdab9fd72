// SPDX-License-Identifier: Apache-2.0
/**
 * The registry beside docker-registry and zot. All servers run at once; rounds alternate between them within a row, so that a change
 * of the machine's mood meets all alike. Only ratios within one run mean anything.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  content,
  contentMaker,
  OCI_MANIFEST,
  perSecond,
  pullSeconds,
  pushBlob,
  pushed,
  pushManifest,
  pushSeconds,
  readsPerSecond,
  settleMachine,
} from './registry-load.ts';
import { findRegistries, type RegistryExecutables, type RegistryKind, type RunningRegistry } from './registry-servers.ts';

export interface BenchRow {
  readonly row: string;
  /** `rps` and `MiB/s`: more is better. `ms`, `s` and `MiB`: less is better. */
  readonly unit: 'rps' | 'ms' | 's' | 'MiB';
  /** One value a round, by server, ours first; a server that cannot do it is absent. */
  readonly samples: ReadonlyMap<string, readonly number[]>;
  /** Processor time of each server for one of what the row counts, one value a round. */
  readonly cpuMs?: ReadonlyMap<string, readonly number[]>;
}

export interface BenchOptions {
  readonly executables: RegistryExecutables;
  readonly seconds?: number;
  readonly rounds?: number;
  readonly say?: (line: string) => void;
}

const REPOSITORY = 'bench/app';
/** What is short is repeated within a round, so that a row can tell a small difference from noise. */
const STARTS_A_ROUND = 10;
const PULLS_A_ROUND = 4;
const LARGER_PUSHES_A_ROUND = 3;
/** Some forty gigabytes would not fit beside each other everywhere. */
const LARGER_PUSH_SECONDS = 2;
/** More than what a round of pushes of 1 MiB, or a push of 512 MiB, fills. */
const MEMORY_MIB = 2048;
const MIB = 1024 * 1024;
const CONFIG = new TextEncoder().encode('{}');

interface Prepared {
  readonly server: RunningRegistry;
  readonly paths: ReadonlyMap<string, string>;
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

const image = (config: Descriptor, layers: readonly Descriptor[], more: object = {}): object => ({
  schemaVersion: 2,
  mediaType: OCI_MANIFEST,
  config,
  layers,
  ...more,
});

/** The same content everywhere. Referrers are pushed only where the API answers. */
async function prepare(server: RunningRegistry, blobs: ReadonlyMap<string, Uint8Array>, referrers: readonly number[]): Promise<Prepared> {
  const { url } = server;
  const paths = new Map<string, string>();
  for (const [name, bytes] of blobs) paths.set(`blob ${name}`, `/v2/${REPOSITORY}/blobs/${await pushBlob(url, REPOSITORY, pushed(bytes))}`);
  const config = {
    mediaType: 'application/vnd.oci.image.config.v1+json',
    digest: await pushBlob(url, REPOSITORY, pushed(CONFIG)),
    size: CONFIG.length,
  };
  const small = blobs.get('4 KiB') ?? CONFIG;
  const layer = {
    mediaType: 'application/vnd.oci.image.layer.v1.tar',
    digest: await pushBlob(url, REPOSITORY, pushed(small)),
    size: small.length,
  };
  await pushManifest(url, REPOSITORY, image(config, [layer]), 'v1');
  paths.set('manifest by tag', `/v2/${REPOSITORY}/manifests/v1`);
  const probe = await fetch(`${url}/v2/${REPOSITORY}/referrers/${layer.digest}`);
  await probe.arrayBuffer();
  if (probe.status !== 200) return { server, paths };
  for (const count of referrers) {
    const subject = await pushManifest(url, REPOSITORY, image(config, [layer], { annotations: { referrers: String(count) } }));
    let next = 0;
    const worker = async (): Promise<void> => {
      while (next < count) {
        const annotations = { 'org.opencontainers.image.created': '2026-01-01T00:00:00Z', number: String(next++) };
        const artifactType = 'application/vnd.cncf.notary.signature';
        await pushManifest(
          url,
          REPOSITORY,
          image(config, [layer], { artifactType, annotations, subject: { mediaType: OCI_MANIFEST, ...subject } }),
        );
      }
    };
    await Promise.all(Array.from({ length: 8 }, worker));
    paths.set(`referrers of a subject with ${count}`, `/v2/${REPOSITORY}/referrers/${subject.digest}`);
  }
  return { server, paths };
}

async function withServers<T>(kinds: readonly RegistryKind[], work: (servers: readonly RunningRegistry[]) => Promise<T>): Promise<T> {
  const servers: RunningRegistry[] = [];
  try {
    for (const kind of kinds) servers.push(await kind.start());
    return await work(servers);
  } finally {
    await Promise.all(servers.map((s) => s.stop()));
  }
}

type Samples = Map<string, number[]>;
const note = (samples: Samples, name: string, value: number): void => void samples.set(name, [...(samples.get(name) ?? []), value]);
/** As it is shown while the bench runs. */
const shown = ({ row, unit, samples }: BenchRow): string => JSON.stringify({ row, unit, ...Object.fromEntries(samples) });

/** Who is first in one round is last in the next. */
const inTurn = <T>(all: readonly T[], round: number): readonly T[] => (round % 2 === 0 ? all : [...all].reverse());

/** Rounds over all servers; rates, and the processor time behind each. */
async function interleaved(
  servers: readonly RunningRegistry[],
  options: { readonly rounds: number; readonly seconds: number },
  measure: (server: RunningRegistry) => Promise<number | undefined>,
): Promise<Pick<BenchRow, 'samples' | 'cpuMs'>> {
  const samples: Samples = new Map();
  const cpuMs: Samples = new Map();
  for (let round = 0; round < options.rounds; round++) {
    for (const server of inTurn(servers, round)) {
      const before = server.cpuMs();
      const rate = await measure(server);
      if (rate === undefined) continue;
      note(samples, server.name, rate);
      note(cpuMs, server.name, (server.cpuMs() - before) / (rate * options.seconds));
    }
  }
  return { samples, cpuMs };
}

const readers = (executables: RegistryExecutables): RegistryKind[] => findRegistries(executables).filter((k) => k.pushesOnly !== true);

/** Reads: manifests, blobs, referrers. */
export async function registryReads(options: BenchOptions): Promise<BenchRow[]> {
  const { seconds = 3, rounds = 3, say = () => undefined } = options;
  const blobs = new Map([
    ['1 KiB', content(1024)],
    ['4 KiB', content(4096)],
    ['1 MiB', content(MIB)],
  ]);
  return withServers(readers(options.executables), async (servers) => {
    const prepared = await Promise.all(servers.map((s) => prepare(s, blobs, [0, 1, 100, s.name === 'zot' ? 1000 : 10_000])));
    const rows: BenchRow[] = [];
    for (const name of [...new Set(prepared.flatMap((p) => [...p.paths.keys()]))]) {
      const found = await interleaved(servers, { rounds, seconds }, async (server) => {
        const path = prepared.find((p) => p.server === server)?.paths.get(name);
        return path === undefined ? undefined : readsPerSecond(`${server.url}${path}`, seconds);
      });
      const row: BenchRow = { row: `GET ${name}`, unit: 'rps', ...found };
      rows.push(row);
      say(shown(row));
    }
    return rows;
  });
}

/** Pushes of many small and middling things, 16 at a time. */
export async function registryPushes(options: BenchOptions): Promise<BenchRow[]> {
  const { seconds = 3, rounds = 3, say = () => undefined } = options;
  return withServers(findRegistries(options.executables), async (servers) => {
    const rows: BenchRow[] = [];
    const add = async (name: string, work: (server: RunningRegistry) => () => Promise<unknown>, larger = false): Promise<void> => {
      const plan = larger
        ? { rounds: rounds * LARGER_PUSHES_A_ROUND, seconds: Math.min(seconds, LARGER_PUSH_SECONDS) }
        : { rounds, seconds };
      const found = await interleaved(servers, plan, (server) => {
        if (larger) settleMachine(MEMORY_MIB);
        return perSecond(plan.seconds, work(server));
      });
      const row: BenchRow = { row: name, unit: 'rps', ...found };
      rows.push(row);
      say(shown(row));
    };
    for (const [name, size] of [
      ['1 KiB', 1024],
      ['1 MiB', MIB],
    ] as const) {
      const make = contentMaker(size);
      await add(`push blob ${name}`, (server) => () => pushBlob(server.url, REPOSITORY, make()), size === MIB);
    }
    const configs = new Map<string, string>();
    for (const s of servers) configs.set(s.name, await pushBlob(s.url, REPOSITORY, pushed(CONFIG)));
    let number = 0;
    await add('push manifest', (server) => async () => {
      const config = { mediaType: 'application/vnd.oci.image.config.v1+json', digest: configs.get(server.name) ?? '', size: CONFIG.length };
      await pushManifest(server.url, REPOSITORY, image(config, [config], { annotations: { number: String(number++) } }));
    });
    return rows;
  });
}

/** One blob of 512 MiB in and out, and what it costs in memory. Fresh servers each round: the peak is of the process. */
export async function registryLargeBlob(options: BenchOptions): Promise<BenchRow[]> {
  const { rounds = 5, say = () => undefined } = options;
  const bytes = content(512 * MIB);
  const large = pushed(bytes);
  const directory = mkdtempSync(join(tmpdir(), 'bench-large-'));
  const file = join(directory, 'blob');
  writeFileSync(file, bytes);
  const push: Samples = new Map();
  const pushCpu: Samples = new Map();
  const pull: Samples = new Map();
  const pullCpu: Samples = new Map();
  const peak: Samples = new Map();
  const measured = async (server: RunningRegistry, wall: Samples, cpu: Samples, work: () => Promise<number>): Promise<void> => {
    const before = server.cpuMs();
    note(wall, server.name, await work());
    note(cpu, server.name, server.cpuMs() - before);
  };
  for (let round = 0; round < rounds; round++) {
    for (const kind of inTurn(findRegistries(options.executables), round)) {
      await withServers([kind], async ([server]) => {
        if (server === undefined) return;
        settleMachine(MEMORY_MIB);
        await measured(server, push, pushCpu, () => pushSeconds(server.url, REPOSITORY, file, large));
        note(peak, kind.name, server.peakMiB());
        if (kind.pushesOnly) return;
        for (let n = 0; n < PULLS_A_ROUND; n++) {
          await measured(server, pull, pullCpu, () => pullSeconds(`${server.url}/v2/${REPOSITORY}/blobs/${large.digest}`, 512 * MIB));
        }
      });
    }
  }
  rmSync(directory, { recursive: true });
  const rows: BenchRow[] = [
    { row: 'push blob 512 MiB', unit: 's', samples: push, cpuMs: pushCpu },
    { row: 'pull blob 512 MiB', unit: 's', samples: pull, cpuMs: pullCpu },
    { row: 'peak memory of a push of 512 MiB', unit: 'MiB', samples: peak },
  ];
  for (const row of rows) say(shown(row));
  return rows;
}

/** From the start of the process to its first answer. */
export async function registryStart(options: BenchOptions): Promise<BenchRow[]> {
  const samples: Samples = new Map();
  for (let round = 0; round < (options.rounds ?? 3) * STARTS_A_ROUND; round++) {
    for (const kind of inTurn(readers(options.executables), round)) {
      await withServers([kind], async ([server]) => {
        if (server !== undefined) note(samples, kind.name, server.startMs);
      });
    }
  }
  const row: BenchRow = { row: 'start to first answer', unit: 'ms', samples };
  options.say?.(shown(row));
  return [row];
}
