// SPDX-License-Identifier: Apache-2.0
/** The store on disk: one OCI image layout per repository beneath a root. This subpath uses runtime APIs. */
export type { DiskFile, DiskIo, DiskStat } from './io.ts';
export { createDiskIo, diskFault } from './io.ts';
export { type DiskStoreOptions, openDiskStore } from './store.ts';
