// SPDX-License-Identifier: Apache-2.0
export declare function typeScriptBlocks(text: string): { readonly line: number; readonly code: string }[];
export declare function checkPageExamples(
  root: string,
  pages: ReadonlyMap<string, string>,
  compile: (project: string) => readonly string[],
): { readonly problems: readonly string[]; readonly blocks: number };
