// SPDX-License-Identifier: Apache-2.0
/** `notation list`. */
import type { Command, Flags } from '@notary/cli';
import type { AppDeps } from '../../deps.ts';
import { jsonFlags, loggingFlags, maxSignaturesFlags, secureFlags } from '../../flags.ts';
import { requireReference } from '../shared.ts';

export const listFlags = {
  ...loggingFlags,
  ...secureFlags,
  ...maxSignaturesFlags,
  'oci-layout': { type: 'bool', usage: '[Experimental] list signatures stored in OCI image layout', experimental: true },
  ...jsonFlags,
} as const satisfies Flags;

export const listCommand: Command<AppDeps> = {
  name: 'list',
  use: '[flags] <reference>',
  aliases: ['ls'],
  short: 'List signatures of the signed artifact',
  long: `List all the signatures associated with signed artifact

Example - List signatures of an OCI artifact:
  notation list <registry>/<repository>@<digest>

Example - List signatures of an OCI artifact identified by a tag (Notation will resolve tag to digest)
  notation list <registry>/<repository>:<tag>
`,
  experimentalLong: `
Example - [Experimental] List signatures of an OCI artifact referenced in an OCI layout
  notation list --oci-layout "<oci_layout_path>@<digest>"

Example - [Experimental] List signatures of an OCI artifact identified by a tag and referenced in an OCI layout
  notation list --oci-layout "<oci_layout_path>:<tag>"
`,
  flags: listFlags,
  args: requireReference('list'),
  load: () => import('./run.ts'),
};
