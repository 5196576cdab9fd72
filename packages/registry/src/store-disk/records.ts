// SPDX-License-Identifier: Apache-2.0
/**
 * Journal records: a header of lengths and a checksum, a JSON description, then raw bytes of small content. The bytes need no checksum:
 * their digest is in the description, and replay checks it.
 */
import { fromUtf8, toUtf8 } from '@notary/base';
import { MAX_RECORD_HEADER_BYTES, SMALL_BLOB_BYTES } from '../limits.ts';

/** One acknowledged fact. `inline` says that the content follows in the record; else it was synced to its file before. */
export type JournalRecord =
  | {
      readonly t: 'put';
      readonly n: string;
      readonly d: string;
      readonly m: string;
      readonly g: readonly string[];
      readonly inline: boolean;
    }
  | { readonly t: 'untag'; readonly n: string; readonly g: string }
  | { readonly t: 'drop'; readonly n: string; readonly d: string }
  | { readonly t: 'blob'; readonly n: string; readonly d: string }
  | { readonly t: 'unblob'; readonly n: string; readonly d: string }
  /** A blob that has a file of its own, after an `unblob` of the same digest. */
  | { readonly t: 'have'; readonly n: string; readonly d: string };

const MAGIC = 0x4e4a5231; // "NJR1"
const HEADER_BYTES = 16;

let crcTable: Uint32Array | undefined;

/** Made with the first record: its two thousand steps would wake the compiler before the first request is answered. */
function makeCrcTable(): Uint32Array {
  const table = new Uint32Array(256);
  for (let n = 0; n < 256; n++) {
    let c = n;
    for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
    table[n] = c >>> 0;
  }
  return table;
}

/** CRC-32 (ISO 3309), as in gzip. */
function crc32(bytes: Uint8Array): number {
  crcTable ??= makeCrcTable();
  let c = 0xffffffff;
  for (const b of bytes) c = (crcTable[(c ^ b) & 255] as number) ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

/** The parts of a record, to be written one after the other. */
export function encodeRecord(record: JournalRecord, content: Uint8Array | undefined): Uint8Array[] {
  const text = toUtf8(JSON.stringify(record));
  const head = new Uint8Array(HEADER_BYTES + text.length);
  const view = new DataView(head.buffer);
  view.setUint32(0, MAGIC);
  view.setUint32(4, text.length);
  view.setUint32(8, content?.length ?? 0);
  view.setUint32(12, crc32(text));
  head.set(text, HEADER_BYTES);
  return content === undefined || content.length === 0 ? [head] : [head, content];
}

export interface DecodedRecord {
  readonly record: JournalRecord;
  readonly content: Uint8Array;
}

/** Records from the start of a segment up to its end or to the first that is torn: nothing behind a torn record was ever acknowledged. */
export function* decodeRecords(segment: Uint8Array): Generator<DecodedRecord> {
  const view = new DataView(segment.buffer, segment.byteOffset, segment.length);
  for (let at = 0; at + HEADER_BYTES <= segment.length; ) {
    if (view.getUint32(at) !== MAGIC) return;
    const textLength = view.getUint32(at + 4);
    const contentLength = view.getUint32(at + 8);
    const end = at + HEADER_BYTES + textLength + contentLength;
    if (textLength > MAX_RECORD_HEADER_BYTES || contentLength > SMALL_BLOB_BYTES || end > segment.length) return;
    const text = segment.subarray(at + HEADER_BYTES, at + HEADER_BYTES + textLength);
    if (crc32(text) !== view.getUint32(at + 12)) return;
    yield { record: JSON.parse(fromUtf8(text)) as JournalRecord, content: segment.subarray(end - contentLength, end) };
    at = end;
  }
}
