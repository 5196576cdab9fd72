// SPDX-License-Identifier: Apache-2.0
/** Servers of trusted collections to compare: ours and Debian's, on memory, SQLite and PostgreSQL, and the load put on them. */
import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { answers, freePort, startProcess } from '@notary/testkit';
import { startPostgres } from '../../packages/platform/test/sql/databases.ts';
import { type BenchContext, type Row, sampleRow, withAim } from '../harness.ts';
import { findExecutable } from './registry-servers.ts';

export const COLLECTION = 'example.com/bench';

/** One running server. */
export interface Contestant {
  readonly maker: 'ours' | 'notary-server';
  readonly url: string;
  peakMiB(): number;
}

/** Ours and the counterpart over the same kind of storage. */
export interface Pair {
  readonly storage: string;
  readonly contestants: readonly Contestant[];
}

const PASSPHRASES = {
  NOTARY_ROOT_PASSPHRASE: 'bench passphrase',
  NOTARY_TARGETS_PASSPHRASE: 'bench passphrase',
  NOTARY_SNAPSHOT_PASSPHRASE: 'bench passphrase',
};

/** Starts every pair; `undefined` where the client that fills the servers is missing. */
export async function startPairs(context: BenchContext): Promise<Pair[] | undefined> {
  const client = context.counterpart('notary');
  const go = context.counterpart('notary-server');
  if (client === undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'notary-bench-server-'));
  context.atEnd(() => rmSync(folder, { recursive: true, force: true }));
  const ours = context.ours('notary-server');
  const start = async (maker: Contestant['maker'], storage: object): Promise<Contestant> => {
    const port = await freePort();
    const file = join(folder, `${port}.json`);
    writeFileSync(
      file,
      JSON.stringify({
        server: { http_addr: `127.0.0.1:${port}` },
        trust_service: { type: 'local' },
        storage,
        logging: { level: 'error' },
      }),
    );
    const url = `http://127.0.0.1:${port}`;
    const env = { HOME: folder, NOTARY_SERVER_TRUST_SERVICE_PASSPHRASE: 'bench passphrase' };
    const child = await startProcess(maker === 'ours' ? ours : (go as string), ['-config', file], {
      env,
      ready: () => answers(`${url}/v2/`),
    });
    context.atEnd(() => child.stop());
    fill(client, folder, url, COLLECTION);
    return { maker, url, peakMiB: () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0) / 1024 };
  };
  const both = async (name: string, storageOf: (maker: string) => object | undefined): Promise<Pair> => {
    const contestants: Contestant[] = [];
    for (const maker of ['ours', ...(go === undefined ? [] : ['notary-server'])] as Contestant['maker'][]) {
      const storage = storageOf(maker);
      if (storage !== undefined) contestants.push(await start(maker, storage));
    }
    return { storage: name, contestants };
  };
  const pairs = [await both('memory', () => ({ backend: 'memory' }))];
  // the counterpart has no SQLite: ours is held against its store in memory
  pairs.push(await both('SQLite', (maker) => (maker === 'ours' ? { backend: 'sqlite3', db_url: 'bench.db' } : { backend: 'memory' })));
  const postgres = await startPostgres({ durable: true, maxConnections: 600 });
  if (postgres === undefined) return pairs;
  context.atEnd(() => postgres.stop());
  const sources: Record<string, string> = { ours: postgres.source, 'notary-server': await postgres.create('counterpart') };
  const bootstrap = join(folder, 'bootstrap.json');
  const section = {
    server: { http_addr: '127.0.0.1:1' },
    trust_service: { type: 'local' },
    storage: { backend: 'postgres', db_url: sources['notary-server'] },
  };
  writeFileSync(bootstrap, JSON.stringify(section));
  execFileSync(ours, ['-bootstrap', '-config', bootstrap], { stdio: 'pipe' });
  pairs.push(await both('PostgreSQL', (maker) => ({ backend: 'postgres', db_url: sources[maker] as string })));
  return pairs;
}

/** Publishes a collection whose snapshot the server manages. */
export function fill(client: string, folder: string, url: string, gun: string): void {
  const trust = join(folder, `trust-${new URL(url).port}`);
  const run = (...args: string[]): void => {
    execFileSync(client, ['-s', url, '-d', trust, ...args], { env: { ...process.env, HOME: folder, ...PASSPHRASES }, stdio: 'pipe' });
  };
  run('init', gun, '--publish');
  run('key', 'rotate', gun, 'snapshot', '--server-managed');
}

