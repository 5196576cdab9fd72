// SPDX-License-Identifier: Apache-2.0
/** `notary add`: stages a file as a target. */
import { toBase64 } from '@notary/base';
import { createHasher } from '@notary/base/crypto';
import type { Invocation } from '@notary/cli';
import { stageTarget } from '@notary/collection';
import type { FileMeta } from '@notary/tuf';
import { requireArguments } from '../arguments.ts';
import { absolute } from '../config.ts';
import { readCustom } from '../custom-data.ts';
import type { AppDeps } from '../deps.ts';
import { faults } from '../faults.ts';
import { finishStaging } from '../publishing.ts';
import { openSession } from '../session.ts';

export async function run(invocation: Invocation, deps: AppDeps): Promise<void> {
  const [gun = '', name = '', path = ''] = requireArguments(invocation, 3, 'Must specify a GUN, target, and path to target data');
  const { roles, custom } = invocation.options as { roles: readonly string[]; custom: string };
  const data = await readCustom(deps, custom);
  const session = await openSession(invocation, deps, gun, 'offline');
  const meta = await hashFile(deps, path);
  await stageTarget(session.changes, name, data === undefined ? meta : { ...meta, custom: data }, roles);
  const text = `Addition of target "${name}" to repository "${gun}" staged for next publish.\n`;
  await finishStaging(invocation, deps, {
    gun,
    text,
    json: { target: name, length: meta.length, roles: roles.length > 0 ? roles : ['targets'] },
  });
}

/** Hashed in pieces: a target may be larger than memory. */
async function hashFile(deps: AppDeps, path: string): Promise<FileMeta> {
  const file = absolute(deps, path);
  if ((await deps.files.stat(file)) === undefined) throw faults.FILE_MISSING({ path });
  const sha256 = createHasher('SHA-256');
  const sha512 = createHasher('SHA-512');
  let length = 0;
  for await (const chunk of deps.files.readStream(file)) {
    sha256.update(chunk);
    sha512.update(chunk);
    length += chunk.length;
  }
  return {
    length,
    hashes: new Map([
      ['sha256', toBase64(sha256.digest())],
      ['sha512', toBase64(sha512.digest())],
    ]),
  };
}
