// SPDX-License-Identifier: Apache-2.0
/** `notary verify`: is this content what the collection says? It is handed on only if so. */
import { isFault } from '@notary/base';
import type { Invocation } from '@notary/cli';
import { collectionFaults } from '@notary/collection';
import { checkHashes, type FoundTarget, findTarget, payloads } from '@notary/tuf';
import { asJson, requireArguments } from '../arguments.ts';
import { absolute } from '../config.ts';
import type { AppDeps } from '../deps.ts';
import { faults } from '../faults.ts';
import { printResult } from '../json.ts';
import { readFor, sourceJson, targetJson } from '../reading.ts';
import { openSession } from '../session.ts';

/** Content is held in memory until it is verified. The reference has no bound; two GiB is what one buffer holds everywhere. */
const MAX_CONTENT_BYTES = 2 * 1024 * 1024 * 1024 - 1;

export async function run(invocation: Invocation, deps: AppDeps): Promise<void> {
  const [gun = '', name = ''] = requireArguments(invocation, 2, 'Must specify a GUN and target');
  const { input, output, quiet } = invocation.options as { input: string; output: string; quiet: boolean };
  const content = await readContent(deps, input);
  const session = await openSession(invocation, deps, gun, 'read');
  const update = await readFor(invocation, deps, session);
  const target = findTarget(payloads(update.set), name);
  if (target === undefined) {
    throw faults.TARGET_UNAVAILABLE({ target: name, problem: collectionFaults.NO_SUCH_TARGET({ target: name }).message });
  }
  check(content, target);
  if (output !== '' && !quiet) await deps.files.writeAtomic(absolute(deps, output), content, { mode: 0o600 });
  if (asJson(invocation)) return printResult(deps.terminal, invocation, { gun, target: targetJson(target), ...sourceJson(update) });
  if (output === '' && !quiet) deps.terminal.out(content);
}

function check(content: Uint8Array, target: FoundTarget): void {
  try {
    checkHashes(content, target.name, target.meta);
  } catch (cause) {
    if (!isFault(cause)) throw cause;
    throw faults.CONTENT_MISMATCH({ target: target.name, problem: cause.message }, { cause });
  }
}

async function readContent(deps: AppDeps, input: string): Promise<Uint8Array> {
  if (input === '') return deps.terminal.readAll(MAX_CONTENT_BYTES);
  const bytes = await deps.files.read(absolute(deps, input), MAX_CONTENT_BYTES);
  if (bytes === undefined) throw faults.FILE_MISSING({ path: input });
  return bytes;
}
