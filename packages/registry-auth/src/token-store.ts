// SPDX-License-Identifier: Apache-2.0
/** Where tokens outlive a process. The memory of one client is in `client.ts`; a directory of files in `./token-cache`. */
import { type Credential, registryHost } from './credential.ts';
import type { BearerToken } from './token.ts';

/** Keeps tokens between calls. */
export interface TokenCache {
  /**
   * Live tokens of an origin (`https://host[:port]`) that were got with this credential. `credential` is called only if something is kept at all, since
   * finding it may mean running a helper.
   */
  load(origin: string, credential: () => Promise<Credential>): Promise<readonly BearerToken[]>;
  /** Keeps a token. A cache that cannot be written is no reason to fail: it stays silent. */
  save(origin: string, credential: Credential, token: BearerToken): Promise<void>;
  /** Forgets all tokens of an origin: after a logout, or when one of them was refused. */
  forget(origin: string): Promise<void>;
}

/** Forgets what is kept for a registry, by https and by plain http. */
export async function forgetRegistry(cache: TokenCache, registry: string): Promise<void> {
  for (const scheme of ['https', 'http']) await cache.forget(`${scheme}://${registryHost(registry)}`);
}
