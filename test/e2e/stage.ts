// SPDX-License-Identifier: Apache-2.0
/** A temporary folder with a home, and the built executables run in it: nothing of this process's environment gets in. */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { builtExecutable, recordSkip, repositoryRoot } from '@notary/testkit';

/** Executables that the build makes, those that are built. */
export function executables(): readonly { readonly name: string; readonly path: string }[] {
  const names = readdirSync(join(repositoryRoot(), 'apps'));
  const built = names.flatMap((name) => {
    const path = builtExecutable(name);
    return path === undefined ? [] : [{ name, path }];
  });
  if (built.length === 0) recordSkip('built executables', 'dist/bin is empty: npm run build');
  return built;
}

/** What says its version in each dialect of flags. */
export const versionArguments = (name: string): string[] => (/^notary-(server|signer)$/.test(name) ? ['-version'] : ['version']);

export class Stage {
  #root: string | undefined;

  /** Made when first asked for: a stage whose tests are all skipped leaves nothing. */
  get root(): string {
    if (this.#root === undefined) {
      this.#root = mkdtempSync(join(tmpdir(), 'notary-e2e-'));
      for (const name of ['home', 'work']) mkdirSync(join(this.#root, name));
    }
    return this.#root;
  }

  get home(): string {
    return join(this.root, 'home');
  }

  get work(): string {
    return join(this.root, 'work');
  }

  /** Writes a file below the folder, its directories made. */
  write(path: string, content: string, mode = 0o644): string {
    const file = join(this.root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content, { mode });
    return file;
  }

  get env(): Record<string, string> {
    return { HOME: this.home, PATH: `${join(repositoryRoot(), 'dist', 'bin')}:/usr/local/bin:/usr/bin:/bin` };
  }

  run(
    file: string,
    args: readonly string[],
    more: { env?: Record<string, string>; cwd?: string; input?: string } = {},
  ): SpawnSyncReturns<string> {
    return spawnSync(file, [...args], {
      cwd: more.cwd ?? this.work,
      env: { ...this.env, ...more.env },
      input: more.input ?? '',
      encoding: 'utf8',
      timeout: 30_000,
    });
  }

  remove(): void {
    if (this.#root !== undefined) rmSync(this.#root, { recursive: true, force: true });
  }
}
