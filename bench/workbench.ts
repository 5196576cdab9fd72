// SPDX-License-Identifier: Apache-2.0
/** A place to measure `notation` in: a registry, artifacts, keys, a policy, and the environment of both contenders. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parsePrivateKey } from '@notary/base/crypto';
import { signArtifact } from '@notary/notation/sign';
import { createRemoteRepository } from '@notary/oci/remote';
import { createPlatform } from '@notary/platform';
import { createLocalSigner, JWS_MEDIA_TYPE } from '@notary/signature';
import { answers, freePort, repositoryRoot, type StartedProcess, startProcess } from '@notary/testkit';
import { parseCertificates } from '@notary/x509';
import type { BenchContext, Contender } from './harness.ts';

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const EMPTY = {
  mediaType: 'application/vnd.oci.empty.v1+json',
  digest: 'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',
  size: 2,
};

export interface Workbench {
  readonly home: string;
  /** `localhost:PORT` of the registry itself. */
  readonly host: string;
  readonly env: Readonly<Record<string, string>>;
  /** Ours, and the Go tool where there is one, as contenders that run these arguments. */
  contenders(args: (round: number, name: string) => readonly string[]): Contender[];
  /** Runs our notation once, for set-up. */
  notation(...args: string[]): Promise<void>;
  /** Stores an artifact; returns its reference by digest. */
  push(name: string, tag: string): Promise<string>;
  /** Stores and signs many artifacts; returns their references by digest. */
  signMany(name: string, count: number): Promise<string[]>;
  /** Starts a proxy before the registry; returns how to steer it. */
  proxy(delayMs: number, mode?: '--token'): Promise<DelayProxy>;
}

export interface DelayProxy {
  /** `localhost:PORT`. */
  readonly host: string;
  setDelay(ms: number): Promise<void>;
  reset(): Promise<void>;
  log(): Promise<
    readonly { readonly method: string; readonly path: string; readonly startMs: number; readonly endMs: number; readonly status: number }[]
  >;
}

export const OURS = 'ours';
export const GO = 'notation-go';

const policy = {
  version: '1.0',
  trustPolicies: [
    {
      name: 'bench',
      registryScopes: ['*'],
      signatureVerification: { level: 'strict' },
      trustStores: ['ca:bench'],
      trustedIdentities: ['*'],
    },
  ],
};

/** Runs a program to its end; its error output is the message of a failure. */
function once(file: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, [...args], { env, stdio: ['ignore', 'ignore', 'pipe'] });
    let text = '';
    child.stderr.on('data', (chunk) => {
      text += chunk;
    });
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`${file} ${args.join(' ')} ended with ${code}: ${text}`))));
  });
}

async function pushManifest(host: string, name: string, tag: string, note: string): Promise<string> {
  const manifest = {
    schemaVersion: 2,
    mediaType: MANIFEST,
    artifactType: 'application/vnd.bench',
    config: EMPTY,
    layers: [EMPTY],
    annotations: { note },
  };
  const bytes = JSON.stringify(manifest);
  const url = `http://${host}/v2/${name}/manifests/${tag}`;
  const answer = await fetch(url, { method: 'PUT', body: bytes, headers: { 'content-type': MANIFEST } });
  if (answer.status !== 201) throw new Error(`PUT ${url}: ${answer.status} ${await answer.text()}`);
  await answer.arrayBuffer();
  return `${host}/${name}@sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

async function startRegistry(context: BenchContext, home: string): Promise<{ host: string; process: StartedProcess }> {
  const port = await freePort();
  const args = ['serve', '--memory', '--addr', `127.0.0.1:${port}`, '--log-level', 'error'];
  const started = await startProcess(context.ours('notary-registry'), args, {
    env: { HOME: home },
    ready: () => answers(`http://127.0.0.1:${port}/v2/`),
  });
  return { host: `localhost:${port}`, process: started };
}

