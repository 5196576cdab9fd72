// SPDX-License-Identifier: Apache-2.0
export { decodeCbor } from './decode.ts';
export { type CborInput, encodeCbor, encodeCborHead } from './encode.ts';
export { cborFaults } from './faults.ts';
export { DEFAULT_MAX_BYTES, DEFAULT_MAX_DEPTH, DEFAULT_MAX_ITEMS } from './limits.ts';
export { type CborDecodeOptions, CborFloat, type CborMap, CborSimple, CborTag, type CborValue } from './types.ts';
