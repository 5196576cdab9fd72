// SPDX-License-Identifier: Apache-2.0
/** The program in process: files in memory, a registry in memory behind a loopback, a clock that stands still. */
import { type Digest, digestOf, toUtf8 } from '@notary/base';
import { runProgram } from '@notary/cli';
import { UTC } from '@notary/cli/format';
import { createRegistry, type Registry } from '@notary/registry';
import { createMemoryStore } from '@notary/registry/store-memory';
import {
  createFakeClock,
  createFakeEnvironment,
  createFakeProcesses,
  createFakeTerminal,
  createFixedRandom,
  createLoopbackHttp,
  createMemoryFiles,
  type FakeClock,
  type FakeProcesses,
  type LoopbackHttp,
  type MemoryFiles,
} from '@notary/testkit';
import type { AppDeps } from '../src/deps.ts';
import { createProgram } from '../src/program.ts';

export const REGISTRY = 'localhost:5000';
export const CONFIG = '/home/u/.config/notation';

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard error without the hint before the last line. */
  readonly withoutHint: string;
  /** Standard output as JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look at members of many shapes.
  readonly json: () => any;
}

export interface CallOptions {
  readonly stdin?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly terminal?: boolean;
}

export interface Notation {
  readonly files: MemoryFiles;
  readonly http: LoopbackHttp;
  readonly clock: FakeClock;
  readonly processes: FakeProcesses;
  readonly registry: Registry;
  call(argv: readonly string[], options?: CallOptions): Promise<Outcome>;
  /** Calls and expects success. */
  ok(argv: readonly string[], options?: CallOptions): Promise<Outcome>;
  /** Stores a manifest under a tag and returns its digest. */
  push(repository: string, tag: string, manifest?: Readonly<Record<string, unknown>>): Promise<Digest>;
}

/** A fresh machine. */
export function createNotation(initial: Readonly<Record<string, string>> = {}): Notation {
  const clock = createFakeClock('2026-03-01T12:00:00Z', { sleeps: 'skip' });
  const files = createMemoryFiles(initial, clock.now);
  const http = createLoopbackHttp();
  const random = createFixedRandom();
  const processes = createFakeProcesses();
  const registry = createRegistry({ store: createMemoryStore({ clock, random }), clock, random });
  http.route(`http://${REGISTRY}`, registry.handle);
  const call = async (argv: readonly string[], options: CallOptions = {}): Promise<Outcome> => {
    const variables: Record<string, string | undefined> = { HOME: '/home/u', PATH: '/usr/bin', ...options.environment };
    const terminal = createFakeTerminal({
      stdin: options.stdin ?? '',
      ...(options.terminal ? { stdinIsTerminal: true, stdoutIsTerminal: true, stderrIsTerminal: true } : {}),
    });
    const deps: AppDeps = {
      terminal,
      environment: createFakeEnvironment(variables),
      files,
      clock,
      random,
      processes,
      host: { os: 'linux', arch: 'amd64', runtime: 'Test 1.0', zoneAt: () => UTC },
      workingDirectory: '/home',
      signal: new AbortController().signal,
      expectLongWork() {},
      http: async () => http,
      forgetCredentials() {
        delete variables.NOTATION_USERNAME;
        delete variables.NOTATION_PASSWORD;
      },
    };
    const code = await runProgram(createProgram(deps), argv, deps);
    const { stdout, stderr } = terminal;
    return { code, stdout, stderr, withoutHint: stderr.replace(/^Hint: .*\n(?=Error: )/gm, ''), json: () => JSON.parse(stdout) };
  };
  return {
    files,
    http,
    clock,
    processes,
    registry,
    call,
    async ok(argv, options) {
      const outcome = await call(argv, options);
      if (outcome.code !== 0) throw new Error(`notation ${argv.join(' ')} ended with ${outcome.code}: ${outcome.stderr}`);
      return outcome;
    },
    async push(repository, tag, manifest = imageManifest) {
      const bytes = toUtf8(JSON.stringify(manifest));
      const response = await registry.handle(
        new Request(`http://${REGISTRY}/v2/${repository}/manifests/${tag}`, {
          method: 'PUT',
          headers: { 'content-type': String(manifest.mediaType) },
          body: bytes as BodyInit,
        }),
        { remoteAddress: '127.0.0.1' },
      );
      if (response.status !== 201) throw new Error(`push: ${response.status} ${await response.text()}`);
      return digestOf(bytes);
    },
  };
}

const EMPTY = { mediaType: 'application/vnd.oci.empty.v1+json', digest: digestOf(toUtf8('{}')), size: 2 };

/** A small image whose blobs the registry does not need to have. */
export const imageManifest = {
  schemaVersion: 2,
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  config: EMPTY,
  layers: [EMPTY],
} as const;

/** Pushes an index of one manifest, which is for linux/amd64. */
export async function withIndex(notation: Notation): Promise<{ readonly amd: Digest; readonly reference: string }> {
  const { length } = JSON.stringify(imageManifest);
  const amd = await notation.push('app', 'amd');
  const index = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: [{ mediaType: imageManifest.mediaType, digest: amd, size: length, platform: { os: 'linux', architecture: 'amd64' } }],
  };
  return { amd, reference: `${REGISTRY}/app@${await notation.push('app', 'v1', index)}` };
}

/** An OCI policy with one strict statement for every repository. */
export const policyFor = (store: string, more: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify({
    version: '1.0',
    trustPolicies: [
      {
        name: 'p',
        registryScopes: ['*'],
        signatureVerification: { level: 'strict' },
        trustStores: [`ca:${store}`],
        trustedIdentities: ['*'],
        ...more,
      },
    ],
  });
