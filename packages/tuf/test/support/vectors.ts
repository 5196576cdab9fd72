// SPDX-License-Identifier: Apache-2.0
/** The collection made by the reference's own programs: see `vectors/collection/generate.mjs`. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = new URL('../../../../vectors/collection/', import.meta.url);

export interface Manifest {
  readonly gun: string;
  readonly at: string;
  readonly rootVersions: number;
  readonly passphrases: Readonly<Record<'root' | 'targets' | 'snapshot' | 'delegation', string>>;
  readonly list: string;
  readonly delegations: string;
}

export const vectorPath = (name: string): string => fileURLToPath(new URL(name, folder));
export const vector = (name: string): Uint8Array => new Uint8Array(readFileSync(vectorPath(name)));
export const manifest = (): Manifest => JSON.parse(new TextDecoder().decode(vector('manifest.json'))) as Manifest;
