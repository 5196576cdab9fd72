// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readCsvLine } from '../src/format/csv.ts';
import {
  formatAnsiC,
  formatGoDuration,
  formatGoTime,
  formatRfc1123Z,
  formatRfc3339,
  formatRfc3339Nano,
  readGoDuration,
  tabwriter,
  zoneOfRfc3339,
} from '../src/format/index.ts';
import { parseGoInt } from '../src/format/int.ts';

interface Pair {
  readonly In: string;
  readonly Out: string;
}
interface Table {
  readonly Text: string;
  readonly Min: number;
  readonly Tab: number;
  readonly Pad: number;
  readonly Ch: string;
  readonly Flags: number;
  readonly Out: string;
}
type Vectors = Record<'durations' | 'ints' | 'csv', Pair[]> & { tables: Table[]; times: Record<string, string>[] };

/** What Go's own packages answer; see generate.go.txt beside it. */
const vectors = JSON.parse(readFileSync(new URL('vectors/go-formats.json', import.meta.url), 'utf8')) as Vectors;

const ALIGN_RIGHT = 4;

describe('durations', () => {
  it.each(vectors.durations)('reads and prints $In as Go does', ({ In, Out }) => {
    const read = readGoDuration(In);
    expect('value' in read ? formatGoDuration(read.value) : `error: ${read.reason}`).toBe(Out);
  });
});

describe('integers', () => {
  it.each(vectors.ints.filter((v) => v.Out !== '9223372036854775807'))('reads $In as Go does', ({ In, Out }) => {
    const read = parseGoInt(In);
    expect('value' in read ? String(read.value) : `error: ${read.reason}`).toBe(Out);
  });
  it('refuses what JavaScript cannot hold exactly', () => {
    expect(parseGoInt('9223372036854775807')).toHaveProperty('reason');
  });
});

describe('comma-separated lists', () => {
  it.each(vectors.csv)('reads $In as Go does', ({ In, Out }) => {
    const read = readCsvLine(In);
    expect('value' in read ? JSON.stringify(read.value) : `error: ${read.reason}`).toBe(Out);
  });
});

describe('tables', () => {
  it.each(vectors.tables)('lays out $Text as text/tabwriter does', ({ Text, Min, Tab, Pad, Ch, Flags, Out }) => {
    const options = {
      minWidth: Min,
      tabWidth: Tab,
      padding: Pad,
      padCharacter: Ch,
      alignRight: (Flags & ALIGN_RIGHT) !== 0,
    };
    expect(tabwriter(Text, options)).toBe(Out);
  });
});

describe('times', () => {
  it.each(vectors.times)('prints $in in every layout as Go does', (expected) => {
    const at = new Date(expected.in as string);
    const parsed = zoneOfRfc3339(expected.in as string) ?? { offsetMinutes: 0 };
    expect(formatRfc3339(at, parsed)).toBe(expected.rfc3339);
    expect(formatRfc3339Nano(at, parsed)).toBe(expected.nano);
    expect(formatAnsiC(at, parsed)).toBe(expected.ansic);
    expect(formatRfc1123Z(at, parsed)).toBe(expected.rfc1123z);
    expect(formatGoTime(at, parsed)).toBe(expected.go);
  });
  it('has no zone for a text without one', () => {
    expect(zoneOfRfc3339('2023-05-10T03:03:58')).toBeUndefined();
  });
});
