// SPDX-License-Identifier: Apache-2.0
/** The table of `notary`, and what happens around every command. */
import type { Command, Program } from '@notary/cli';
import { careCommands } from './commands/care-specs.ts';
import { collectionCommands } from './commands/collection-specs.ts';
import { delegationCommand } from './commands/delegation-specs.ts';
import { keyCommand } from './commands/key-specs.ts';
import type { AppDeps } from './deps.ts';
import { reportFailure } from './failure.ts';
import { globalFlags, jsonFlag } from './flags.ts';

const versionCommand: Command<AppDeps> = {
  name: 'version',
  short: 'Print the version number of notary',
  flags: jsonFlag,
  load: async () => import('./commands/version.ts'),
};

export const rootCommand: Command<AppDeps> = {
  name: 'notary',
  short: 'Notary allows the creation of trusted collections.',
  long: 'Notary allows the creation and management of collections of signed targets, allowing the signing and validation of arbitrary content.',
  flags: { version: { type: 'bool', usage: 'Print the version number of notary' } },
  globalFlags,
  commands: [versionCommand, keyCommand, delegationCommand, ...collectionCommands, ...careCommands],
  load: async () => import('./commands/root.ts'),
};

/** How failures are told is loaded at once: it needs what every command needs, and each part that is loaded by itself takes its time. */
export const program: Program<AppDeps> = { root: rootCommand, fail: (failure, deps) => reportFailure(rootCommand, failure, deps) };
