// SPDX-License-Identifier: Apache-2.0
/** `notation certificate generate-test`. */
import type { Command, Flags } from '@notary/cli';
import type { AppDeps } from '../../deps.ts';
import { jsonFlags } from '../../flags.ts';

export const certificateGenerateTestFlags = {
  bits: { type: 'int', short: 'b', usage: 'RSA key bits', default: 2048 },
  default: { type: 'bool', usage: 'mark as default signing key' },
  ...jsonFlags,
} as const satisfies Flags;

export const certificateGenerateTestCommand: Command<AppDeps> = {
  name: 'generate-test',
  use: '[flags] <common_name>',
  short: 'Generate a test RSA key and a corresponding self-signed certificate.',
  long: `Generate a test RSA key and a corresponding self-signed certificate

Example - Generate a test RSA key and a corresponding self-signed certificate named "wabbit-networks.io":
  notation cert generate-test "wabbit-networks.io"

Example - Generate a test RSA key and a corresponding self-signed certificate, set RSA key as a default signing key:
  notation cert generate-test --default "wabbit-networks.io"
`,
  flags: certificateGenerateTestFlags,
  args: (args) => (args.length === 0 ? 'missing certificate common_name' : undefined),
  completeArgs: 'none',
  load: () => import('./run.ts'),
};
