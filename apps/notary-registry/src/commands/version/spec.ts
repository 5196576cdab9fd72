// SPDX-License-Identifier: Apache-2.0
import type { Command } from '@notary/cli';
import type { AppDeps } from '../../deps.ts';

export const versionCommand: Command<AppDeps> = {
  name: 'version',
  short: 'Show the version',
  args: 'none',
  flags: { json: { type: 'bool', usage: 'print JSON' } },
  load: () => import('./run.ts'),
};
