// SPDX-License-Identifier: Apache-2.0
/** `notation blob sign`. */
import type { Command, Flags } from '@notary/cli';
import type { AppDeps } from '../../deps.ts';
import { expiryFlags, jsonFlags, loggingFlags, signerFlags, signerGroups, signMetadataFlags } from '../../flags.ts';
import { signatureFormatDefault } from '../shared.ts';

export const blobSignFlags = {
  ...loggingFlags,
  ...signerFlags,
  ...expiryFlags,
  ...signMetadataFlags,
  'media-type': { type: 'string', usage: 'media type of the blob', default: 'application/octet-stream', complete: 'none' },
  'signature-directory': {
    type: 'string',
    usage: 'directory where the signature file is placed (default same directory as the blob)',
    complete: 'directory',
  },
  force: { type: 'bool', usage: 'override the existing signature file, never prompt' },
  ...jsonFlags,
} as const satisfies Flags;

export const blobSignCommand: Command<AppDeps> = {
  name: 'sign',
  use: '[flags] <blob_path>',
  short: 'Produce a detached signature for a given blob',
  long: `Produce a detached signature for a given blob.

By default, the signature file will be written to the same directory as the blob with file name "{blob file name}.{signature format}.sig".

Note: a signing key must be specified. This can be done temporarily by naming a key file, or a new key can be configured using the command "notation key add"

Example - Sign a blob artifact using the default signing key, with the default JWS envelope, and store the signature at current directory:
  notation blob sign <blob_path>

Example - Sign a blob artifact by generating the signature in a particular directory: 
  notation blob sign --signature-directory <signature_directory_path> <blob_path>

Example - Sign a blob artifact and skip user confirmations when overwriting existing signature:
  notation blob sign --force <blob_path> 

Example - Sign a blob artifact using the default signing key, with the COSE envelope:
  notation blob sign --signature-format cose <blob_path>

Example - Sign a blob artifact and add a user metadata to payload: 
  notation blob sign --user-metadata <metadata> <blob_path>

Example - Sign a blob artifact using a specified media type: 
  notation blob sign --media-type <media type> <blob_path>

Example - Sign a blob artifact using a specified key: 
  notation blob sign --key <key_name> <blob_path>

Example - Sign a blob artifact and specify the signature expiry duration, for example 24 hours: 
  notation blob sign --expiry 24h <blob_path>
`,
  additionalExamples: `Example - Sign a blob artifact with a private key and its certificates from files:
  notation blob sign --key-file <key_path> --cert-file <chain_path> <blob_path>
`,
  flags: blobSignFlags,
  args: (args) => {
    if (args.length === 0)
      return 'missing file path to the blob artifact: use `notation blob sign --help` to see what parameters are required';
    return args[0] === '' ? 'blob path cannot be empty' : undefined;
  },
  groups: { exclusive: signerGroups },
  defaults: signatureFormatDefault,
  load: () => import('./run.ts'),
};
