// SPDX-License-Identifier: Apache-2.0
/** The client of trusted collections beside Debian's, both against our server. */
import { execFileSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answers, freePort, repositoryRoot, startProcess } from '@notary/testkit';
import { type BenchContext, type Contender, interleave, processRow, type Row, roundsInAll, type Scenario, withAim } from '../harness.ts';

const OURS = 'ours';
const GO = 'notary';
const PASSPHRASES = {
  NOTARY_ROOT_PASSPHRASE: 'bench passphrase',
  NOTARY_TARGETS_PASSPHRASE: 'bench passphrase',
  NOTARY_SNAPSHOT_PASSPHRASE: 'bench passphrase',
};
const SMALL = 'example.com/small';
const LARGE = 'example.com/large';
const LARGE_TARGETS = 10_000;
const CHANGES = 1_000;
const FARTHER_MS = 50;
const NOT_SLOWER = 'not slower than the Go client';
const MEMORY_ROUNDS = 3;
/** Most rounds of a row: the whole scenario stays within some minutes. */
const MOST = { lookup: 40, list: 10, add: 15, publish: 10, ourKeys: 6, far: 8 };

type Maker = typeof OURS | typeof GO;

interface Bench {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** The clients; ours first. */
  readonly tools: ReadonlyMap<Maker, string>;
  /** The server, near and far. */
  readonly servers: readonly { readonly url: string; readonly where: string; readonly rounds: number }[];
}

async function open(context: BenchContext, go: string): Promise<Bench> {
  const folder = mkdtempSync(join(tmpdir(), 'notary-bench-client-'));
  context.atEnd(() => rmSync(folder, { recursive: true, force: true }));
  const env = { HOME: folder, PATH: process.env.PATH ?? '', ...PASSPHRASES };
  const port = await freePort();
  const near = `http://127.0.0.1:${port}`;
  const config = join(folder, 'server.json');
  const sections = {
    server: { http_addr: `127.0.0.1:${port}` },
    trust_service: { type: 'local' },
    storage: { backend: 'memory' },
    logging: { level: 'error' },
  };
  writeFileSync(config, JSON.stringify(sections));
  const server = await startProcess(context.ours('notary-server'), ['-config', config], {
    env: { HOME: folder },
    ready: () => answers(`${near}/v2/`),
  });
  context.atEnd(() => server.stop());
  const program = join(repositoryRoot(), 'bench', 'delay-proxy.ts');
  const proxy = await startProcess(process.execPath, [program, near, String(FARTHER_MS)], { ready: /^\d+$/m });
  context.atEnd(() => proxy.stop());
  const tools = new Map<Maker, string>([
    [OURS, context.ours('notary')],
    [GO, go],
  ]);
  const far = { url: `http://127.0.0.1:${proxy.output().trim()}`, where: `, server ${FARTHER_MS} ms away` };
  return {
    folder,
    env,
    tools,
    servers: [
      { url: near, where: '', rounds: context.rounds },
      { ...far, rounds: Math.min(context.rounds, MOST.far) },
    ],
  };
}

const trustOf = (bench: Bench, name: string): string => join(bench.folder, `trust-${name}`);

/** Runs a client once, for set-up. */
function run(bench: Bench, maker: Maker, trust: string, ...args: string[]): void {
  const server = bench.servers[0]?.url ?? '';
  execFileSync(bench.tools.get(maker) as string, ['-s', server, '-d', trust, ...args], { env: bench.env, stdio: 'pipe' });
}

/** Stages targets as either client would, without a process for each. */
function stage(trust: string, gun: string, count: number, salt: string): void {
  const folder = join(trust, 'tuf', gun, 'changelist');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (let i = 0; i < count; i++) {
    const digest = (algorithm: string): string => createHash(algorithm).update(`${salt} ${i}`).digest('base64');
    const data = JSON.stringify({ length: 1_000 + i, hashes: { sha256: digest('sha256'), sha512: digest('sha512') } });
    const change = {
      action: 'create',
      role: 'targets',
      type: 'target',
      path: `release-${i}`,
      data: Buffer.from(data).toString('base64'),
    };
    const name = `${String(1_700_000_000_000_000_000n + BigInt(i)).padStart(20, '0')}_${randomUUID()}.change`;
    writeFileSync(join(folder, name), JSON.stringify(change), { mode: 0o600 });
  }
}

/** A published collection of this many targets, whoever looks at it. */
function publishCollection(bench: Bench, gun: string, targets: number): void {
  const trust = trustOf(bench, 'publisher');
  run(bench, OURS, trust, 'init', gun, '--publish');
  stage(trust, gun, targets, gun);
  run(bench, OURS, trust, 'publish', gun);
}

type Arguments = (server: string, maker: Maker, round: number) => readonly string[];

async function row(context: BenchContext, bench: Bench, title: string, at: Bench['servers'][number], args: Arguments): Promise<Row> {
  context.say(title);
  const contenders: Contender[] = [...bench.tools].map(([name, file]) => ({
    name,
    file,
    args: (round) => ['-s', at.url, ...args(at.url, name, round)],
    env: bench.env,
  }));
  const measured = processRow(title, await interleave(contenders, at.rounds, MEMORY_ROUNDS));
  return withAim(measured, NOT_SLOWER, measured.comparisons[GO]?.verdict !== 'worse');
}

