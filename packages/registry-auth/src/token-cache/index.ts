// SPDX-License-Identifier: Apache-2.0
export { createFileTokenCache, type FileTokenCacheOptions } from './file-token-cache.ts';
