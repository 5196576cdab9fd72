// SPDX-License-Identifier: Apache-2.0
/** Where Notation keeps its files, by the rules of Go's os.UserConfigDir and os.UserCacheDir and Notation's own variables. */
import type { AppDeps } from './deps.ts';

type Machine = Pick<AppDeps, 'environment'> & { readonly host: Pick<AppDeps['host'], 'os'> };

/** The configuration directory: `NOTATION_CONFIG`, else the platform's. */
export const configDirectory = (deps: Machine): string => deps.environment.get('NOTATION_CONFIG') || platformConfigDirectory(deps);

/** The cache directory: `NOTATION_CACHE`, else the platform's. */
export const cacheDirectory = (deps: Machine): string =>
  deps.environment.get('NOTATION_CACHE') || within(platformRoot(deps, CACHE), deps, '.notation/cache');

/** The platform's configuration directory, whatever `NOTATION_CONFIG` says: where the reference reads its defaults from. */
export const platformConfigDirectory = (deps: Machine): string => within(platformRoot(deps, CONFIG), deps, '.notation');

/** A path below the configuration directory. */
export const configPath = (deps: Machine, ...names: readonly string[]): string => joinPath(deps, configDirectory(deps), ...names);

/** `filepath.Join` for what is needed here: a directory and names below it. */
export function joinPath({ host }: Pick<Machine, 'host'>, directory: string, ...names: readonly string[]): string {
  const separator = host.os === 'windows' ? '\\' : '/';
  const base = directory.length > 1 && directory.endsWith(separator) ? directory.slice(0, -1) : directory;
  return [base === separator ? '' : base, ...names].join(separator);
}

interface Rule {
  readonly variable: string;
  readonly home: string;
  readonly darwin: string;
  readonly windows: string;
}

const CONFIG: Rule = { variable: 'XDG_CONFIG_HOME', home: '.config', darwin: 'Library/Application Support', windows: 'AppData' };
const CACHE: Rule = { variable: 'XDG_CACHE_HOME', home: '.cache', darwin: 'Library/Caches', windows: 'LocalAppData' };

/** `undefined` where Go returns an error: no home, or an XDG variable that is not absolute. */
function platformRoot({ environment, host }: Machine, rule: Rule): string | undefined {
  if (host.os === 'windows') return environment.get(rule.windows) || undefined;
  const home = environment.get('HOME');
  if (host.os === 'darwin') return home ? `${home}/${rule.darwin}` : undefined;
  const xdg = environment.get(rule.variable);
  if (xdg) return xdg.startsWith('/') ? xdg : undefined;
  return home ? `${home}/${rule.home}` : undefined;
}

const within = (root: string | undefined, deps: Machine, fallback: string): string =>
  root === undefined ? fallback : joinPath(deps, root, 'notation');
