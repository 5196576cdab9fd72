// SPDX-License-Identifier: Apache-2.0
/** What a reader is told on standard error, beside the result. */
import type { Terminal } from '@notary/base';
import { printable } from '@notary/cli';
import type { Update } from '@notary/collection';

/** Names the root that was trusted because it came first, and how to pin it. */
export function noticeFirstUse(terminal: Terminal, gun: string, update: { readonly firstUse?: Update['firstUse'] | undefined }): void {
  if (update.firstUse === undefined || update.firstUse.length === 0) return;
  const ids = update.firstUse.map((root) => root.keyId);
  terminal.err(`Notice: ${gun} was not known here before. Its root was trusted because it was the first one seen:\n`);
  for (const root of update.firstUse) {
    terminal.err(`  ${root.keyId} (${printable(root.commonName)}, until ${root.notAfter.toISOString().slice(0, 10)})\n`);
  }
  terminal.err(`Compare it with what the publisher says. To pin it: notary pin set ${gun} ${ids.join(' ')}\n`);
}

/** Says what ran out in a collection that is shown nevertheless. */
export function noticeExpired(terminal: Terminal, update: Update): void {
  for (const fault of update.expired) terminal.err(`Warning: ${fault.message}: what follows may be out of date\n`);
}

/** Says that the answer holds for another time than now. */
export function noticeAsOf(terminal: Terminal, asOf: Date | undefined): void {
  if (asOf !== undefined) terminal.err(`Notice: checked as of ${asOf.toISOString()}, not as of now\n`);
}
