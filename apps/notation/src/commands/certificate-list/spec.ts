// SPDX-License-Identifier: Apache-2.0
/** `notation certificate list`. */
import type { Command } from '@notary/cli';
import type { AppDeps } from '../../deps.ts';
import { jsonFlags, loggingFlags, storeFlags } from '../../flags.ts';

export const certificateListFlags = { ...loggingFlags, ...storeFlags, ...jsonFlags };

export const certificateListCommand: Command<AppDeps> = {
  name: 'list',
  aliases: ['ls'],
  short: 'List certificates in the trust store.',
  long: `List certificates in the trust store

Example - List all certificate files stored in the trust store
  notation cert ls

Example - List all certificate files of trust store "acme-rockets"
  notation cert ls --store "acme-rockets"

Example - List all certificate files from trust store of type "ca"
  notation cert ls --type ca

Example - List all certificate files from trust store "wabbit-networks" of type "signingAuthority"
  notation cert ls --type signingAuthority --store "wabbit-networks"

Example - List all certificate files from trust store of type "tsa"
  notation cert ls --type tsa
`,
  flags: certificateListFlags,
  completeArgs: 'none',
  load: () => import('./run.ts'),
};
