// SPDX-License-Identifier: Apache-2.0
/** Progress of reading a large file. */
import type { AppDeps } from './deps.ts';

const MiB = 1024 * 1024;
const WORTH_TELLING = 64 * MiB; // read and hashed in less than the moment in which nothing is shown anyway

/** The file at `path`, with a line on a terminal that tells how far reading it has come. */
export async function* readTold(deps: AppDeps, path: string, verb: string): AsyncGenerator<Uint8Array> {
  const total = (await deps.files.stat(path))?.size ?? 0;
  if (total < WORTH_TELLING || !deps.terminal.stderrIsTerminal) return yield* deps.files.readStream(path);
  const { createProgress } = await import('@notary/cli/terminal');
  const progress = createProgress(deps.terminal, deps.clock, deps.environment);
  let read = 0;
  try {
    for await (const chunk of deps.files.readStream(path)) {
      read += chunk.length;
      progress.update(`${verb} ${path}: ${Math.round(read / MiB)} of ${Math.round(total / MiB)} MiB`);
      yield chunk;
    }
  } finally {
    progress.done();
  }
}
