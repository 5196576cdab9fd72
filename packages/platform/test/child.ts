// SPDX-License-Identifier: Apache-2.0
/** Runs the programs beside it as children, on the runtime that runs the tests. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { repositoryRoot } from '@notary/testkit';
import { temporaryFolders } from '@notary/testkit/temporary';

function bunExecutable(): string {
  const scope = join(repositoryRoot(), 'node_modules', '@oven');
  const found = readdirSync(scope)
    .map((name) => join(scope, name, 'bin', 'bun'))
    .find((path) => existsSync(path));
  if (found === undefined) throw new Error('Bun is not installed');
  return found;
}

export interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
  readonly signal: string | null;
}

/** Resolves when the child has written `text`. */
export function waitFor(child: ChildProcess, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let seen = '';
    child.stdout?.on('data', (chunk) => {
      seen += chunk;
      if (seen.includes(text)) resolve();
    });
    child.once('exit', () => reject(new Error(`it ended after: ${seen}`)));
  });
}

/** Collects the output of a child until it ends. */
export function ended(child: ChildProcess): Promise<Ended> {
  return new Promise((resolve) => {
    let stdout = '';
    let stderr = '';
    child.stdout?.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr?.on('data', (chunk) => {
      stderr += chunk;
    });
    child.on('close', (code, signal) => resolve({ stdout, stderr, code, signal }));
  });
}

/** Programs as the tests of one file run them. */
export interface Programs {
  /** One file of JavaScript made of a program: Node reads no TypeScript, and Bun would read the settings of the folder. */
  bundled(name: string): string;
  /** Starts a program with its standard streams piped. */
  startChild(name: string, args: readonly string[]): ChildProcess;
  /** Runs a program to its end. */
  runChild(name: string, args: readonly string[], input?: string): Promise<Ended>;
  /** Runs a program under a pseudo terminal, typing when prompted. Output of both streams comes as one text, as a person sees it. */
  runOnTerminal(
    name: string,
    args: readonly string[],
    dialogue: readonly { readonly after: string; readonly type: string }[],
  ): Promise<Ended>;
}

/** Call it at the top of a test file: the bundles last as long as its tests. */
export function usePrograms(): Programs {
  const newFolder = temporaryFolders('notary-programs-');
  const made = new Map<string, string>();

  function bundled(name: string): string {
    const known = made.get(name);
    if (known !== undefined) return known;
    const out = join(newFolder(), `${name}.mjs`);
    const source = fileURLToPath(new URL(`./programs/${name}.ts`, import.meta.url));
    const target = 'Bun' in globalThis ? 'bun' : 'node';
    execFileSync(bunExecutable(), ['build', `--target=${target}`, '--conditions=@notary/source', `--outfile=${out}`, source], {
      stdio: 'pipe',
    });
    made.set(name, out);
    return out;
  }

  function startChild(name: string, args: readonly string[]): ChildProcess {
    const env = { ...process.env };
    delete env.NODE_EXTRA_CA_CERTS;
    return spawn(process.execPath, [bundled(name), ...args], { stdio: ['pipe', 'pipe', 'pipe'], env });
  }

  return {
    bundled,
    startChild,
    runChild(name, args, input = '') {
      const child = startChild(name, args);
      child.stdin?.on('error', () => undefined);
      child.stdin?.end(input);
      return ended(child);
    },
    runOnTerminal(name, args, dialogue) {
      const command = [process.execPath, bundled(name), ...args].map((a) => `'${a}'`).join(' ');
      const child = spawn('script', ['-qefc', command, '/dev/null'], { stdio: ['pipe', 'pipe', 'pipe'] });
      typeWhenPrompted(child, dialogue);
      return ended(child);
    },
  };
}

function typeWhenPrompted(child: ChildProcess, dialogue: readonly { readonly after: string; readonly type: string }[]): void {
  let seen = '';
  const steps = [...dialogue];
  child.stdout?.on('data', (chunk) => {
    seen += chunk;
    const at = steps[0] === undefined ? -1 : seen.indexOf(steps[0].after);
    if (at < 0) return;
    seen = seen.slice(at + (steps[0]?.after.length ?? 0));
    const text = steps.shift()?.type ?? '';
    // At once: echo is off before a prompt is seen.
    child.stdin?.write(text);
  });
  child.stdin?.on('error', () => undefined);
}
