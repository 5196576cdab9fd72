// SPDX-License-Identifier: Apache-2.0
export { createFileTokenCache } from './file-token-cache.ts';
