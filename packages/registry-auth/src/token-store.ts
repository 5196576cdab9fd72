// SPDX-License-Identifier: Apache-2.0
/** Where tokens outlive a process. The memory of one client is in `client.ts`; a directory of files in `./token-cache`. */
import type { Credential } from './credential.ts';
import type { BearerToken } from './token.ts';

export interface TokenCache {
  /**
   * Live tokens of a registry that were got with this credential. `credential` is called only if something is kept at all, since
   * finding it may mean running a helper.
   */
  load(registry: string, credential: () => Promise<Credential>): Promise<readonly BearerToken[]>;
  /** Keeps a token. A cache that cannot be written is no reason to fail: it stays silent. */
  save(registry: string, credential: Credential, token: BearerToken): Promise<void>;
  /** Forgets all tokens of a registry: after a logout, or when one of them was refused. */
  forget(registry: string): Promise<void>;
}
