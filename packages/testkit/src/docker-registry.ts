// SPDX-License-Identifier: Apache-2.0
/** Debian's `docker-registry` (CNCF Distribution 2.8) on a free port of the loopback, with a folder of its own. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { counterpart } from './counterpart.ts';
import { freePort } from './free-port.ts';
import { answers, type StartedProcess, startProcess } from './start-process.ts';

export interface DockerRegistryOptions {
  /** Users with their passwords: basic authentication by htpasswd. */
  readonly htpasswd?: Readonly<Record<string, string>>;
  /** Token authentication: who issues tokens, and the certificates that vouch for its keys (PEM). */
  readonly token?: { readonly realm: string; readonly service: string; readonly issuer: string; readonly rootCertPem: string };
  /** May manifests and blobs be deleted? On unless switched off. */
  readonly deletes?: boolean;
  readonly tls?: { readonly certPem: string; readonly keyPem: string };
  /** Answers as a pull-through cache would: pushes are refused. */
  readonly readOnly?: boolean;
}

export interface DockerRegistry {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  readonly url: string;
  readonly process: StartedProcess;
  stop(): Promise<void>;
}

function authSection(folder: string, options: DockerRegistryOptions, htpasswd: string | undefined): object {
  if (options.htpasswd !== undefined && htpasswd !== undefined) {
    const lines = Object.entries(options.htpasswd).map(([user, password]) =>
      execFileSync(htpasswd, ['-niB', '-C', '5', user], { input: password, encoding: 'utf8' }).trim(),
    );
    writeFileSync(join(folder, 'htpasswd'), `${lines.join('\n')}\n`, { mode: 0o600 });
    return { auth: { htpasswd: { realm: 'test', path: join(folder, 'htpasswd') } } };
  }
  if (options.token === undefined) return {};
  const { realm, service, issuer, rootCertPem } = options.token;
  writeFileSync(join(folder, 'token-root.pem'), rootCertPem);
  return { auth: { token: { realm, service, issuer, rootcertbundle: join(folder, 'token-root.pem') } } };
}

function tlsSection(folder: string, options: DockerRegistryOptions): object {
  if (options.tls === undefined) return {};
  writeFileSync(join(folder, 'tls.pem'), options.tls.certPem);
  writeFileSync(join(folder, 'tls.key'), options.tls.keyPem, { mode: 0o600 });
  return { tls: { certificate: join(folder, 'tls.pem'), key: join(folder, 'tls.key') } };
}

/** Starts a registry, or returns undefined with the skip recorded where there is none. One that does not start is an error. */
export async function startDockerRegistry(options: DockerRegistryOptions = {}): Promise<DockerRegistry | undefined> {
  const file = counterpart('docker-registry');
  const htpasswd = options.htpasswd === undefined ? undefined : counterpart('htpasswd');
  if (file === undefined || (options.htpasswd !== undefined && htpasswd === undefined)) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'notary-registry-'));
  const port = await freePort();
  const host = `127.0.0.1:${port}`;
  const scheme = options.tls === undefined ? 'http' : 'https';
  mkdirSync(join(folder, 'data'));
  // JSON is YAML.
  const config = {
    version: 0.1,
    log: { level: 'warn', accesslog: { disabled: true } },
    storage: {
      filesystem: { rootdirectory: join(folder, 'data') },
      delete: { enabled: options.deletes ?? true },
      maintenance: { uploadpurging: { enabled: false }, readonly: { enabled: options.readOnly ?? false } },
    },
    http: { addr: host, ...tlsSection(folder, options) },
    ...authSection(folder, options, htpasswd),
  };
  const configFile = join(folder, 'config.yml');
  writeFileSync(configFile, JSON.stringify(config), { mode: 0o600 });
  const ready = options.tls === undefined ? () => answers(`http://${host}/v2/`) : () => answers(`http://${host}/`);
  try {
    const child = await startProcess(file, ['serve', configFile], { ready, env: { OTEL_TRACES_EXPORTER: 'none' } });
    const stop = async (): Promise<void> => {
      await child.stop();
      rmSync(folder, { recursive: true, force: true });
    };
    return { host, url: `${scheme}://${host}`, process: child, stop };
  } catch (e) {
    rmSync(folder, { recursive: true, force: true });
    throw e;
  }
}
