// SPDX-License-Identifier: Apache-2.0
export { encodeGoJson, encodeGoString, type GoJsonInput, type GoJsonOptions, goFloat, goQuote, goQuoteList } from './encode.ts';
export { jsonFaults } from './faults.ts';
export { goMember, goMemberSpellings } from './go-names.ts';
export { DEFAULT_MAX_BYTES, DEFAULT_MAX_DEPTH, LARGEST_MAX_DEPTH } from './limits.ts';
export {
  isJsonObject,
  type JsonMap,
  type JsonMapValue,
  type JsonObject,
  type JsonParseOptions,
  type JsonPrimitive,
  type JsonValue,
  mergeJson,
  parseJsonStrict,
} from './parse.ts';
