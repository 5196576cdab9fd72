// SPDX-License-Identifier: Apache-2.0
/** The dialect of Go's `flag` package, and programs that speak it. */
export { type GoFlagResult, goFlagDefaults, parseGoFlags } from './parse.ts';
export { type GoCommand, type GoProgram, goCommand, runGoProgram, versionLine } from './program.ts';
