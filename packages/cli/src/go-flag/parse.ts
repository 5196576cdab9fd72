// SPDX-License-Identifier: Apache-2.0
/**
 * Flags in the dialect of Go's `flag` package, which the servers use: `-config f`, `--config=f`, `-debug`; the first word that is
 * no flag ends them. Errors are Go's; the caller prints its usage after one and exits with 2.
 */

import { goQuote } from '@notary/base/json';
import { readGoDuration } from '../format/duration.ts';
import { parseGoInt } from '../format/int.ts';
import type { Flag, Flags, OptionsOf } from '../table.ts';
import { camelCase, type Read, zeroValues } from '../values.ts';

/** The result of {@link parseGoFlags}. `help` stands for `-h` or `-help` where no such flag is declared. */
export type GoFlagResult<F extends Flags> =
  | { readonly kind: 'parsed'; readonly options: OptionsOf<F>; readonly args: readonly string[]; readonly changed: ReadonlySet<string> }
  | { readonly kind: 'help' }
  | { readonly kind: 'error'; readonly message: string };

/** Parses a server's command line. Types: bool, string, int, duration. */
export function parseGoFlags<F extends Flags>(flags: F, argv: readonly string[]): GoFlagResult<F> {
  const values = new Map<string, unknown>();
  let at = 0;
  for (; at < argv.length; at++) {
    const word = argv[at] as string;
    if (word.length < 2 || word[0] !== '-') break;
    if (word === '--') {
      at++;
      break;
    }
    const body = word.slice(word[1] === '-' ? 2 : 1);
    if (body === '' || body[0] === '-' || body[0] === '=') return { kind: 'error', message: `bad flag syntax: ${word}` };
    const equals = body.indexOf('=', 1);
    const name = equals < 0 ? body : body.slice(0, equals);
    const flag = Object.hasOwn(flags, name) ? flags[name] : undefined;
    if (flag === undefined)
      return name === 'help' || name === 'h' ? { kind: 'help' } : { kind: 'error', message: `flag provided but not defined: -${name}` };
    let text = equals < 0 ? undefined : body.slice(equals + 1);
    if (text === undefined && flag.type !== 'bool') {
      text = argv[++at];
      if (text === undefined) return { kind: 'error', message: `flag needs an argument: -${name}` };
    }
    const read = readText(flag, text ?? 'true');
    if ('reason' in read) return { kind: 'error', message: invalidValue(flag, name, text ?? '', read.reason) };
    values.set(name, read.value);
  }
  const options: Record<string, unknown> = Object.create(null);
  for (const name in flags) {
    const flag = flags[name] as Flag;
    options[camelCase(name)] = values.get(name) ?? flag.default ?? zeroValues[flag.type];
  }
  return { kind: 'parsed', options: options as OptionsOf<F>, args: argv.slice(at), changed: new Set(values.keys()) };
}

function readText(flag: Flag, text: string): Read<unknown> {
  if (flag.type === 'bool') {
    if (/^(1|t|T|TRUE|true|True)$/.test(text)) return { value: true };
    return /^(0|f|F|FALSE|false|False)$/.test(text) ? { value: false } : { reason: 'parse error' };
  }
  if (flag.type === 'int') {
    const read = parseGoInt(text);
    return 'value' in read ? read : { reason: read.reason.endsWith('range') ? 'value out of range' : 'parse error' };
  }
  if (flag.type === 'duration') {
    const read = readGoDuration(text);
    return 'value' in read ? read : { reason: 'parse error' };
  }
  return { value: text };
}

function invalidValue(flag: Flag, name: string, text: string, reason: string): string {
  const what = flag.type === 'bool' ? 'boolean value' : 'value';
  return flag.type === 'bool'
    ? `invalid ${what} ${goQuote(text)} for -${name}: ${reason}`
    : `invalid ${what} ${goQuote(text)} for flag -${name}: ${reason}`;
}

/** The list of flags as Go's `PrintDefaults` writes it, in order of names. */
export function goFlagDefaults(flags: Flags): string {
  return Object.entries(flags)
    .filter(([, flag]) => !flag.hidden)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, flag]) => {
      const quoted = /`([^`]*)`/.exec(flag.usage)?.[1];
      const type = quoted ?? flag.placeholder ?? (flag.type === 'bool' ? '' : flag.type);
      const head = `  -${name}${type === '' ? '' : ` ${type}`}`;
      // A flag of one letter leaves room for its text on the same line.
      const gap = head.length <= 4 ? '\t' : '\n    \t';
      return `${head}${gap}${flag.usage.replace(/`([^`]*)`/, '$1').replaceAll('\n', '\n    \t')}${defaultText(flag)}\n`;
    })
    .join('');
}

function defaultText(flag: Flag): string {
  const value = flag.default;
  if (value === undefined || value === '' || value === false || value === 0 || value === 0n) return '';
  return flag.type === 'string' ? ` (default ${goQuote(String(value))})` : ` (default ${String(value)})`;
}
