// SPDX-License-Identifier: Apache-2.0
/** One line on standard error that says what long work is doing. Silent where standard error is no terminal. */
import type { Clock, Terminal } from '@notary/base';

const QUIET_MS = 300; // shorter work needs no word: about what people notice as a pause
const FRAME_MS = 80;

export interface Progress {
  /** What is going on now. */
  update(text: string): void;
  /** Removes the line. Call it before anything else is printed, and at the end. */
  done(): void;
}

/** Draws at most every 80 ms, and nothing in the first 300 ms. */
export function createProgress(terminal: Terminal, clock: Clock): Progress {
  if (!terminal.stderrIsTerminal) return { update() {}, done() {} };
  const startedAt = clock.now().getTime();
  let drawnAt = 0;
  let isShown = false;
  return {
    update(text) {
      const now = clock.now().getTime();
      if (now - startedAt < QUIET_MS || now - drawnAt < FRAME_MS) return;
      drawnAt = now;
      isShown = true;
      const width = Math.max(10, terminal.columns - 1);
      terminal.err(`\r\x1b[2K${text.length > width ? `${text.slice(0, width - 1)}…` : text}`);
    },
    done() {
      if (isShown) terminal.err('\r\x1b[2K');
      isShown = false;
    },
  };
}
