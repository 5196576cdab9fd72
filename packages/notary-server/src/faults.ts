// SPDX-License-Identifier: Apache-2.0
import { defineFaults } from '@notary/base';

/** Faults of storage. The HTTP layer maps them to the reference's error codes. */
export const storeFaults = defineFaults('STORE', {
  CONFLICT: {
    category: 'conflict',
    say: (f: { gun: string }) => `another update of ${f.gun} was stored meanwhile`,
    remedy: 'fetch the current metadata, apply the change to it and publish again',
  },
  OLD_VERSION: {
    category: 'conflict',
    say: (f: { gun: string; role: string; version: number }) => `${f.gun} has ${f.role} of version ${f.version} or newer`,
    remedy: 'fetch the current metadata, apply the change to it and publish again',
  },
  TORN: {
    category: 'internal',
    say: (f: { gun: string; role: string }) => `the stored ${f.role} of ${f.gun} is missing or does not match the hash that names it`,
    remedy: 'restore the database from a backup, or publish the collection again',
  },
});
