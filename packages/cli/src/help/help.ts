// SPDX-License-Identifier: Apache-2.0
/**
 * Help and usage texts in the reference library's layout. Commands and flags that the reference does not have stand under
 * "Additional Commands" and "Additional Flags", so that everything else reads as it does there.
 */

import { goQuote } from '@notary/base/json';
import { formatGoDuration } from '../format/duration.ts';
import type { Command, Flag, Flags } from '../table.ts';

/** What help depends on besides the table. */
export interface HelpOptions {
  /** Are experimental flags and examples shown? */
  readonly experimental?: boolean;
  /** Defaults that were computed for this machine, by flag name. */
  readonly computed?: Readonly<Record<string, string>>;
}

const MIN_NAME_WIDTH = 11; // cobra: minNamePadding

/** The long text and the usage of the last command of `chain`. */
export function helpText<D>(chain: readonly Command<D>[], options: HelpOptions = {}): string {
  const command = chain.at(-1) as Command<D>;
  const extra = options.experimental ? (command.experimentalLong ?? '') : '';
  const long = trimEnd(`${command.long ?? command.short ?? ''}${extra}`);
  return `${long === '' ? '' : `${long}\n\n`}${usageText(chain, options)}`;
}

/** The usage alone, from `Usage:` on. `withoutHelpFlag` is how the reference shows it before the help flag was added. */
export function usageText<D>(chain: readonly Command<D>[], options: HelpOptions & { withoutHelpFlag?: boolean } = {}): string {
  const command = chain.at(-1) as Command<D>;
  const path = chain.map((c) => c.name).join(' ');
  const visible = (command.commands ?? []).filter((c) => !c.hidden);
  let text = 'Usage:';
  if (command.load !== undefined) text += `\n  ${useLine(command, path)}`;
  if (visible.length > 0) text += `\n  ${path} [command]`;
  if (command.aliases?.length) text += `\n\nAliases:\n  ${[command.name, ...command.aliases].join(', ')}`;
  if (command.example) text += `\n\nExamples:\n${command.example}`;
  text += commandSection('Available Commands:', visible, (c) => !c.extension);
  text += commandSection('Additional Commands:', visible, (c) => c.extension === true);
  text += flagSections(chain, options);
  if (command.additionalExamples) text += `\n\nAdditional Examples:\n${trimEnd(command.additionalExamples)}`;
  if (visible.length > 0) text += `\n\nUse "${path} [command] --help" for more information about a command.`;
  return `${text}\n`;
}

function useLine<D>(command: Command<D>, path: string): string {
  const line = command.use ? `${path} ${command.use}` : path;
  return command.noFlagsInUseLine || line.includes('[flags]') ? line : `${line} [flags]`;
}

function commandSection<D>(title: string, commands: readonly Command<D>[], belongs: (c: Command<D>) => boolean): string {
  const rows = commands.filter(belongs).sort((a, b) => (a.name < b.name ? -1 : 1));
  if (rows.length === 0) return '';
  const width = Math.max(MIN_NAME_WIDTH, ...rows.map((c) => c.name.length));
  return `\n\n${title}${rows.map((c) => `\n  ${c.name.padEnd(width)} ${c.short ?? ''}`).join('')}`;
}

function flagSections<D>(chain: readonly Command<D>[], options: HelpOptions & { withoutHelpFlag?: boolean }): string {
  const command = chain.at(-1) as Command<D>;
  const own: Record<string, Flag> = { ...command.flags, ...command.globalFlags };
  if (!options.withoutHelpFlag && own.help === undefined) own.help = { type: 'bool', short: 'h', usage: `help for ${command.name}` };
  const inherited: Record<string, Flag> = {};
  for (const parent of chain.slice(0, -1)) {
    for (const name in parent.globalFlags) if (own[name] === undefined) inherited[name] = parent.globalFlags[name] as Flag;
  }
  const section = (title: string, flags: Flags, belongs: (f: Flag) => boolean): string => {
    const chosen = Object.fromEntries(Object.entries(flags).filter(([, f]) => belongs(f)));
    const lines = trimEnd(flagUsages(chosen, options));
    return lines === '' ? '' : `\n\n${title}\n${lines}`;
  };
  return (
    section('Flags:', own, (f) => !f.extension) +
    section('Additional Flags:', own, (f) => f.extension === true) +
    section('Global Flags:', inherited, () => true)
  );
}

/** The lines of a flag list, sorted by name, as pflag prints them. */
export function flagUsages(flags: Flags, options: HelpOptions = {}): string {
  const shown = Object.entries(flags)
    .filter(([, f]) => !f.hidden && (!f.experimental || options.experimental === true))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const heads = shown.map(([name, flag]) => {
    const type = typeName(flag);
    return `${flag.short ? `  -${flag.short}, ` : '      '}--${name}${type === '' ? '' : ` ${type}`}`;
  });
  const width = Math.max(0, ...heads.map((h) => h.length)) + 3;
  return shown
    .map(([name, flag], i) => {
      const usage = flag.usage.replace(/`([^`]*)`/, '$1').replaceAll('\n', `\n${' '.repeat(width)}`);
      return `${(heads[i] as string).padEnd(width)}${usage}${defaultText(flag, options.computed?.[name])}\n`;
    })
    .join('');
}

function typeName(flag: Flag): string {
  const quoted = /`([^`]*)`/.exec(flag.usage);
  if (quoted !== null) return quoted[1] as string;
  return flag.placeholder ?? (flag.type === 'bool' ? '' : flag.type);
}

function defaultText(flag: Flag, computed: string | undefined): string {
  const value = computed ?? flag.default;
  if (value === undefined || value === '' || value === false || value === 0 || value === 0n) return '';
  if (Array.isArray(value)) return value.length === 0 ? '' : ` (default [${value.join(',')}])`;
  if (flag.type === 'string') return ` (default ${goQuote(String(value))})`;
  return ` (default ${typeof value === 'bigint' ? formatGoDuration(value) : String(value)})`;
}

/** Without white space at the end, as the reference trims it. */
const trimEnd = (text: string): string => text.replace(/\s+$/u, '');
