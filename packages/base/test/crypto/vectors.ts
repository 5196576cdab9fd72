// SPDX-License-Identifier: Apache-2.0
/** Files of the committed vectors. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = join(dirname(fileURLToPath(import.meta.url)), '../../../../vectors/x509');

/** A file under `vectors/x509`. */
export const vector = (path: string): Uint8Array => new Uint8Array(readFileSync(join(folder, path)));
export const vectorText = (path: string): string => readFileSync(join(folder, path), 'utf8');
