// SPDX-License-Identifier: Apache-2.0
/** Other implementations that tests are run against, where this machine has them. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { recordExercised, recordSkip } from './skips.ts';

export type CounterpartName =
  | 'docker-registry'
  | 'skopeo'
  | 'docker'
  | 'openssl'
  | 'htpasswd'
  | 'notary'
  | 'notary-server'
  | 'notary-signer'
  | 'notation-go'
  | 'oras'
  | 'zot'
  | 'psql'
  | 'postgres'
  | 'mariadbd'
  | 'softhsm2-util'
  | 'curl'
  | 'git'
  | 'strace'
  | 'script'
  | 'go';

/** The variable that names an executable directly: `NOTATION_GO`, `DOCKER_REGISTRY`. */
const variableOf = (name: string): string => name.toUpperCase().replaceAll('-', '_');

/** Places that PATH often leaves out: Debian's server programs. */
const EXTRA_FOLDERS = ['/usr/sbin', '/usr/local/sbin'];

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The path of a counterpart, without recording anything when it is absent. */
export function findCounterpart(name: CounterpartName): string | undefined {
  const named = process.env[variableOf(name)];
  if (named) return isExecutable(named) ? named : undefined;
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...EXTRA_FOLDERS].filter((f) => f !== '');
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

/** The path of a counterpart; undefined when this machine has none. Either is noted. */
export function counterpart(name: CounterpartName): string | undefined {
  const path = findCounterpart(name);
  if (path === undefined) recordSkip(name, `not on PATH, and ${variableOf(name)} names no executable`);
  else recordExercised(name);
  return path;
}
