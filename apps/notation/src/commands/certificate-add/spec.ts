// SPDX-License-Identifier: Apache-2.0
/** `notation certificate add`. */
import type { Command } from '@notary/cli';
import type { AppDeps } from '../../deps.ts';
import { jsonFlags, requiredStoreFlags } from '../../flags.ts';

export const certificateAddFlags = { ...requiredStoreFlags, ...jsonFlags };

export const certificateAddCommand: Command<AppDeps> = {
  name: 'add',
  use: '--type <type> --store <name> [flags] <cert_path>...',
  short: 'Add certificates to the trust store.',
  long: `Add certificates to the trust store

Example - Add a certificate to the "ca" type of a named store "acme-rockets":
  notation cert add --type ca --store acme-rockets acme-rockets.crt

Example - Add a certificate to the "signingAuthority" type of a named store "wabbit-networks":
  notation cert add --type signingAuthority --store wabbit-networks wabbit-networks.pem

Example - Add a certificate to the "tsa" type of a named store "timestamp":
  notation cert add --type tsa --store timestamp wabbit-networks-timestamp.pem
`,
  flags: certificateAddFlags,
  args: (args) => (args.length === 0 ? 'missing certificate path' : undefined),
  load: () => import('./run.ts'),
};
