// SPDX-License-Identifier: Apache-2.0
/** Where standard input comes from on each runtime. */
import type { BunRuntime } from '../runtime.ts';
import type { ChunkSource } from './line-reader.ts';

/** Bun, piped: its own stream, because touching `process.stdin` costs 13 ms. */
export function bunPipedInput(bun: BunRuntime): ChunkSource {
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  return async () => {
    reader ??= bun.stdin.stream().getReader();
    const { done, value } = await reader.read();
    return done ? undefined : value;
  };
}

/** `process.stdin`, on Node and for terminals. Paused between reads, so that it never keeps the process alive. */
export function processInput(): ChunkSource {
  const input = process.stdin;
  const queue: Uint8Array[] = [];
  let ended = false;
  let failure: Error | undefined;
  let wake: (() => void) | undefined;
  let started = false;
  const signal = (): void => wake?.();
  const start = (): void => {
    started = true;
    input.on('data', (chunk: Uint8Array) => {
      queue.push(chunk);
      input.pause();
      signal();
    });
    input.on('end', () => {
      ended = true;
      signal();
    });
    input.on('error', (e) => {
      // A terminal that hung up reads as its end.
      if ((e as { code?: string }).code === 'EIO') ended = true;
      else failure = e;
      signal();
    });
  };
  return async () => {
    if (!started) start();
    while (queue.length === 0 && !ended && failure === undefined) {
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      input.resume();
      await woken;
    }
    input.pause();
    if (queue.length === 0 && failure !== undefined) throw failure;
    return queue.shift();
  };
}
