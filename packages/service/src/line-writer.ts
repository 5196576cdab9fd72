// SPDX-License-Identifier: Apache-2.0
/** Lines of one turn of the event loop in one write: under load a system call a line costs a server a tenth of its time. */

/** Text held at most before it is written, in UTF-16 units: what a pipe takes at once. */
const MAX_HELD = 65_536;

/** Writes lines together that come together. */
export interface LineWriter {
  write(line: string): void;
  /** Writes what is held, now. To be called at the end of the process, too. */
  flush(): void;
  /**
   * What is held is written when this returns, or when its promise resolves: callers of one turn of the loop share a write, a few of
   * them at a time, and one who comes alone does not wait.
   */
  written(): void | Promise<void>;
}

/** Callers that share a write: more would have their readers wait for the last of them, and save little. */
const MAX_SHARED = 4;
/** Callers that write for themselves before the next look whether there are several in a turn. */
const ALONE = 64;

/** A writer over `write`, which gets one or more whole lines. */
export function createLineWriter(write: (lines: string) => void): LineWriter {
  let held = '';
  const flush = (): void => {
    if (held === '') return;
    const lines = held;
    held = '';
    write(lines);
  };
  let alone = 0;
  let singles = 0;
  let shared: Shared | undefined;
  const finish = (mine: Shared): void => {
    if (shared !== mine) return; // written when it was full
    shared = undefined;
    singles = mine.callers === 1 ? singles + 1 : 0;
    if (singles > 1) alone = ALONE; // one by itself may be the odd one of a crowd
    try {
      flush();
      mine.resolve();
    } catch (e) {
      mine.reject(e);
    }
  };
  const written = (): void | Promise<void> => {
    if (shared !== undefined) {
      const { done } = shared;
      if (++shared.callers === MAX_SHARED) finish(shared);
      return done;
    }
    if (alone > 0) {
      alone--;
      flush();
      return;
    }
    const mine = createShared();
    shared = mine;
    setImmediate(() => finish(mine));
    return mine.done;
  };
  return {
    flush,
    written,
    write(line) {
      if (held === '') setImmediate(flush);
      held += line;
      if (held.length >= MAX_HELD) flush();
    },
  };
}

/** A write that several wait for. */
interface Shared {
  callers: number;
  readonly done: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (e: unknown) => void;
}

function createShared(): Shared {
  let settle: Pick<Shared, 'resolve' | 'reject'> | undefined;
  const done = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { callers: 1, done, ...(settle as unknown as Pick<Shared, 'resolve' | 'reject'>) };
}
