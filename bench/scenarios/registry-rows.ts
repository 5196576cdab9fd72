// SPDX-License-Identifier: Apache-2.0
/**
 * The registry beside docker-registry and zot. All servers run at once; rounds alternate between them within a row, so that a change
 * of the machine's mood meets all alike. Only ratios within one run mean anything.
 */
import { content, contentMaker, median, OCI_MANIFEST, perSecond, pushBlob, pushManifest, readsPerSecond } from './registry-load.ts';
import { findRegistries, type RegistryKind, type RunningRegistry } from './registry-servers.ts';

export interface BenchRow {
  readonly row: string;
  /** `rps` and `MiB/s`: more is better. `ms`, `s` and `MiB`: less is better. */
  readonly unit: 'rps' | 'ms' | 's' | 'MiB';
  /** Median by server; absent where a server cannot do it. */
  readonly values: Readonly<Record<string, number | undefined>>;
}

export interface BenchOptions {
  /** Our compiled executable. */
  readonly executable: string;
  readonly seconds?: number;
  readonly rounds?: number;
  readonly say?: (line: string) => void;
}

const REPOSITORY = 'bench/app';
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
  for (const [name, bytes] of blobs) paths.set(`blob ${name}`, `/v2/${REPOSITORY}/blobs/${await pushBlob(url, REPOSITORY, bytes)}`);
  const config = {
    mediaType: 'application/vnd.oci.image.config.v1+json',
    digest: await pushBlob(url, REPOSITORY, CONFIG),
    size: CONFIG.length,
  };
  const small = blobs.get('4 KiB') ?? CONFIG;
  const layer = { mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: await pushBlob(url, REPOSITORY, small), size: small.length };
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

/** Rounds over all servers; the median of each. */
async function interleaved(
  servers: readonly RunningRegistry[],
  rounds: number,
  measure: (server: RunningRegistry) => Promise<number | undefined>,
): Promise<Record<string, number | undefined>> {
  const found = new Map<string, number[]>();
  for (let round = 0; round < rounds; round++) {
    for (const server of servers) {
      const value = await measure(server);
      if (value !== undefined) found.set(server.name, [...(found.get(server.name) ?? []), value]);
    }
  }
  return Object.fromEntries([...found].map(([name, values]) => [name, median(values)]));
}

/** Reads: manifests, blobs, referrers. */
export async function registryReads(options: BenchOptions): Promise<BenchRow[]> {
  const { seconds = 3, rounds = 3, say = () => undefined } = options;
  const blobs = new Map([
    ['1 KiB', content(1024)],
    ['4 KiB', content(4096)],
    ['1 MiB', content(MIB)],
  ]);
  return withServers(findRegistries(options.executable), async (servers) => {
    const prepared = await Promise.all(servers.map((s) => prepare(s, blobs, [0, 1, 100, s.name === 'zot' ? 1000 : 10_000])));
    const rows: BenchRow[] = [];
    for (const name of [...new Set(prepared.flatMap((p) => [...p.paths.keys()]))]) {
      const values = await interleaved(servers, rounds, async (server) => {
        const path = prepared.find((p) => p.server === server)?.paths.get(name);
        return path === undefined ? undefined : readsPerSecond(`${server.url}${path}`, seconds);
      });
      rows.push({ row: `GET ${name}`, unit: 'rps', values });
      say(JSON.stringify(rows.at(-1)));
    }
    return rows;
  });
}

/** Pushes of many small and middling things, 16 at a time. */
export async function registryPushes(options: BenchOptions): Promise<BenchRow[]> {
  const { seconds = 3, rounds = 3, say = () => undefined } = options;
  return withServers(findRegistries(options.executable), async (servers) => {
    const rows: BenchRow[] = [];
    const add = async (row: string, work: (server: RunningRegistry) => () => Promise<unknown>): Promise<void> => {
      rows.push({ row, unit: 'rps', values: await interleaved(servers, rounds, (server) => perSecond(seconds, work(server))) });
      say(JSON.stringify(rows.at(-1)));
    };
    for (const [name, size] of [
      ['1 KiB', 1024],
      ['1 MiB', MIB],
    ] as const) {
      const make = contentMaker(size);
      await add(`push blob ${name}`, (server) => () => pushBlob(server.url, REPOSITORY, make()));
    }
    const configs = new Map<string, string>();
    for (const s of servers) configs.set(s.name, await pushBlob(s.url, REPOSITORY, CONFIG));
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
  const { rounds = 3, say = () => undefined } = options;
  const bytes = content(512 * MIB);
  const { digestOf } = await import('./registry-load.ts');
  const digest = digestOf(bytes);
  const collected = { push: new Map<string, number[]>(), pull: new Map<string, number[]>(), peak: new Map<string, number[]>() };
  const note = (map: Map<string, number[]>, name: string, value: number): void => void map.set(name, [...(map.get(name) ?? []), value]);
  for (let round = 0; round < rounds; round++) {
    for (const kind of findRegistries(options.executable)) {
      await withServers([kind], async ([server]) => {
        if (server === undefined) return;
        const started = performance.now();
        await pushBlob(server.url, REPOSITORY, bytes, digest);
        note(collected.push, kind.name, (performance.now() - started) / 1000);
        note(collected.peak, kind.name, server.peakMiB());
        const pulling = performance.now();
        const response = await fetch(`${server.url}/v2/${REPOSITORY}/blobs/${digest}`);
        for await (const _ of response.body ?? []);
        note(collected.pull, kind.name, (performance.now() - pulling) / 1000);
      });
    }
  }
  const medians = (map: Map<string, number[]>) => Object.fromEntries([...map].map(([name, values]) => [name, median(values)]));
  const rows: BenchRow[] = [
    { row: 'push blob 512 MiB', unit: 's', values: medians(collected.push) },
    { row: 'pull blob 512 MiB', unit: 's', values: medians(collected.pull) },
    { row: 'peak memory of a push of 512 MiB', unit: 'MiB', values: medians(collected.peak) },
  ];
  rows.forEach((r) => {
    say(JSON.stringify(r));
  });
  return rows;
}

/** From the start of the process to its first answer. */
export async function registryStart(options: BenchOptions): Promise<BenchRow[]> {
  const found = new Map<string, number[]>();
  for (let round = 0; round < (options.rounds ?? 3) * 3; round++) {
    for (const kind of findRegistries(options.executable)) {
      await withServers([kind], async ([server]) => {
        if (server !== undefined) found.set(kind.name, [...(found.get(kind.name) ?? []), server.startMs]);
      });
    }
  }
  const row: BenchRow = {
    row: 'start to first answer',
    unit: 'ms',
    values: Object.fromEntries([...found].map(([n, v]) => [n, median(v)])),
  };
  options.say?.(JSON.stringify(row));
  return [row];
}
