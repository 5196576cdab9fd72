// SPDX-License-Identifier: Apache-2.0
/** Distinguished Encoding Rules: a strict reader, a small writer, and a converter for the BER that time-stamp tokens may use. */
export { berToDer } from './ber.ts';
export { derFaults } from './faults.ts';
export { decodeOid, encodeOidContent } from './oid.ts';
export { type DerBitString, type DerElement, type DerLimits, DerReader, readDer } from './reader.ts';
export { decodeDerString } from './strings.ts';
export { contextPrimitiveTag, contextTag, TAG } from './tags.ts';
export type { TimeForm } from './times.ts';
export {
  derBits,
  derBoolean,
  derContext,
  derContextPrimitive,
  derElement,
  derInteger,
  derNamedBits,
  derNull,
  derOctets,
  derOid,
  derSequence,
  derSet,
  derSetOf,
  derTime,
  derUnsigned,
  derUtf8,
} from './writer.ts';
