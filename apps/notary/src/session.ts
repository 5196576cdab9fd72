// SPDX-License-Identifier: Apache-2.0
/** Opens what a command works on: configuration, trust directory, and the collection on its server or mirror. */
import type { Log } from '@notary/base';
import type { Invocation } from '@notary/cli';
import {
  type Collection,
  createFileRemote,
  createHttpRemote,
  createOfflineRemote,
  deferKeyStore,
  type Gun,
  loadPins,
  openCollection,
  parseGun,
  parseServerUrl,
  type Remote,
  type TrustDirectory,
} from '@notary/collection';
import { absolute, type Config, loadConfig } from './config.ts';
import type { AppDeps } from './deps.ts';
import type { GlobalOptions } from './flags.ts';
import { createLog } from './log.ts';
import { type Access, createServerHttp } from './server-http.ts';

export interface Workplace {
  readonly config: Config;
  readonly log: Log;
  readonly directory: TrustDirectory;
}

/** Everything but keys and a collection. */
export async function openWorkplace(invocation: Invocation, deps: AppDeps): Promise<Workplace> {
  const options = invocation.options as unknown as GlobalOptions;
  const config = await loadConfig(deps, options);
  const log = createLog(deps.terminal, deps.clock, options);
  return { config, log, directory: { path: config.trustDir, files: deps.files } };
}

export interface OpenedCollection extends Collection {
  readonly config: Config;
}

/** A collection. `offline` never touches the network. Its keys are opened by the first who asks for one: readers load none of that. */
export async function openSession(
  invocation: Invocation,
  deps: AppDeps,
  gunText: string,
  access: Access | 'offline',
): Promise<OpenedCollection> {
  const gun = parseGun(gunText);
  const { config, log, directory } = await openWorkplace(invocation, deps);
  const disableTofu = config.pins.disableTofu || invocation.options.disableTofu === true;
  const pins = await loadPins({ ...config.pins, disableTofu }, gun, deps.files, config.folder);
  const remote = await openRemote(config, gun, access, { deps, log });
  const keys = deferKeyStore(async () => (await import('./keys.ts')).openKeys(deps, { directory, log }));
  const { clock, random } = deps;
  return { ...openCollection({ gun, directory, remote, keys, pins, clock, random, log }), config };
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
  const http = await createServerHttp({ deps, config, gun, access, log });
  return createHttpRemote({ server: config.server, gun, http, random: deps.random });
}

/** `file://DIR`, relative or absolute. */
export function mirrorFolder(deps: Pick<AppDeps, 'workingDirectory'>, url: string): string {
  const path = url.slice('file://'.length).replace(/\/+$/, '');
  return absolute(deps, path === '' ? '/' : path);
}
