// SPDX-License-Identifier: Apache-2.0
/** `notation policy explain`. */
import type { Command, Flags } from '@notary/cli';
import type { AppDeps } from '../../deps.ts';
import { jsonFlags } from '../../flags.ts';

export const policyExplainFlags = { ...jsonFlags } as const satisfies Flags;

export const policyExplainCommand: Command<AppDeps> = {
  name: 'explain',
  use: '[flags] <reference>',
  short: 'Say which OCI trust policy statement applies to an artifact, and why',
  long: `Say which statement of the OCI trust policy applies to an artifact, why that one, and what it asks for. Nothing is fetched.

Example - Which statement decides about this artifact?
  notation policy explain registry.example.com/app@sha256:9f2c...
`,
  extension: true,
  flags: policyExplainFlags,
  args: (args) => (args.length === 0 ? 'missing reference to the artifact' : undefined),
  completeArgs: 'none',
  load: () => import('./run.ts'),
};
