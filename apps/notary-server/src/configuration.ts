// SPDX-License-Identifier: Apache-2.0
/** Where the configuration comes from, and where data goes without one. */
import { dirname, isAbsolute, join } from 'node:path';
import { defaultServerConfig, readServerConfig, type ServerConfig } from '@notary/notary-server';
import type { Platform } from '@notary/platform';
import { createSettings, readConfigFile, readNamedFile } from '@notary/service/settings';
import { appFaults } from './faults.ts';

export interface LoadedConfig {
  readonly config: ServerConfig;
  /** Directory for what has no other place: a generated secret. */
  readonly dataDirectory: string;
  /** Without a file everything is a default, which the server says. */
  readonly isDefault: boolean;
}

/** The configuration of a file; without one the embedded defaults. */
export async function loadConfig(file: string, platform: Platform): Promise<LoadedConfig> {
  if (file === '') {
    const dataDirectory = defaultDirectory(platform);
    return { config: defaultServerConfig(join(dataDirectory, 'notary-server.db'), platform.environment), dataDirectory, isDefault: true };
  }
  const parsed = await readConfigFile(platform.files, file);
  const resolve = (name: string): string => (isAbsolute(name) ? name : join(dirname(file), name));
  const settings = createSettings(parsed, platform.environment, 'NOTARY_SERVER');
  const config = readServerConfig(settings, resolve);
  const { storage } = config;
  const dataDirectory = storage.backend === 'sqlite3' ? dirname(storage.source) : dirname(file);
  return { config, dataDirectory, isDefault: false };
}

function defaultDirectory({ environment }: Platform): string {
  const state = environment.get('STATE_DIRECTORY');
  if (state !== undefined && state !== '') return state.split(':')[0] as string;
  const data = environment.get('XDG_DATA_HOME');
  if (data !== undefined && data !== '') return join(data, 'notary-server');
  const home = environment.get('HOME');
  if (home === undefined || home === '') throw appFaults.NO_HOME();
  return join(home, '.local', 'share', 'notary-server');
}

/** The text of a file that the configuration names. */
export const readTextFile = (platform: Platform, file: string, use: string): Promise<string> => readNamedFile(platform.files, file, use);
