// SPDX-License-Identifier: Apache-2.0
/**
 * Redirects, decided one by one: credentials never leave the host they were meant for, https never becomes http, a private
 * address of another machine is never visited, and there is an end.
 */
import { type Http, type HttpRequest, type HttpResponse, printableUrl } from '@notary/base';
import { parseUrl, targetProblem } from './addresses.ts';
import { authFaults } from './faults.ts';
import { MAX_REDIRECTS } from './limits.ts';

export interface RedirectableRequest extends Omit<HttpRequest, 'body'> {
  readonly body?: Uint8Array | (() => AsyncIterable<Uint8Array>);
}

export interface LocatedResponse {
  readonly response: HttpResponse;
  /** Where it came from. */
  readonly url: string;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** Sends a request and follows redirects: GET and HEAD any, requests with a body only 307 and 308. Faults: `AUTH_REDIRECT_REFUSED`. */
export async function sendFollowing(http: Http, request: RedirectableRequest): Promise<LocatedResponse> {
  const origin = new URL(request.url);
  let url = origin;
  let headers = request.headers ?? {};
  for (let hops = 0; ; hops++) {
    const { body, ...rest } = request;
    const response = await http.send({
      ...rest,
      url: url.href,
      headers,
      ...(body === undefined ? {} : { body: typeof body === 'function' ? body() : body }),
    });
    const location = response.header('location');
    if (!REDIRECTS.has(response.status) || location === undefined || !mayFollow(request.method, response.status))
      return { response, url: url.href };
    await response.cancel();
    const refuse = (problem: string) => authFaults.REDIRECT_REFUSED({ url: printableUrl(request.url), problem });
    if (hops >= MAX_REDIRECTS) throw refuse(`more than ${MAX_REDIRECTS} redirects`);
    const next = parseUrl(location, url.href);
    if (next === undefined) throw refuse('its target is not a URL');
    const problem = targetProblem(next, url) ?? targetProblem(next, origin);
    if (problem !== undefined) throw refuse(problem);
    if (next.host !== url.host || next.protocol !== url.protocol) headers = withoutCredentials(headers);
    next.hash = '';
    url = next;
  }
}

function mayFollow(method: string, status: number): boolean {
  return method === 'GET' || method === 'HEAD' || status === 307 || status === 308;
}

/** Headers that only the first host may see. */
function withoutCredentials(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !/^(?:authorization|cookie|proxy-authorization|docker-.*)$/i.test(name)),
  );
}
