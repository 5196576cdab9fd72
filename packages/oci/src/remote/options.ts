// SPDX-License-Identifier: Apache-2.0
/** What a client of a remote repository is given. */
import type { Clock, Http, Log, Random } from '@notary/base';
import type { CredentialSource, TokenCache } from '@notary/registry-auth';

/** A repository in a registry, and what asking it needs. */
export interface RemoteRepositoryOptions {
  /** `host[:port]` and name, as {@link parseReference} yields them. */
  readonly registry: string;
  readonly repository: string;
  readonly http: Http;
  readonly clock: Clock;
  readonly random: Random;
  /** Default: nobody, every request is anonymous. Asked only when the registry wants to know, or a kept token may fit. */
  readonly credentials?: CredentialSource;
  /** Tokens that outlive this process. Default: memory only. */
  readonly tokenCache?: TokenCache;
  /** `http` instead of `https`; see {@link usesPlainHttp}. */
  readonly allowPlainHttp?: boolean;
  /** `push` asks for the right to push with the first token: one token request less for who is going to write. Default `pull`. */
  readonly access?: 'pull' | 'push';
  /** The User-Agent of each request. */
  readonly userAgent?: string;
  /** `client_id` towards token servers. */
  readonly clientId?: string;
  /**
   * Where referrers are read: `auto` (the API, else the tag schema), only one of them, or `both`, as one list.
   * `parallel` asks for both at once and prefers the API's answer: one round trip less where there is no API.
   */
  readonly referrers?: 'auto' | 'parallel' | 'api' | 'tag' | 'both';
  /** Writes the tag schema even where the registry indexes referrers itself. */
  readonly forceReferrersTag?: boolean;
  /** Called once for each distinct text of a registry's `Warning` header. */
  readonly onWarning?: (text: string) => void;
  readonly log?: Log;
  /** Bound on all retries of one request, waits included; default one minute. */
  readonly retryDeadlineMs?: number;
}
