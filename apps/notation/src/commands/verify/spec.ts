// SPDX-License-Identifier: Apache-2.0
/** `notation verify`. */
import type { Command, Flags } from '@notary/cli';
import type { AppDeps } from '../../deps.ts';
import { jsonFlags, loggingFlags, maxSignaturesFlags, secureFlags, verifyMetadataFlags } from '../../flags.ts';
import { requireReference } from '../shared.ts';

export const verifyFlags = {
  ...loggingFlags,
  ...secureFlags,
  ...verifyMetadataFlags,
  ...maxSignaturesFlags,
  'oci-layout': { type: 'bool', usage: '[Experimental] verify the artifact stored as OCI image layout', experimental: true },
  scope: {
    type: 'string',
    usage: '[Experimental] set trust policy scope for artifact verification, required and can only be used when flag "--oci-layout" is set',
    experimental: true,
    complete: 'none',
  },
  'policy-scope': {
    type: 'string',
    usage: 'choose the trust policy statement for oci-layout: and oci-archive: references by this scope',
    placeholder: 'scope',
    extension: true,
    complete: 'none',
  },
  file: {
    type: 'string',
    usage: 'also verify the references in this file, one a line; - is standard input',
    placeholder: 'path',
    extension: true,
  },
  platform: {
    type: 'string',
    usage: 'after an image index was verified, name the digest of its manifest for this platform',
    placeholder: 'os/arch[/variant]',
    extension: true,
    complete: 'none',
  },
  ...jsonFlags,
} as const satisfies Flags;

export const verifyCommand: Command<AppDeps> = {
  name: 'verify',
  use: '[reference]',
  short: 'Verify OCI artifacts',
  long: `Verify OCI artifacts

Prerequisite: added a certificate into trust store and created a trust policy.

Example - Verify a signature on an OCI artifact identified by a digest:
  notation verify <registry>/<repository>@<digest>

Example - Verify a signature on an OCI artifact identified by a tag  (Notation will resolve tag to digest):
  notation verify <registry>/<repository>:<tag>
`,
  experimentalLong: `
Example - [Experimental] Verify a signature on an OCI artifact referenced in an OCI layout using trust policy statement specified by scope.
  notation verify --oci-layout <registry>/<repository>@<digest> --scope <trust_policy_scope>

Example - [Experimental] Verify a signature on an OCI artifact identified by a tag and referenced in an OCI layout using trust policy statement specified by scope.
  notation verify --oci-layout <registry>/<repository>:<tag> --scope <trust_policy_scope>
`,
  additionalExamples: `Example - Verify several artifacts in one call, some of them named in a file:
  notation verify --file references.txt <registry>/<repository>@<digest>

Example - Verify the signature of an image index, then name the manifest for one platform:
  notation verify --platform linux/amd64 <registry>/<repository>@<digest>

Example - Verify an artifact in an OCI image layout, in a directory or an archive:
  notation verify oci-layout:<path>@<digest> --policy-scope <scope>
`,
  flags: verifyFlags,
  args: (args, options) => (options.file === '' ? requireReference('verify')(args, options) : undefined),
  groups: { together: [['oci-layout', 'scope']] },
  load: () => import('./run.ts'),
};
