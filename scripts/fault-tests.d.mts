// SPDX-License-Identifier: Apache-2.0
/** Codes that no test provokes, each with the reason. */
export const untested: Readonly<Record<string, string>>;
/** The codes that a module declares. */
export function codesOf(text: string): string[];
/** Codes without a test below `root` and needless excuses, one line each, and how many codes were read. */
export function checkFaultTests(root: string, allowed?: Readonly<Record<string, string>>): { problems: string[]; codes: number };
