// SPDX-License-Identifier: Apache-2.0
/** The log of a server: JSON or logfmt lines, with a level that signals can move. */
import type { Clock, Log, LogFields } from '@notary/base';
import { createJsonLog, type LogLevel } from './log.ts';

const LEVELS: readonly LogLevel[] = ['error', 'warn', 'info', 'debug'];

/** A log whose level moves while the server runs. */
export interface AdjustableLog extends Log {
  level: LogLevel;
  /** One step more (`up`) or less. Returns the level now in force. */
  adjust(direction: 'up' | 'down'): LogLevel;
  /** A record that is written whatever the level. */
  always(message: string, fields: LogFields): void;
}

/** `key=value` words, quoted where they hold blanks, quotes or equals signs. */
function toLogfmt(line: string): string {
  const word = (value: unknown): string => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return /[\s"=]/.test(text) || text === '' ? JSON.stringify(text) : text;
  };
  return `${Object.entries(JSON.parse(line) as Record<string, unknown>)
    .map(([key, value]) => `${key}=${word(value)}`)
    .join(' ')}\n`;
}

/** Where records go, from which level on, and in which form. */
export interface AdjustableLogOptions {
  readonly clock: Clock;
  readonly level: LogLevel;
  /** `logfmt`; anything else is JSON. */
  readonly format: string;
  /** Takes a line with its newline. */
  readonly write: (line: string) => void;
}

/** Creates the log. */
export function createAdjustableLog({ clock, level, format, write: writeLine }: AdjustableLogOptions): AdjustableLog {
  const write = (line: string): void => writeLine(format === 'logfmt' ? toLogfmt(line) : line);
  const json = createJsonLog({ clock, level: 'debug', write });
  const wants = (wanted: LogLevel): boolean => LEVELS.indexOf(wanted) <= LEVELS.indexOf(log.level);
  const log: AdjustableLog = {
    level,
    debug: (m, f) => wants('debug') && json.debug(m, f),
    info: (m, f) => wants('info') && json.info(m, f),
    warn: (m, f) => wants('warn') && json.warn(m, f),
    error: (m, f) => json.error(m, f),
    always: (m, f) => json.info(m, f),
    adjust(direction) {
      const next = LEVELS.indexOf(log.level) + (direction === 'up' ? 1 : -1);
      log.level = LEVELS[Math.min(LEVELS.length - 1, Math.max(0, next))] as LogLevel;
      return log.level;
    },
  };
  return log;
}
