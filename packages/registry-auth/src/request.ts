// SPDX-License-Identifier: Apache-2.0
/** Requests to a registry and their answers, one level above the Http port. */
import type { HttpResponse } from '@notary/base';

/** A request to a registry, and the rights that it needs. */
export interface RegistryRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes, or a source that can be opened again for another try. */
  readonly body?: Uint8Array | (() => AsyncIterable<Uint8Array>);
  readonly bodyLength?: number;
  /** Bound of the answer's body. */
  readonly maxBytes: number;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Scopes that this request is known to need; merged with the challenged ones. */
  readonly scopes?: readonly string[];
  /** The repository, for credential files that distinguish them. */
  readonly repository?: string;
  /** May the request be sent again after a failure? Default: GET and HEAD may. */
  readonly repeatable?: boolean;
  /** Further tries when the server cannot be reached or answers 5xx; default true. False leaves only 429. */
  readonly retry?: boolean;
}

/** An answer, its body unread. */
export interface RegistryResponse extends HttpResponse {
  /** Where the answer came from, after redirects. */
  readonly url: string;
}
