// SPDX-License-Identifier: Apache-2.0
/** `notation inspect`. */
import type { Command, Flags } from '@notary/cli';
import type { AppDeps } from '../../deps.ts';
import { jsonFlags, loggingFlags, maxSignaturesFlags, outputFlags, secureFlags } from '../../flags.ts';
import { requireReference } from '../shared.ts';

export const inspectFlags = {
  ...loggingFlags,
  ...secureFlags,
  ...maxSignaturesFlags,
  ...outputFlags,
  ...jsonFlags,
} as const satisfies Flags;

export const inspectCommand: Command<AppDeps> = {
  name: 'inspect',
  use: '[reference]',
  short: 'Inspect all signatures associated with the signed artifact',
  long: `Inspect all signatures associated with the signed artifact.

Example - Inspect signatures on an OCI artifact identified by a digest:
  notation inspect <registry>/<repository>@<digest>

Example - Inspect signatures on an OCI artifact identified by a tag  (Notation will resolve tag to digest):
  notation inspect <registry>/<repository>:<tag>

Example - Inspect signatures on an OCI artifact identified by a digest and output as json:
  notation inspect --output json <registry>/<repository>@<digest>
`,
  flags: inspectFlags,
  args: requireReference('inspect'),
  load: () => import('./run.ts'),
};