export interface Load {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const ms = (text: string): number => Number.parseFloat(text) * (text.endsWith('us') ? 0.001 : text.endsWith('ms') ? 1 : 1000);

/** What wrk with one thread over kept connections has to say. `refused` answers were neither 2xx nor 3xx; broken connections are a failure. */
async function runWrk(connections: number, seconds: number, rest: readonly string[]): Promise<Load & { readonly refused: number }> {
  const wrk = findExecutable('wrk');
  if (wrk === undefined) throw new Error('loads are made with wrk, which is not installed');
  const { stdout } = await promisify(execFile)(wrk, ['-t1', `-c${connections}`, `-d${seconds}s`, '--latency', ...rest]);
  // an answer that is late for wrk's two seconds is a matter of latency; any other error is a failure
  const broken = /Socket errors: (?!connect 0, read 0, write 0).*/.exec(stdout);
  if (broken !== null) throw new Error(`${rest.at(-1)}: ${broken[0]}`);
  const find = (pattern: RegExp): string => pattern.exec(stdout)?.[1] ?? '';
  const answered = Number(find(/(\d+) requests in/));
  const refused = Number(find(/Non-2xx or 3xx responses: (\d+)/));
  const perSecond = Number(find(/Requests\/sec:\s+([\d.]+)/)) * (1 - refused / Math.max(1, answered));
  return { perSecond, refused, p50Ms: ms(find(/^\s*50%\s+(\S+)/m)), p99Ms: ms(find(/^\s*99%\s+(\S+)/m)) };
}

/** Reads. */
export async function readLoad(url: string, connections: number, seconds: number): Promise<Load> {
  const load = await runWrk(connections, seconds, [url]);
  if (load.refused > 0) throw new Error(`${url}: ${load.refused} answers were neither 2xx nor 3xx`);
  return load;
}

/** Path of a document; the one by hash is the current root. */
export async function documentUrl(contestant: Contestant, document: 'timestamp' | 'root' | 'by hash'): Promise<string> {
  const base = `${contestant.url}/v2/${COLLECTION}/_trust/tuf/`;
  if (document !== 'by hash') return `${base}${document}.json`;
  const bytes = new Uint8Array(await (await fetch(`${base}root.json`)).arrayBuffer());
  return `${base}root.${createHash('sha256').update(bytes).digest('hex')}.json`;
}

/** Collections that publishes go to in turn: four times as many as connections, so that hardly ever two meet on one. */
export const PUBLISHED_COLLECTIONS = 64;

/** For wrk, whose scripts cannot tell connections apart: posts empty updates to one collection after the other. */
export const PUBLISH_SCRIPT = `local requests, n = {}, 0
init = function()
  local headers = { ["Content-Type"] = "multipart/form-data; boundary=b" }
  for i = 0, ${PUBLISHED_COLLECTIONS - 1} do
    requests[i + 1] = wrk.format("POST", "/v2/${COLLECTION}/" .. i .. "/_trust/tuf/", headers, "--b--\\r\\n")
  end
end
request = function()
  n = n % #requests + 1
  return requests[n]
end
`;

/**
 * Empty updates, each of which makes and stores a snapshot and a timestamp. Only those that were stored count: the counterpart refuses
 * one of two that meet on a collection. Ours lets them wait, so a refusal of ours is a failure.
 */
export async function publishLoad(contestant: Contestant, script: string, connections: number, seconds: number): Promise<Load> {
  const load = await runWrk(connections, seconds, ['-s', script, contestant.url]);
  if (contestant.maker === 'ours' && load.refused > 0) throw new Error(`${contestant.url}: ${load.refused} publishes were refused`);
  return load;
}

/** One row: contestants in turn within each round. */
export async function loadRow(
  title: string,
  contestants: readonly Contestant[],
  rounds: number,
  aim: number | undefined,
  load: (contestant: Contestant) => Promise<Load>,
): Promise<Row> {
  const samples = new Map<string, Load[]>(contestants.map((c) => [c.maker, []]));
  for (let round = 0; round < rounds; round++) {
    for (const c of round % 2 === 0 ? contestants : [...contestants].reverse()) samples.get(c.maker)?.push(await load(c));
  }
  const row = sampleRow(title, 'requests/s', 'more', new Map([...samples].map(([maker, loads]) => [maker, loads.map((l) => l.perSecond)])));
  const middle = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
  const latencies = [...samples].map(
    ([maker, l]) => `${maker} p50 ${middle(l.map((x) => x.p50Ms)).toFixed(2)} ms, p99 ${middle(l.map((x) => x.p99Ms)).toFixed(2)} ms`,
  );
  const peakMiB = Object.fromEntries(contestants.map((c) => [c.maker, c.peakMiB()]));
  const measured = { ...row, peakMiB, note: latencies.join('; ') };
  if (aim === undefined || contestants.length < 2) return measured;
  const [mine, other] = contestants.map((c) => middle((samples.get(c.maker) ?? []).map((l) => l.perSecond))) as [number, number];
  return withAim(measured, `at least ${aim} times the counterpart`, mine >= aim * other);
}
