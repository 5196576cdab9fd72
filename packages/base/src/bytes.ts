// SPDX-License-Identifier: Apache-2.0
/** Bytes and their text forms: hex, base64, base64url and UTF-8, strict on the way in. */
import { defineFaults } from './faults.ts';

/** The faults with codes `BYTES_…`. */
export const bytesFaults = defineFaults('BYTES', {
  HEX_INVALID: { category: 'malformed', say: () => 'not hexadecimal text' },
  BASE64_INVALID: { category: 'malformed', say: (f: { alphabet: string }) => `not canonical ${f.alphabet} text` },
  UTF8_INVALID: { category: 'malformed', say: () => 'not valid UTF-8' },
});

const HEX_DIGITS = '0123456789abcdef';

/** Lower-case hexadecimal. */
export function toHex(bytes: Uint8Array): string {
  if (modern) return (bytes as CodecBytes).toHex();
  if (native) return viewOf(native, bytes).toString('hex');
  let text = '';
  for (const b of bytes) text += HEX_DIGITS.charAt(b >> 4) + HEX_DIGITS.charAt(b & 15);
  return text;
}

/** Either case; an odd length or another character is `BYTES_HEX_INVALID`. */
export function fromHex(text: string): Uint8Array {
  if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)) throw bytesFaults.HEX_INVALID();
  const out = new Uint8Array(text.length / 2);
  for (let i = 0; i < out.length; i++) out[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16);
  return out;
}

const STD = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const URL_SAFE = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

function encode(bytes: Uint8Array, alphabet: string, pad: boolean): string {
  let out = '';
  let i = 0;
  for (; i + 2 < bytes.length; i += 3) {
    const n = ((bytes[i] as number) << 16) | ((bytes[i + 1] as number) << 8) | (bytes[i + 2] as number);
    out += alphabet.charAt(n >> 18) + alphabet.charAt((n >> 12) & 63) + alphabet.charAt((n >> 6) & 63) + alphabet.charAt(n & 63);
  }
  const rest = bytes.length - i;
  if (rest === 1) {
    const n = (bytes[i] as number) << 16;
    out += alphabet.charAt(n >> 18) + alphabet.charAt((n >> 12) & 63) + (pad ? '==' : '');
  } else if (rest === 2) {
    const n = ((bytes[i] as number) << 16) | ((bytes[i + 1] as number) << 8);
    out += alphabet.charAt(n >> 18) + alphabet.charAt((n >> 12) & 63) + alphabet.charAt((n >> 6) & 63) + (pad ? '=' : '');
  }
  return out;
}

/** Lookup tables by character code, 255 where the character is outside the alphabet. Made on first use: at start they cost 0.1 ms. */
const tables = new Map<string, Uint8Array>();
function tableOf(alphabet: string): Uint8Array {
  let t = tables.get(alphabet);
  if (t === undefined) {
    t = table(alphabet);
    tables.set(alphabet, t);
  }
  return t;
}
function table(alphabet: string): Uint8Array {
  const t = new Uint8Array(128).fill(255);
  for (let i = 0; i < 64; i++) t[alphabet.charCodeAt(i)] = i;
  return t;
}

function decode(text: string, values: Uint8Array, padded: boolean, alphabet: string): Uint8Array {
  let end = text.length;
  if (padded) {
    if (end % 4 !== 0) throw bytesFaults.BASE64_INVALID({ alphabet });
    if (end > 0 && text.charCodeAt(end - 1) === 61) end -= text.charCodeAt(end - 2) === 61 ? 2 : 1;
  }
  const rest = end % 4;
  if (rest === 1) throw bytesFaults.BASE64_INVALID({ alphabet });
  const out = new Uint8Array(Math.floor((end * 3) / 4));
  let bits = 0;
  let acc = 0;
  let o = 0;
  for (let i = 0; i < end; i++) {
    const c = text.charCodeAt(i);
    const v = c < 128 ? (values[c] as number) : 255;
    if (v === 255) throw bytesFaults.BASE64_INVALID({ alphabet });
    acc = ((acc << 6) | v) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out[o++] = (acc >> bits) & 255;
    }
  }
  // RFC 4648 3.5: pad bits that are not zero make two texts for the same bytes.
  if (bits > 0 && (acc & ((1 << bits) - 1)) !== 0) throw bytesFaults.BASE64_INVALID({ alphabet });
  return out;
}

/** The functions below without the runtime's codec, for runtimes that have none; tests hold both to the same answers. */
export const portableBase64 = {
  to: (bytes: Uint8Array): string => encode(bytes, STD, true),
  from: (text: string): Uint8Array => decode(text, tableOf(STD), true, 'base64'),
  toUrl: (bytes: Uint8Array): string => encode(bytes, URL_SAFE, false),
  fromUrl: (text: string): Uint8Array => decode(text, tableOf(URL_SAFE), false, 'base64url'),
};

/** The methods of ECMAScript 2026, which Bun has and Node 20 has not. The first use of `Buffer` costs a cold command 0.3 ms on Bun. */
interface CodecBytes extends Uint8Array {
  toHex(): string;
  toBase64(options?: { alphabet?: 'base64' | 'base64url'; omitPadding?: boolean }): string;
}
interface ModernCodec {
  fromBase64(text: string, options: { alphabet: 'base64' | 'base64url'; lastChunkHandling: 'loose' }): CodecBytes;
}
const hasMethods = 'toHex' in Uint8Array.prototype && 'toBase64' in Uint8Array.prototype && 'fromBase64' in Uint8Array;
const modern = hasMethods ? (Uint8Array as unknown as ModernCodec) : undefined;