/** Reads with a cache of their own that the first, unmeasured round fills, and with none: each round a new trust directory. */
async function readRows(context: BenchContext, bench: Bench, what: string, command: readonly string[], most: number): Promise<Row[]> {
  const rows: Row[] = [];
  for (const server of bench.servers) {
    const at = { ...server, rounds: Math.min(server.rounds, most) };
    const id = `${command[0]}-${at.where === '' ? 'near' : 'far'}`;
    rows.push(
      await row(context, bench, `${what}, warm${at.where}`, at, (_, maker) => ['-d', trustOf(bench, `${id}-${maker}`), ...command]),
      await row(context, bench, `${what}, cold${at.where}`, at, (_, maker, round) => [
        '-d',
        trustOf(bench, `${id}-${maker}-${round}`),
        ...command,
      ]),
    );
  }
  return rows;
}

/** A collection for each client whose keys the same tool made: what opening a key costs is decided by who wrote its file. */
function ownCollections(bench: Bench, by: Maker): ReadonlyMap<Maker, { trust: string; gun: string }> {
  return new Map(
    [...bench.tools.keys()].map((maker) => {
      const gun = `example.com/keys-of-${by}/${maker}`;
      const trust = trustOf(bench, `own-${by}-${maker}`);
      run(bench, by, trust, 'init', gun, '--publish');
      return [maker, { trust, gun }];
    }),
  );
}

/** Trust directories that differ in their staged changes alone: one for each round and client. */
function stagedFor(own: { trust: string; gun: string }, round: number): string {
  const trust = `${own.trust}-${round}`;
  stage(trust, own.gun, CHANGES, `${own.gun} ${round}`);
  cpSync(join(own.trust, 'private'), join(trust, 'private'), { recursive: true }); // the Go client follows no link to it
  symlinkSync(join(own.trust, 'tuf', own.gun, 'metadata'), join(trust, 'tuf', own.gun, 'metadata'));
  return trust;
}

async function publishRows(context: BenchContext, bench: Bench, by: Maker): Promise<Row[]> {
  const own = ownCollections(bench, by);
  const of = (maker: Maker): { trust: string; gun: string } => own.get(maker) as { trust: string; gun: string };
  const keys = by === OURS ? 'keys made by ours' : 'keys made by the Go client';
  const file = join(bench.folder, 'server.json');
  const rows: Row[] = [];
  for (const near of bench.servers) {
    const at = { ...near, rounds: Math.min(near.rounds, by === OURS ? MOST.ourKeys : MOST.add) };
    const publishing = { ...near, rounds: Math.min(near.rounds, MOST.publish) };
    const side = near.where === '' ? 'near' : 'far';
    rows.push(
      await row(context, bench, `add -p of one target, ${keys}${at.where}`, at, (_, maker, round) => {
        const { trust, gun } = of(maker);
        return ['-d', trust, 'add', '-p', gun, `${side}-${round}`, file];
      }),
    );
    // With keys that take a third of a second to open, there is nothing new to see in more rows.
    if (by === OURS) continue;
    const staged = new Map<string, string>();
    const offset = side === 'near' ? 0 : 1_000;
    for (const maker of bench.tools.keys())
      for (let round = 0; round < roundsInAll(publishing.rounds, MEMORY_ROUNDS); round++)
        staged.set(`${maker} ${round}`, stagedFor(of(maker), offset + round));
    rows.push(
      await row(context, bench, `publish of ${CHANGES.toLocaleString('en')} changes, ${keys}${at.where}`, publishing, (_, maker, round) => [
        '-d',
        staged.get(`${maker} ${round}`) as string,
        'publish',
        of(maker).gun,
      ]),
    );
  }
  return rows;
}

export const scenario: Scenario = {
  name: 'notary-client',
  title: 'notary: commands beside Debian’s client',
  about:
    'Each sample is a process of its own; both clients talk to our server with its store in memory. Warm is a trust directory that has seen the collection, cold one that does not exist yet. Opening a key file costs what its writer decided: the Go client derives its keys with 2,048 rounds of PBKDF2, ours with 600,000, which either client then has to do. So both clients are measured with key files of either.',
  async run(context) {
    const go = context.counterpart('notary');
    if (go === undefined) return [];
    const bench = await open(context, go);
    publishCollection(bench, SMALL, 10);
    publishCollection(bench, LARGE, context.quick ? 1_000 : LARGE_TARGETS);
    const targets = context.quick ? '1,000' : LARGE_TARGETS.toLocaleString('en');
    return [
      ...(await readRows(context, bench, 'lookup', ['lookup', SMALL, 'release-3'], MOST.lookup)),
      ...(await readRows(context, bench, `list of ${targets} targets`, ['list', LARGE], MOST.list)),
      ...(await publishRows(context, bench, GO)),
      ...(await publishRows(context, bench, OURS)),
    ];
  },
};
