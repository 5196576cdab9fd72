// SPDX-License-Identifier: Apache-2.0
/** Faults of the command line itself, in the words of release 0.7.0. */
import { defineFaults } from '@notary/base';

export const faults = defineFaults('NOTARY', {
  /** The usage is printed before the message. */
  USAGE: { category: 'usage', say: (f: { problem: string }) => f.problem },
  INPUT: { category: 'usage', say: (f: { problem: string }) => f.problem },
  ABORTED: { category: 'usage', say: () => 'Aborting action.' },
  FILE_MISSING: { category: 'usage', say: (f: { path: string }) => `open ${f.path}: no such file or directory` },
  TLS_INVALID: { category: 'usage', say: (f: { problem: string }) => f.problem },
  CONTENT_MISMATCH: {
    category: 'untrusted',
    say: (f: { target: string; problem: string }) => `data not present in the trusted collection, ${f.problem}`,
    meaning: 'The content is not the one that the publisher signed under this name.',
  },
  TARGET_UNAVAILABLE: {
    category: 'untrusted',
    say: (f: { target: string; problem: string }) => `error retrieving target by name:${f.target}, error:${f.problem}`,
  },
  HAS_FAILURES: {
    category: 'unavailable',
    say: (f: { failed: number; total: number }) => `${f.failed} of ${f.total} collections could not be mirrored`,
  },
  PIN_MISMATCH: {
    category: 'untrusted',
    say: (f: { gun: string; pinned: readonly string[]; actual: readonly string[] }) => `the root of ${f.gun} is not the pinned one`,
    remedy: (f: { gun: string }) => ({ text: `ask the publisher of ${f.gun} which root certificate is right before changing the pin` }),
  },
});
