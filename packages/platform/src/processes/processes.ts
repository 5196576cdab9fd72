// SPDX-License-Identifier: Apache-2.0
/**
 * Child processes without a shell. The executable is looked up and its first bytes are read before it is started: the C
 * library's `execvp`, which runtimes may call, hands a file that is no program to `/bin/sh`, and then hostile bytes run as a script.
 */

import type { ChildProcess, SpawnOptionsWithStdioTuple } from 'node:child_process';
import { type Environment, isFault, joinBytes, type Processes, type ProcessResult, processFaults } from '@notary/base';
import { errnoOf } from '../files/fault.ts';
import { loadFs } from '../files/fs.ts';
import { findExecutable } from './executable.ts';

type RunOptions = Parameters<Processes['run']>[2];

/** Variables that make a Bun executable do something else than its own work. */
const NEVER_INHERITED = ['BUN_OPTIONS', 'BUN_BE_BUN'];

function childEnvironment(options: RunOptions): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.env ?? process.env)) if (value !== undefined) env[name] = value;
  for (const name of NEVER_INHERITED) delete env[name];
  return env;
}

/** Ends the process and what it started: it leads a group of its own, except on Windows, which has none. */
function killTree(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill('SIGKILL');
    else process.kill(-child.pid, 'SIGKILL');
  } catch (e) {
    if (errnoOf(e) !== 'ESRCH') child.kill('SIGKILL');
  }
}

interface Collected {
  readonly stdout: Uint8Array[];
  readonly stderr: Uint8Array[];
}

function collect(file: string, child: ChildProcess, maxBytes: number, fail: (e: Error) => void): Collected {
  const collected: Collected = { stdout: [], stderr: [] };
  for (const stream of ['stdout', 'stderr'] as const) {
    let total = 0;
    child[stream]?.on('data', (chunk: Uint8Array) => {
      total += chunk.length;
      if (total > maxBytes) fail(processFaults.OUTPUT_TOO_LARGE({ file, stream, maxBytes }));
      else collected[stream].push(chunk);
    });
    child[stream]?.on('error', fail);
  }
  return collected;
}

/** A child may exit without reading its input: EPIPE is its decision, not an error. */
function feed(child: ChildProcess, input: Uint8Array | undefined): void {
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(input);
}

function startFault(file: string, e: unknown): Error {
  const errno = errnoOf(e);
  if (errno === 'ENOENT') return processFaults.NOT_FOUND({ file }, { cause: e });
  const reasons: Record<string, string> = {
    EACCES: 'permission denied',
    ENOEXEC: 'exec format error',
    ETXTBSY: 'text file busy',
    E2BIG: 'argument list too long',
  };
  return processFaults.NOT_EXECUTABLE(
    { file, reason: reasons[errno] ?? (e instanceof Error ? e.message : String(e)).slice(0, 300) },
    { cause: e },
  );
}

function spawnOptions(env: Record<string, string>): SpawnOptionsWithStdioTuple<'pipe', 'pipe', 'pipe'> {
  return { env, shell: false, detached: process.platform !== 'win32', windowsHide: true, stdio: ['pipe', 'pipe', 'pipe'] };
}

async function run(file: string, args: readonly string[], options: RunOptions, environment: Environment): Promise<ProcessResult> {
  const env = childEnvironment(options);
  if (options.signal?.aborted) throw processFaults.ABORTED({ file }, { cause: options.signal.reason });
  const path = await findExecutable(await loadFs(), file, environment.get('PATH') ?? '');
  const { spawn } = await import('node:child_process');
  return new Promise<ProcessResult>((resolve, reject) => {
    const child = spawn(path, [...args], spawnOptions(env));
    const settle = (): void => {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', onAbort);
    };
    // Whatever the child started may have left its group and hold the pipes: nobody waits for that.
    const fail = (e: Error): void => {
      settle();
      killTree(child);
      child.stdout?.destroy();
      child.stderr?.destroy();
      child.unref();
      reject(isFault(e) ? e : startFault(file, e));
    };
    const { timeoutMs } = options;
    const timer = timeoutMs === undefined ? undefined : setTimeout(() => fail(processFaults.TIMEOUT({ file, timeoutMs })), timeoutMs);
    const onAbort = (): void => fail(processFaults.ABORTED({ file }, { cause: options.signal?.reason }));
    options.signal?.addEventListener('abort', onAbort, { once: true });
    const collected = collect(file, child, options.maxOutputBytes, fail);
    child.once('error', fail);
    child.once('close', (code, signal) => {
      settle();
      const exitCode = code ?? 128 + signalNumber(signal);
      resolve({ exitCode, stdout: joinBytes(collected.stdout), stderr: joinBytes(collected.stderr) });
    });
    feed(child, options.stdin);
  });
}

/** A child that a signal ended exits with 128 and its number, as shells report it. */
function signalNumber(signal: string | null): number {
  const numbers: Record<string, number> = {
    SIGHUP: 1,
    SIGINT: 2,
    SIGQUIT: 3,
    SIGILL: 4,
    SIGTRAP: 5,
    SIGABRT: 6,
    SIGBUS: 7,
    SIGFPE: 8,
    SIGKILL: 9,
    SIGSEGV: 11,
    SIGPIPE: 13,
    SIGTERM: 15,
  };
  return numbers[signal ?? ''] ?? 0;
}

/** Child processes of the machine. */
export const createSystemProcesses = (environment: Environment): Processes => ({
  run: (file, args, options) => run(file, args, options, environment),
});
