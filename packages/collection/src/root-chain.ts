// SPDX-License-Identifier: Apache-2.0
/** From the trusted root to the newest one: directly if it is signed by it, else over every root in between. */
import { isFault } from '@notary/base';
import {
  checkRoot,
  decodeRoot,
  type FileMeta,
  MAX_METADATA_BYTES,
  MAX_ROOT_ROTATIONS,
  parseEnvelope,
  ROOT,
  type TrustPins,
  tufFaults,
  type VerifiedRoot,
} from '@notary/tuf';
import type { Gun } from './gun.ts';
import type { Remote } from './remote.ts';

/** From which root to go on, and what the newest one must be. */
export interface RootChainOptions {
  readonly gun: Gun;
  readonly at: Date;
  readonly remote: Remote;
  readonly trusted: VerifiedRoot | undefined;
  readonly pins?: TrustPins;
  readonly expected?: FileMeta | undefined;
  readonly expiry: 'enforce' | 'ignore';
}

/**
 * Verifies the newest root. If the trusted root did not sign it, fetches `N.root.json` for every version in between and verifies
 * each against the one before; those may have expired and are not checksummed. Faults: those of `checkRoot`, and of the remote.
 */
export async function followRoots(newest: Uint8Array, options: RootChainOptions): Promise<VerifiedRoot> {
  const { gun, at, trusted, expected, expiry } = options;
  const pins = options.pins === undefined ? {} : { pins: options.pins };
  try {
    return await checkRoot(newest, { gun, at, previous: trusted, minVersion: trusted?.payload.version ?? 1, expected, expiry, ...pins });
  } catch (e) {
    if (trusted === undefined || !isFault(e, 'TUF_ROOT_ROTATION_FAILED')) throw e;
    const version = decodeRoot(parseEnvelope(newest)).version;
    // Not between them means that the trusted root itself refused it: no chain can help.
    if (version <= trusted.payload.version + 1) throw e;
    const before = await climb(trusted, version - 1, options);
    return checkRoot(newest, { gun, at, previous: before, minVersion: version, expected, expiry, ...pins });
  }
}

async function climb(from: VerifiedRoot, to: number, options: RootChainOptions): Promise<VerifiedRoot> {
  const { gun, at, remote } = options;
  if (to - from.payload.version > MAX_ROOT_ROTATIONS) {
    throw tufFaults.INPUT_INVALID({ problem: `more than ${MAX_ROOT_ROTATIONS} roots between the trusted one and the newest` });
  }
  let root = from;
  for (let version = from.payload.version + 1; version <= to; version++) {
    const bytes = await remote.get(`${version}.${ROOT}`, MAX_METADATA_BYTES);
    const next = await checkRoot(bytes, { gun, at, previous: root, minVersion: version, expiry: 'ignore' });
    if (next.payload.version !== version) throw tufFaults.VERSION_LOW({ role: ROOT, actual: next.payload.version, current: version });
    root = next;
  }
  return root;
}
