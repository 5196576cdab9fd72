// SPDX-License-Identifier: Apache-2.0
/** The policy hook: a function of the embedding program that may refuse or warn, once the request is understood and the content known. */
import type { Digest } from '@notary/base';
import type { RepositoryName } from './names.ts';

/** What is about to happen, before it is answered. */
export interface PolicyEvent {
  readonly action: 'push' | 'pull' | 'delete';
  readonly kind: 'manifest' | 'blob';
  readonly repository: RepositoryName;
  /** As asked for: a tag or a digest. */
  readonly reference: string;
  readonly digest: Digest | undefined;
  /** Of a manifest. */
  readonly mediaType?: string;
  /** Of a manifest that is being pushed or pulled. */
  readonly bytes?: Uint8Array;
  /** User name or subject of the token; empty without authentication. */
  readonly user: string;
}

/** `refuse` answers 403 DENIED with the reason; `warn` sends a Warning header along. */
export interface PolicyDecision {
  readonly refuse?: string;
  readonly warn?: string;
}

/** Returns `undefined` to let a request pass. A rejection refuses it as unavailable: not knowing is not consent. */
export type Policy = (event: PolicyEvent) => PolicyDecision | undefined | Promise<PolicyDecision | undefined>;
