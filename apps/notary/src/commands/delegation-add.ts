// SPDX-License-Identifier: Apache-2.0
/** `notary delegation add`: creates a delegation or adds to it. */
import { isFault } from '@notary/base';
import type { Invocation } from '@notary/cli';
import { MAX_IMPORT_BYTES, stageDelegation } from '@notary/collection';
import { canonicalKeyId, keyTypeOfSpki, type PublicKey, parsePublicKeyPem } from '@notary/tuf';
import { absolute } from '../config.ts';
import type { AppDeps } from '../deps.ts';
import { faults } from '../faults.ts';
import { finishStaging } from '../publishing.ts';
import { openSession } from '../session.ts';
import { prettyPaths } from '../tables.ts';

const USAGE =
  'must specify the Global Unique Name and the role of the delegation along with the public key certificate paths and/or a list of paths to add';

export async function run(invocation: Invocation, deps: AppDeps): Promise<void> {
  const [gun = '', role = '', ...files] = invocation.args;
  const { threshold } = invocation.options as { threshold: number };
  const given = invocation.changed.has('paths') ? (invocation.options.paths as readonly string[]) : undefined;
  const allPaths = (invocation.options.allPaths as boolean) || (given?.includes('') ?? false);
  if (invocation.args.length < 2 || (files.length === 0 && given === undefined && !allPaths && threshold === 0))
    throw faults.USAGE({ problem: USAGE });
  const session = await openSession(invocation, deps, gun, 'offline');
  const keys: PublicKey[] = [];
  for (const file of files) keys.push(await readPublicKey(deps, file));
  const paths = allPaths ? [''] : given;
  try {
    await stageDelegation(session.changes, role, { keys, paths: paths ?? [], ...(threshold > 0 ? { threshold } : {}) });
  } catch (cause) {
    if (!isFault(cause)) throw cause;
    throw faults.INPUT({ problem: `failed to create delegation: ${cause.message}` }, { cause });
  }
  const keyIds = keys.map(canonicalKeyId);
  const shown = `${keyIds.length > 0 ? `with keys [${keyIds.join(' ')}], ` : ''}${paths === undefined ? '' : `with paths [${prettyPaths(paths).join('\n')}], `}`;
  const text = `\nAddition of delegation role ${role} ${shown}to repository "${gun}" staged for next publish.\n\n`;
  await finishStaging(invocation, deps, { gun, text, json: { role, keyIds, paths: paths ?? [], ...(threshold > 0 ? { threshold } : {}) } });
}

async function readPublicKey(deps: AppDeps, file: string): Promise<PublicKey> {
  const bytes = await deps.files.read(absolute(deps, file), MAX_IMPORT_BYTES);
  if (bytes === undefined) throw faults.INPUT({ problem: `file for public key does not exist: ${file}` });
  try {
    return parsePublicKeyPem(bytes, deps.clock.now(), keyTypeOfSpki);
  } catch (cause) {
    if (!isFault(cause)) throw cause;
    throw faults.INPUT({ problem: `unable to parse valid public key certificate from PEM file ${file}: ${cause.message}` }, { cause });
  }
}
