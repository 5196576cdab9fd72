// SPDX-License-Identifier: Apache-2.0
/** `notation sign`. */
import type { Command, Flags } from '@notary/cli';
import type { AppDeps } from '../../deps.ts';
import { expiryFlags, jsonFlags, loggingFlags, secureFlags, signerFlags, signerGroups, signMetadataFlags } from '../../flags.ts';
import { requireReference, signatureFormatDefault } from '../shared.ts';

export const signFlags = {
  ...loggingFlags,
  ...signerFlags,
  ...secureFlags,
  ...expiryFlags,
  ...signMetadataFlags,
  'force-referrers-tag': { type: 'bool', usage: 'force to store signatures using the referrers tag schema' },
  'oci-layout': { type: 'bool', usage: '[Experimental] sign the artifact stored as OCI image layout', experimental: true },
  recursive: { type: 'bool', usage: 'sign an image index and every manifest that it lists', extension: true },
  ...jsonFlags,
} as const satisfies Flags;

export const signCommand: Command<AppDeps> = {
  name: 'sign',
  use: '[flags] <reference>',
  short: 'Sign artifacts',
  long: `Sign artifacts

Note: a signing key must be specified. This can be done temporarily by naming a key file, or a new key can be configured using the command "notation key add"

Example - Sign an OCI artifact using the default signing key, with the default JWS envelope, and use OCI image manifest to store the signature:
  notation sign <registry>/<repository>@<digest>

Example - Sign an OCI artifact using the default signing key, with the COSE envelope:
  notation sign --signature-format cose <registry>/<repository>@<digest> 

Example - Sign an OCI artifact using a specified key
  notation sign --key <key_name> <registry>/<repository>@<digest>

Example - Sign an OCI artifact identified by a tag (Notation will resolve tag to digest)
  notation sign <registry>/<repository>:<tag>

Example - Sign an OCI artifact stored in a registry and specify the signature expiry duration, for example 24 hours
  notation sign --expiry 24h <registry>/<repository>@<digest>

Example - Sign an OCI artifact and store signature using the Referrers API. If it's not supported, fallback to the Referrers tag schema
  notation sign --force-referrers-tag=false <registry>/<repository>@<digest>
`,
  experimentalLong: `
Example - [Experimental] Sign an OCI artifact referenced in an OCI layout
  notation sign --oci-layout "<oci_layout_path>@<digest>"

Example - [Experimental] Sign an OCI artifact identified by a tag and referenced in an OCI layout
  notation sign --oci-layout "<oci_layout_path>:<tag>"
`,
  additionalExamples: `Example - Sign an OCI artifact with a private key and its certificates from files:
  notation sign --key-file <key_path> --cert-file <chain_path> <registry>/<repository>@<digest>

Example - Sign an image index and every manifest that it lists:
  notation sign --recursive <registry>/<repository>@<digest>

Example - Sign an OCI artifact in an OCI image layout, in a directory or an archive:
  notation sign oci-layout:<path>@<digest>
  notation sign oci-archive:<path>:<tag>
`,
  flags: signFlags,
  args: requireReference('sign'),
  groups: { exclusive: [...signerGroups, ['oci-layout', 'force-referrers-tag']] },
  defaults: signatureFormatDefault,
  load: () => import('./run.ts'),
};
