// SPDX-License-Identifier: Apache-2.0
/** Diagnostic lines on standard error, in the reference's form: `time="…" level=warning msg="…"`. */
import type { Clock, Log, LogFields, Terminal } from '@notary/base';
import { goQuote } from '@notary/base/json';
import { formatRfc3339 } from '@notary/cli/format';
import type { GlobalOptions } from './flags.ts';

const LEVELS = { debug: 0, info: 1, warn: 2, error: 3 } as const;
const NAMES = { debug: 'debug', info: 'info', warn: 'warning', error: 'error' } as const;

const quoted = (text: string): string => (/^[a-zA-Z0-9\-._/@^+]+$/.test(text) ? text : goQuote(text));

/** Warnings and errors, with `-v` information, with `-D` everything. */
export function createLog(terminal: Terminal, clock: Clock, options: Pick<GlobalOptions, 'verbose' | 'debug'>): Log {
  const least = options.debug ? LEVELS.debug : options.verbose ? LEVELS.info : LEVELS.warn;
  const write =
    (level: keyof typeof LEVELS) =>
    (message: string, fields: LogFields = {}) => {
      if (LEVELS[level] < least) return;
      const extra = Object.entries(fields).map(([name, value]) => ` ${name}=${quoted(String(value))}`);
      terminal.err(`time=${goQuote(formatRfc3339(clock.now()))} level=${NAMES[level]} msg=${quoted(message)}${extra.join('')}\n`);
    };
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}
