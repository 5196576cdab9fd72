// SPDX-License-Identifier: Apache-2.0
/** `notation policy init`. */
import type { Command, Flags } from '@notary/cli';
import type { AppDeps } from '../../deps.ts';
import { jsonFlags, statementFlags } from '../../flags.ts';

export const policyInitFlags = {
  name: { type: 'string', short: 'n', usage: 'name of the OCI trust policy', required: true, complete: 'none' },
  ...statementFlags,
  scope: {
    type: 'stringArray',
    usage: 'repository that the policy is for, in the format "<registry>/<repository>"; "*" is every repository (default *)',
    complete: 'none',
  },
  force: { type: 'bool', usage: 'override the existing OCI trust policy configuration, never prompt (default --force=false)' },
  ...jsonFlags,
} as const satisfies Flags;

export const policyInitCommand: Command<AppDeps> = {
  name: 'init',
  use: '[flags] --name <policy_name> --trust-store "<store_type>:<store_name>" --trusted-identity "<trusted_identity>"',
  short: 'Initialize OCI trust policy configuration',
  long: `Initialize OCI trust policy configuration.

Example - init an OCI trust policy configuration for one repository:
  notation policy init --name examplePolicy --scope registry.example.com/app --trust-store ca:exampleStore --trusted-identity "x509.subject: C=US, ST=WA, O=acme-rockets.io"

Example - init an OCI trust policy configuration for every repository:
  notation policy init --name examplePolicy --trust-store ca:exampleStore --trusted-identity "x509.subject: C=US, ST=WA, O=acme-rockets.io"
`,
  extension: true,
  flags: policyInitFlags,
  args: { exactly: 0 },
  completeArgs: 'none',
  load: async () => (await import('./run.ts')).ociPolicyInit,
};
