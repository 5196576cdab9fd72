// SPDX-License-Identifier: Apache-2.0
/** config.json, as far as commands look at it themselves: the preferred format and the registries without TLS. */
import { fromUtf8 } from '@notary/base';
import { goMember, isJsonObject, parseJsonStrict } from '@notary/base/json';
import type { AppDeps } from '../deps.ts';
import { joinPath, platformConfigDirectory } from '../directories.ts';
import { limits } from '../limits.ts';

export interface Defaults {
  readonly signatureFormat: string;
  /** Hosts as `host:port`, compared without regard to case. */
  readonly insecureRegistries: readonly string[];
}

const NONE: Defaults = { signatureFormat: 'jws', insecureRegistries: [] };

/**
 * Read from the platform's configuration directory even where NOTATION_CONFIG names another, as the reference does. A file that is
 * malformed, a link or unreadable counts as absent here; the credentials code looks at the same file and does complain.
 */
export async function readDefaults(deps: AppDeps): Promise<Defaults> {
  const path = joinPath(deps, platformConfigDirectory(deps), 'config.json');
  try {
    const stat = await deps.files.stat(path);
    if (stat?.kind !== 'file') return NONE;
    const bytes = await deps.files.read(path, limits.configBytes);
    return bytes === undefined ? NONE : decode(fromUtf8(bytes));
  } catch {
    return NONE;
  }
}

function decode(text: string): Defaults {
  const value = parseJsonStrict(text, { duplicates: 'last', trailing: 'ignore', maxBytes: limits.configBytes });
  if (!isJsonObject(value)) return NONE;
  const format = goMember(value, 'signatureFormat') ?? '';
  const insecure = goMember(value, 'insecureRegistries') ?? [];
  if (typeof format !== 'string' || !Array.isArray(insecure) || insecure.some((r) => r !== null && typeof r !== 'string')) return NONE;
  return { signatureFormat: format.toLowerCase() || 'jws', insecureRegistries: insecure.filter((r) => typeof r === 'string') };
}
