// SPDX-License-Identifier: Apache-2.0
/** One line from a terminal in raw mode: nothing is echoed, and the mode is put back however the wait ends. */
import { fromUtf8Lossy, terminalFaults } from '@notary/base';
import { atExit } from '../exit.ts';
import { LINE_BYTES } from '../limits.ts';
import type { ChunkSource } from './line-reader.ts';

/** The part of `process.stdin` on a terminal that the prompt needs. */
export interface RawInput {
  setRawMode(on: boolean): unknown;
}

const KEY = { interrupt: 3, end: 4, backspace: 8, lineFeed: 10, carriageReturn: 13, killLine: 21, delete: 127 } as const;

/** Edits the line by one key. Returns what ends it. */
function apply(key: number, line: number[]): 'done' | 'end' | 'interrupt' | undefined {
  if (key === KEY.lineFeed || key === KEY.carriageReturn) return 'done';
  if (key === KEY.interrupt) return 'interrupt';
  if (key === KEY.end) return line.length === 0 ? 'end' : undefined;
  if (key === KEY.killLine) line.length = 0;
  else if (key === KEY.backspace || key === KEY.delete) {
    // A character is its lead byte and every continuation byte after it.
    while (line.length > 0 && ((line.pop() as number) & 0xc0) === 0x80);
  } else if (line.length < LINE_BYTES) line.push(key);
  return undefined;
}

/** Reads until Enter. End of input (Ctrl-D) on an empty line is `undefined`; Ctrl-C raises SIGINT for the process, as without raw mode. */
export async function readSecretLine(input: RawInput, source: ChunkSource, err: (text: string) => void): Promise<string | undefined> {
  const line: number[] = [];
  const restore = (): void => void input.setRawMode(false);
  const settled = atExit(restore);
  input.setRawMode(true);
  try {
    for (;;) {
      const chunk = await source();
      if (chunk === undefined) return line.length === 0 ? undefined : fromUtf8Lossy(Uint8Array.from(line));
      for (const key of chunk) {
        const ended = apply(key, line);
        if (ended === 'done') return fromUtf8Lossy(Uint8Array.from(line));
        if (ended === 'end') return undefined;
        if (ended === 'interrupt') {
          restore();
          process.kill(process.pid, 'SIGINT');
          throw terminalFaults.INTERRUPTED();
        }
      }
    }
  } finally {
    restore();
    settled();
    // Enter was not echoed either.
    err('\n');
  }
}
