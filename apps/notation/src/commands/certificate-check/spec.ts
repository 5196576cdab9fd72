// SPDX-License-Identifier: Apache-2.0
/** `notation certificate check`. */
import type { Command, Flags } from '@notary/cli';
import type { AppDeps } from '../../deps.ts';
import { jsonFlags } from '../../flags.ts';

export const certificateCheckFlags = { ...jsonFlags } as const satisfies Flags;

export const certificateCheckCommand: Command<AppDeps> = {
  name: 'check',
  use: '[flags] <cert_path>...',
  short: 'Check a certificate chain against each rule for code signing.',
  long: `Check a certificate chain against each rule of the Notary Project's code-signing profile: every rule is printed as pass or fail, with the way to mend it.

The certificates may stand in one file or several, in any order.

Example - Check the chain that belongs to a signing key:
  notation cert check leaf.crt intermediate.crt root.crt
`,
  extension: true,
  flags: certificateCheckFlags,
  args: (args) => (args.length === 0 ? 'missing certificate path' : undefined),
  load: () => import('./run.ts'),
};
