// SPDX-License-Identifier: Apache-2.0
/** Texts as Go programs print them: times, durations, quoted strings, tables. */

export { goQuote } from '@notary/base/json';
export { formatGoDuration, readGoDuration } from './duration.ts';
export { type TabwriterOptions, tabTable, tabwriter } from './tabwriter.ts';
export { formatAnsiC, formatGoTime, formatRfc1123Z, formatRfc3339, formatRfc3339Nano, UTC, type Zone, zoneOfRfc3339 } from './time.ts';
