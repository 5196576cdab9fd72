// SPDX-License-Identifier: Apache-2.0
/** What must be tidied up when the process ends on purpose: files that are being staged, locks that are held. */

const pending = new Set<() => void>();
let isWatching = false;

function runAll(): void {
  for (const work of pending) {
    try {
      work();
    } catch {
      // The process ends: what cannot be removed now is removed by the next one that comes here.
    }
  }
  pending.clear();
}

/** Runs `work` when the process exits, unless the returned function was called before. `work` must not wait for anything. */
export function atExit(work: () => void): () => void {
  if (!isWatching) {
    isWatching = true;
    process.on('exit', runAll);
  }
  pending.add(work);
  return () => void pending.delete(work);
}

/**
 * Ends the process as the signal would have without a handler, after tidying up: whoever waits for the process sees that it was
 * ended by that signal. For handlers of SIGTERM and SIGHUP.
 */
export function endBySignal(name: 'SIGINT' | 'SIGTERM' | 'SIGHUP'): void {
  runAll();
  process.removeAllListeners(name);
  process.kill(process.pid, name);
}
