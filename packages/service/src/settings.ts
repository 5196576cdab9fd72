// SPDX-License-Identifier: Apache-2.0
/**
 * Settings of a server as the reference reads them: a JSON file whose member names are compared without case, each value
 * overridden by an environment variable of its path (`server.http_addr` by `PREFIX_SERVER_HTTP_ADDR`) unless that one is empty.
 */
import type { Environment } from '@notary/base';

export { configFaults, logFormat, readConfigFile, readNamedFile } from './config-file.ts';

/** A tree of settings; only the last of two members that differ in case alone counts. */
export interface Settings {
  /** The text of a string, number or boolean; empty if there is none. */
  string(path: string): string;
  /** A list of strings. From the environment: words separated by blanks. */
  list(path: string): readonly string[];
  /** An object's own members as text, from the file alone; `undefined` if it is no object. */
  object(path: string): ReadonlyMap<string, string> | undefined;
  /** Paths in the file that are none of these and not below one of them: probably misspelt. */
  unknown(known: readonly string[]): readonly string[];
}

type Tree = Map<string, unknown>;

function toTree(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || depth > 16) return value;
  return new Map(Object.entries(value).map(([k, v]) => [k.toLowerCase(), toTree(v, depth + 1)]));
}

const scalar = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';

/** Settings over a parsed file (`undefined`: there is none) and the environment. */
export function createSettings(file: unknown, environment: Environment, prefix: string): Settings {
  const root = (file === undefined ? new Map() : toTree(file)) as Tree;
  const find = (path: string): unknown => {
    let at: unknown = root;
    for (const name of path.split('.')) at = at instanceof Map ? at.get(name) : undefined;
    return at;
  };
  const override = (path: string): string => environment.get(`${prefix}_${path.replaceAll('.', '_').toUpperCase()}`) ?? '';
  return {
    string: (path) => override(path) || scalar(find(path)),
    list(path) {
      const text = override(path);
      if (text !== '') return text.split(/\s+/).filter((w) => w !== '');
      const value = find(path);
      if (Array.isArray(value)) return value.map(scalar);
      return typeof value === 'string' ? value.split(/\s+/).filter((w) => w !== '') : [];
    },
    object(path) {
      const value = find(path);
      return value instanceof Map ? new Map([...(value as Tree)].map(([k, v]) => [k, scalar(v)])) : undefined;
    },
    unknown(known) {
      const found: string[] = [];
      const walk = (tree: Tree, above: string): void => {
        for (const [name, value] of tree) {
          const path = above === '' ? name : `${above}.${name}`;
          if (known.includes(path)) continue;
          if (value instanceof Map && known.some((k) => k.startsWith(`${path}.`))) walk(value as Tree, path);
          else found.push(path);
        }
      };
      walk(root, '');
      return found;
    },
  };
}
