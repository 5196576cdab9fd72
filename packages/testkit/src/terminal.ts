// SPDX-License-Identifier: Apache-2.0
import { concatBytes, fromUtf8Lossy, type Terminal, terminalFaults, toUtf8 } from '@notary/base';

export interface FakeTerminal extends Terminal {
  /** All that went to standard output. */
  readonly stdout: string;
  readonly stdoutBytes: Uint8Array;
  /** All that went to standard error. */
  readonly stderr: string;
  /** Both streams in the order in which they were written. */
  readonly transcript: readonly { readonly stream: 'out' | 'err'; readonly text: string }[];
}

export interface FakeTerminalOptions {
  /** What standard input holds. */
  readonly stdin?: string | Uint8Array;
  readonly stdinIsTerminal?: boolean;
  readonly stdoutIsTerminal?: boolean;
  readonly stderrIsTerminal?: boolean;
  readonly columns?: number;
}

/** A terminal, or pipes, in memory. */
export function createFakeTerminal(options: FakeTerminalOptions = {}): FakeTerminal {
  const out: Uint8Array[] = [];
  let err = '';
  const transcript: { stream: 'out' | 'err'; text: string }[] = [];
  let input = typeof options.stdin === 'string' ? toUtf8(options.stdin) : (options.stdin ?? new Uint8Array(0));
  const line = (): string | undefined => {
    if (input.length === 0) return undefined;
    const at = input.indexOf(10);
    const end = at < 0 ? input.length : at;
    const cut = at > 0 && input[at - 1] === 13 ? end - 1 : end;
    const text = fromUtf8Lossy(input.subarray(0, cut));
    input = input.subarray(at < 0 ? end : end + 1);
    return text;
  };
  return {
    stdinIsTerminal: options.stdinIsTerminal ?? false,
    stdoutIsTerminal: options.stdoutIsTerminal ?? false,
    stderrIsTerminal: options.stderrIsTerminal ?? false,
    columns: options.columns ?? 80,
    get stdout() {
      return fromUtf8Lossy(concatBytes(...out));
    },
    get stdoutBytes() {
      return concatBytes(...out);
    },
    get stderr() {
      return err;
    },
    transcript,
    out(text) {
      const bytes = typeof text === 'string' ? toUtf8(text) : text.slice();
      out.push(bytes);
      transcript.push({ stream: 'out', text: fromUtf8Lossy(bytes) });
    },
    err(text) {
      err += text;
      transcript.push({ stream: 'err', text });
    },
    readLine: async () => line(),
    async readSecret() {
      // As from a real one, the answer never comes before a question that is asked in the same breath.
      await undefined;
      const text = line();
      // The real one ends the line that Enter did not echo.
      if (options.stdinIsTerminal) this.err('\n');
      return text;
    },
    async readAll(maxBytes) {
      if (input.length > maxBytes) throw terminalFaults.INPUT_TOO_LARGE({ maxBytes });
      const all = input;
      input = new Uint8Array(0);
      return all;
    },
    flush: async () => undefined,
  };
}
