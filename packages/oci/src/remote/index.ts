// SPDX-License-Identifier: Apache-2.0
export type { RemoteRepositoryOptions } from './options.ts';
export { createRemoteRepository } from './repository.ts';
