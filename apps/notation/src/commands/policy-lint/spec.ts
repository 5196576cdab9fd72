// SPDX-License-Identifier: Apache-2.0
/** `notation policy lint`. */
import type { Command, Flags } from '@notary/cli';
import type { AppDeps } from '../../deps.ts';
import { jsonFlags } from '../../flags.ts';

export const policyLintFlags = { ...jsonFlags } as const satisfies Flags;

export const policyLintCommand: Command<AppDeps> = {
  name: 'lint',
  use: '[flags] [<file_path>]',
  short: 'Point out what is wrong or risky in an OCI trust policy',
  long: `Point out what is wrong or risky in an OCI trust policy: errors are what verification refuses to load, warnings are what it accepts and what may surprise.

The exit code is 1 if there is an error. Without a file, the policy in force is looked at.

Example - Look at the policy in force:
  notation policy lint

Example - Look at a policy before importing it:
  notation policy lint my_policy.json
`,
  extension: true,
  flags: policyLintFlags,
  args: { atMost: 1 },
  load: async () => (await import('./run.ts')).ociPolicyLint,
};
