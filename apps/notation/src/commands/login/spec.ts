// SPDX-License-Identifier: Apache-2.0
/** `notation login`. */
import type { Command, Flags } from '@notary/cli';
import type { AppDeps } from '../../deps.ts';
import { jsonFlags, loggingFlags, secureFlags } from '../../flags.ts';
import { requireServer } from '../shared.ts';

export const loginFlags = {
  ...loggingFlags,
  ...secureFlags,
  'password-stdin': { type: 'bool', usage: 'take the password from stdin' },
  ...jsonFlags,
} as const satisfies Flags;

export const loginCommand: Command<AppDeps> = {
  name: 'login',
  use: '[flags] <server>',
  short: 'Login to registry',
  long: `Log in to an OCI registry

Example - Login with provided username and password:
	notation login -u <user> -p <password> registry.example.com

Example - Login using $NOTATION_USERNAME $NOTATION_PASSWORD variables:
	notation login registry.example.com`,
  flags: loginFlags,
  args: requireServer,
  completeArgs: 'none',
  load: () => import('./run.ts'),
};
