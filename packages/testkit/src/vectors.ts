// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from './root.ts';
import { recordExercised, recordSkip } from './skips.ts';

/** The folder of vectors made by other implementations, beside the repository, or undefined with the skip recorded. */
export function sharedVectors(): string | undefined {
  const path = join(repositoryRoot(), '..', 'shared', 'vectors');
  if (existsSync(path)) {
    recordExercised('shared vectors');
    return path;
  }
  recordSkip('shared vectors', 'the folder shared/vectors is not beside the repository');
  return undefined;
}

/** The vectors that the repository itself holds. */
export const ownVectors = (): string => join(repositoryRoot(), 'vectors');
