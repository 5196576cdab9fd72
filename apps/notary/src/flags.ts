// SPDX-License-Identifier: Apache-2.0
/** Flags that several commands share. */
import type { Flags, OptionsOf } from '@notary/cli';

/** Before every command's own flags. */
export const globalFlags = {
  trustDir: { type: 'string', short: 'd', usage: 'Directory where the trust data is persisted to', complete: 'directory' },
  configFile: { type: 'string', short: 'c', usage: 'Path to the configuration file to use' },
  verbose: { type: 'bool', short: 'v', usage: 'Verbose output' },
  debug: { type: 'bool', short: 'D', usage: 'Debug output' },
  server: { type: 'string', short: 's', usage: 'Remote trust server location', complete: 'none' },
  tlscacert: { type: 'string', usage: 'Trust certs signed only by this CA' },
  tlscert: { type: 'string', usage: 'Path to TLS certificate file' },
  tlskey: { type: 'string', usage: 'Path to TLS key file' },
} as const satisfies Flags;

export type GlobalOptions = OptionsOf<typeof globalFlags>;

/** On every command: its result as JSON. */
export const jsonFlag = { json: { type: 'bool', usage: 'Print the result as JSON', extension: true } } as const satisfies Flags;

/** On commands that may meet a collection for the first time. */
export const onlineFlags = {
  ...jsonFlag,
  'disable-tofu': { type: 'bool', usage: 'Refuse a collection that is neither known nor pinned', extension: true },
} as const satisfies Flags;

/** On commands that only look. */
export const readFlags = {
  ...onlineFlags,
  'as-of': { type: 'string', usage: 'Check expiry at this time (RFC 3339) instead of now', extension: true, complete: 'none' },
} as const satisfies Flags;

export const showExpiredFlag = {
  'show-expired': { type: 'bool', usage: 'Show an expired collection, with a warning', extension: true },
} as const satisfies Flags;

export const publishFlag = {
  publish: {
    type: 'bool',
    short: 'p',
    usage: 'Automatically attempt to publish after staging the change. Will also publish existing staged changes.',
  },
} as const satisfies Flags;

export const rolesFlag = (usage: string) => ({ roles: { type: 'strings', short: 'r', usage, complete: 'none' } }) as const satisfies Flags;
