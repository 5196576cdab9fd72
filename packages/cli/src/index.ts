// SPDX-License-Identifier: Apache-2.0
/** The hot part: the table's types, and running a program. Help, completion, formatting and prompts are subpaths or load on demand. */
export { faults as cliFaults } from './faults.ts';
export { type Found, findCommand, knownFlags } from './find.ts';
export { type DefaultSources, type ParsedFlags, parseFlags } from './pflag.ts';
export { printable } from './printable.ts';
export { failPlainly, type ProgramDeps, runProgram, usageHint } from './program.ts';
export type {
  ArgumentRule,
  Command,
  CommandModule,
  Failure,
  Flag,
  FlagGroups,
  Flags,
  FlagType,
  FlagValues,
  Invocation,
  Nanoseconds,
  OptionsOf,
  PositionalRule,
  Program,
} from './table.ts';
