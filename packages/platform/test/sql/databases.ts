// SPDX-License-Identifier: Apache-2.0
/**
 * Real databases for tests, each in a temporary directory of an unprivileged user, on a free port of loopback. Where the
 * programs are not installed, a test is skipped with that reason.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, recordExercised, recordSkip } from '@notary/testkit';

export interface RunningDatabase {
  readonly backend: 'postgres' | 'mysql';
  /** Data source of the database `notary` in the syntax of the reference's configuration. */
  readonly source: string;
  readonly port: number;
  /** Creates another empty database and returns its data source. */
  create(name: string): Promise<string>;
  /** Runs statements on a database, through the vendor's own client. */
  run(name: string, sql: string): string;
  stop(): void;
}

/** Programs that only look like what they are called are no reason to fail: a wrapper on the path, say. */
function findProgram(names: readonly string[], extra: readonly string[]): string | undefined {
  const directories = [...extra, ...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/usr/local/sbin'];
  for (const directory of directories) for (const name of names) if (existsSync(join(directory, name))) return join(directory, name);
  return undefined;
}

function postgresDirectories(): string[] {
  const base = '/usr/lib/postgresql';
  return existsSync(base)
    ? readdirSync(base)
        .sort()
        .reverse()
        .map((v) => join(base, v, 'bin'))
    : [];
}

/** Servers refuse to run as root. */
function asUser(user: string, file: string, args: readonly string[]): [string, string[]] {
  if (process.getuid?.() !== 0) return [file, [...args]];
  return ['runuser', ['-u', user, '--', file, ...args]];
}

function temporaryDirectory(user: string): string {
  const directory = mkdtempSync(join(tmpdir(), `notary-${user}-`));
  if (process.getuid?.() === 0) execFileSync('chown', [user, directory]);
  chmodSync(directory, 0o700);
  return directory;
}

/** Makes the files of a server; what it made of them goes if it fails. */
function prepare(directory: string, command: string, args: readonly string[]): void {
  try {
    execFileSync(command, args, { stdio: 'pipe', cwd: directory });
  } catch (e) {
    rmSync(directory, { recursive: true, force: true });
    throw e;
  }
}

const sleep = (ms: number): Promise<void> => new Promise((r) => setTimeout(r, ms));

async function waitFor({ child, log, stop }: Guarded, ready: () => void): Promise<void> {
  for (let i = 0; i < 300; i++) {
    if (child.exitCode !== null) throw new Error(`the database ended: ${log().slice(-2000)}`);
    try {
      ready();
      return;
    } catch {
      await sleep(100);
    }
  }
  stop();
  throw new Error(`the database does not answer: ${log().slice(-2000)}`);
}

/**
 * A shell of a few words stands between: when its standard input ends, because a test said so or because the test's process is
 * gone, however it went, the server is stopped and its directory removed.
 */
const GUARD =
  'file=$1 signal=$2 directory=$3; shift 3; "$@" </dev/null & child=$!; cat >/dev/null; kill -"$signal" "$(head -n 1 "$file")"; wait "$child"; rm -rf "$directory"';

interface Guarded {
  readonly child: ChildProcess;
  readonly log: () => string;
  readonly stop: () => void;
}

function start(
  user: string,
  guard: { pidFile: string; signal: string; directory: string },
  file: string,
  args: readonly string[],
): Guarded {
  const [command, full] = asUser(user, file, args);
  const child = spawn('sh', ['-c', GUARD, 'sh', guard.pidFile, guard.signal, guard.directory, command, ...full], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (d) => {
      text += d;
    });
    (stream as { unref?: () => void } | null)?.unref?.();
  }
  (child.stdin as { unref?: () => void } | null)?.unref?.();
  child.unref();
  return { child, log: () => text, stop: () => child.stdin?.end() };
}

