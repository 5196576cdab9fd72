// SPDX-License-Identifier: Apache-2.0
/** Picking one manifest of a multi-platform index. */
import type { Descriptor, Platform } from './descriptor.ts';
import { ociFaults } from './faults.ts';
import type { Manifest } from './manifest.ts';

/** Reads `os/arch[/variant]`; `OCI_PLATFORM_INVALID` otherwise. */
export function parsePlatform(text: string): Platform {
  const match = /^([a-z0-9_.-]{1,64})\/([a-z0-9_.-]{1,64})(?:\/([a-z0-9_.-]{1,64}))?$/.exec(text);
  if (match === null) throw ociFaults.PLATFORM_INVALID({ platform: text });
  return { os: match[1] as string, architecture: match[2] as string, ...(match[3] === undefined ? {} : { variant: match[3] }) };
}

/** `os/arch[/variant]`. */
export const formatPlatform = (p: Platform): string => `${p.os}/${p.architecture}${p.variant === undefined ? '' : `/${p.variant}`}`;

/**
 * The first manifest of an index for a platform, with or without a stated variant. `arm64` without variant is `v8` and
 * `arm` is `v7`, as containerd has it. `OCI_PLATFORM_NOT_FOUND` names what there is.
 */
export function selectPlatform(index: Manifest, platform: string | Platform): Descriptor {
  const wanted = typeof platform === 'string' ? parsePlatform(platform) : platform;
  const found = index.manifests.find((entry) => entry.platform !== undefined && matches(entry.platform, wanted));
  if (found !== undefined) return found;
  const available = index.manifests.flatMap((entry) => (entry.platform === undefined ? [] : [formatPlatform(entry.platform)])).slice(0, 50);
  throw ociFaults.PLATFORM_NOT_FOUND({ platform: formatPlatform(wanted), available });
}

const DEFAULT_VARIANT: ReadonlyMap<string, string> = new Map([
  ['arm64', 'v8'],
  ['arm', 'v7'],
]);
const variantOf = (p: Platform): string => p.variant ?? DEFAULT_VARIANT.get(p.architecture) ?? '';

function matches(has: Platform, wanted: Platform): boolean {
  if (has.os !== wanted.os || has.architecture !== wanted.architecture) return false;
  if (variantOf(has) !== variantOf(wanted)) return false;
  return wanted.osVersion === undefined || has.osVersion === wanted.osVersion;
}
