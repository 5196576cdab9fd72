// SPDX-License-Identifier: Apache-2.0
/** `vectors/collection`: see its README. */
import { cpSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { temporaryDirectory } from './workshop.ts';

const folder = new URL('../../../../vectors/collection/', import.meta.url);

export interface Manifest {
  readonly gun: string;
  readonly at: string;
  readonly rootVersions: number;
  readonly passphrases: Readonly<Record<'root' | 'targets' | 'snapshot' | 'delegation', string>>;
}

export const vectorPath = (name: string): string => fileURLToPath(new URL(name, folder));
export const vector = (name: string): Uint8Array => new Uint8Array(readFileSync(vectorPath(name)));
export const manifest = (): Manifest => JSON.parse(new TextDecoder().decode(vector('manifest.json'))) as Manifest;

/** A copy of a folder of vectors that a test may change. */
export async function vectorCopy(name: string): Promise<string> {
  const copy = await temporaryDirectory();
  cpSync(vectorPath(name), copy, { recursive: true });
  return copy;
}
