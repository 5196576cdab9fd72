// SPDX-License-Identifier: Apache-2.0
/**
 * The declarative command table: one per executable. Parsing, help, completion and the command pages all follow from it.
 * A table is plain data: building it loads no command. What a command does stands behind `load`, a dynamic import.
 */

/** The value types of a flag, named as pflag names them in help (`strings` is a comma-separated list, `stringArray` is not split). */
export type FlagType = 'bool' | 'string' | 'int' | 'duration' | 'stringArray' | 'strings';

/** A duration in nanoseconds, as Go counts; from `parseGoDuration`. */
export type Nanoseconds = bigint;

/** What a flag of a type yields. */
export interface FlagValues {
  readonly bool: boolean;
  readonly string: string;
  readonly int: number;
  readonly duration: Nanoseconds;
  readonly stringArray: readonly string[];
  readonly strings: readonly string[];
}

/** One flag. Its name is its key in {@link Flags}, in kebab case. */
export interface Flag<T extends FlagType = FlagType> {
  readonly type: T;
  readonly usage: string;
  readonly short?: string;
  /** The value where the flag is not given. Shown in help unless it is the zero value. */
  readonly default?: FlagValues[T];
  /** Environment variable whose value, if not empty, replaces the default. Not shown in help and not counted as given. */
  readonly env?: string;
  readonly required?: boolean;
  /** Never shown; still parsed. */
  readonly hidden?: boolean;
  /** Shown only where the program says that experimental features are on; checking its use is the program's pre-run. */
  readonly experimental?: boolean;
  /** Not part of the reference tool: help lists it under a heading of its own, so that the reference's text stays as it is. */
  readonly extension?: boolean;
  /** Name of the value in help where it is not the type's. */
  readonly placeholder?: string;
  /** The words that the flag takes, for completion. Their check belongs to the command. */
  readonly words?: readonly string[];
  /** What the shell completes; default: files. */
  readonly complete?: 'file' | 'directory' | 'none';
}

/** The flags of a command by their name in kebab case. */
export type Flags = Readonly<Record<string, Flag>>;

type CamelCase<S extends string> = S extends `${infer A}-${infer B}` ? `${A}${Capitalize<CamelCase<B>>}` : S;

/** The typed options of a set of flags; keys in camel case. */
export type OptionsOf<F extends Flags> = {
  readonly [K in keyof F & string as CamelCase<K>]: FlagValues[F[K]['type']];
};

/** A rule of a command's own; `options` are those of the command, which some rules depend on. */
// biome-ignore lint/suspicious/noExplicitAny: which options there are depends on the command that the rule belongs to.
export type ArgumentRule = (args: readonly string[], options: any) => string | undefined;

/** Which positional arguments a command takes. A function returns the message of its refusal. */
export type PositionalRule =
  | 'any'
  /** None: `unknown command "x" for "tool version"`. */
  | 'none'
  /** Exactly so many: `accepts 1 arg(s), received 2`. */
  | { readonly exactly: number }
  | { readonly atLeast: number }
  | { readonly atMost: number }
  | { readonly between: readonly [number, number] }
  | ArgumentRule;

/** Flags that belong together. Each list names flags in the order that messages show. */
export interface FlagGroups {
  readonly together?: readonly (readonly string[])[];
  readonly oneRequired?: readonly (readonly string[])[];
  readonly exclusive?: readonly (readonly string[])[];
}

/** A parsed call of a command. */
// biome-ignore lint/suspicious/noExplicitAny: without its flags the options of an invocation are not known.
export interface Invocation<F extends Flags = any> {
  /** Names from the root to the command: `tool blob sign`. */
  readonly path: string;
  // biome-ignore lint/suspicious/noExplicitAny: an invocation does not depend on what the command's `run` is given.
  readonly command: Command<any>;
  readonly args: readonly string[];
  readonly options: OptionsOf<F>;
  /** Names (kebab case) of the flags that were given. */
  readonly changed: ReadonlySet<string>;
}

/** What `load` yields: usually a module. */
export interface CommandModule<D> {
  /** Runs before required flags and flag groups are checked, as the reference does. */
  readonly preRun?: ((invocation: Invocation, deps: D) => void | Promise<void>) | undefined;
  /** Resolves to the exit code; nothing means 0. */
  run(invocation: Invocation, deps: D): Promise<number | undefined> | Promise<void>;
}

/** One command. `D` is what the program hands to `run`. */
export interface Command<D> {
  readonly name: string;
  /** The words after the name in the usage line, e.g. `[flags] <reference>`. `[flags]` is appended where it is missing. */
  readonly use?: string;
  readonly aliases?: readonly string[];
  readonly short?: string;
  readonly long?: string;
  readonly example?: string;
  /** Appended to `long` where experimental features are on. */
  readonly experimentalLong?: string;
  /** Examples of what the reference does not have: they stand after the flags. */
  readonly additionalExamples?: string;
  readonly flags?: Flags;
  /** Flags of this command and all below it: "Global Flags" in help. */
  readonly globalFlags?: Flags;
  readonly args?: PositionalRule;
  readonly groups?: FlagGroups;
  readonly hidden?: boolean;
  /** Not part of the reference tool: listed under "Additional Commands". */
  readonly extension?: boolean;
  readonly noFlagsInUseLine?: boolean;
  readonly commands?: readonly Command<D>[];
  /** Words for the first positional argument, for completion; `file` is the default. */
  readonly completeArgs?: 'file' | 'directory' | 'none' | readonly string[];
  /** Values to complete the positional arguments with, computed when the shell asks. */
  readonly suggestArgs?: (deps: D, args: readonly string[]) => Promise<readonly string[]>;
  /** Defaults that only a look at the machine can tell, by flag name; asked for when this command was chosen. */
  readonly defaults?: (deps: D) => Promise<Readonly<Record<string, string>>>;
  /** Absent for a command that only groups others. */
  readonly load?: () => Promise<CommandModule<D>>;
}

/** An executable. */
export interface Program<D> {
  readonly root: Command<D>;
  /** Are experimental flags shown? */
  readonly experimental?: boolean;
  /** Runs first, after positional arguments were checked: the reference's root pre-run. */
  readonly preRun?: (invocation: Invocation, deps: D) => void | Promise<void>;
  /** Prints a failure and returns the exit code. Default: `Error: <message>` on standard error, 1. */
  readonly fail?: (failure: Failure, deps: D) => number | Promise<number>;
  /**
   * Prints what the commands that every program has (help, completion, groups of commands) tell, where the flag `json` is set: a
   * program with this has such a flag among the root's global ones. Absent: they only have a text form.
   */
  readonly printJson?: (path: string, result: Readonly<Record<string, unknown>>, deps: D) => void | Promise<void>;
}

/** What went wrong, and how far the call had come. */
export interface Failure {
  readonly error: unknown;
  /** The command that was found; the root where none was. */
  // biome-ignore lint/suspicious/noExplicitAny: a failure does not depend on what the command's `run` is given.
  readonly command: Command<any>;
  readonly path: string;
  /** The call as given on the command line, without the program's name. */
  readonly argv: readonly string[];
  /** Absent where parsing failed. */
  readonly invocation: Invocation | undefined;
}
