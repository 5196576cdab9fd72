// SPDX-License-Identifier: Apache-2.0
/** The configuration: `-c FILE` or `~/.notary/config.json`, with flags and the environment above it. */
import { type Files, fromUtf8 } from '@notary/base';
import type { JsonObject, JsonValue } from '@notary/base/json';
import { isJsonObject } from '@notary/base/json';
import { collectionFaults, MAX_CONFIG_BYTES, type PinConfig, parseConfig, parsePinConfig } from '@notary/collection';
import type { AppDeps } from './deps.ts';
import type { GlobalOptions } from './flags.ts';

const DEFAULT_SERVER = 'https://notary-server:4443';

export interface Config {
  readonly trustDir: string;
  readonly server: string;
  readonly tls: { readonly ca: string; readonly cert: string; readonly key: string; readonly skipVerify: boolean };
  readonly pins: PinConfig;
  /** Where the file is, or would be. */
  readonly path: string;
  readonly folder: string;
  /** The file's text, if there is one. */
  readonly text: string | undefined;
}

/** Faults: `COLLECTION_CONFIG_INVALID` for a file that is named and missing, or is not JSON. */
export async function loadConfig(deps: AppDeps, options: GlobalOptions): Promise<Config> {
  const home = deps.environment.get('HOME') ?? '';
  const defaultDir = home === '' ? joinPath(deps.workingDirectory, '.notary') : joinPath(home, '.notary');
  const path = options.configFile === '' ? `${defaultDir}/config.json` : absolute(deps, options.configFile);
  const bytes = await deps.files.read(path, MAX_CONFIG_BYTES);
  if (bytes === undefined && options.configFile !== '') {
    throw collectionFaults.CONFIG_INVALID({ path, problem: `open ${options.configFile}: no such file or directory` });
  }
  const json: JsonObject = bytes === undefined ? {} : parseConfig(bytes, path);
  const folder = path.slice(0, path.lastIndexOf('/')) || '/';
  const remote = isJsonObject(json.remote_server) ? json.remote_server : {};
  const text = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '');
  const file = (flag: string, value: JsonValue | undefined): string =>
    flag === '' ? relativeTo(folder, text(value)) : absolute(deps, flag);
  const pins = parsePinConfig(json, path);
  return {
    trustDir: expandHome(home, options.trustDir === '' ? text(json.trust_dir) || defaultDir : absolute(deps, options.trustDir)),
    server: options.server || text(remote.url) || DEFAULT_SERVER,
    tls: {
      ca: file(options.tlscacert, remote.root_ca),
      cert: file(options.tlscert, remote.tls_client_cert),
      key: file(options.tlskey, remote.tls_client_key),
      skipVerify: isTrue(remote.skipTLSVerify),
    },
    pins: { certs: pins.certs, ca: pins.ca, disableTofu: pins.disableTofu || isTrue(deps.environment.get('NOTARY_DISABLE_TOFU')) },
    path,
    folder,
    text: bytes === undefined ? undefined : fromUtf8(bytes),
  };
}

const isTrue = (value: JsonValue | undefined): boolean =>
  value === true || value === 1 || (typeof value === 'string' && /^(?:1|t|true)$/i.test(value));

const joinPath = (base: string, path: string): string => `${base.endsWith('/') ? base.replace(/\/+$/, '') : base}/${path}`;
const relativeTo = (folder: string, path: string): string => (path === '' || path.startsWith('/') ? path : joinPath(folder, path));

/** A path from the command line. `~` is left for `trustDir`, which expands it. */
export function absolute(deps: Pick<AppDeps, 'workingDirectory'>, path: string): string {
  if (path === '' || path.startsWith('/') || path === '~' || path.startsWith('~/')) return path;
  return joinPath(deps.workingDirectory, path);
}

function expandHome(home: string, path: string): string {
  if (path !== '~' && !path.startsWith('~/')) return path;
  return joinPath(home, path.slice(2));
}

/** A file that a command was given. */
export async function readInput(files: Files, path: string, maxBytes: number): Promise<Uint8Array | undefined> {
  return files.read(path, maxBytes);
}
