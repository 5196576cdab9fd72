// SPDX-License-Identifier: Apache-2.0
import { fromUtf8, type Terminal } from '@notary/base';
import { describe, expect, it } from 'vitest';

/** What a terminal does with piped input: `make` gives one whose standard input holds `stdin`. */
export function terminalContract(name: string, make: (stdin: string) => Terminal): void {
  describe(`Terminal: ${name}`, () => {
    it('reads lines, then what follows them', async () => {
      const terminal = make('one\r\ntwo\n\nrest\nof it');
      expect(await terminal.readLine()).toBe('one');
      expect(await terminal.readSecret()).toBe('two');
      expect(await terminal.readLine()).toBe('');
      expect(fromUtf8(await terminal.readAll(100))).toBe('rest\nof it');
      expect(await terminal.readLine()).toBeUndefined();
    });

    it('takes a last line without its end', async () => {
      const terminal = make('yes');
      expect(await terminal.readLine()).toBe('yes');
      expect(await terminal.readLine()).toBeUndefined();
    });

    it('bounds what it reads whole', async () => {
      await expect(make('0123456789').readAll(9)).rejects.toMatchObject({ code: 'TERMINAL_INPUT_TOO_LARGE' });
      expect(await make('').readAll(0)).toHaveLength(0);
    });
  });
}
