// SPDX-License-Identifier: Apache-2.0
/** The reference's own programs, where they are installed (Debian package `notary`). */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answers, freePort, startProcess } from '@notary/testkit';

export interface ReferenceServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** However busy the machine is. */
const START_TIMEOUT_MS = 30_000;

/** A Go server with memory storage and a local trust service, on a free port; with TLS if it is given a certificate for `localhost`. */
export async function startReferenceServer(program: string, tls?: { cert: string; key: string }): Promise<ReferenceServer> {
  const folder = await mkdtemp(join(tmpdir(), 'reference-server-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const port = await freePort();
    const files = tls === undefined ? {} : { tls_cert_file: tls.cert, tls_key_file: tls.key };
    const config = {
      server: { http_addr: `127.0.0.1:${port}`, ...files },
      trust_service: { type: 'local' },
      storage: { backend: 'memory' },
    };
    await writeFile(join(folder, 'server.json'), JSON.stringify(config));
    // Over TLS the answer is "HTTP request to an HTTPS server", which will do.
    const daemon = await startProcess(program, ['-config', join(folder, 'server.json')], {
      ready: () => answers(`http://127.0.0.1:${port}/v2/`),
      timeoutMs: START_TIMEOUT_MS,
    });
    return {
      url: tls === undefined ? `http://127.0.0.1:${port}` : `https://localhost:${port}`,
      async stop() {
        await daemon.stop();
        await remove();
      },
    };
  } catch (e) {
    await remove();
    throw e;
  }
}

export interface ProgramResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export const PASSPHRASES = {
  NOTARY_ROOT_PASSPHRASE: 'root-pass-phrase',
  NOTARY_TARGETS_PASSPHRASE: 'targets-pass-phrase',
  NOTARY_SNAPSHOT_PASSPHRASE: 'snapshot-pass-phrase',
  NOTARY_DELEGATION_PASSPHRASE: 'delegation-pass-phrase',
};

/** Runs a program with passphrases in its environment and nothing else of ours. */
export function runProgram(
  program: string,
  args: readonly string[],
  options: { home: string; input?: string; env?: Readonly<Record<string, string>> },
): Promise<ProgramResult> {
  return new Promise((resolve) => {
    const env = { PATH: process.env.PATH, HOME: options.home, ...PASSPHRASES, ...options.env };
    const child = execFile(program, [...args], { env, cwd: options.home }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : 1, stdout, stderr });
    });
    // A program that ends without reading its input is no failure of the test.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(options.input ?? '');
  });
}
