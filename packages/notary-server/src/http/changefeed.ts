// SPDX-License-Identifier: Apache-2.0
/** The changefeed: parameters as Go parses them, records as Go prints them. */
import { encodeGoJson, goQuote } from '@notary/base/json';
import { DEFAULT_CHANGES, MAX_CHANGES, MAX_INT32 } from '../limits.ts';
import type { Change, ChangeQuery, MetadataStore } from '../storage/port.ts';
import { ApiError } from './errors.ts';

/** The query of a request. Throws `INVALID_PARAMETERS` with the reference's texts. */
export function parseChangeQuery(gun: string, parameters: URLSearchParams): ChangeQuery {
  const records = parseInt32(parameters.get('records') ?? '');
  if (typeof records === 'string') throw new ApiError('INVALID_PARAMETERS', `invalid records parameter: ${records}`);
  const changeId = parameters.get('change_id') ?? '';
  const id = changeId === '' ? 0 : parseInt32(changeId);
  if (typeof id === 'string') throw new ApiError('INVALID_PARAMETERS', {});
  const count = records === 0 ? DEFAULT_CHANGES : records;
  // a negative count reads backwards from the id; a negative id means "from the newest", which can only be read backwards
  const backward = count < 0 || id < 0;
  return {
    ...(gun === '' ? {} : { gun }),
    limit: Math.min(Math.abs(count), MAX_CHANGES),
    direction: backward ? 'backward' : 'forward',
    ...(backward && id <= 0 ? {} : { from: id }),
  };
}

/** `strconv.ParseInt(text, 10, 32)`: the number, or Go's error text. */
function parseInt32(text: string): number | string {
  const problem = (what: string) => `strconv.ParseInt: parsing ${goQuote(text.slice(0, 100))}: ${what}`;
  if (!/^[+-]?[0-9]+$/.test(text)) return problem('invalid syntax');
  const value = Number(text);
  return value > MAX_INT32 || value < -MAX_INT32 - 1 ? problem('value out of range') : value;
}

/** The body of the answer. */
export async function readChanges(store: MetadataStore, query: ChangeQuery): Promise<string> {
  const changes = await store.changes(query);
  const records = changes.length === 0 && store.emptyChanges === 'null' ? null : changes.map(encodeChange);
  return encodeGoJson({ count: changes.length, records });
}

const encodeChange = (c: Change) => ({
  ID: String(c.id),
  CreatedAt: goTime(c.createdAt),
  GUN: c.gun,
  Version: c.version,
  SHA256: c.sha256,
  Category: c.category,
});

/** Go's RFC 3339 with the fraction that is there, and no zeros at its end. */
const goTime = (at: Date): string => at.toISOString().replace(/\.?0*Z$/, 'Z');
