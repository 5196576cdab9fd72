// SPDX-License-Identifier: Apache-2.0
/** `notation explain`. */
import type { Command, Flags } from '@notary/cli';
import type { AppDeps } from '../../deps.ts';
import { jsonFlags } from '../../flags.ts';

export const explainFlags = { ...jsonFlags } as const satisfies Flags;

export const explainCommand: Command<AppDeps> = {
  name: 'explain',
  use: '[flags] [<code>]',
  short: 'Say what a code of a failure means and what to do',
  long: `Say what a code of a failure means, which clause of a specification it comes from, and what to do. Without a code, every code is listed.

Example - A verification failed with TRUST_IDENTITY_UNMATCHED:
  notation explain TRUST_IDENTITY_UNMATCHED
`,
  extension: true,
  flags: explainFlags,
  args: { atMost: 1 },
  suggestArgs: async () => (await import('./run.ts')).allCodes(),
  load: () => import('./run.ts'),
};
