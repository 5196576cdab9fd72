// SPDX-License-Identifier: Apache-2.0
/** `notation key`. */
import type { Command } from '@notary/cli';
import type { AppDeps } from '../../deps.ts';
import { keyAddCommand } from '../key-add/spec.ts';
import { keyDeleteCommand } from '../key-delete/spec.ts';
import { keyListCommand } from '../key-list/spec.ts';
import { keyUpdateCommand } from '../key-update/spec.ts';

export const keyCommand: Command<AppDeps> = {
  name: 'key',
  short: 'Manage keys used for signing',
  long: `Manage keys used for signing

Example - Add a key to signing key list:
  notation key add --key-file <key_path> --cert-file <chain_path> <key_name>

Example - List keys used for signing:
  notation key ls

Example - Update the default signing key:
  notation key set --default <key_name>

Example - Delete the key from signing key list:
  notation key delete <key_name>...
`,
  commands: [keyAddCommand, keyUpdateCommand, keyListCommand, keyDeleteCommand],
};
