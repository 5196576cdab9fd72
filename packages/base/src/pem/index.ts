// SPDX-License-Identifier: Apache-2.0
/**
 * PEM as Go's encoding/pem reads it: text around blocks is skipped, RFC 1421 headers are kept, a block that is broken is passed
 * over as if it were text. Callers that need a block treat "none found" as their own fault.
 */
import { fromBase64, fromUtf8Lossy, toBase64 } from '../bytes.ts';
import { defineFaults, isFault } from '../faults.ts';
import { MAX_PEM_BLOCKS, MAX_PEM_HEADERS } from '../limits.ts';

/** The faults with codes `PEM_…`. */
export const pemFaults = defineFaults('PEM', {
  TOO_MANY_BLOCKS: { category: 'limit', say: (f: { max: number }) => `PEM input holds more than ${f.max} blocks` },
  TOO_MANY_HEADERS: { category: 'limit', say: (f: { max: number }) => `a PEM block has more than ${f.max} header lines` },
  HEADER_INVALID: { category: 'usage', say: (f: { name: string }) => `a PEM header cannot be written: ${JSON.stringify(f.name)}` },
});

/** One block: `-----BEGIN label-----`, headers, base64. */
export interface PemBlock {
  readonly label: string;
  /** RFC 1421 headers such as `Proc-Type`, `DEK-Info`, `role`; the last of one name wins. */
  readonly headers: ReadonlyMap<string, string>;
  readonly bytes: Uint8Array;
}

const BEGIN = '-----BEGIN ';
const END = '\n-----END ';
const DASHES = '-----';

/** The line at `at` without trailing blanks, and where the next one starts. */
function lineAt(text: string, at: number): { line: string; next: number } {
  const newline = text.indexOf('\n', at);
  const next = newline < 0 ? text.length : newline + 1;
  let end = newline < 0 ? text.length : newline;
  if (newline > at && text[newline - 1] === '\r') end--;
  while (end > at && (text[end - 1] === ' ' || text[end - 1] === '\t')) end--;
  return { line: text.slice(at, end), next };
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Base64 as Go decodes it in PEM: white space anywhere, pad bits ignored. `undefined` if it is not base64. */
function decodeBody(body: string): Uint8Array | undefined {
  let text = body.replace(/[ \t\r\n]+/g, '');
  const pad = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  if (pad > 0 && text.length > pad) {
    const value = ALPHABET.indexOf(text.charAt(text.length - pad - 1));
    const cleared = value & (pad === 2 ? 0x30 : 0x3c);
    if (value >= 0) text = text.slice(0, -pad - 1) + ALPHABET.charAt(cleared) + text.slice(-pad);
  }
  try {
    return fromBase64(text);
  } catch (e) {
    if (isFault(e)) return undefined; // as Go: not a block, the search goes on behind it
    throw e;
  }
}

/** The block whose BEGIN line is the last one in `text[start, end)`, where an END line begins at `end`. */
function blockBefore(text: string, start: number, end: number): { block: PemBlock; next: number } | undefined {
  const region = text.slice(start, end);
  const begin = region.lastIndexOf(BEGIN);
  if (begin < 0 || (begin > 0 && region[begin - 1] !== '\n')) return undefined;
  const head = lineAt(text, start + begin + BEGIN.length);
  if (!head.line.endsWith(DASHES)) return undefined;
  const label = head.line.slice(0, -DASHES.length);
  const headers = new Map<string, string>();
  let at = head.next;
  for (;;) {
    if (at >= text.length) return undefined;
    const { line, next } = lineAt(text, at);
    const colon = line.indexOf(':');
    if (colon < 0) break;
    if (headers.size >= MAX_PEM_HEADERS) throw pemFaults.TOO_MANY_HEADERS({ max: MAX_PEM_HEADERS });
    headers.set(line.slice(0, colon).trim(), line.slice(colon + 1).trim());
    at = next;
    // Headers that reach past the END line are none; reading on would make a text of many such blocks quadratic.
    if (at > end) return undefined;
  }
  const trailer = `${label}${DASHES}`;
  const tail = end + END.length;
  if (!text.startsWith(trailer, tail)) return undefined;
  const after = lineAt(text, tail + trailer.length);
  if (after.line !== '') return undefined;
  const bytes = end > at ? decodeBody(text.slice(at, end)) : new Uint8Array(0);
  return bytes && { block: { label, headers, bytes }, next: after.next };
}

/** All blocks in order of appearance; an empty list if there is none. Faults: `PEM_TOO_MANY_BLOCKS`, `PEM_TOO_MANY_HEADERS`. */
export function parsePem(input: string | Uint8Array): PemBlock[] {
  const text = typeof input === 'string' ? input : fromUtf8Lossy(input);
  const blocks: PemBlock[] = [];
  let start = 0;
  for (;;) {
    const end = text.indexOf(END, start);
    if (end < 0) return blocks;
    const found = blockBefore(text, start, end);
    if (found) {
      if (blocks.length >= MAX_PEM_BLOCKS) throw pemFaults.TOO_MANY_BLOCKS({ max: MAX_PEM_BLOCKS });
      blocks.push(found.block);
    }
    start = found ? found.next : end + END.length;
  }
}

/** PEM text with lines of 64 characters; `Proc-Type` first and other headers sorted, as Go's encoding/pem writes them. */
export function encodePem(label: string, bytes: Uint8Array, headers: ReadonlyMap<string, string> = new Map()): string {
  const order = (a: string, b: string): number => (a === 'Proc-Type' ? -1 : b === 'Proc-Type' ? 1 : a < b ? -1 : 1);
  let text = `${BEGIN}${label}${DASHES}\n`;
  for (const name of [...headers.keys()].sort(order)) {
    const value = headers.get(name) ?? '';
    if (/[:\r\n]/.test(name) || /[\r\n]/.test(value)) throw pemFaults.HEADER_INVALID({ name });
    text += `${name}: ${value}\n`;
  }
  if (headers.size > 0) text += '\n';
  const body = toBase64(bytes);
  for (let i = 0; i < body.length; i += 64) text += `${body.slice(i, i + 64)}\n`;
  return `${text}${END.slice(1)}${label}${DASHES}\n`;
}