/** `undefined` if PostgreSQL is not installed. */
export async function startPostgres(options: { durable?: boolean; maxConnections?: number } = {}): Promise<RunningDatabase | undefined> {
  const extra = postgresDirectories();
  const [initdb, postgres, psql] = ['initdb', 'postgres', 'psql'].map((name) => findProgram([name], extra));
  if (initdb === undefined || postgres === undefined || psql === undefined) {
    recordSkip('postgres', 'PostgreSQL is not installed');
    return undefined;
  }
  recordExercised('postgres');
  const directory = temporaryDirectory('postgres');
  const data = join(directory, 'data');
  const [command, args] = asUser('postgres', initdb, [
    '-D',
    data,
    '-A',
    'trust',
    '-U',
    'postgres',
    '--no-sync',
    '-E',
    'UTF8',
    '--locale=C',
  ]);
  prepare(directory, command, args);
  const port = await freePort();
  const fast = options.durable ? [] : ['-c', 'fsync=off', '-c', 'full_page_writes=off'];
  const guard = { pidFile: join(data, 'postmaster.pid'), signal: 'INT', directory };
  const running = start('postgres', guard, postgres, [
    '-D',
    data,
    // No socket: the path of a temporary folder may be longer than the system allows one to be.
    '-c',
    'unix_socket_directories=',
    '-h',
    '127.0.0.1',
    '-p',
    String(port),
    '-c',
    `max_connections=${options.maxConnections ?? 200}`,
    ...fast,
  ]);
  const run = (name: string, sql: string): string =>
    execFileSync(psql, ['-h', '127.0.0.1', '-p', String(port), '-U', 'postgres', '-d', name, '-v', 'ON_ERROR_STOP=1', '-qAt', '-f', '-'], {
      input: sql,
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'pipe'],
    });
  await waitFor(running, () => run('postgres', 'SELECT 1'));
  const source = (name: string) => `postgres://postgres@127.0.0.1:${port}/${name}?sslmode=disable`;
  run('postgres', 'CREATE DATABASE notary');
  return {
    backend: 'postgres',
    source: source('notary'),
    port,
    run,
    async create(name) {
      run('postgres', `CREATE DATABASE ${name}`);
      return source(name);
    },
    stop: running.stop,
  };
}

/** `undefined` if neither MariaDB nor MySQL is installed. */
export async function startMariadb(): Promise<RunningDatabase | undefined> {
  const install = findProgram(['mariadb-install-db', 'mysql_install_db'], []);
  const server = findProgram(['mariadbd', 'mysqld'], []);
  const client = findProgram(['mariadb', 'mysql'], []);
  if (install === undefined || server === undefined || client === undefined) {
    recordSkip('mariadb', 'neither MariaDB nor MySQL is installed');
    return undefined;
  }
  recordExercised('mariadb');
  const directory = temporaryDirectory('mysql');
  const data = join(directory, 'data');
  const [command, args] = asUser('mysql', install, [
    '--no-defaults',
    `--datadir=${data}`,
    // The temporary folder of whoever runs the tests may be closed to the server's user.
    `--tmpdir=${directory}`,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
  ]);
  prepare(directory, command, args);
  const port = await freePort();
  const guard = { pidFile: join(directory, 'pid'), signal: 'TERM', directory };
  const running = start('mysql', guard, server, [
    '--no-defaults',
    `--datadir=${data}`,
    `--tmpdir=${directory}`,
    // In its data, where it works: the whole path may be longer than the system allows that of a socket to be.
    '--socket=socket',
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    `--pid-file=${join(directory, 'pid')}`,
    '--innodb-flush-log-at-trx-commit=0',
    '--max-connections=200',
  ]);
  const run = (name: string, sql: string): string =>
    execFileSync(client, ['--no-defaults', '--socket=socket', '-u', 'root', '-N', '-B', ...(name === '' ? [] : [name])], {
      cwd: data,
      input: sql,
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'pipe'],
    });
  await waitFor(running, () => run('', 'SELECT 1'));
  run('', "CREATE USER 'notary'@'%' IDENTIFIED BY 'p@ss/wörd'; GRANT ALL ON *.* TO 'notary'@'%'; CREATE DATABASE notary");
  const source = (name: string) => `notary:p@ss/wörd@tcp(127.0.0.1:${port})/${name}?parseTime=True`;
  return {
    backend: 'mysql',
    source: source('notary'),
    port,
    run,
    async create(name) {
      run('', `CREATE DATABASE ${name}`);
      return source(name);
    },
    stop: running.stop,
  };
}
