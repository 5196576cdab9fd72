// SPDX-License-Identifier: Apache-2.0
/** Import statements of a module. */
export function importsOf(text: string): { specifier: string; kind: 'type' | 'static' | 'dynamic' }[];
/** Every offence below `root`, one line each, and how many modules were read. */
export function checkBoundaries(root: string): { problems: string[]; modules: number };
