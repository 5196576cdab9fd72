// SPDX-License-Identifier: Apache-2.0
/** The parts of pairings: our executables and the reference's, clients, certificates, folders. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtExecutable, counterpart, freePort, recordSkip, type StartedProcess, startProcess } from '@notary/testkit';
import { afterEach } from 'vitest';

export type Maker = 'ours' | 'go';

/** A temporary folder with what runs in it. `end` stops everything and removes it. */
export class Stage {
  #folder: string | undefined;
  readonly #running: StartedProcess[] = [];

  /** Made when first asked for: a stage whose tests are all skipped leaves nothing. */
  get folder(): string {
    this.#folder ??= mkdtempSync(join(tmpdir(), 'notary-pairing-'));
    return this.#folder;
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  write(name: string, content: unknown): string {
    const file = this.path(name);
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
    return file;
  }

  async start(file: string, args: readonly string[], options: Parameters<typeof startProcess>[2] = {}): Promise<StartedProcess> {
    const started = await startProcess(file, args, { cwd: this.folder, ...options });
    this.#running.push(started);
    return started;
  }

  async end(): Promise<void> {
    for (const started of this.#running.reverse()) await started.stop();
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Call it at the top of a test file: stages with a file `content`, each of which ends with its test. */
export function useStages(): () => Stage {
  const stages: Stage[] = [];
  afterEach(async () => {
    for (const stage of stages.splice(0)) await stage.end();
  });
  return () => {
    const stage = new Stage();
    stages.push(stage);
    stage.write('content', 'content\n');
    return stage;
  };
}

/** Both makers' programs; `undefined` with the reason recorded where one is missing. */
export function findPrograms(): Programs | undefined {
  const ours = { server: builtExecutable('notary-server'), signer: builtExecutable('notary-signer') };
  const go = { server: counterpart('notary-server'), signer: counterpart('notary-signer') };
  const client = counterpart('notary');
  if (ours.server === undefined || ours.signer === undefined) {
    recordSkip('notary-server', 'the executables of this project are not built');
    return undefined;
  }
  if (go.server === undefined || go.signer === undefined || client === undefined) return undefined;
  return { ours: { server: ours.server, signer: ours.signer }, go: { server: go.server, signer: go.signer }, client };
}

export interface Programs {
  readonly ours: { readonly server: string; readonly signer: string };
  readonly go: { readonly server: string; readonly signer: string };
  readonly client: string;
}

export interface RunningServer {
  readonly url: string;
  readonly process: StartedProcess;
}

const answers = async (url: string): Promise<boolean> => {
  try {
    const response = await fetch(url);
    await response.arrayBuffer();
    return true;
  } catch {
    return false;
  }
};

export interface ServerSettings {
  readonly storage: object;
  readonly trust: object;
  readonly more?: object;
  readonly env?: Readonly<Record<string, string>>;
}

let serial = 0;

/** Starts a server of either maker on a free port, plain HTTP. */
export async function startServer(stage: Stage, program: string, settings: ServerSettings): Promise<RunningServer> {
  const port = await freePort();
  const config = stage.write(`server-${++serial}.json`, {
    server: { http_addr: `127.0.0.1:${port}` },
    trust_service: settings.trust,
    storage: settings.storage,
    logging: { level: 'error' },
    ...settings.more,
  });
  const url = `http://127.0.0.1:${port}`;
  const process = await stage.start(program, ['-config', config], { env: settings.env ?? {}, ready: () => answers(`${url}/v2/`) });
  return { url, process };
}

/** Certificates of server and signer, made by our own command. */
export function makeCertificates(stage: Stage, programs: Programs): void {
  execFileSync(programs.ours.server, ['gen-certs', '-out', stage.path('certs')], { stdio: 'pipe' });
}

export const SIGNER_ENV = { NOTARY_SIGNER_OLD: 'old passphrase', NOTARY_SIGNER_NEW: 'new passphrase' };

/** Starts a signer of either maker with mutual TLS; returns the server's section that uses it. */
export async function startSigner(
  stage: Stage,
  program: string,
  storage: object,
  options: { hostname?: string; algorithm?: string } = {},
): Promise<{ trust: object; process: StartedProcess }> {
  const port = await freePort();
  const certs = (name: string) => stage.path(`certs/${name}`);
  const config = stage.write(`signer-${++serial}.json`, {
    server: {
      grpc_addr: `127.0.0.1:${port}`,
      tls_cert_file: certs('signer.crt'),
      tls_key_file: certs('signer.key'),
      client_ca_file: certs('ca.crt'),
    },
    logging: { level: 'error' },
    storage,
  });
  const process = await stage.start(program, ['-config', config], { env: SIGNER_ENV, ready: () => connects(port) });
  const trust = {
    type: 'remote',
    hostname: options.hostname ?? 'localhost',
    port: String(port),
    key_algorithm: options.algorithm ?? 'ecdsa',
    tls_ca_file: certs('ca.crt'),
    tls_client_cert: certs('server.crt'),
    tls_client_key: certs('server.key'),
  };
  return { trust, process };
}

async function connects(port: number): Promise<boolean> {
  const { connect } = await import('node:net');
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

const PASSPHRASES = {
  NOTARY_ROOT_PASSPHRASE: 'passphrase of root',
  NOTARY_TARGETS_PASSPHRASE: 'passphrase of targets',
  NOTARY_SNAPSHOT_PASSPHRASE: 'passphrase of snapshot',
  NOTARY_DELEGATION_PASSPHRASE: 'passphrase of delegation',
};

/** The reference's client in a trust directory of its own. */
export class GoClient {
  readonly #program: string;
  readonly #stage: Stage;
  readonly #trustDir: string;

  constructor(stage: Stage, program: string, name: string) {
    this.#program = program;
    this.#stage = stage;
    this.#trustDir = stage.path(`trust-${name}`);
  }

  /** Runs a command against a server and returns its output; a failure is an error with all it wrote. */
  run(url: string, ...args: string[]): string {
    const result = this.attempt(url, ...args);
    if (result.status !== 0) throw new Error(`notary ${args.join(' ')}: ${result.output}`);
    return result.output;
  }

  attempt(url: string, ...args: string[]): { status: number | null; output: string } {
    const result = spawnSync(this.#program, ['-s', url, '-d', this.#trustDir, ...args], {
      cwd: this.#stage.folder,
      env: { ...process.env, HOME: this.#stage.folder, ...PASSPHRASES },
      input: 'yes\n',
      encoding: 'utf8',
    });
    return { status: result.status, output: `${result.stdout}${result.stderr}` };
  }

  /** Names of targets, as `list` shows them. */
  list(url: string, gun: string): string[] {
    return this.run(url, 'list', gun)
      .split('\n')
      .slice(2)
      .map((line) => line.split(/\s+/)[0] ?? '')
      .filter((name) => name !== '');
  }
}
