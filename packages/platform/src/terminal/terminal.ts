// SPDX-License-Identifier: Apache-2.0
/**
 * The standard streams. On Bun through its file sinks: `process.stdout` costs 10 ms on first touch, `process.stdin` 13, and
 * `node:tty` 4; the sinks write at once when the other side takes it and queue in order when it does not.
 */
import type { Terminal } from '@notary/base';
import { type BunFileSink, type BunRuntime, bun } from '../runtime.ts';
import { bunPipedInput, processInput } from './input.ts';
import { type ChunkSource, InputReader } from './line-reader.ts';
import { readSecretLine } from './secret.ts';

/** One output stream: writes in order, reports a closed pipe once. */
interface Output {
  write(data: string | Uint8Array): void;
  flush(): Promise<void>;
}

const isBrokenPipe = (e: unknown): boolean => ['EPIPE', 'ECONNRESET', 'ERR_STREAM_DESTROYED'].includes((e as { code?: string }).code ?? '');

function bunOutput(open: () => BunFileSink, broken: () => void): Output {
  let sink: BunFileSink | undefined;
  let pending: Promise<unknown> = Promise.resolve();
  let closed = false;
  const failed = (e: unknown): void => {
    if (!isBrokenPipe(e)) throw e;
    closed = true;
    broken();
  };
  return {
    write(data) {
      if (closed || data.length === 0) return;
      try {
        sink ??= open();
        // Either call may leave a promise: of a large write, of a full pipe.
        for (const step of [sink.write(data), sink.flush()]) {
          if (step instanceof Promise) pending = Promise.all([pending, step.catch(failed)]);
        }
      } catch (e) {
        failed(e);
      }
    },
    async flush() {
      await pending;
    },
  };
}

function nodeOutput(open: () => NodeJS.WriteStream, broken: () => void): Output {
  let stream: NodeJS.WriteStream | undefined;
  let waiting = 0;
  let wake: (() => void) | undefined;
  const start = (): NodeJS.WriteStream => {
    const opened = open();
    opened.on('error', (e) => {
      if (!isBrokenPipe(e)) throw e;
      broken();
    });
    return opened;
  };
  return {
    write(data) {
      if (data.length === 0) return;
      stream ??= start();
      waiting++;
      stream.write(data, () => {
        waiting--;
        if (waiting === 0) wake?.();
      });
    },
    async flush() {
      if (waiting > 0)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    },
  };
}

/** Is the descriptor a terminal? On Bun by the binding under `node:tty`, which is there at once; the module is the fallback. */
function isTerminal(fd: number): boolean {
  if (bun !== undefined) {
    try {
      const binding = (process as unknown as { binding(name: string): { isTTY?(fd: number): boolean } }).binding('tty_wrap');
      if (binding.isTTY !== undefined) return binding.isTTY(fd);
    } catch {
      // Bun without that binding: the module below.
    }
  }
  return process.getBuiltinModule('node:tty').isatty(fd);
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** As a program that a closed pipe's signal ends: 128 + SIGPIPE. What reads our output has gone; there is nobody to tell. */
const exitOnBrokenPipe = (): void => process.exit(141);

function openOutputs(runtime: BunRuntime | undefined, onBrokenPipe: () => void): { out: Output; err: Output } {
  const ignore = (): void => undefined;
  if (runtime === undefined) return { out: nodeOutput(() => process.stdout, onBrokenPipe), err: nodeOutput(() => process.stderr, ignore) };
  return { out: bunOutput(() => runtime.stdout.writer(), onBrokenPipe), err: bunOutput(() => runtime.stderr.writer(), ignore) };
}

/** The terminal of the process. `onBrokenPipe` is called when nobody reads standard output any more. */
export function createProcessTerminal(onBrokenPipe: () => void = exitOnBrokenPipe): Terminal {
  const { out, err } = openOutputs(bun, onBrokenPipe);
  const stdinIsTerminal = once(() => isTerminal(0));
  const stdoutIsTerminal = once(() => isTerminal(1));
  const stderrIsTerminal = once(() => isTerminal(2));
  const source = once<ChunkSource>(() => (bun !== undefined && !stdinIsTerminal() ? bunPipedInput(bun) : processInput()));
  const reader = once(() => new InputReader(() => source()()));
  return {
    get stdinIsTerminal() {
      return stdinIsTerminal();
    },
    get stdoutIsTerminal() {
      return stdoutIsTerminal();
    },
    get stderrIsTerminal() {
      return stderrIsTerminal();
    },
    get columns() {
      const stream = stdoutIsTerminal() ? process.stdout : stderrIsTerminal() ? process.stderr : undefined;
      return stream?.columns || 80;
    },
    out: (text) => out.write(text),
    err: (text) => err.write(text),
    readLine: () => reader().line(),
    readSecret: () => (stdinIsTerminal() ? readSecretLine(process.stdin, source(), (text) => err.write(text)) : reader().line()),
    readAll: (maxBytes) => reader().rest(maxBytes),
    async flush() {
      await out.flush();
      await err.flush();
    },
  };
}
