// SPDX-License-Identifier: Apache-2.0
/** `notary-registry gc`. */
import type { Command } from '@notary/cli';
import type { AppDeps } from '../../deps.ts';

export const gcFlags = {
  root: {
    type: 'string',
    usage: 'directory of the layouts',
    default: './registry-data',
    env: 'NOTARY_REGISTRY_ROOT',
    complete: 'directory',
  },
  grace: { type: 'duration', usage: 'keep content younger than this', default: 3_600_000_000_000n },
  untagged: { type: 'bool', usage: 'also remove manifests that no tag, index or living subject leads to' },
  'dry-run': { type: 'bool', usage: 'say what would go, and remove nothing' },
  json: { type: 'bool', usage: 'print JSON' },
} as const;

export const gcCommand: Command<AppDeps> = {
  name: 'gc',
  use: '[flags]',
  short: 'Remove blobs that nothing refers to',
  long: `Remove blobs that no manifest refers to. Where a registry serves the root, it is asked to do so, and content younger than two
minutes stays: it may belong to a push. \`serve --gc-interval\` has it collect by itself. Signatures and other referrers stay as long as
what they refer to.`,
  example: `  # What would go?
  notary-registry gc --dry-run

  # Also forget images that lost their last tag more than a day ago, with their signatures
  notary-registry gc --untagged --grace 24h`,
  args: 'none',
  flags: gcFlags,
  load: () => import('./run.ts'),
};