/** Decodes leniently, then demands that the text is the one that the bytes encode to: what differs in any way is not canonical. */
function decodeModern(codec: ModernCodec, text: string, alphabet: 'base64' | 'base64url'): Uint8Array {
  let bytes: CodecBytes;
  try {
    bytes = codec.fromBase64(text, { alphabet, lastChunkHandling: 'loose' });
  } catch (cause) {
    throw bytesFaults.BASE64_INVALID({ alphabet }, { cause });
  }
  if (bytes.toBase64({ alphabet, omitPadding: alphabet === 'base64url' }) !== text) throw bytesFaults.BASE64_INVALID({ alphabet });
  return bytes;
}

/** The codec of Node and of older runtimes. A cold command pays for it a tenth of what code costs that is not compiled yet. */
const native = modern === undefined ? (globalThis as { Buffer?: BufferConstructor }).Buffer : undefined;

/** As {@link decodeModern}. */
function decodeNative(codec: BufferConstructor, text: string, alphabet: 'base64' | 'base64url'): Uint8Array {
  const buffer = codec.from(text, alphabet);
  if (buffer.toString(alphabet) !== text) throw bytesFaults.BASE64_INVALID({ alphabet });
  // A copy: small buffers are slices of a pool that everybody shares.
  return new Uint8Array(buffer);
}

const viewOf = (codec: BufferConstructor, bytes: Uint8Array): Buffer => codec.from(bytes.buffer, bytes.byteOffset, bytes.length);

/** Standard base64 with padding (RFC 4648 4). */
export function toBase64(bytes: Uint8Array): string {
  if (modern) return (bytes as CodecBytes).toBase64();
  return native ? viewOf(native, bytes).toString('base64') : portableBase64.to(bytes);
}
/** Strict: padding required, no white space, zero pad bits. */
export function fromBase64(text: string): Uint8Array {
  if (modern) return decodeModern(modern, text, 'base64');
  return native ? decodeNative(native, text, 'base64') : portableBase64.from(text);
}
/** URL-safe base64 without padding (RFC 4648 5, RFC 7515 2). */
export function toBase64Url(bytes: Uint8Array): string {
  if (modern) return (bytes as CodecBytes).toBase64({ alphabet: 'base64url', omitPadding: true });
  return native ? viewOf(native, bytes).toString('base64url') : portableBase64.toUrl(bytes);
}
/** Strict: no padding, no white space, zero pad bits. */
export function fromBase64Url(text: string): Uint8Array {
  if (modern) return decodeModern(modern, text, 'base64url');
  return native ? decodeNative(native, text, 'base64url') : portableBase64.fromUrl(text);
}

const encoder = new TextEncoder();
const fatal = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const lenient = new TextDecoder('utf-8', { ignoreBOM: true });

/** The bytes of a text in UTF-8. Halves of surrogate pairs become U+FFFD. */
export const toUtf8 = (text: string): Uint8Array => encoder.encode(text);
/** Faults with `BYTES_UTF8_INVALID` on any malformed sequence. */
export function fromUtf8(bytes: Uint8Array): string {
  try {
    return fatal.decode(bytes);
  } catch (cause) {
    throw bytesFaults.UTF8_INVALID(undefined, { cause });
  }
}
/** For messages and logs only: malformed sequences become U+FFFD. */
export const fromUtf8Lossy = (bytes: Uint8Array): string => lenient.decode(bytes);

/** Equality without regard to timing: for public data. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Equality in time that depends on the lengths only: for secrets and digests of them. */
export function equalSecrets(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let diff = 0;
  for (let i = 0; i < a.length; i++) diff |= (a[i] as number) ^ (b[i] as number);
  return diff === 0;
}

/** One array of all parts, in order. */
export const concatBytes = (...parts: readonly Uint8Array[]): Uint8Array => joinBytes(parts);

/** The same for a list whose length others decide: a call with some hundred thousand arguments overflows the stack. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const p of parts) length += p.length;
  const out = new Uint8Array(length);
  let at = 0;
  for (const p of parts) {
    out.set(p, at);
    at += p.length;
  }
  return out;
}

/** Order by unsigned byte values, shorter first: how Go sorts strings and CBOR sorts keys. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) if (a[i] !== b[i]) return (a[i] as number) - (b[i] as number);
  return a.length - b.length;
}

/** Order of two strings by their UTF-8 bytes, which differs from UTF-16 order above U+FFFF. */
export function compareUtf8(a: string, b: string): number {
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) {
    let x = a.charCodeAt(i);
    let y = b.charCodeAt(i);
    if (x === y) continue;
    // Surrogates (U+10000 and up) sort after U+E000..U+FFFF in UTF-8 but before them in UTF-16.
    if (x >= 0xd800 && y >= 0xd800) {
      x = x >= 0xe000 ? x - 0x800 : x + 0x2000;
      y = y >= 0xe000 ? y - 0x800 : y + 0x2000;
    }
    return x - y;
  }
  return a.length - b.length;
}

/** A value that never shows itself in logs, JSON or messages. */
export class Secret<T> {
  readonly #value: T;
  constructor(value: T) {
    this.#value = value;
  }
  /** The value, for the one place that needs it. */
  reveal(): T {
    return this.#value;
  }
  toString(): string {
    return '[redacted]';
  }
  toJSON(): string {
    return '[redacted]';
  }
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[redacted]';
  }
}
