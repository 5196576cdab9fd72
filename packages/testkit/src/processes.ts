// SPDX-License-Identifier: Apache-2.0
import { type Processes, type ProcessResult, processFaults, toUtf8 } from '@notary/base';

/** One call as it was made. */
export interface RanProcess {
  readonly file: string;
  readonly args: readonly string[];
  readonly stdin: Uint8Array;
  readonly env: Readonly<Record<string, string | undefined>> | undefined;
}

export interface FakeResult {
  readonly exitCode?: number;
  readonly stdout?: string | Uint8Array;
  readonly stderr?: string | Uint8Array;
}

export type FakeProgram = (call: RanProcess) => FakeResult | Promise<FakeResult>;

export interface FakeProcesses extends Processes {
  readonly ran: RanProcess[];
}

const bytesOf = (text: string | Uint8Array | undefined): Uint8Array =>
  typeof text === 'string' ? toUtf8(text) : (text ?? new Uint8Array(0));

/** Programs as functions, by the name or path they are run by. Anything else is not found. */
export function createFakeProcesses(programs: Readonly<Record<string, FakeProgram>> = {}): FakeProcesses {
  const ran: RanProcess[] = [];
  return {
    ran,
    async run(file, args, options): Promise<ProcessResult> {
      const call: RanProcess = { file, args, stdin: options.stdin ?? new Uint8Array(0), env: options.env };
      ran.push(call);
      const program = Object.hasOwn(programs, file) ? programs[file] : undefined;
      if (program === undefined) throw processFaults.NOT_FOUND({ file });
      const result = await program(call);
      const stdout = bytesOf(result.stdout);
      const stderr = bytesOf(result.stderr);
      for (const [stream, bytes] of [
        ['stdout', stdout],
        ['stderr', stderr],
      ] as const) {
        if (bytes.length > options.maxOutputBytes) throw processFaults.OUTPUT_TOO_LARGE({ file, stream, maxBytes: options.maxOutputBytes });
      }
      return { exitCode: result.exitCode ?? 0, stdout, stderr };
    },
  };
}
