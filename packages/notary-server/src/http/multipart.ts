// SPDX-License-Identifier: Apache-2.0
/** `multipart/form-data` of an update, RFC 7578: parts are metadata files named by `filename`. Bounded, and whole or not at all. */
import { fromUtf8Lossy, toUtf8 } from '@notary/base';
import { MAX_PART_HEADER_BYTES, MAX_PARTS } from '../limits.ts';

/** One part. `filename` is absent where the part has no readable one. */
export interface Part {
  readonly filename: string | undefined;
  readonly bytes: Uint8Array;
}

const DASH = 45;
const CR = 13;
const LF = 10;

/** The boundary of a content type, `undefined` if it is not multipart. RFC 2046 allows 1 to 70 characters. */
export function boundaryOf(contentType: string | null): string | undefined {
  if (contentType === null || !/^\s*multipart\/(form-data|mixed)\s*;/i.test(contentType)) return undefined;
  const match = /;\s*boundary\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))/i.exec(contentType);
  const boundary = match?.[1]?.replace(/\\(.)/g, '$1') ?? match?.[2];
  return boundary !== undefined && boundary.length >= 1 && boundary.length <= 70 && /^[\x20-\x7e]+$/.test(boundary) ? boundary : undefined;
}

/** All parts, or `undefined` if the body is not a whole multipart body within the bounds. No part at all is legal. */
export function parseMultipart(body: Uint8Array, boundary: string): Part[] | undefined {
  const delimiter = toUtf8(`--${boundary}`);
  let at = findDelimiter(body, delimiter, 0);
  if (at === undefined) return undefined;
  const parts: Part[] = [];
  for (;;) {
    const afterDelimiter = at + delimiter.length;
    if (body[afterDelimiter] === DASH && body[afterDelimiter + 1] === DASH) return parts;
    const start = afterLineEnd(body, afterDelimiter);
    if (start === undefined || parts.length >= MAX_PARTS) return undefined;
    const next = findDelimiter(body, delimiter, start);
    if (next === undefined) return undefined;
    const part = parsePart(body, start, next);
    if (part === undefined) return undefined;
    parts.push(part);
    at = next;
  }
}

/** Position of the next delimiter that stands at the beginning of a line and ends as a delimiter must. */
function findDelimiter(body: Uint8Array, delimiter: Uint8Array, from: number): number | undefined {
  const view = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  for (let at = view.indexOf(delimiter, from); at >= 0; at = view.indexOf(delimiter, at + 1)) {
    const lineStart = at === 0 || body[at - 1] === LF;
    const next = body[at + delimiter.length];
    if (lineStart && (next === DASH || next === CR || next === LF || next === 32 || next === 9)) return at;
  }
  return undefined;
}

/** Skips blanks and one line end. */
function afterLineEnd(body: Uint8Array, from: number): number | undefined {
  let at = from;
  while (body[at] === 32 || body[at] === 9) at++;
  if (body[at] === CR) at++;
  return body[at] === LF ? at + 1 : undefined;
}

function parsePart(body: Uint8Array, start: number, next: number): Part | undefined {
  let at = start;
  let disposition: string | undefined;
  for (;;) {
    const end = body.indexOf(LF, at);
    if (end < 0 || end >= next || end - start > MAX_PART_HEADER_BYTES) return undefined;
    const line = fromUtf8Lossy(body.subarray(at, end)).replace(/\r$/, '');
    at = end + 1;
    if (line === '') break;
    const header = /^content-disposition\s*:\s*(.*)$/i.exec(line);
    if (header !== null) disposition ??= header[1];
  }
  let end = next - 1; // the line end before a delimiter belongs to it
  if (end > at && body[end - 1] === CR) end--;
  if (end < at) return undefined;
  return { filename: filenameOf(disposition), bytes: body.subarray(at, end) };
}

/** The `filename` parameter as it was sent: slashes are part of a role's name and stay. */
function filenameOf(disposition: string | undefined): string | undefined {
  if (disposition === undefined || !/^[\w!#$&^.+-]+\s*(;|$)/.test(disposition)) return undefined;
  const match = /;\s*filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))/i.exec(disposition);
  return match?.[1]?.replace(/\\(["\\])/g, '$1') ?? match?.[2];
}
