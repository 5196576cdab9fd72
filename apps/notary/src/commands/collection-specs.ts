// SPDX-License-Identifier: Apache-2.0
/** The commands on a collection: names, flags and texts of the reference. */
import type { Command } from '@notary/cli';
import type { AppDeps } from '../deps.ts';
import { jsonFlag, onlineFlags, publishFlag, readFlags, rolesFlag, showExpiredFlag } from '../flags.ts';

const STAGED = 'This is an offline operation.  Please then use `publish` to push the changes to the remote trusted collection.';
const customFlag = { custom: { type: 'string', usage: 'Path to the file containing custom data for this target' } } as const;

export const collectionCommands: readonly Command<AppDeps>[] = [
  {
    name: 'init',
    use: '[ GUN ]',
    short: 'Initializes a local trusted collection.',
    long: 'Initializes a local trusted collection identified by the Globally Unique Name. This is an online operation.',
    flags: {
      rootkey: { type: 'string', usage: 'Root key to initialize the repository with' },
      rootcert: {
        type: 'string',
        usage: 'Root certificate must match root key if a root key is supplied, otherwise it must match a key present in keystore',
      },
      ...publishFlag,
      'server-snapshot': { type: 'bool', usage: 'Leave the snapshot key to the server', extension: true },
      ...jsonFlag,
    },
    load: () => import('./init.ts'),
  },
  {
    name: 'status',
    use: '[ GUN ]',
    short: 'Displays status of unpublished changes to the local trusted collection.',
    long: 'Displays status of unpublished changes to the local trusted collection identified by the Globally Unique Name.',
    flags: jsonFlag,
    load: () => import('./status.ts'),
  },
  {
    name: 'reset',
    use: '[ GUN ]',
    short: 'Resets unpublished changes for the local trusted collection.',
    long: 'Resets unpublished changes for the local trusted collection identified by the Globally Unique Name.',
    flags: {
      number: {
        type: 'strings',
        placeholder: 'ints',
        short: 'n',
        usage: 'Numbers of specific changes to exclusively reset, as shown in status list',
        complete: 'none',
      },
      all: { type: 'bool', usage: 'Reset all changes shown in the status list' },
      ...jsonFlag,
    },
    load: () => import('./reset.ts'),
  },
  {
    name: 'publish',
    use: '[ GUN ]',
    short: 'Publishes the local trusted collection.',
    long: 'Publishes the local trusted collection identified by the Globally Unique Name, sending the local changes to a remote trusted server.',
    flags: onlineFlags,
    load: () => import('./publish.ts'),
  },
  {
    name: 'lookup',
    use: '[ GUN ] <target>',
    short: 'Looks up a specific target in a remote trusted collection.',
    long: 'Looks up a specific target in a remote trusted collection identified by the Globally Unique Name.',
    flags: { ...readFlags, ...showExpiredFlag },
    load: () => import('./lookup.ts'),
  },
  {
    name: 'list',
    use: '[ GUN ]',
    short: 'Lists targets for a remote trusted collection.',
    long: 'Lists all targets for a remote trusted collection identified by the Globally Unique Name. This is an online operation.',
    flags: { ...rolesFlag('Delegation roles to list targets for (will shadow targets role)'), ...readFlags, ...showExpiredFlag },
    load: () => import('./list.ts'),
  },
  {
    name: 'add',
    use: '[ GUN ] <target> <file>',
    short: 'Adds the file as a target to the trusted collection.',
    long: `Adds the file as a target to the local trusted collection identified by the Globally Unique Name. ${STAGED}`,
    flags: { ...rolesFlag('Delegation roles to add this target to'), ...publishFlag, ...customFlag, ...jsonFlag },
    load: () => import('./add.ts'),
  },
  {
    name: 'remove',
    use: '[ GUN ] <target>',
    short: 'Removes a target from a trusted collection.',
    long: `Removes a target from the local trusted collection identified by the Globally Unique Name. ${STAGED}`,
    flags: { ...rolesFlag('Delegation roles to remove this target from'), ...publishFlag, ...jsonFlag },
    load: () => import('./remove.ts'),
  },
  {
    name: 'addhash',
    use: '[ GUN ] <target> <byte size> <hashes>',
    short: 'Adds the byte size and hash(es) as a target to the trusted collection.',
    long: `Adds the specified byte size and hash(es) as a target to the local trusted collection identified by the Globally Unique Name. ${STAGED}`,
    flags: {
      ...rolesFlag('Delegation roles to add this target to'),
      sha256: { type: 'string', usage: 'hex encoded sha256 of the target to add', complete: 'none' },
      sha512: { type: 'string', usage: 'hex encoded sha512 of the target to add', complete: 'none' },
      ...publishFlag,
      ...customFlag,
      ...jsonFlag,
    },
    load: () => import('./addhash.ts'),
  },
  {
    name: 'verify',
    use: '[ GUN ] <target>',
    short: 'Verifies if the content is included in the remote trusted collection',
    long: 'Verifies if the data passed in STDIN is included in the remote trusted collection identified by the Globally Unique Name.',
    flags: {
      input: { type: 'string', short: 'i', usage: 'Read from a file, instead of STDIN' },
      output: { type: 'string', short: 'o', usage: 'Write to a file, instead of STDOUT' },
      quiet: { type: 'bool', short: 'q', usage: 'No output except for errors' },
      ...readFlags,
    },
    load: () => import('./verify.ts'),
  },
  {
    name: 'witness',
    use: '[ GUN ] <role> ...',
    short: "Marks roles to be re-signed the next time they're published",
    long: "Marks roles to be re-signed the next time they're published. Currently will always bump version and expiry for role. N.B. behaviour may change when thresholding is introduced.",
    flags: { ...publishFlag, ...jsonFlag },
    load: () => import('./witness.ts'),
  },
  {
    name: 'delete',
    use: '[ GUN ]',
    short: 'Deletes all content for a trusted collection',
    long: 'Deletes all local content for a trusted collection identified by the Globally Unique Name. Remote data can also be deleted with an additional flag.',
    flags: { remote: { type: 'bool', usage: 'Delete remote data for GUN in addition to local cache' }, ...jsonFlag },
    load: () => import('./delete.ts'),
  },
];
