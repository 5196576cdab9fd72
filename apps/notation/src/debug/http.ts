// SPDX-License-Identifier: Apache-2.0
/** Requests and responses in the log of `--debug`. What could authenticate somebody is starred out. */
import type { Http, Log } from '@notary/base';

const SECRET_HEADERS = new Set(['authorization', 'set-cookie', 'proxy-authorization']);
const SECRET_PARAMETERS = /([?&](?:access_token|token|sig|signature|x-amz-[a-z-]*|se|sp)=)[^&]*/gi;

/** An Http that logs what it sends and receives, numbered from 0. Bodies are not logged: they hold tokens. */
export function logRequests(http: Http, log: Log): Http {
  let count = 0;
  return {
    async send(request) {
      const number = count++;
      log.debug(
        `Request #${number}\n> Request: "${request.method}" "${shownUrl(request.url)}"\n> Request headers:\n${headerLines(Object.entries(request.headers ?? {}))}`,
      );
      const response = await http.send(request);
      log.debug(`Response #${number}\n< Response status: "${response.status}"\n< Response headers:\n${headerLines([...response.headers])}`);
      return response;
    },
  };
}

const shownUrl = (url: string): string => url.replace(SECRET_PARAMETERS, '$1*****');

function headerLines(headers: readonly (readonly [string, string])[]): string {
  if (headers.length === 0) return '   Empty header';
  return headers.map(([name, value]) => `   "${canonical(name)}": "${shownValue(name, value)}"`).join('\n');
}

function shownValue(name: string, value: string): string {
  const lower = name.toLowerCase();
  if (SECRET_HEADERS.has(lower)) return '*****';
  return lower === 'location' ? shownUrl(value) : value;
}

/** Go's spelling of header names. */
const canonical = (name: string): string => name.toLowerCase().replace(/(^|-)[a-z]/g, (c) => c.toUpperCase());
