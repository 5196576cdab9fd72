// SPDX-License-Identifier: Apache-2.0
/** A repository in memory, for tests and for programs that build artifacts before they ship them. */
export { createMemoryRepository } from './memory-repository.ts';
