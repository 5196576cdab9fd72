// SPDX-License-Identifier: Apache-2.0
/** The trust policy files: trustpolicy.oci.json (or the older trustpolicy.json) and trustpolicy.blob.json. */
import { isFault, type Remedy } from '@notary/base';
import { decodePolicy, type PolicyKind, trustFaults } from '@notary/trust';
import type { AppDeps } from '../deps.ts';
import { configPath } from '../directories.ts';
import { limits } from '../limits.ts';
import { writeConfigFile } from './files.ts';

const OLD_FILE = 'trustpolicy.json';

/** Where a policy is stored. */
export const policyPath = (deps: AppDeps, kind: PolicyKind): string => configPath(deps, `trustpolicy.${kind}.json`);
/** Where OCI policies were stored before there were others. */
export const oldPolicyPath = (deps: AppDeps): string => configPath(deps, OLD_FILE);

/** The bytes of the policy in force, as verification loads them. Faults: `TRUST_POLICY_MISSING`, `…_NOT_REGULAR`, `…_UNREADABLE`. */
export async function loadPolicy(deps: AppDeps, kind: PolicyKind): Promise<Uint8Array> {
  const bytes = await readPolicy(deps, policyPath(deps, kind));
  if (bytes !== undefined) return bytes;
  const old = kind === 'oci' ? await readPolicy(deps, oldPolicyPath(deps)) : undefined;
  if (old === undefined) throw trustFaults.POLICY_MISSING(undefined, { remedy: missingPolicyRemedy(kind) });
  return old;
}

/** How to come by a policy of a kind. */
export function missingPolicyRemedy(kind: PolicyKind): Remedy {
  const command = kind === 'oci' ? ['notation', 'policy'] : ['notation', 'blob', 'policy'];
  const identity = ['--trusted-identity', 'x509.subject: C=COUNTRY, ST=STATE, O=ORGANIZATION'];
  return {
    text: `import a trust policy with "${command.join(' ')} import FILE", or write one`,
    command: [...command, 'init', ...(kind === 'oci' ? [] : ['--global']), '--name', 'NAME', '--trust-store', 'ca:STORE', ...identity],
  };
}

async function readPolicy(deps: AppDeps, path: string): Promise<Uint8Array | undefined> {
  const stat = await deps.files.stat(path);
  if (stat === undefined) return undefined;
  if (stat.kind === 'directory' || stat.kind === 'symlink') throw trustFaults.POLICY_NOT_REGULAR();
  try {
    return await deps.files.read(path, limits.policyBytes);
  } catch (e) {
    if (isFault(e, 'FILES_DENIED')) throw trustFaults.POLICY_UNREADABLE({ path }, { cause: e });
    throw e;
  }
}

/** Is there a policy that at least decodes? Only such a one is not overwritten without asking, as in the reference. */
export async function hasPolicy(deps: AppDeps, kind: PolicyKind): Promise<boolean> {
  try {
    decodePolicy(await loadPolicy(deps, kind), kind, { trailing: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Stores a policy's bytes as they are. */
export const writePolicy = (deps: AppDeps, kind: PolicyKind, bytes: Uint8Array): Promise<void> =>
  writeConfigFile(deps, policyPath(deps, kind), bytes, { mode: 0o600, existing: 'replace' });
