// SPDX-License-Identifier: Apache-2.0
/** `notation blob inspect`. */
import type { Command, Flags } from '@notary/cli';
import type { AppDeps } from '../../deps.ts';
import { jsonFlags, outputFlags } from '../../flags.ts';

export const blobInspectFlags = { ...outputFlags, ...jsonFlags } as const satisfies Flags;

export const blobInspectCommand: Command<AppDeps> = {
  name: 'inspect',
  use: '[flags] <signature_path>',
  short: 'Inspect a signature associated with a blob',
  long: `Inspect a signature associated with a blob.

Example - Inspect a signature:
  notation blob inspect blob.cose.sig

Example - Inspect a signature and output as JSON:
  notation blob inspect -o json blob.cose.sig
`,
  flags: blobInspectFlags,
  args: (args) =>
    args.length === 0 ? 'missing signature path: use `notation blob inspect --help` to see what parameters are required' : undefined,
  load: () => import('./run.ts'),
};
