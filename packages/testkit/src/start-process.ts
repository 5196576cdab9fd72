// SPDX-License-Identifier: Apache-2.0
/** Servers as child processes for tests: started, waited for, stopped. */
import { type ChildProcess, spawn } from 'node:child_process';

/** Output kept for messages when something goes wrong. */
const KEPT_OUTPUT = 65_536;

/** For pipes that outlive the process which was given them. */
const INHERITED_PIPES_MS = 2_000;

export interface StartOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** Ready when a line of output matches, or when the function resolves to true. */
  readonly ready?: RegExp | (() => Promise<boolean>);
  readonly timeoutMs?: number;
}

export interface StartedProcess {
  readonly pid: number;
  /** What it wrote so far, both streams. */
  output(): string;
  /** Sends a signal. */
  signal(name: NodeJS.Signals): void;
  /** Resolves with the exit code, 128 for a signal, once all that it wrote is in `output`. */
  readonly exited: Promise<number>;
  /** SIGTERM, then SIGKILL after two seconds. */
  stop(): Promise<void>;
}

/** Resolves when something answers HTTP at the URL, whatever the status. */
export async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(2_000) });
    await response.body?.cancel();
    return true;
  } catch {
    return false;
  }
}

function childEnvironment(changes: StartOptions['env']): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env, ...changes };
  // A full bundle read at each start would slow every Node and Bun child; Bun's switches would change what runs.
  for (const name of ['NODE_EXTRA_CA_CERTS', 'BUN_OPTIONS', 'BUN_BE_BUN']) if (changes?.[name] === undefined) delete env[name];
  return env;
}

/** Is it ready? Not if it has ended: then the promise of its end says how. */
async function waitReady(child: ChildProcess, output: () => string, options: StartOptions): Promise<boolean> {
  const { ready, timeoutMs = 15_000 } = options;
  if (ready === undefined) return true;
  const until = Date.now() + timeoutMs;
  for (;;) {
    if (ready instanceof RegExp ? ready.test(output()) : await ready()) return true;
    if (child.exitCode !== null || child.signalCode !== null) return false;
    if (Date.now() > until) throw new Error(`it was not ready after ${timeoutMs} ms:\n${output()}`);
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}

/** Starts a program and waits until it is ready. It is stopped with this process at the latest. */
export async function startProcess(file: string, args: readonly string[], options: StartOptions = {}): Promise<StartedProcess> {
  const child = spawn(file, [...args], {
    env: childEnvironment(options.env),
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  let text = '';
  const keep = (chunk: Buffer): void => {
    text = (text + chunk.toString('utf8')).slice(-KEPT_OUTPUT);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  const exited = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      const end = (): void => resolve(code ?? (signal === null ? 1 : 128));
      // What it wrote last may still be in the pipes. A child of its own that lives on would keep them open.
      child.once('close', end);
      setTimeout(end, INHERITED_PIPES_MS).unref();
    });
  });
  const killAtExit = (): void => void child.kill('SIGKILL');
  process.once('exit', killAtExit);
  const forget = (): void => void process.removeListener('exit', killAtExit);
  exited.then(forget, forget);
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 2_000);
    await exited.catch(() => undefined);
    clearTimeout(timer);
  };
  try {
    const ended = exited.then((code) => Promise.reject(new Error(`it exited with ${code}:\n${text}`)));
    if (!(await Promise.race([waitReady(child, () => text, options), ended]))) await ended;
  } catch (e) {
    await stop();
    throw new Error(`${file}: ${(e as Error).message}`, { cause: e });
  }
  return { pid: child.pid ?? 0, output: () => text, signal: (name) => void child.kill(name), exited, stop };
}
