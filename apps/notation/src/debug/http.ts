// SPDX-License-Identifier: Apache-2.0
/** Requests and responses in the log of `--debug`. What could authenticate somebody is starred out. */
import type { Http, Log } from '@notary/base';

const SECRET_HEADERS = new Set(['authorization', 'set-cookie', 'proxy-authorization']);
/** Names of query parameters that let the bearer in: tokens, and the presigned URLs of S3, GCS, CloudFront and Azure. */
const SECRET_PARAMETERS = /([?&](?:[^=&]*(?:token|sig|secret|password|credential|key)[^=&]*|x-amz-[a-z-]*|policy|se|sp)=)[^&]*/gi;

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
      log.debug(
        `Response #${number}\n< Response status: "${statusLine(response.status)}"\n< Response headers:\n${headerLines([...response.headers])}`,
      );
      return response;
    },
  };
}

const STATUS: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No Content',
  206: 'Partial Content',
  301: 'Moved Permanently',
  302: 'Found',
  307: 'Temporary Redirect',
  308: 'Permanent Redirect',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};
const statusLine = (status: number): string => (STATUS[status] === undefined ? String(status) : `${status} ${STATUS[status]}`);

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