async function startProxy(
  upstream: string,
  delayMs: number,
  mode: string | undefined,
): Promise<{ proxy: DelayProxy; process: StartedProcess }> {
  const program = join(repositoryRoot(), 'bench', 'delay-proxy.ts');
  const args = [program, `http://${upstream}`, String(delayMs), ...(mode === undefined ? [] : [mode])];
  const started = await startProcess(process.execPath, args, { ready: /^\d+$/m });
  const host = `localhost:${started.output().trim()}`;
  const control = async (path: string, method = 'POST'): Promise<Response> => fetch(`http://${host}/-/${path}`, { method });
  const proxy: DelayProxy = {
    host,
    setDelay: async (ms) => void (await (await control(`delay?ms=${ms}`)).arrayBuffer()),
    reset: async () => void (await (await control('reset')).arrayBuffer()),
    log: async () => (await control('log', 'GET')).json(),
  };
  return { proxy, process: started };
}

/** Signs many artifacts with the key `bench` in this process: what is measured begins after it. */
async function signAll(config: string, references: readonly string[]): Promise<void> {
  const key = (extension: string): Uint8Array => readFileSync(join(config, 'localkeys', `bench.${extension}`));
  const signer = createLocalSigner(await parsePrivateKey(key('key')), parseCertificates(key('crt')));
  const { http, clock, random } = createPlatform();
  const client = http();
  const left = [...references];
  const worker = async (): Promise<void> => {
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const [, registry = '', repository = '', reference = ''] = /^([^/]+)\/([^@]+)@(.+)$/.exec(next) ?? [];
      const target = createRemoteRepository({ registry, repository, http: client, clock, random, allowPlainHttp: true });
      await signArtifact({ repository: target, reference, signer, mediaType: JWS_MEDIA_TYPE, clock, signingAgent: 'notary-bench' });
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
}

const opened = new WeakMap<BenchContext, Promise<Workbench>>();

/** The workbench of a run: made once, shared by the scenarios, taken down at the end. */
export function workbench(context: BenchContext): Promise<Workbench> {
  // Each scenario names what takes part in it.
  for (const name of ['notation', 'notary-registry']) context.ours(name);
  context.counterpart(GO);
  let bench = opened.get(context);
  if (bench === undefined) {
    bench = open(context);
    opened.set(context, bench);
  }
  return bench;
}

async function open(context: BenchContext): Promise<Workbench> {
  const home = mkdtempSync(join(tmpdir(), 'notary-bench-'));
  context.atEnd(() => rmSync(home, { recursive: true, force: true }));
  const env = { HOME: home, PATH: process.env.PATH ?? '' };
  const registry = await startRegistry(context, home);
  context.atEnd(() => registry.process.stop());
  const ours = context.ours('notation');
  const go = context.counterpart('notation-go');
  const notation = (...args: string[]): Promise<void> => once(ours, args, env);
  await notation('certificate', 'generate-test', '--default', 'bench');
  await notation('certificate', 'generate-test', 'stranger');
  const config = join(home, '.config', 'notation');
  mkdirSync(config, { recursive: true });
  writeFileSync(join(config, 'trustpolicy.json'), JSON.stringify(policy), { mode: 0o600 });
  const push = (name: string, tag: string): Promise<string> => pushManifest(registry.host, name, tag, `${name} ${tag}`);
  return {
    home,
    host: registry.host,
    env,
    notation,
    push,
    contenders: (args) => [
      { name: OURS, file: ours, args: (round) => args(round, OURS), env },
      ...(go === undefined ? [] : [{ name: GO, file: go, args: (round: number) => args(round, GO), env }]),
    ],
    async signMany(name, count) {
      const references: string[] = [];
      for (let i = 0; i < count; i++) references.push(await push(name, `v${i}`));
      await signAll(config, references);
      return references;
    },
    async proxy(delayMs, mode) {
      const started = await startProxy(registry.host.replace('localhost', '127.0.0.1'), delayMs, mode);
      context.atEnd(() => started.process.stop());
      return started.proxy;
    },
  };
}
