// SPDX-License-Identifier: Apache-2.0
/** The log of `--debug`, in the reference's line format, on standard error. */
import type { Log } from '@notary/base';
import { printable } from '@notary/cli';
import { createStyle } from '@notary/cli/terminal';
import type { AppDeps } from '../deps.ts';

type Level = 'debug' | 'info' | 'warning' | 'error';

/** `time=2006-01-02 15:04:05.000000000Z level=debug msg=…`, in colours with an elapsed time on a terminal. */
export function createDebugLog({ terminal, clock, environment }: Pick<AppDeps, 'terminal' | 'clock' | 'environment'>): Log {
  const style = createStyle(terminal.stderrIsTerminal, environment);
  const write = (level: Level, message: string): void => {
    const at = clock.now().toISOString().replace('T', ' ').replace('Z', '000000Z');
    const shown = level === 'error' ? style.red(level) : level === 'warning' ? style.yellow(level) : style.dim(level);
    terminal.err(`time=${at} level=${terminal.stderrIsTerminal ? shown : level} msg=${printable(message, 'lines')}\n`);
  };
  return {
    debug: (message) => write('debug', message),
    info: (message) => write('info', message),
    warn: (message) => write('warning', message),
    error: (message) => write('error', message),
  };
}
