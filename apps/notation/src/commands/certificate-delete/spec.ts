// SPDX-License-Identifier: Apache-2.0
/** `notation certificate delete`. */
import type { Command, Flags } from '@notary/cli';
import type { AppDeps } from '../../deps.ts';
import { jsonFlags, requiredStoreFlags, yesFlags } from '../../flags.ts';

export const certificateDeleteFlags = {
  ...requiredStoreFlags,
  all: { type: 'bool', short: 'a', usage: 'delete all certificates in the named store' },
  ...yesFlags,
  ...jsonFlags,
} as const satisfies Flags;

export const certificateDeleteCommand: Command<AppDeps> = {
  name: 'delete',
  use: '--type <type> --store <name> [flags] (--all | <cert_fileName>)',
  short: 'Delete certificates from the trust store.',
  long: `Delete certificates from the trust store

Example - Delete all certificates with "ca" type from the trust store "acme-rockets":
  notation cert delete --type ca --store acme-rockets --all

Example - Delete certificate "cert1.pem" with "signingAuthority" type from trust store wabbit-networks:
  notation cert delete --type signingAuthority --store wabbit-networks cert1.pem

Example - Delete all certificates with "ca" type from the trust store "acme-rockets", without prompt for confirmation:
  notation cert delete --type ca --store acme-rockets -y --all 

Example - Delete certificate "wabbit-networks-timestamp.pem" with "tsa" type from trust store timestamp:
  notation cert delete --type tsa --store timestamp wabbit-networks-timestamp.pem -y
`,
  flags: certificateDeleteFlags,
  args: (args, options) => {
    if (options.all && args.length > 0)
      return 'cannot delete a single certificate file when --all flag is set. use --help flag for more details';
    return options.all || args.length > 0
      ? undefined
      : 'delete requires either the certificate file name that needs to be deleted or --all flag to delete all certificates in the given named trust store';
  },
  completeArgs: 'none',
  load: () => import('./run.ts'),
};
