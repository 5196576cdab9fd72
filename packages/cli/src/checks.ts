// SPDX-License-Identifier: Apache-2.0
/** Rules on a parsed call, in the order in which the reference applies them: positional arguments, required flags, flag groups. */
import { goQuote } from '@notary/base/json';
import { faults } from './faults.ts';
import type { ArgumentRule, Command, Flag, Invocation, PositionalRule } from './table.ts';

/** Faults with `CLI_ARGUMENTS_INVALID` or `CLI_COMMAND_UNKNOWN`. */
export async function checkArguments(rule: PositionalRule | undefined, { args, path, options }: Invocation): Promise<void> {
  if (rule === undefined || rule === 'any') return;
  if (rule === 'none') {
    const command = args[0];
    if (command === undefined) return;
    throw faults.COMMAND_UNKNOWN({ command, path, quoted: goQuote(command), suggestions: [] });
  }
  const reason = typeof rule === 'function' ? rule(args, options) : countReason(rule, args.length);
  if (reason !== undefined) throw faults.ARGUMENTS_INVALID({ reason });
}

function countReason(rule: Exclude<PositionalRule, string | ArgumentRule>, n: number): string | undefined {
  if ('exactly' in rule) return n === rule.exactly ? undefined : `accepts ${rule.exactly} arg(s), received ${n}`;
  if ('atLeast' in rule) return n >= rule.atLeast ? undefined : `requires at least ${rule.atLeast} arg(s), only received ${n}`;
  if ('atMost' in rule) return n <= rule.atMost ? undefined : `accepts at most ${rule.atMost} arg(s), received ${n}`;
  const [low, high] = rule.between;
  return n >= low && n <= high ? undefined : `accepts between ${low} and ${high} arg(s), received ${n}`;
}

/** Faults with `CLI_FLAGS_REQUIRED`, `CLI_GROUP_INCOMPLETE`, `CLI_GROUP_EMPTY` or `CLI_GROUP_EXCLUSIVE`. */
export function checkFlags<D>(command: Command<D>, known: ReadonlyMap<string, Flag>, invocation: Invocation): void {
  const missing: string[] = [];
  for (const [name, flag] of known) if (flag.required && !invocation.changed.has(name)) missing.push(name);
  if (missing.length > 0) throw faults.FLAGS_REQUIRED({ flags: missing.sort() });
  const groups = command.groups;
  if (groups === undefined) return;
  const given = (group: readonly string[], wanted: boolean): string[] => {
    const names: string[] = [];
    for (const name of group) if (invocation.changed.has(name) === wanted) names.push(name);
    return names;
  };
  for (const group of byText(groups.together)) {
    const left = given(group, false);
    if (left.length > 0 && left.length < group.length) throw faults.GROUP_INCOMPLETE({ group, missing: left.sort() });
  }
  for (const group of byText(groups.oneRequired)) if (given(group, false).length === group.length) throw faults.GROUP_EMPTY({ group });
  for (const group of byText(groups.exclusive)) {
    const set = given(group, true);
    if (set.length > 1) throw faults.GROUP_EXCLUSIVE({ group, set: set.sort() });
  }
}

/** Groups are looked at in the order of their names, joined by blanks. */
const byText = (groups: readonly (readonly string[])[] = []): readonly (readonly string[])[] =>
  groups.length < 2 ? groups : [...groups].sort((a, b) => (a.join(' ') < b.join(' ') ? -1 : 1));
