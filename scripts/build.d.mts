// SPDX-License-Identifier: Apache-2.0
/** Path of Bun's own executable inside its platform package. */
export function bunExecutable(): string;
/** The flags that every executable is compiled with. */
export const compileFlags: readonly string[];
/** What executables are made of, from the root of the repository. */
export function sourceFiles(): string[];
/** Builds those of the named executables that are missing or older than a source file. */
export function ensureBuilt(names: readonly string[]): Promise<void>;
