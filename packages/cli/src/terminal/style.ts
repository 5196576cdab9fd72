// SPDX-License-Identifier: Apache-2.0
/** Colours: only on a terminal, and never where NO_COLOR is set (https://no-color.org) or the terminal is dumb. */
import type { Environment } from '@notary/base';

/** Marks text with a colour or weight, or leaves it as it is: see {@link createStyle}. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
}

/** `isTerminal` speaks of the stream that the text goes to. */
export function createStyle(isTerminal: boolean, environment: Environment): Style {
  const on = isTerminal && !environment.get('NO_COLOR') && environment.get('TERM') !== 'dumb';
  const sgr = (open: number, close: number) => (text: string) => (on ? `\x1b[${open}m${text}\x1b[${close}m` : text);
  return { bold: sgr(1, 22), dim: sgr(2, 22), red: sgr(31, 39), green: sgr(32, 39), yellow: sgr(33, 39) };
}
