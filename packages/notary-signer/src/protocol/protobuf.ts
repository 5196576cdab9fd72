// SPDX-License-Identifier: Apache-2.0
/**
 * The part of Protocol Buffers (proto3) that the signer's messages use: length-delimited fields, unknown fields skipped, the last
 * of several values counting. Written here because the messages have eight fields in all, and every read is bounded.
 */
import { defineFaults, fromUtf8, toUtf8 } from '@notary/base';

/** The faults with codes `PROTOBUF_…`. */
export const protobufFaults = defineFaults('PROTOBUF', {
  INVALID: { category: 'malformed', say: (f: { problem: string }) => `not a protobuf message of this type: ${f.problem}` },
});

/** Field number to bytes. */
export type Fields = ReadonlyMap<number, Uint8Array>;

const invalid = (problem: string) => protobufFaults.INVALID({ problem });

/** Fields of a message. The reader copies nothing: values are views into `bytes`. */
export function decodeFields(bytes: Uint8Array): Fields {
  const fields = new Map<number, Uint8Array>();
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined) throw invalid('it ends inside a number');
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw invalid('a number is too long');
  };
  const skip = (count: number): void => {
    at += count;
    if (at > bytes.length) throw invalid('it ends inside a field');
  };
  while (at < bytes.length) {
    const tag = varint();
    const field = Math.floor(tag / 8);
    if (field === 0) throw invalid('a field has number 0');
    switch (tag % 8) {
      case 0:
        skipVarint();
        break;
      case 1:
        skip(8);
        break;
      case 2: {
        const length = varint();
        const start = at;
        skip(length);
        fields.set(field, bytes.subarray(start, at));
        break;
      }
      case 5:
        skip(4);
        break;
      default:
        throw invalid('a field has an unknown wire type');
    }
  }
  return fields;

  function skipVarint(): void {
    for (let i = 0; i < 10; i++) {
      const byte = bytes[at++];
      if (byte === undefined) throw invalid('it ends inside a number');
      if (byte < 0x80) return;
    }
    throw invalid('a number is too long');
  }
}

/** Writes length-delimited fields; empty ones are left out, as proto3 does for strings and bytes. */
export function encodeFields(fields: readonly (readonly [number, Uint8Array | undefined])[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const [field, value] of fields) {
    if (value === undefined) continue;
    parts.push(encodeVarint(field * 8 + 2), encodeVarint(value.length), value);
  }
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const p of parts) {
    out.set(p, at);
    at += p.length;
  }
  return out;
}

function encodeVarint(value: number): Uint8Array {
  const out: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    out.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  out.push(rest);
  return Uint8Array.from(out);
}

const EMPTY = new Uint8Array();

export const readBytes = (fields: Fields, field: number): Uint8Array => fields.get(field) ?? EMPTY;

export function readString(fields: Fields, field: number): string {
  try {
    return fromUtf8(readBytes(fields, field));
  } catch (cause) {
    throw protobufFaults.INVALID({ problem: 'a string is not UTF-8' }, { cause });
  }
}

/** A nested message; an absent one reads as empty. */
export const readMessage = (fields: Fields, field: number): Fields => decodeFields(readBytes(fields, field));

export const text = (value: string): Uint8Array | undefined => (value === '' ? undefined : toUtf8(value));
export const data = (value: Uint8Array): Uint8Array | undefined => (value.length === 0 ? undefined : value);
