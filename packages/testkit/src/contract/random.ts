// SPDX-License-Identifier: Apache-2.0
import type { Random } from '@notary/base';
import { describe, expect, it } from 'vitest';

export function randomContract(name: string, make: () => Random): void {
  describe(`Random: ${name}`, () => {
    it('gives as many bytes as asked for, also more than one system call gives', () => {
      const random = make();
      for (const count of [0, 1, 20, 65_536, 70_001]) expect(random.bytes(count)).toHaveLength(count);
    });

    it('does not repeat itself', () => {
      const random = make();
      expect(random.bytes(32)).not.toEqual(random.bytes(32));
      const tail = random.bytes(70_000).subarray(65_536);
      expect(tail.some((b) => b !== 0)).toBe(true);
    });
  });
}
