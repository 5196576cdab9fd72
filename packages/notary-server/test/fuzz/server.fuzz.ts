// SPDX-License-Identifier: Apache-2.0
/** Fuzz targets: bytes in, nothing but an `ApiError` out. */
import { ApiError } from '../../src/http/errors.ts';
import { boundaryOf, parseMultipart } from '../../src/http/multipart.ts';
import { cleanPath, matchRoute } from '../../src/http/routes.ts';
import { parseUploads } from '../../src/update/uploads.ts';
import { multipart } from '../support/publisher.ts';

/** Words that lead deep into the parsers. */
const WORDS = [
  '--b',
  '--b--',
  '\r\n',
  '\n',
  '\r\n\r\n',
  'Content-Disposition: form-data; name="files"; filename="root"',
  'filename="targets/a"',
  '{"signed":{"version":1},"signatures":[]}',
  '/v2/',
  '/_trust/tuf/',
  'root.json',
  'targets/a/b',
  '..',
  '\u0000',
  '"',
  '\\',
];

export const seeds = [
  ...WORDS.map((word) => new TextEncoder().encode(word)),
  new TextEncoder().encode(WORDS.join('')),
  multipart({ root: '{"signed":{"version":1}}', 'targets/a': '{}' }),
];

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** The body of an update. */
export function fuzzUploads(bytes: Uint8Array): void {
  try {
    parseUploads('multipart/form-data; boundary=b', bytes);
  } catch (e) {
    if (!(e instanceof ApiError)) throw e;
  }
}

/** A multipart body and the boundary that its first line names. */
export function fuzzMultipart(bytes: Uint8Array): void {
  const boundary = boundaryOf(`multipart/form-data; boundary="${text(bytes.subarray(0, 20))}"`);
  if (boundary === undefined) return;
  const parts = parseMultipart(bytes, boundary);
  for (const part of parts ?? []) if (part.bytes.length > bytes.length) throw new Error('a part is longer than the body');
}

/** A path: cleaning is idempotent, and routing never throws. */
export function fuzzRoutes(bytes: Uint8Array): void {
  const path = `/${text(bytes)}`;
  const clean = cleanPath(path);
  if (cleanPath(clean) !== clean) throw new Error('cleaning twice is not cleaning once');
  if (clean.split('/').includes('..')) throw new Error('a clean path climbs');
  matchRoute('GET', clean);
}
