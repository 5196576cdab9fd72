// SPDX-License-Identifier: Apache-2.0
/** The JSON form of every command's result: one object that names its schema, so that scripts can tell versions apart. */
import { type Terminal, toFault } from '@notary/base';

/** `schema` is `<name>/v<version>`; a change that breaks readers raises the version. */
export interface JsonEnvelope {
  readonly schema: string;
  readonly [member: string]: unknown;
}

/** A result under a schema's name. */
export const envelope = (schema: string, result: Readonly<Record<string, unknown>>): JsonEnvelope => ({ schema, ...result });

/** A failure under a schema's name: the whole fault as `error`. */
export const failureEnvelope = (schema: string, failure: unknown): JsonEnvelope => ({ schema, error: toFault(failure).toJSON() });

/** Prints a value as JSON, two blanks a level, with a newline at its end. */
export function writeJson(terminal: Terminal, value: unknown): void {
  terminal.out(`${JSON.stringify(value, (_, v: unknown) => (typeof v === 'bigint' ? Number(v) : v), 2)}\n`);
}
