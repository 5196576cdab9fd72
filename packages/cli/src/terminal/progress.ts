// SPDX-License-Identifier: Apache-2.0
/** One line on standard error that says what long work is doing. Silent where standard error is no terminal. */
import type { Clock, Environment, Terminal } from '@notary/base';
import { printable } from '../printable.ts';

const QUIET_MS = 300; // shorter work needs no word: about what people notice as a pause
const FRAME_MS = 80; // twelve a second: it moves without flickering

/** A line on standard error that says what takes so long, and goes away. */
export interface Progress {
  /** What is going on now. */
  update(text: string): void;
  /** Removes the line. Call it before anything else is printed, and at the end. */
  done(): void;
}

/** Draws at most every 80 ms, and nothing in the first 300 ms. A dumb terminal could not take the line back: nothing is drawn there. */
export function createProgress(terminal: Terminal, clock: Clock, environment?: Environment): Progress {
  if (!terminal.stderrIsTerminal || environment?.get('TERM') === 'dumb') return { update() {}, done() {} };
  const startedAt = clock.now().getTime();
  let drawnAt = 0;
  let isShown = false;
  let isWaiting = false;
  let pending: string | undefined;
  const draw = (): void => {
    if (pending === undefined) return;
    drawnAt = clock.now().getTime();
    isShown = true;
    const width = Math.max(10, terminal.columns - 1);
    terminal.err(`\r\x1b[2K${pending.length > width ? `${pending.slice(0, width - 1)}…` : pending}`);
    pending = undefined;
  };
  return {
    update(text) {
      pending = printable(text);
      const waitMs = Math.max(startedAt + QUIET_MS, drawnAt + FRAME_MS) - clock.now().getTime();
      if (waitMs <= 0) return draw();
      if (isWaiting) return;
      isWaiting = true;
      // What is said last before a long step must be seen while that lasts.
      void clock.sleep(waitMs).then(() => {
        isWaiting = false;
        draw();
      });
    },
    done() {
      pending = undefined;
      if (isShown) terminal.err('\r\x1b[2K');
      isShown = false;
    },
  };
}
