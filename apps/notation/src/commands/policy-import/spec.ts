// SPDX-License-Identifier: Apache-2.0
/** `notation policy import`. */
import type { Command, Flags } from '@notary/cli';
import type { AppDeps } from '../../deps.ts';
import { jsonFlags } from '../../flags.ts';

export const policyImportFlags = {
  force: { type: 'bool', usage: 'override the existing OCI trust policy configuration without prompt' },
  ...jsonFlags,
} as const satisfies Flags;

export const policyImportCommand: Command<AppDeps> = {
  name: 'import',
  use: '[flags] <file_path>',
  short: 'Import OCI trust policy configuration from a JSON file',
  long: `Import OCI trust policy configuration from a JSON file.

Example - Import OCI trust policy configuration from a JSON file and store as "trustpolicy.oci.json":
  notation policy import my_policy.json

Example - Import OCI trust policy and override existing configuration without prompt:
  notation policy import --force my_policy.json
`,
  flags: policyImportFlags,
  args: (args) =>
    args.length === 1
      ? undefined
      : `requires 1 argument but received ${args.length}.\nUsage: notation policy import <path-to-policy.json>\nPlease specify a trust policy file location as the argument`,
  load: async () => (await import('./run.ts')).ociPolicyImport,
};
