// SPDX-License-Identifier: Apache-2.0
/**
 * Just enough tar (POSIX ustar with pax and GNU long names) to find the files of a layout and to write them again. Only regular
 * files count; links, devices and sparse files are never followed or made. Nothing is ever extracted.
 */
import { concatBytes, fromUtf8, isFault, toUtf8 } from '@notary/base';
import { MAX_ARCHIVE_ENTRIES, MAX_ARCHIVE_HEADER_BYTES } from '../limits.ts';

export const BLOCK = 512;

/** Numbers of a user and a group. */
export interface TarOwner {
  readonly user: number;
  readonly group: number;
}

const ROOT: TarOwner = { user: 0, group: 0 };
/** What seven octal digits hold. Larger numbers are written in ways that not every reader takes. */
const MAX_OWNER = 0o7777777;

/** A regular file inside an archive. */
export interface TarEntry {
  readonly name: string;
  /** Where its content begins. */
  readonly offset: number;
  readonly size: number;
  readonly owner: TarOwner;
}

/** What is wrong with an archive; the caller knows its path. */
export class TarProblem extends Error {
  readonly what: 'malformed' | 'unsafe' | 'limit';

  constructor(what: 'malformed' | 'unsafe' | 'limit', message: string) {
    super(message);
    this.name = 'TarProblem';
    this.what = what;
  }
}

export type ReadAt = (offset: number, length: number) => Promise<Uint8Array>;

/** The regular files of an archive of `size` bytes, in order. Throws {@link TarProblem}. */
export async function indexTar(readAt: ReadAt, size: number): Promise<TarEntry[]> {
  const entries: TarEntry[] = [];
  let pending: { path?: string; size?: number } = {};
  let headers = 0;
  for (let offset = 0; offset + BLOCK <= size; ) {
    const block = await readAt(offset, BLOCK);
    if (block.length < BLOCK) throw new TarProblem('malformed', 'it ends within a header');
    if (block.every((byte) => byte === 0)) return entries;
    if (++headers > MAX_ARCHIVE_ENTRIES) throw new TarProblem('limit', `it has more than ${MAX_ARCHIVE_ENTRIES} entries`);
    const header = parseHeader(block);
    const length = header.type === 'x' || header.type === 'g' || header.type === 'L' ? header.size : (pending.size ?? header.size);
    const content = offset + BLOCK;
    if (length > size - content)
      throw new TarProblem('malformed', `entry ${JSON.stringify(header.name.slice(0, 200))} is longer than the archive`);
    offset = content + Math.ceil(length / BLOCK) * BLOCK;
    if (header.type === 'x' || header.type === 'L') {
      pending = { ...pending, ...(await readExtension(readAt, header.type, content, length)) };
      continue;
    }
    if (header.type === 'g') continue;
    if (header.type === '0') {
      const { owner } = header;
      entries.push({ name: safeName(pending.path ?? header.name), offset: content, size: length, owner });
    }
    pending = {};
  }
  return entries;
}

interface Header {
  readonly name: string;
  readonly size: number;
  readonly type: string;
  readonly owner: TarOwner;
}

function parseHeader(block: Uint8Array): Header {
  let sum = 0;
  for (let i = 0; i < BLOCK; i++) sum += i >= 148 && i < 156 ? 32 : (block[i] as number);
  if (octal(block, 148, 8) !== sum) throw new TarProblem('malformed', 'a header has a wrong checksum');
  const type = String.fromCharCode(block[156] as number)
    .replace('\0', '0')
    .replace('7', '0');
  // GNU tar writes other things where ustar has the prefix.
  const prefix = block[262] === 0 && text(block, 257, 5) === 'ustar' ? text(block, 345, 155) : '';
  const name = text(block, 0, 100);
  const size = octal(block, 124, 12);
  // A name that ends in a slash is a directory in archives older than the type flag.
  const isFile = type === '0' && !name.endsWith('/');
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    size: 'xgL0'.includes(type) ? size : sizeOfOther(type, size),
    type: type === '0' && !isFile ? '5' : type,
    owner: { user: ownerNumber(block, 108), group: ownerNumber(block, 116) },
  };
}

/** Only ever written again: one that cannot be is that of root, not a reason to refuse the archive. */
function ownerNumber(block: Uint8Array, start: number): number {
  const digits = /^ *([0-7]{1,7})[ \0]?/.exec(String.fromCharCode(...block.subarray(start, start + 8)))?.[1];
  const value = digits === undefined ? 0 : Number.parseInt(digits, 8);
  return value <= MAX_OWNER ? value : 0;
}

/** Links, directories and devices have no content, whatever their size field says; unknown types do. */
const sizeOfOther = (type: string, size: number): number => ('123456'.includes(type) ? 0 : size);

function text(block: Uint8Array, start: number, length: number): string {
  const field = block.subarray(start, start + length);
  const end = field.indexOf(0);
  try {
    return fromUtf8(end < 0 ? field : field.subarray(0, end));
  } catch (e) {
    if (!isFault(e)) throw e;
    throw new TarProblem('malformed', 'a name is not UTF-8');
  }
}

