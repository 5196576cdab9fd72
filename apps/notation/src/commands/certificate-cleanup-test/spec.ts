// SPDX-License-Identifier: Apache-2.0
/** `notation certificate cleanup-test`. */
import type { Command } from '@notary/cli';
import type { AppDeps } from '../../deps.ts';
import { jsonFlags, yesFlags } from '../../flags.ts';
import { isFileName, suggestKeyNames } from '../shared.ts';

export const certificateCleanupTestFlags = { ...yesFlags, ...jsonFlags };

export const certificateCleanupTestCommand: Command<AppDeps> = {
  name: 'cleanup-test',
  use: '[flags] <common_name>',
  short: 'Clean up a test RSA key and its corresponding certificate that were generated using the "generate-test" command.',
  long: `Clean up a test RSA key and its corresponding certificate that were generated using the "generate-test" command.

Example - Clean up a test key and corresponding certificate named "wabbit-networks.io":
  notation cert cleanup-test wabbit-networks.io
`,
  flags: certificateCleanupTestFlags,
  args: (args) => {
    if (args.length === 0) return 'missing certificate common name';
    return isFileName(args[0] as string) ? undefined : 'certificate common name must follow [a-zA-Z0-9_.-]+ format';
  },
  suggestArgs: suggestKeyNames,
  load: () => import('./run.ts'),
};
