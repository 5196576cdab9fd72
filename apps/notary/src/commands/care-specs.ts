// SPDX-License-Identifier: Apache-2.0
/** The commands that the reference does not have. */
import type { Command } from '@notary/cli';
import type { AppDeps } from '../deps.ts';
import { jsonFlag, onlineFlags } from '../flags.ts';

const roleArgs = ['root', 'targets', 'snapshot', 'timestamp'];

export const careCommands: readonly Command<AppDeps>[] = [
  {
    name: 'health',
    use: '[ GUN ]',
    short: 'Shows what of a collection expires when, and which keys are here.',
    long: 'Shows for every role its version, the days left, its threshold and which of its keys are held here. Ends with 1 if something has expired or is below its threshold.',
    extension: true,
    flags: onlineFlags,
    load: () => import('./health.ts'),
  },
  {
    name: 'pin',
    short: 'Shows, sets and checks trust pins.',
    long: 'Trust pins say which root certificate is right for a collection before it is seen for the first time. They live in the configuration under trust_pinning.',
    extension: true,
    commands: [
      {
        name: 'show',
        use: '[ GUN ]',
        short: 'Shows the pins of the configuration, or the one that applies to a collection.',
        flags: jsonFlag,
        load: () => import('./pin-show.ts'),
      },
      {
        name: 'set',
        use: '[ GUN ] [ fingerprint ... ]',
        short:
          'Pins the root certificates of a collection: those with the given fingerprints, as the publisher sees them in "notary health", or those trusted here now.',
        flags: onlineFlags,
        load: () => import('./pin-set.ts'),
      },
      {
        name: 'check',
        use: '[ GUN ]',
        short: 'Compares the pin of a collection with its root.',
        flags: onlineFlags,
        load: () => import('./pin-check.ts'),
      },
    ],
  },
  {
    name: 'recover',
    use: '[ GUN ] [ role ... ]',
    short: 'Says for each lost key what is possible, and does it.',
    long: 'Without a role: says what can be done for each role with the keys that are here. With roles: replaces their lost keys and publishes at once.',
    extension: true,
    flags: { local: { type: 'bool', usage: 'Keep a recovered snapshot key here instead of on the server' }, ...onlineFlags },
    load: () => import('./recover.ts'),
  },
  {
    name: 'mirror',
    use: '[ GUN ] DIR',
    short: 'Copies collections into a folder that any web server can serve.',
    long: 'Writes a complete static copy of a collection: all root versions and the current metadata, verified first. Any web server or -s file://DIR serves it. With --list many collections are copied, and a run that was interrupted goes on where it stopped.',
    extension: true,
    flags: {
      list: { type: 'string', usage: 'File with one collection name a line' },
      history: { type: 'bool', usage: 'Copy former versions of all roles too' },
      'allow-expired': { type: 'bool', usage: 'Copy collections that have expired: to keep what a server left behind' },
      ...onlineFlags,
    },
    load: () => import('./mirror.ts'),
  },
  {
    name: 'adopt',
    use: '[ GUN ]',
    short: 'Moves a collection to a server that has imported its mirror.',
    long: "Publishes a root that names the new server's timestamp key, and its snapshot key unless you sign snapshots. It takes the root key. The operator imports the mirror first: notary-server import DIR.",
    extension: true,
    flags: { from: { type: 'string', usage: 'Folder of the mirror', required: true, complete: 'directory' }, ...onlineFlags },
    load: () => import('./adopt.ts'),
  },
  {
    name: 'rotate',
    short: 'Rotates keys by a plan that can be reviewed and resumed.',
    long: 'Several roles are rotated with one new root. A plan is made, looked at, and applied; applying it again after an interruption goes on with the keys that were made.',
    extension: true,
    commands: [
      {
        name: 'plan',
        use: '[ GUN ] [ role ... ]',
        short: 'Says what rotating these roles means, and writes it down.',
        completeArgs: roleArgs,
        flags: {
          output: { type: 'string', short: 'o', usage: 'File to write the plan to', default: 'rotation.json' },
          'server-managed': { type: 'strings', usage: 'Roles whose keys the server holds from then on', complete: 'none' },
          legacy: { type: 'int', usage: "Number of old version's root roles to sign with to support old clients" },
          ...onlineFlags,
        },
        load: () => import('./rotate-plan.ts'),
      },
      {
        name: 'apply',
        use: 'PLAN',
        short: 'Carries a plan out, or goes on with it.',
        flags: onlineFlags,
        load: () => import('./rotate-apply.ts'),
      },
    ],
  },
  {
    name: 'threshold',
    use: '[ GUN ] [ role ] [ number ]',
    short: "Sets how many of a role's keys must sign, and publishes at once.",
    extension: true,
    flags: onlineFlags,
    load: () => import('./threshold.ts'),
  },
];
