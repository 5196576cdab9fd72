// SPDX-License-Identifier: Apache-2.0
/** `notation blob verify`. */
import type { Command, Flags } from '@notary/cli';
import type { AppDeps } from '../../deps.ts';
import { jsonFlags, loggingFlags, verifyMetadataFlags } from '../../flags.ts';

export const blobVerifyFlags = {
  ...loggingFlags,
  signature: { type: 'string', short: 's', usage: 'filepath of the signature to be verified', required: true },
  'media-type': { type: 'string', usage: 'media type of the blob to verify', complete: 'none' },
  'policy-name': {
    type: 'string',
    usage: 'policy name to verify against. If not provided, the global policy is used if exists',
    complete: 'none',
  },
  ...verifyMetadataFlags,
  ...jsonFlags,
} as const satisfies Flags;

export const blobVerifyCommand: Command<AppDeps> = {
  name: 'verify',
  use: '[flags] --signature <signature_path> <blob_path>',
  short: 'Verify a signature associated with a blob',
  long: `Verify a signature associated with a blob.

Prerequisite: added a certificate into trust store and created a trust policy.

Example - Verify a signature on a blob artifact:
  notation blob verify --signature <signature_path> <blob_path>

Example - Verify the signature on a blob artifact with user metadata:
  notation blob verify --user-metadata <metadata> --signature <signature_path> <blob_path>

Example - Verify the signature on a blob artifact with media type:
  notation blob verify --media-type <media_type> --signature <signature_path> <blob_path>
 
Example - Verify the signature on a blob artifact using a policy statement name:
  notation blob verify --policy-name <policy_name> --signature <signature_path> <blob_path>
`,
  flags: blobVerifyFlags,
  args: (args) =>
    args.length === 0
      ? 'missing path to the blob artifact: use `notation blob verify --help` to see what parameters are required'
      : undefined,
  load: () => import('./run.ts'),
};
