// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the repository. */
export const repositoryRoot = (): string => fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');

/** The executable that the build left in `dist/bin`, or undefined. */
export function builtExecutable(name: string): string | undefined {
  const path = join(repositoryRoot(), 'dist', 'bin', process.platform === 'win32' ? `${name}.exe` : name);
  return existsSync(path) ? path : undefined;
}
