// SPDX-License-Identifier: Apache-2.0
/** Opens what a command works on: configuration, trust directory, keys, and the collection on its server or mirror. */
import type { Log } from '@notary/base';
import type { Invocation } from '@notary/cli';
import {
  type Collection,
  createFileRemote,
  createHttpRemote,
  createOfflineRemote,
  type FileKeyStore,
  type Gun,
  loadPins,
  openCollection,
  openFileKeyStore,
  parseGun,
  parseServerUrl,
  type Remote,
  type TrustDirectory,
} from '@notary/collection';
import { absolute, type Config, loadConfig } from './config.ts';
import type { AppDeps } from './deps.ts';
import type { GlobalOptions } from './flags.ts';
import { createLog } from './log.ts';
import { createPassphrases } from './passphrases.ts';
import type { Access } from './server-http.ts';

export interface Workplace {
  readonly config: Config;
  readonly log: Log;
  readonly directory: TrustDirectory;
  readonly keys: FileKeyStore;
}

/** Everything but a collection: for key commands. Legacy keys are migrated here. */
export async function openWorkplace(invocation: Invocation, deps: AppDeps): Promise<Workplace> {
  const options = invocation.options as unknown as GlobalOptions;
  const config = await loadConfig(deps, options);
  const log = createLog(deps.terminal, deps.clock, options);
  const directory = { path: config.trustDir, files: deps.files };
  const keys = await openFileKeyStore({ directory, passphrases: createPassphrases(deps), random: deps.random, log });
  return { config, log, directory, keys };
}

export interface OpenedCollection extends Collection {
  readonly config: Config;
  readonly keys: FileKeyStore;
}

/** A collection. `offline` never touches the network. */
export async function openSession(
  invocation: Invocation,
  deps: AppDeps,
  gunText: string,
  access: Access | 'offline',
): Promise<OpenedCollection> {
  const gun = parseGun(gunText);
  const { config, log, directory, keys } = await openWorkplace(invocation, deps);
  const disableTofu = config.pins.disableTofu || invocation.options.disableTofu === true;
  const pins = await loadPins({ ...config.pins, disableTofu }, gun, deps.files, config.folder);
  const remote = await openRemote(config, gun, access, { deps, log });
  const { clock, random } = deps;
  return { ...openCollection({ gun, directory, remote, keys, pins, clock, random, log }), config, keys };
}

/** The server or mirror that `-s` or the configuration names. Faults: `COLLECTION_SERVER_URL_INVALID`. */
export async function openRemote(
  config: Config,
  gun: Gun,
  access: Access | 'offline',
  context: { readonly deps: AppDeps; readonly log: Log },
): Promise<Remote> {
  const { deps, log } = context;
  if (access === 'offline') return createOfflineRemote();
  if (config.server.startsWith('file://'))
    return createFileRemote({ directory: mirrorFolder(deps, config.server), gun, files: deps.files });
  parseServerUrl(config.server);
  // Offline commands never load the HTTP client.
  const { createServerHttp } = await import('./server-http.ts');
  const http = await createServerHttp({ deps, config, gun, access, log });
  return createHttpRemote({ server: config.server, gun, http, random: deps.random });
}

/** `file://DIR`, relative or absolute. */
export function mirrorFolder(deps: Pick<AppDeps, 'workingDirectory'>, url: string): string {
  const path = url.slice('file://'.length).replace(/\/+$/, '');
  return absolute(deps, path === '' ? '/' : path);
}
