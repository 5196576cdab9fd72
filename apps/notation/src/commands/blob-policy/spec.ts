// SPDX-License-Identifier: Apache-2.0
/** `notation blob policy`: the commands of `notation policy`, for files instead of artifacts in registries. */
import type { Command, Flags } from '@notary/cli';
import type { AppDeps } from '../../deps.ts';
import { jsonFlags, statementFlags } from '../../flags.ts';

const importFlags = {
  force: { type: 'bool', usage: 'override the existing blob trust policy configuration without prompt' },
  ...jsonFlags,
} as const satisfies Flags;

const importCommand: Command<AppDeps> = {
  name: 'import',
  use: '[flags] <file_path>',
  short: 'Import blob trust policy configuration from a JSON file',
  long: `Import blob trust policy configuration from a JSON file.

Example - Import blob trust policy configuration from a JSON file and store as "trustpolicy.blob.json":
  notation blob policy import my_policy.json

Example - Import blob trust policy and override existing configuration without prompt:
  notation blob policy import --force my_policy.json
`,
  flags: importFlags,
  args: (args) =>
    args.length === 1
      ? undefined
      : `requires 1 argument but received ${args.length}.\nUsage: notation blob policy import <path-to-policy.json>\nPlease specify a trust policy configuration location as the argument`,
  load: async () => (await import('../policy-import/run.ts')).blobPolicyImport,
};

const showCommand: Command<AppDeps> = {
  name: 'show',
  use: '[flags]',
  short: 'Show blob trust policy configuration',
  long: `Show blob trust policy configuration.

Example - Show current blob trust policy configuration:
  notation blob policy show

Example - Save current blob trust policy configuration to a file:
  notation blob policy show > my_policy.json
`,
  flags: { ...jsonFlags },
  args: { exactly: 0 },
  completeArgs: 'none',
  load: async () => (await import('../policy-show/run.ts')).blobPolicyShow,
};

export const blobPolicyInitFlags = {
  name: { type: 'string', short: 'n', usage: 'name of the blob trust policy', required: true, complete: 'none' },
  ...statementFlags,
  force: { type: 'bool', usage: 'override the existing blob trust policy configuration, never prompt (default --force=false)' },
  global: { type: 'bool', usage: 'set the policy as the global policy (default --global=false)' },
  ...jsonFlags,
} as const satisfies Flags;

const initCommand: Command<AppDeps> = {
  name: 'init',
  use: '[flags] --name <policy_name> --trust-store "<store_type>:<store_name>" --trusted-identity "<trusted_identity>"',
  short: 'Initialize blob trust policy configuration',
  long: `Initialize blob trust policy configuration.

Example - init a blob trust policy configuration with a trust store and a trusted identity:
  notation blob policy init --name examplePolicy --trust-store ca:exampleStore --trusted-identity "x509.subject: C=US, ST=WA, O=acme-rockets.io"

Example - init a blob trust policy configuration and set the policy statement as the global policy:
  notation blob policy init --name examplePolicy --trust-store ca:exampleStore --trusted-identity "x509.subject: C=US, ST=WA, O=acme-rockets.io" --global

Example - init a blob trust policy configuration with multiple trust stores and trusted identities:
  notation blob policy init --name examplePolicy --trust-store ca:exampleStore --trust-store ca:exampleStore2 --trusted-identity "x509.subject: C=US, ST=WA, O=acme-rockets.io" --trusted-identity "x509.subject: C=US, ST=WA, L=Seattle, O=wabbit-networks.io"

Example - init a blob trust policy configuration with any trusted identity:
  notation blob policy init --name examplePolicy --trust-store ca:exampleStore --trusted-identity "*"

Example - init a blob trust policy configuration without prompt:
  notation blob policy init --name examplePolicy --trust-store ca:exampleStore --trusted-identity "x509.subject: C=US, ST=WA, O=acme-rockets.io" --force
`,
  flags: blobPolicyInitFlags,
  args: { exactly: 0 },
  completeArgs: 'none',
  load: async () => (await import('../policy-init/run.ts')).blobPolicyInit,
};

const lintCommand: Command<AppDeps> = {
  name: 'lint',
  use: '[flags] [<file_path>]',
  short: 'Point out what is wrong or risky in a blob trust policy',
  long: `Point out what is wrong or risky in a blob trust policy: errors are what verification refuses to load, warnings are what it accepts and what may surprise.

The exit code is 1 if there is an error. Without a file, the policy in force is looked at.
`,
  extension: true,
  flags: { ...jsonFlags },
  args: { atMost: 1 },
  load: async () => (await import('../policy-lint/run.ts')).blobPolicyLint,
};

export const blobPolicyCommand: Command<AppDeps> = {
  name: 'policy',
  short: 'Manage blob trust policy configuration for arbitrary blob signature verification',
  long: 'Manage blob trust policy configuration for arbitrary blob signature verification.',
  commands: [importCommand, showCommand, initCommand, lintCommand],
};
