// SPDX-License-Identifier: Apache-2.0
/** Every example runs, here in the test runner on Node and there as a program on Bun, and prints what its page promises. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import { bunExecutable } from '../../scripts/build.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Runs an example inside this process and returns what it printed. */
async function runHere(load: () => Promise<unknown>): Promise<string> {
  const lines: string[] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((line) => {
    lines.push(String(line));
  });
  try {
    await load();
  } finally {
    log.mockRestore();
  }
  return lines.join('\n');
}

function runOnBun(file: string): string {
  const run = spawnSync(bunExecutable(), ['--conditions=@notary/source', file], { cwd: root, encoding: 'utf8' });
  return run.status === 0 ? run.stdout.trim() : `exit ${run.status}: ${run.stderr}`;
}

describe('examples', () => {
  it('sign-blob-in-memory verifies what it signed', async () => {
    const expected = /^verified sha256:[0-9a-f]{64}, version 1\.2\.3$/;
    expect(await runHere(() => import('../../examples/sign-blob-in-memory.ts'))).toMatch(expected);
    expect(runOnBun('examples/sign-blob-in-memory.ts')).toMatch(expected);
  });

  it('custom-signer signs with a key that it never sees', async () => {
    const expected = /^signed sha256:[0-9a-f]{64} with sha256:[0-9a-f]{64}$/;
    expect(await runHere(() => import('../../examples/custom-signer.ts'))).toMatch(expected);
    expect(runOnBun('examples/custom-signer.ts')).toMatch(expected);
  });
});
