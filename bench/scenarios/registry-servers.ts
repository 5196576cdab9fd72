// SPDX-License-Identifier: Apache-2.0
/** Registries to compare: ours, Debian's docker-registry, zot. Each in a process and a directory of its own, on loopback. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort } from '@notary/testkit';

export interface RunningRegistry {
  readonly name: string;
  readonly url: string;
  /** Milliseconds from the start of the process to its first answer. */
  readonly startMs: number;
  /** Peak resident memory so far, in MiB. */
  peakMiB(): number;
  /** Processor time used so far, user and system, in milliseconds. */
  cpuMs(): number;
  stop(): Promise<void>;
}

/** How to start one. `undefined` from {@link findRegistries} means that it is not on this machine. */
export interface RegistryKind {
  readonly name: string;
  /** For rows about pushes only: another setting of a counterpart that is there already. */
  readonly pushesOnly?: true;
  start(): Promise<RunningRegistry>;
}

/** Asks until it answers, every millisecond, since the time is what is measured. */
async function untilAnswered(url: string, child: ChildProcess): Promise<void> {
  for (const deadline = performance.now() + 20_000; performance.now() < deadline; ) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
    try {
      await (await fetch(`${url}/v2/`)).arrayBuffer();
      return;
    } catch {
      await new Promise((resume) => setTimeout(resume, 1));
    }
  }
  throw new Error('the server did not answer');
}

function peakMiB(pid: number | undefined): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024;
}

/** Ticks of the kernel's clock are a hundredth of a second on every Linux of ours. */
function cpuMs(pid: number | undefined): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return 10 * (Number(fields[11]) + Number(fields[12]));
}

async function run(name: string, file: string, prepare: (directory: string, port: number) => string[]): Promise<RunningRegistry> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-registry-'));
  const port = await freePort();
  const args = prepare(directory, port);
  const started = performance.now();
  const child = spawn(file, args, { stdio: 'ignore', cwd: directory });
  const url = `http://127.0.0.1:${port}`;
  await untilAnswered(url, child);
  const startMs = performance.now() - started;
  return {
    name,
    url,
    startMs,
    peakMiB: () => peakMiB(child.pid),
    cpuMs: () => cpuMs(child.pid),
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => {
          rmSync(directory, { recursive: true, force: true });
          resolve();
        });
        child.kill('SIGTERM');
        setTimeout(() => child.kill('SIGKILL'), 5000).unref();
      }),
  };
}

function distribution(directory: string, port: number): string[] {
  const file = join(directory, 'config.yml');
  const log = 'log: {level: error, accesslog: {disabled: true}}';
  const storage = `storage: {filesystem: {rootdirectory: ${join(directory, 'data')}}, delete: {enabled: true}}`;
  writeFileSync(file, `version: 0.1\n${log}\n${storage}\nhttp: {addr: "127.0.0.1:${port}"}\n`);
  return ['serve', file];
}

/** zot answers a push before it is on the device unless `commit` is set. */
const zot = (commit: boolean) => (directory: string, port: number) => zotArguments(directory, port, commit);
function zotArguments(directory: string, port: number, commit: boolean): string[] {
  const file = join(directory, 'config.json');
  const storage = { rootDirectory: join(directory, 'data'), gc: false, commit };
  writeFileSync(
    file,
    JSON.stringify({ distSpecVersion: '1.1.0', storage, http: { address: '127.0.0.1', port: String(port) }, log: { level: 'error' } }),
  );
  return ['serve', file];
}

function ours(directory: string, port: number): string[] {
  mkdirSync(join(directory, 'data'));
  return ['serve', '--root', join(directory, 'data'), '--addr', `127.0.0.1:${port}`, '--log-level', 'error'];
}

/** The file on PATH. */
export function findExecutable(name: string): string | undefined {
  const directories = (process.env['PATH'] ?? '').split(delimiter);
  return directories.map((d) => join(d, name)).find((f) => existsSync(f));
}

export interface RegistryExecutables {
  readonly ours: string;
  readonly dockerRegistry: string | undefined;
  readonly zot: string | undefined;
}

/** Ours first, then the counterparts that are there. */
export function findRegistries(executables: RegistryExecutables): RegistryKind[] {
  const kinds: RegistryKind[] = [{ name: 'notary-registry', start: () => run('notary-registry', executables.ours, ours) }];
  const { dockerRegistry, zot: zotFile } = executables;
  if (dockerRegistry !== undefined)
    kinds.push({ name: 'docker-registry', start: () => run('docker-registry', dockerRegistry, distribution) });
  if (zotFile !== undefined) {
    kinds.push({ name: 'zot', start: () => run('zot', zotFile, zot(false)) });
    kinds.push({ name: 'zot, commit', pushesOnly: true, start: () => run('zot, commit', zotFile, zot(true)) });
  }
  return kinds;
}
