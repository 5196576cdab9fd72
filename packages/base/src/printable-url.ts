// SPDX-License-Identifier: Apache-2.0
/** URLs in messages and facts, which end up on terminals, in logs and in bug reports. */

/** Parameters that registries and token servers define, and that hold no secret. */
const TELLABLE: ReadonlySet<string> = new Set([
  'digest',
  'mount',
  'from',
  'artifactType',
  'n',
  'last',
  'page',
  'tag',
  'service',
  'scope',
  'account',
  'client_id',
  'offline_token',
]);

/** URLs in use stay below this length, which browsers of old set. */
const MAX_PRINTED = 2_000;
/** What is no URL is shown as far as one recognises it. */
const MAX_PRINTED_OTHER = 500;

/**
 * A URL fit for messages: no user information, and of the query only the values that are known to be harmless. An upload session or a storage
 * behind a redirect may put whatever lets its bearer in under any name.
 */
export function printableUrl(text: string): string {
  // As it was written, down to a port that goes without saying.
  if (!/[?#@\\]/.test(text)) return text.slice(0, MAX_PRINTED);
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return text.slice(0, MAX_PRINTED_OTHER);
  }
  url.username = '';
  url.password = '';
  url.hash = '';
  if (url.search !== '')
    url.search = url.search.replace(/([?&])([^=&]*)(=?)([^&]*)/g, (all, mark: string, name: string, equals: string) => {
      if (TELLABLE.has(name)) return all;
      // A query that is one bare word may be the ticket itself.
      return equals === '' ? `${mark}redacted` : `${mark}${name}=redacted`;
    });
  return url.href.slice(0, MAX_PRINTED);
}