/** A number in octal digits, or in GNU's base 256 for the size of large files. */
function octal(block: Uint8Array, start: number, length: number): number {
  if (((block[start] as number) & 0x80) !== 0) {
    let value = (block[start] as number) & 0x7f;
    for (let i = start + 1; i < start + length; i++) value = value * 256 + (block[i] as number);
    if (!Number.isSafeInteger(value)) throw new TarProblem('malformed', 'a number is out of range');
    return value;
  }
  const digits = text(block, start, length).trim();
  if (!/^[0-7]*$/.test(digits)) throw new TarProblem('malformed', 'a number is not octal');
  return digits === '' ? 0 : Number.parseInt(digits, 8);
}

async function readExtension(readAt: ReadAt, type: 'x' | 'L', offset: number, length: number): Promise<{ path?: string; size?: number }> {
  if (length > MAX_ARCHIVE_HEADER_BYTES) throw new TarProblem('limit', 'an extended header is too large');
  const bytes = await readAt(offset, length);
  if (type === 'L') return { path: text(bytes, 0, bytes.length) };
  return parsePax(bytes);
}

/** pax records, `LENGTH KEY=VALUE\n`: only path and size matter here. */
export function parsePax(bytes: Uint8Array): { path?: string; size?: number } {
  const out: { path?: string; size?: number } = {};
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at);
    const digits = space < 0 ? '' : text(bytes, at, space - at);
    const length = /^[1-9]\d{0,8}$/.test(digits) ? Number(digits) : 0;
    if (length < digits.length + 3 || at + length > bytes.length || bytes[at + length - 1] !== 0x0a)
      throw new TarProblem('malformed', 'an extended header is not well formed');
    const record = text(bytes, space + 1, at + length - 1 - (space + 1));
    const equals = record.indexOf('=');
    const value = record.slice(equals + 1);
    if (record.slice(0, equals) === 'path') out.path = value;
    if (record.slice(0, equals) === 'size') {
      if (!/^\d{1,15}$/.test(value)) throw new TarProblem('malformed', 'an extended header has a size that is no number');
      out.size = Number(value);
    }
    if (record.startsWith('GNU.sparse.')) throw new TarProblem('malformed', 'it has sparse files');
    at += length;
  }
  return out;
}

/** A relative name without `.` parts; one that climbs or is absolute is refused, since some other tool may extract it. */
function safeName(name: string): string {
  if (name.startsWith('/') || /^[A-Za-z]:/.test(name) || name.includes('\\'))
    throw new TarProblem('unsafe', `entry ${JSON.stringify(name.slice(0, 200))} is not relative`);
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) throw new TarProblem('unsafe', `entry ${JSON.stringify(name.slice(0, 200))} climbs out of the archive`);
  return parts.join('/');
}

/** The header of a regular file, the same for the same file: its time is zero. */
export function tarHeader(name: string, size: number, owner: TarOwner = ROOT): Uint8Array {
  const bytes = toUtf8(name);
  if (bytes.length > 100 || size >= 8 ** 11)
    return concatBytes(paxHeader(name, size), ustarHeader(bytes.subarray(0, 100), size < 8 ** 11 ? size : 0, '0', owner));
  return ustarHeader(bytes, size, '0', owner);
}

/** The headers of the directories above files, outermost first. Those with longer names than a plain header holds are left to the reader. */
export function directoryHeaders(names: readonly string[], owner: TarOwner = ROOT): Uint8Array {
  const directories = new Set<string>();
  for (const name of names)
    for (let end = name.indexOf('/'); end >= 0; end = name.indexOf('/', end + 1)) directories.add(name.slice(0, end + 1));
  const headers = [...directories].map((name) => toUtf8(name)).filter((name) => name.length <= 100);
  return concatBytes(...headers.map((name) => ustarHeader(name, 0, '5', owner)));
}

function paxHeader(name: string, size: number): Uint8Array {
  const record = (key: string, value: string): Uint8Array => {
    const body = toUtf8(` ${key}=${value}\n`);
    let length = body.length + 1;
    while (String(length).length + body.length !== length) length++;
    return concatBytes(toUtf8(String(length)), body);
  };
  const content = concatBytes(record('path', name), record('size', String(size)));
  return concatBytes(ustarHeader(toUtf8('pax'), content.length, 'x'), content, padding(content.length));
}

function ustarHeader(name: Uint8Array, size: number, type: string, owner = ROOT): Uint8Array {
  const block = new Uint8Array(BLOCK);
  const put = (offset: number, value: string): void => block.set(toUtf8(value), offset);
  block.set(name, 0);
  put(100, type === '5' ? '0000755\0' : '0000644\0');
  put(108, `${owner.user.toString(8).padStart(7, '0')}\0`);
  put(116, `${owner.group.toString(8).padStart(7, '0')}\0`);
  put(124, `${size.toString(8).padStart(11, '0')}\0`);
  put(136, '00000000000\0');
  put(148, '        ');
  put(156, type);
  put(257, 'ustar\x0000');
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(148, `${sum.toString(8).padStart(6, '0')}\0 `);
  return block;
}

/** What fills up the last block of a content. */
export const padding = (size: number): Uint8Array => new Uint8Array((BLOCK - (size % BLOCK)) % BLOCK);
/** Two empty blocks. */
export const TAR_END = new Uint8Array(2 * BLOCK);
