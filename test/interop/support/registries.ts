// SPDX-License-Identifier: Apache-2.0
/** Registries to test on: Debian's, zot, and the one of this project as an executable. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answers, counterpart, freePort, startProcess } from '@notary/testkit';
import { ourTool } from './machine.ts';

export interface Running {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  readonly url: string;
  stop(): Promise<void>;
}

async function inFolder(start: (folder: string, host: string) => Promise<{ stop(): Promise<void> }>, scheme = 'http'): Promise<Running> {
  const folder = mkdtempSync(join(tmpdir(), 'notation-registry-'));
  const host = `127.0.0.1:${await freePort()}`;
  try {
    const child = await start(folder, host);
    const stop = async (): Promise<void> => {
      await child.stop();
      rmSync(folder, { recursive: true, force: true });
    };
    return { host, url: `${scheme}://${host}`, stop };
  } catch (e) {
    rmSync(folder, { recursive: true, force: true });
    throw e;
  }
}

/** zot with the Referrers API, or undefined with the skip recorded. */
export async function startZot(): Promise<Running | undefined> {
  const file = counterpart('zot');
  if (file === undefined) return undefined;
  return inFolder((folder, host) => {
    const [address, port] = host.split(':');
    const config = {
      distSpecVersion: '1.1.1',
      storage: { rootDirectory: join(folder, 'data'), gc: false },
      http: { address, port },
      log: { level: 'error' },
    };
    writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
    return startProcess(file, ['serve', join(folder, 'config.json')], { ready: () => answers(`http://${host}/v2/`) });
  });
}

/** Lines of an htpasswd file, or undefined with the skip recorded. */
export function htpasswdLines(users: Readonly<Record<string, string>>): string | undefined {
  const file = counterpart('htpasswd');
  if (file === undefined) return undefined;
  return Object.entries(users)
    .map(([user, password]) => execFileSync(file, ['-niB', '-C', '5', user], { input: password, encoding: 'utf8' }).trim())
    .join('\n')
    .concat('\n');
}

export interface OurRegistryOptions {
  readonly htpasswd?: string;
  /** Nothing on disk. */
  readonly memory?: boolean;
  /** Also issue tokens to the users of `htpasswd`. */
  readonly tokens?: boolean;
  readonly tls?: { readonly certPem: string; readonly keyPem: string };
}

/** This project's registry. */
export function startOurRegistry(options: OurRegistryOptions = {}): Promise<Running> {
  const { file, args } = ourTool('notary-registry');
  const scheme = options.tls === undefined ? 'http' : 'https';
  return inFolder((folder, host) => {
    const store = options.memory ? ['--memory'] : ['--root', join(folder, 'data')];
    const flags = ['serve', '--addr', host, ...store, '--log-level', 'error'];
    const put = (name: string, content: string): string => {
      writeFileSync(join(folder, name), content, { mode: 0o600 });
      return join(folder, name);
    };
    if (options.htpasswd !== undefined) flags.push('--htpasswd', put('users', options.htpasswd));
    // The name that tests use: clients such as oras refuse a private address as a realm unless they reached the registry at the same one.
    if (options.tokens) flags.push('--token-issuer', '--token-realm', `${scheme}://${host.replace('127.0.0.1', 'localhost')}/token`);
    if (options.tls !== undefined)
      flags.push('--tls-cert', put('tls.pem', options.tls.certPem), '--tls-key', put('tls.key', options.tls.keyPem));
    return startProcess(file, [...args, ...flags], { ready: /https?:\/\/\S+:\d+/ });
  }, scheme);
}
