// SPDX-License-Identifier: Apache-2.0
/** Paths as Go's path/filepath makes them. */
import type { AppDeps } from '../deps.ts';

type Where = Pick<AppDeps, 'workingDirectory' | 'host'>;

const slashes = ({ host }: Pick<Where, 'host'>): RegExp => (host.os === 'windows' ? /[\\/]+/ : /\/+/);
const separatorOf = ({ host }: Pick<Where, 'host'>): string => (host.os === 'windows' ? '\\' : '/');

/** `filepath.Clean`: without `.`, `..` and doubled separators. */
export function cleanPath(deps: Pick<Where, 'host'>, path: string): string {
  const separator = separatorOf(deps);
  const drive = deps.host.os === 'windows' ? (/^[A-Za-z]:/.exec(path)?.[0] ?? '') : '';
  const rest = path.slice(drive.length);
  const isAbsolute = slashes(deps).test(rest.slice(0, 1));
  const parts: string[] = [];
  for (const part of rest.split(slashes(deps))) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (!isAbsolute) parts.push('..');
  }
  const joined = parts.join(separator);
  return drive + (isAbsolute ? separator + joined : joined || '.');
}

/** `filepath.Abs`. */
export function absolutePath(deps: Where, path: string): string {
  const isAbsolute = deps.host.os === 'windows' ? /^([A-Za-z]:)?[\\/]/.test(path) : path.startsWith('/');
  return cleanPath(deps, isAbsolute ? path : `${deps.workingDirectory}${separatorOf(deps)}${path}`);
}

/** `filepath.Join`. */
export const joinPaths = (deps: Pick<Where, 'host'>, ...parts: readonly string[]): string =>
  cleanPath(deps, parts.filter((p) => p !== '').join(separatorOf(deps)));

/** `filepath.Base`: the last element. */
export function baseName(deps: Pick<Where, 'host'>, path: string): string {
  const parts = path.split(slashes(deps)).filter((p) => p !== '');
  return parts.at(-1) ?? (path === '' ? '.' : separatorOf(deps));
}

/** `filepath.Dir`: all but the last element. */
export function directoryName(deps: Pick<Where, 'host'>, path: string): string {
  const cut = path.length - (/[^\\/]*$/.exec(deps.host.os === 'windows' ? path : path.replaceAll('\\', '_'))?.[0].length ?? 0);
  return cleanPath(deps, path.slice(0, cut));
}
