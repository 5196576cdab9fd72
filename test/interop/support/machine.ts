// SPDX-License-Identifier: Apache-2.0
/** Users of either tool: each has a home of its own, runs the executable as a child, and sees what it printed. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { builtExecutable, repositoryRoot } from '@notary/testkit';
import { bunExecutable } from '../../../scripts/build.mjs';

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
}

export interface Machine {
  readonly home: string;
  /** `~/.config/notation`. */
  readonly config: string;
  /** The working directory of every run. */
  readonly work: string;
  put(path: string, content: string | Uint8Array, mode?: number): string;
  run(args: readonly string[], options?: RunOptions): Promise<Outcome>;
  /** Runs and expects success. */
  ok(args: readonly string[], options?: RunOptions): Promise<Outcome>;
  remove(): void;
}

interface Tool {
  readonly file: string;
  readonly args: readonly string[];
}

/** This project's executable: the one that NOTATION_OURS, NOTARY_REGISTRY_OURS and so on name, the one that was built, or the sources run by Bun where none was. */
export function ourTool(name: 'notation' | 'notary' | 'notary-registry' | 'notary-server' = 'notation'): Tool {
  const named = process.env[`${name.toUpperCase().replace('-', '_')}_OURS`] ?? builtExecutable(name);
  if (named && existsSync(named)) return { file: named, args: [] };
  return { file: bunExecutable(), args: ['--conditions=@notary/source', join(repositoryRoot(), `apps/${name}/src/main.ts`)] };
}

/** A fresh home for a tool. */
export function createMachine(tool: Tool | string): Machine {
  const { file, args: first } = typeof tool === 'string' ? { file: tool, args: [] } : tool;
  const home = mkdtempSync(join(tmpdir(), 'notation-interop-'));
  const work = join(home, 'work');
  mkdirSync(work);
  const run = (args: readonly string[], { env, stdin = '' }: RunOptions = {}): Promise<Outcome> =>
    new Promise((resolve, reject) => {
      const child = spawn(file, [...first, ...args], { cwd: work, env: { HOME: home, PATH: '/usr/bin:/bin', TZ: 'UTC', ...env } });
      let stdout = '';
      let stderr = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        stdout += text;
      });
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        stderr += text;
      });
      child.stdin.on('error', () => undefined);
      child.on('error', reject);
      child.on('close', (code) => resolve({ code: code ?? 128, stdout, stderr }));
      child.stdin.end(stdin);
    });
  return {
    home,
    config: join(home, '.config/notation'),
    work,
    put(path, content, mode = 0o600) {
      const target = join(home, path);
      mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
      writeFileSync(target, content, { mode });
      return target;
    },
    run,
    async ok(args, options) {
      const outcome = await run(args, options);
      if (outcome.code !== 0) throw new Error(`${file} ${args.join(' ')} ended with ${outcome.code}:\n${outcome.stderr}${outcome.stdout}`);
      return outcome;
    },
    remove: () => rmSync(home, { recursive: true, force: true }),
  };
}

/** A policy with one strict statement. */
export const strictPolicy = (store: string, more: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify({
    version: '1.0',
    trustPolicies: [
      {
        name: 'interop',
        registryScopes: ['*'],
        signatureVerification: { level: 'strict' },
        trustStores: [`ca:${store}`],
        trustedIdentities: ['*'],
        ...more,
      },
    ],
  });

/** Gives a machine a trusted root, a policy and a key list. */
export function furnish(
  machine: Machine,
  options: { rootPem: string; keys?: readonly { name: string; keyPath: string; certPath: string }[]; policy?: string },
): void {
  machine.put('.config/notation/truststore/x509/ca/interop/root.pem', options.rootPem);
  machine.put('.config/notation/trustpolicy.oci.json', options.policy ?? strictPolicy('interop'));
  const keys = options.keys ?? [];
  machine.put('.config/notation/signingkeys.json', JSON.stringify({ ...(keys[0] ? { default: keys[0].name } : {}), keys }));
}

/** The digest of the signature that `sign` said it pushed. */
export const pushedSignature = (outcome: Outcome): string =>
  /Pushed the signature to \S+@(sha256:[0-9a-f]{64})/.exec(outcome.stdout)?.[1] ?? '';
