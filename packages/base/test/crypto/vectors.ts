// SPDX-License-Identifier: Apache-2.0
/** Files of the committed vectors. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ownVectors } from '@notary/testkit';

/** A file under `vectors/x509`. */
export const vector = (path: string): Uint8Array => new Uint8Array(readFileSync(join(ownVectors(), 'x509', path)));
export const vectorText = (path: string): string => readFileSync(join(ownVectors(), 'x509', path), 'utf8');
