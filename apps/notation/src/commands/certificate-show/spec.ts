// SPDX-License-Identifier: Apache-2.0
/** `notation certificate show`. */
import type { Command } from '@notary/cli';
import type { AppDeps } from '../../deps.ts';
import { jsonFlags, loggingFlags, requiredStoreFlags } from '../../flags.ts';

export const certificateShowFlags = { ...loggingFlags, ...requiredStoreFlags, ...jsonFlags };

export const certificateShowCommand: Command<AppDeps> = {
  name: 'show',
  use: '--type <type> --store <name> [flags] <cert_fileName>',
  short:
    'Show certificate details given trust store type, named store, and certificate file name. If the certificate file contains multiple certificates, then all certificates are displayed.',
  long: `Show certificate details of given trust store name, trust store type, and certificate file name. If the certificate file contains multiple certificates, then all certificates are displayed

Example - Show details of certificate "cert1.pem" with type "ca" from trust store "acme-rockets":
  notation cert show --type ca --store acme-rockets cert1.pem

Example - Show details of certificate "cert2.pem" with type "signingAuthority" from trust store "wabbit-networks":
  notation cert show --type signingAuthority --store wabbit-networks cert2.pem

Example - Show details of certificate "wabbit-networks-timestamp.pem" with type "tsa" from trust store "timestamp":
  notation cert show --type tsa --store timestamp wabbit-networks-timestamp.pem
`,
  flags: certificateShowFlags,
  args: (args) => {
    if (args.length === 0) return 'missing certificate file name';
    return args.length > 1 ? 'show only supports single certificate file' : undefined;
  },
  completeArgs: 'none',
  load: () => import('./run.ts'),
};
