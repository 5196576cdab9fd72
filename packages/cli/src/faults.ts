// SPDX-License-Identifier: Apache-2.0
/** Usage faults. Their messages are those of the reference tools' command-line library, byte for byte. */
import { defineFaults } from '@notary/base';

/** The faults with codes `CLI_…`. */
export const faults = defineFaults('CLI', {
  COMMAND_UNKNOWN: {
    category: 'usage',
    say: (f: { command: string; path: string; quoted: string; suggestions: readonly string[] }) =>
      `unknown command ${f.quoted} for "${f.path}"${suggestionLines(f.suggestions)}`,
  },
  FLAG_UNKNOWN: { category: 'usage', say: (f: { flag: string }) => `unknown flag: --${f.flag}` },
  SHORTHAND_UNKNOWN: {
    category: 'usage',
    say: (f: { shorthand: string; word: string }) => `unknown shorthand flag: ${f.shorthand} in -${f.word}`,
  },
  FLAG_SYNTAX: { category: 'usage', say: (f: { word: string }) => `bad flag syntax: ${f.word}` },
  FLAG_VALUE_MISSING: {
    category: 'usage',
    say: (f: { flag: string; word?: string }) =>
      `flag needs an argument: ${f.word === undefined ? `--${f.flag}` : `${f.flag} in -${f.word}`}`,
  },
  FLAG_VALUE_INVALID: {
    category: 'usage',
    say: (f: { flag: string; quoted: string; reason: string }) => `invalid argument ${f.quoted} for "${f.flag}" flag: ${f.reason}`,
  },
  ARGUMENTS_INVALID: { category: 'usage', say: (f: { reason: string }) => f.reason },
  FLAGS_REQUIRED: {
    category: 'usage',
    say: (f: { flags: readonly string[] }) => `required flag(s) ${f.flags.map((n) => `"${n}"`).join(', ')} not set`,
  },
  GROUP_INCOMPLETE: {
    category: 'usage',
    say: (f: { group: readonly string[]; missing: readonly string[] }) =>
      `if any flags in the group [${f.group.join(' ')}] are set they must all be set; missing [${f.missing.join(' ')}]`,
  },
  GROUP_EMPTY: {
    category: 'usage',
    say: (f: { group: readonly string[] }) => `at least one of the flags in the group [${f.group.join(' ')}] is required`,
  },
  GROUP_EXCLUSIVE: {
    category: 'usage',
    say: (f: { group: readonly string[]; set: readonly string[] }) =>
      `if any flags in the group [${f.group.join(' ')}] are set none of the others can be; [${f.set.join(' ')}] were all set`,
  },
  INPUT_ENDED: { category: 'usage', say: (f: { what: string }) => `error reading ${f.what}: EOF` },
});

function suggestionLines(suggestions: readonly string[]): string {
  if (suggestions.length === 0) return '';
  return `\n\nDid you mean this?\n${suggestions.map((s) => `\t${s}\n`).join('')}`;
}
