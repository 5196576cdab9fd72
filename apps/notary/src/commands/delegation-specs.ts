// SPDX-License-Identifier: Apache-2.0
/** The commands on delegations: names, flags and texts of the reference. */
import type { Command } from '@notary/cli';
import type { AppDeps } from '../deps.ts';
import { jsonFlag, publishFlag, readFlags, showExpiredFlag } from '../flags.ts';

export const delegationCommand: Command<AppDeps> = {
  name: 'delegation',
  short: 'Operates on delegations.',
  long: 'Operations on TUF delegations.',
  commands: [
    {
      name: 'list',
      use: '[ GUN ]',
      short: 'Lists delegations for the Global Unique Name.',
      long: 'Lists all delegations known to notary for a specific Global Unique Name.',
      flags: { ...readFlags, ...showExpiredFlag },
      load: () => import('./delegation-list.ts'),
    },
    {
      name: 'purge',
      use: '[ GUN ]',
      short: 'Remove KeyID(s) from all delegation roles in the given GUN.',
      long: 'Remove KeyID(s) from all delegation roles in the given GUN, for which the signing keys are available. Warnings will be printed for delegations that cannot be updated.',
      flags: {
        key: { type: 'strings', usage: 'Delegation key IDs to be removed from the GUN', complete: 'none' },
        ...publishFlag,
        ...jsonFlag,
      },
      load: () => import('./delegation-purge.ts'),
    },
    {
      name: 'remove',
      use: '[ GUN ] [ Role ] <KeyID 1> ...',
      short: 'Remove KeyID(s) from the specified Role delegation.',
      long: 'Remove KeyID(s) from the specified Role delegation in a specific Global Unique Name.',
      flags: {
        paths: { type: 'strings', usage: 'List of paths to remove', complete: 'none' },
        yes: { type: 'bool', short: 'y', usage: 'Answer yes to the removal question (no confirmation)' },
        'all-paths': { type: 'bool', usage: 'Remove all paths from this delegation' },
        ...publishFlag,
        ...jsonFlag,
      },
      load: () => import('./delegation-remove.ts'),
    },
    {
      name: 'add',
      use: '[ GUN ] [ Role ] <X509 file path 1> ...',
      short: 'Add a keys to delegation using the provided public key X509 certificates.',
      long: 'Add a keys to delegation using the provided public key PEM encoded X509 certificates in a specific Global Unique Name.',
      flags: {
        paths: { type: 'strings', usage: 'List of paths to add', complete: 'none' },
        'all-paths': { type: 'bool', usage: 'Add all paths to this delegation' },
        threshold: { type: 'int', usage: "How many of the delegation's keys must sign", extension: true },
        ...publishFlag,
        ...jsonFlag,
      },
      load: () => import('./delegation-add.ts'),
    },
  ],
};
