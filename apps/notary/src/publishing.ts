// SPDX-License-Identifier: Apache-2.0
/** Publishing with the reference's words, by itself or after a change was staged with `-p`. */
import type { Invocation } from '@notary/cli';
import { type Published, publishChanges } from '@notary/collection';
import { asJson } from './arguments.ts';
import type { AppDeps } from './deps.ts';
import { printResult } from './json.ts';
import { noticeFirstUse } from './notices.ts';
import { openSession } from './session.ts';

/** The JSON of a publish. */
export const publishedJson = (published: Published) => ({
  roles: published.roles,
  changes: published.changes,
  attempts: published.attempts,
  initial: published.initial,
});

/** Prints what a staging command says, then publishes everything staged if `-p` was given. */
export async function finishStaging(
  invocation: Invocation,
  deps: AppDeps,
  staged: { gun: string; text: string; json: Record<string, unknown> },
): Promise<void> {
  const { gun, text, json } = staged;
  const quiet = asJson(invocation);
  if (!quiet) deps.terminal.out(text);
  let published: Published | undefined;
  if (invocation.options.publish === true) {
    const session = await openSession(invocation, deps, gun, 'write');
    if (!quiet) deps.terminal.out(`Auto-publishing changes to ${gun}\n`);
    published = await publishChanges(session);
    noticeFirstUse(deps.terminal, gun, published);
    if (!quiet) deps.terminal.out(`Successfully published changes for repository ${gun}\n`);
  }
  if (quiet) printResult(deps.terminal, invocation, { gun, ...json, ...(published ? { published: publishedJson(published) } : {}) });
}
