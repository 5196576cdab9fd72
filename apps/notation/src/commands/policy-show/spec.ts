// SPDX-License-Identifier: Apache-2.0
/** `notation policy show`. */
import type { Command } from '@notary/cli';
import type { AppDeps } from '../../deps.ts';
import { jsonFlags } from '../../flags.ts';

export const policyShowFlags = { ...jsonFlags };

export const policyShowCommand: Command<AppDeps> = {
  name: 'show',
  use: '[flags]',
  short: 'Show OCI trust policy configuration',
  long: `Show OCI trust policy configuration.

Example - Show current OCI trust policy configuration:
  notation policy show

Example - Save current OCI trust policy configuration to a file:
  notation policy show > my_policy.json
`,
  flags: policyShowFlags,
  args: { exactly: 0 },
  completeArgs: 'none',
  load: async () => (await import('./run.ts')).ociPolicyShow,
};
