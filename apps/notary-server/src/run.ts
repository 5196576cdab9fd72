// SPDX-License-Identifier: Apache-2.0
/** The table of commands. Each loads what it needs when it runs. */
import { type GoProgram, goCommand } from '@notary/cli/go-flag';
import type { Platform } from '@notary/platform';
import { versionLine } from './build-info.ts';
import { COMMANDS, certFlags, copyFlags, importFlags, serveFlags } from './flags.ts';

/** The program over the ports of its process. */
export const createProgram = (platform: Platform): GoProgram => ({
  name: 'notary-server',
  about: COMMANDS,
  version: () => versionLine('notary-server'),
  commands: [
    goCommand([], serveFlags, async (o) => (await import('./commands/serve.ts')).runServe(o, platform)),
    goCommand(['import'], importFlags, async (o, args) => (await import('./commands/import.ts')).runImport(o, args, platform)),
    goCommand(['storage', 'copy'], copyFlags, async (o, args) =>
      (await import('./commands/storage-copy.ts')).runStorageCopy(o, args, platform),
    ),
    goCommand(['gen-certs'], certFlags, async (o, args) => (await import('./commands/gen-certs.ts')).runGenCerts(o, args, platform)),
  ],
});
