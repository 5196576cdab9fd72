// SPDX-License-Identifier: Apache-2.0
/** The table of commands. Each loads what it needs when it runs. */
import { type GoProgram, goCommand } from '@notary/cli/go-flag';
import type { Platform } from '@notary/platform';
import { versionLine } from './build-info.ts';
import { COMMANDS, reencryptFlags, serveFlags } from './flags.ts';

/** The program over the ports of its process. */
export const createProgram = (platform: Platform): GoProgram => ({
  name: 'notary-signer',
  about: COMMANDS,
  version: () => versionLine('notary-signer'),
  commands: [
    goCommand([], serveFlags, async (o) => (await import('./commands/serve.ts')).runServe(o, platform)),
    goCommand(['reencrypt'], reencryptFlags, async (o, args) => (await import('./commands/reencrypt.ts')).runReencrypt(o, args, platform)),
  ],
});
