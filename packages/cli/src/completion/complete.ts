// SPDX-License-Identifier: Apache-2.0
/**
 * What a shell asks while a command line is being typed: `tool __complete WORD... PARTIAL` prints one candidate per line
 * (`value<tab>description`) and at the end `:<directive>`, the protocol of the reference's library.
 */
import { descend, knownFlags, type NamedFlag } from '../find.ts';
import { parseFlags } from '../pflag.ts';
import type { ProgramDeps } from '../program.ts';
import type { Command, Flag, Program } from '../table.ts';

/** What the shell does with the candidates; bits may be combined. */
export const directives = { standard: 0, error: 1, noSpace: 2, noFiles: 4, filterFiles: 8, filterDirectories: 16 } as const;

const NAMES: readonly [number, string][] = [
  [directives.error, 'ShellCompDirectiveError'],
  [directives.noSpace, 'ShellCompDirectiveNoSpace'],
  [directives.noFiles, 'ShellCompDirectiveNoFileComp'],
  [directives.filterFiles, 'ShellCompDirectiveFilterFileExt'],
  [directives.filterDirectories, 'ShellCompDirectiveFilterDirs'],
];

export interface Candidate {
  readonly value: string;
  readonly description?: string;
}

export interface Completion {
  readonly candidates: readonly Candidate[];
  readonly directive: number;
}

/** Runs `__complete` (with descriptions) or `__completeNoDesc`. */
export async function runComplete<D extends ProgramDeps>(
  program: Program<D>,
  root: Command<D>,
  words: readonly string[],
  deps: D,
  descriptions: 'with' | 'without',
): Promise<number> {
  const { candidates, directive } = await complete(program, root, words, deps);
  for (const { value, description } of candidates) {
    const text = descriptions === 'with' && description ? `${value}\t${description.split('\n')[0]}` : value;
    deps.terminal.out(`${text.trim()}\n`);
  }
  deps.terminal.out(`:${directive}\n`);
  const names = NAMES.filter(([bit]) => (directive & bit) !== 0).map(([, name]) => name);
  deps.terminal.err(`Completion ended with directive: ${names.length === 0 ? 'ShellCompDirectiveDefault' : names.join(', ')}\n`);
  return 0;
}

/** Candidates for the last of `words`. */
export async function complete<D extends ProgramDeps>(
  program: Program<D>,
  root: Command<D>,
  words: readonly string[],
  deps: D,
): Promise<Completion> {
  const partial = words.at(-1) ?? '';
  const { command, chain, words: left } = descend(root, words.slice(0, -1));
  const known = new Map(knownFlags(chain));
  if (!known.has('help')) known.set('help', { type: 'bool', short: 'h', usage: `help for ${command.name}` });
  const awaiting = flagAwaitingValue(known, left, partial);
  if (awaiting !== undefined) return completeValue(awaiting.named, awaiting.partial);
  const parsed = await parseFlags(known, left).catch(() => undefined);
  if (parsed === undefined) return { candidates: [], directive: directives.standard };
  if (parsed.help) return { candidates: [], directive: directives.noFiles };
  if (partial.startsWith('-') && !left.includes('--')) {
    return completeFlagNames(command, known, partial, { experimental: program.experimental === true, changed: parsed.changed });
  }
  return completeWords(command, parsed.args, partial, deps);
}

/** Is the word being typed the value of a flag: `--flag <here>`, `-f <here>`, `--flag=<here>`? */
function flagAwaitingValue(
  known: ReadonlyMap<string, Flag>,
  left: readonly string[],
  partial: string,
): { named: NamedFlag; partial: string } | undefined {
  if (left.includes('--')) return undefined;
  const equals = partial.indexOf('=');
  if (partial.startsWith('--') && equals > 0) {
    const name = partial.slice(2, equals);
    const flag = known.get(name);
    return flag === undefined ? undefined : { named: { name, flag }, partial: partial.slice(equals + 1) };
  }
  const before = left.at(-1);
  if (before === undefined || before.includes('=') || !before.startsWith('-')) return undefined;
  for (const [name, flag] of known) {
    if (flag.type === 'bool') continue;
    const isShort = flag.short !== undefined && /^-[^-]/.test(before) && before.endsWith(flag.short);
    if (before === `--${name}` || isShort) return { named: { name, flag }, partial };
  }
  return undefined;
}

function completeValue({ flag }: NamedFlag, partial: string): Completion {
  if (flag.words !== undefined) return { candidates: startingWith(flag.words, partial), directive: directives.noFiles };
  if (flag.complete === 'none' || flag.type === 'int' || flag.type === 'duration') return { candidates: [], directive: directives.noFiles };
  return { candidates: [], directive: flag.complete === 'directory' ? directives.filterDirectories : directives.standard };
}

const startingWith = (words: readonly string[], partial: string): Candidate[] =>
  words.filter((w) => w.startsWith(partial)).map((value) => ({ value }));

function completeFlagNames<D>(
  command: Command<D>,
  known: ReadonlyMap<string, Flag>,
  partial: string,
  state: { experimental: boolean; changed: ReadonlySet<string> },
): Completion {
  const excluded = new Set(
    (command.groups?.exclusive ?? []).flatMap((group) =>
      group.some((n) => state.changed.has(n)) ? group.filter((n) => !state.changed.has(n)) : [],
    ),
  );
  const offered = [...known].filter(([name, flag]) => {
    const isList = flag.type === 'stringArray' || flag.type === 'strings';
    const visible = !flag.hidden && (!flag.experimental || state.experimental);
    return visible && !excluded.has(name) && (isList || !state.changed.has(name));
  });
  const required = offered.filter(([, flag]) => flag.required);
  const candidates = (list: readonly [string, Flag][]): Candidate[] =>
    [...list]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([name, flag]) =>
        [`--${name}`, ...(flag.short ? [`-${flag.short}`] : [])].map((value) => ({ value, description: flag.usage })),
      )
      .filter(({ value }) => value.startsWith(partial) && (value.startsWith('--') || partial === value || partial === '-'));
  const first = candidates(required);
  return { candidates: first.length > 0 ? first : candidates(offered), directive: directives.noFiles };
}

async function completeWords<D>(command: Command<D>, args: readonly string[], partial: string, deps: D): Promise<Completion> {
  const children = args.length > 0 ? [] : (command.commands ?? []).filter((c) => !c.hidden && c.name.startsWith(partial));
  if (command.commands !== undefined && command.load === undefined) {
    const candidates = [...children]
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map((c) => ({ value: c.name, ...(c.short ? { description: c.short } : {}) }));
    return { candidates, directive: args.length > 0 ? directives.standard : directives.noFiles };
  }
  if (command.suggestArgs !== undefined) {
    const values = await command.suggestArgs(deps, args).catch(() => []);
    return { candidates: startingWith(values, partial), directive: directives.noFiles };
  }
  const rule = command.completeArgs ?? 'file';
  if (Array.isArray(rule)) return { candidates: args.length === 0 ? startingWith(rule, partial) : [], directive: directives.noFiles };
  if (rule === 'none' || command.args === 'none') return { candidates: [], directive: directives.noFiles };
  return { candidates: [], directive: rule === 'directory' ? directives.filterDirectories : directives.standard };
}
