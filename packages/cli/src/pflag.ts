// SPDX-License-Identifier: Apache-2.0
/** Flags in the dialect of pflag: `--flag value`, `--flag=value`, `-f value`, `-fvalue`, `-abc`; flags and arguments mix; `--` ends flags. */
import { goQuote } from '@notary/base/json';
import { faults } from './faults.ts';
import type { Flag, FlagType, FlagValues } from './table.ts';
import { camelCase, readValue, zeroValues } from './values.ts';

/** What parsing the words of a command line gave. */
export interface ParsedFlags {
  readonly args: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
  readonly changed: ReadonlySet<string>;
  readonly help: boolean;
}

/** Where unset flags take their values from. */
export interface DefaultSources {
  readonly environment?: { get(name: string): string | undefined };
  /** Texts by flag name that stand in for the table's defaults. */
  readonly computed?: Readonly<Record<string, string>>;
}

const HELP: Flag<'bool'> = { type: 'bool', short: 'h', usage: 'help' };

interface State {
  readonly known: ReadonlyMap<string, Flag>;
  readonly values: Map<string, FlagValues[FlagType]>;
  readonly args: string[];
}

/** Parses `words` against the flags that a command knows. Faults are those of the reference: `CLI_FLAG_…`, `CLI_SHORTHAND_UNKNOWN`. */
export async function parseFlags(
  known: ReadonlyMap<string, Flag>,
  words: readonly string[],
  defaults: DefaultSources = {},
): Promise<ParsedFlags> {
  const state: State = { known: withHelp(known), values: new Map(), args: [] };
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string;
    if (word.length < 2 || word[0] !== '-') {
      state.args.push(word);
    } else if (word === '--') {
      state.args.push(...words.slice(i + 1));
      break;
    } else if (word[1] === '-') {
      i = await parseLong(state, words, i);
    } else {
      i = await parseShort(state, words, i);
    }
  }
  return {
    args: state.args,
    options: await optionsOf(state, defaults),
    changed: new Set(state.values.keys()),
    help: state.values.get('help') === true,
  };
}

function withHelp(known: ReadonlyMap<string, Flag>): ReadonlyMap<string, Flag> {
  if (known.has('help')) return known;
  let taken = false;
  const all = new Map<string, Flag>();
  for (const [name, flag] of known) {
    all.set(name, flag);
    if (flag.short === 'h') taken = true;
  }
  return all.set('help', taken ? { type: 'bool', usage: 'help' } : HELP);
}

/** Returns the index of the last word used. */
async function parseLong(state: State, words: readonly string[], at: number): Promise<number> {
  const word = words[at] as string;
  if (word[2] === '-' || word[2] === '=') throw faults.FLAG_SYNTAX({ word });
  const equals = word.indexOf('=');
  const name = equals < 0 ? word.slice(2) : word.slice(2, equals);
  const flag = state.known.get(name);
  if (flag === undefined) throw faults.FLAG_UNKNOWN({ flag: name });
  if (equals >= 0) await set(state, name, flag, word.slice(equals + 1));
  else if (flag.type === 'bool') await set(state, name, flag, 'true');
  else {
    const value = words[at + 1];
    if (value === undefined) throw faults.FLAG_VALUE_MISSING({ flag: name });
    await set(state, name, flag, value);
    return at + 1;
  }
  return at;
}

/** A group of shorthands; the first that takes a value ends it. Returns the index of the last word used. */
async function parseShort(state: State, words: readonly string[], at: number): Promise<number> {
  let group = (words[at] as string).slice(1);
  while (group.length > 0) {
    const [name, flag] = shorthand(state, group);
    if (group.length > 2 && group[1] === '=') {
      await set(state, name, flag, group.slice(2));
      return at;
    }
    if (flag.type === 'bool') {
      await set(state, name, flag, 'true');
      group = group.slice(1);
    } else if (group.length > 1) {
      await set(state, name, flag, group.slice(1));
      return at;
    } else {
      const value = words[at + 1];
      if (value === undefined) throw faults.FLAG_VALUE_MISSING({ flag: quoteByte(group), word: group });
      await set(state, name, flag, value);
      return at + 1;
    }
  }
  return at;
}

function shorthand(state: State, group: string): [string, Flag] {
  for (const [name, flag] of state.known) if (flag.short !== undefined && flag.short === group[0]) return [name, flag];
  throw faults.SHORTHAND_UNKNOWN({ shorthand: quoteByte(group), word: group });
}

/** Go's `%q` of the first byte of a word, taken for a character. */
function quoteByte(word: string): string {
  const c = word.charCodeAt(0);
  if (c === 0x27 || c === 0x5c) return `'\\${word[0]}'`;
  if (c < 0x20 || c === 0x7f) return `'\\x${c.toString(16).padStart(2, '0')}'`;
  if (c < 0x80) return `'${word[0]}'`;
  const byte = new TextEncoder().encode(word)[0] as number;
  return byte > 0xa0 && byte !== 0xad ? `'${String.fromCharCode(byte)}'` : `'\\u00${byte.toString(16)}'`;
}

async function set(state: State, name: string, flag: Flag, text: string): Promise<void> {
  const read = await readValue(flag, text);
  if ('reason' in read) {
    const shown = flag.short === undefined ? `--${name}` : `-${flag.short}, --${name}`;
    throw faults.FLAG_VALUE_INVALID({ flag: shown, quoted: goQuote(text), reason: read.reason });
  }
  const before = state.values.get(name);
  const isList = Array.isArray(read.value);
  state.values.set(name, isList && before !== undefined ? [...(before as string[]), ...(read.value as string[])] : read.value);
}

async function optionsOf(state: State, defaults: DefaultSources): Promise<Record<string, unknown>> {
  const options: Record<string, unknown> = Object.create(null);
  for (const [name, flag] of state.known) {
    const given = state.values.get(name);
    const text = given === undefined ? defaultText(name, flag, defaults) : '';
    const computed = text === '' ? undefined : await readValue(flag, text);
    options[camelCase(name)] =
      given ?? (computed !== undefined && 'value' in computed ? computed.value : (flag.default ?? zeroValues[flag.type]));
  }
  return options;
}

/** What stands in for the table's default; empty if nothing does. */
function defaultText(name: string, flag: Flag, defaults: DefaultSources): string {
  const fromEnvironment = flag.env === undefined ? undefined : defaults.environment?.get(flag.env);
  return fromEnvironment || (defaults.computed?.[name] ?? '');
}
