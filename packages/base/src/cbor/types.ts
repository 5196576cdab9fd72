// SPDX-License-Identifier: Apache-2.0
/** CBOR data items as values. */

/** A tagged item. Tags are not interpreted here. */
export class CborTag {
  readonly tag: number | bigint;
  readonly value: CborValue;
  constructor(tag: number | bigint, value: CborValue) {
    this.tag = tag;
    this.value = value;
  }
}

/** A floating-point number, kept apart from integers: `1.0` is no label, algorithm or length. */
export class CborFloat {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

/** A simple value other than false, true, null and undefined. */
export class CborSimple {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

/** A map, in the order of the input. Keys are compared by content. */
export type CborMap = Map<CborValue, CborValue>;
/** Integers are numbers where exact, bigints beyond. Byte strings are views of the input. */
export type CborValue =
  | number
  | bigint
  | string
  | Uint8Array
  | boolean
  | null
  | undefined
  | CborFloat
  | CborSimple
  | CborTag
  | CborValue[]
  | CborMap;

/** Bounds, and whether tags are taken. */
export interface CborDecodeOptions {
  /** Deepest nesting of arrays, maps and tags; default 32, as in Go's decoder. */
  readonly maxDepth?: number;
  /** Elements of one array, pairs of one map; default 131,072, as in Go's decoder. */
  readonly maxItems?: number;
  /** Data items in the whole input, map keys included; default 1,048,576. */
  readonly maxTotalItems?: number;
  /** Largest input in bytes; default 32 MiB. */
  readonly maxBytes?: number;
  /** Tags: `accept` (default) or `refuse`. */
  readonly tags?: 'accept' | 'refuse';
}
