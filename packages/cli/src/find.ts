// SPDX-License-Identifier: Apache-2.0
/**
 * Which command a command line names, as the reference's library looks for it: flags may stand before the name of their
 * sub-command, and a flag that is not known at a level is taken to have the next word as its value.
 */
import { goQuote } from '@notary/base/json';
import { faults } from './faults.ts';
import type { Command, Flag, Flags } from './table.ts';

/** A command with its place in the tree. */
export interface Found<D> {
  readonly command: Command<D>;
  /** From the root to the command. */
  readonly chain: readonly Command<D>[];
  /** `tool blob sign`. */
  readonly path: string;
  /** The command line without the names of commands. */
  readonly words: readonly string[];
}

/** A flag with the name under which it is declared. */
export interface NamedFlag {
  readonly name: string;
  readonly flag: Flag;
}

/** All flags that a command knows: its own, its global ones and those that it inherits. */
export function knownFlags<D>(chain: readonly Command<D>[]): Map<string, Flag> {
  const known = new Map<string, Flag>();
  const add = (flags: Flags | undefined): void => {
    for (const name in flags) if (!known.has(name)) known.set(name, flags[name] as Flag);
  };
  add(chain[chain.length - 1]?.flags);
  for (let i = chain.length - 1; i >= 0; i--) add(chain[i]?.globalFlags);
  return known;
}

/** `true` for a word such as `--flag` or `-f` after which the library expects a value. */
function takesNextWord(word: string, known: ReadonlyMap<string, Flag>): boolean {
  if (word.includes('=')) return false;
  if (word.startsWith('--')) return known.get(word.slice(2))?.type !== 'bool';
  if (!word.startsWith('-') || word.length !== 2) return false;
  const short = word[1];
  for (const flag of known.values()) if (flag.short === short) return flag.type !== 'bool';
  return true;
}

/** Index of the first word that is neither a flag nor taken for a flag's value; -1 if there is none. */
function firstName(words: readonly string[], known: ReadonlyMap<string, Flag>): number {
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string;
    if (word === '--') return -1;
    if (takesNextWord(word, known)) i++;
    else if (word !== '' && !word.startsWith('-')) return i;
  }
  return -1;
}

/** Is `name` the name of the command, or one of its aliases? */
export const isNamed = <D>(command: Command<D>, name: string): boolean =>
  command.name === name || (command.aliases?.includes(name) ?? false);

function commandNamed<D>(commands: readonly Command<D>[] | undefined, name: string): Command<D> | undefined {
  for (const command of commands ?? []) if (isNamed(command, name)) return command;
  return undefined;
}

/** Descends by names for as long as they match; never fails. */
export function descend<D>(root: Command<D>, argv: readonly string[]): Found<D> {
  const chain: Command<D>[] = [root];
  let words = argv;
  let path = root.name;
  for (;;) {
    const current = chain[chain.length - 1] as Command<D>;
    const at = firstName(words, knownFlags(chain));
    const next = at < 0 ? undefined : commandNamed(current.commands, words[at] as string);
    if (next === undefined) return { command: current, chain, path, words };
    words = words.toSpliced(at, 1);
    chain.push(next);
    path += ` ${next.name}`;
  }
}

/** The command that `argv` names. A word that names nothing below the root is `CLI_COMMAND_UNKNOWN`, with similar names. */
export async function findCommand<D>(root: Command<D>, argv: readonly string[]): Promise<Found<D>> {
  const found = descend(root, argv);
  if (found.chain.length > 1 || root.args !== undefined || root.commands === undefined) return found;
  const at = firstName(found.words, knownFlags(found.chain));
  if (at < 0) return found;
  const command = found.words[at] as string;
  const { suggestNames } = await import('./suggest.ts');
  throw faults.COMMAND_UNKNOWN({ command, path: root.name, quoted: goQuote(command), suggestions: suggestNames(root, command) });
}
