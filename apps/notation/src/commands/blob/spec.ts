// SPDX-License-Identifier: Apache-2.0
/** `notation blob`. */
import type { Command } from '@notary/cli';
import type { AppDeps } from '../../deps.ts';
import { blobInspectCommand } from '../blob-inspect/spec.ts';
import { blobPolicyCommand } from '../blob-policy/spec.ts';
import { blobSignCommand } from '../blob-sign/spec.ts';
import { blobVerifyCommand } from '../blob-verify/spec.ts';

export const blobCommand: Command<AppDeps> = {
  name: 'blob',
  short: 'Commands for blob',
  long: 'Sign, verify, inspect signatures of blob. Configure blob trust policy.',
  commands: [blobSignCommand, blobVerifyCommand, blobPolicyCommand, blobInspectCommand],
};
