// SPDX-License-Identifier: Apache-2.0
/** The reference's yes and no: one word from standard input, whose end means no. */
import type { Terminal } from '@notary/base';

export async function askConfirm(terminal: Terminal): Promise<boolean> {
  const line = await terminal.readLine();
  return /^\s*(?:y|yes)\s*$/i.test(line ?? '');
}
