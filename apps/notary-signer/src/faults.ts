// SPDX-License-Identifier: Apache-2.0
import { defineFaults } from '@notary/base';

export const appFaults = defineFaults('NOTARY_SIGNER', {
  CONFIG_UNREADABLE: {
    category: 'usage',
    say: (f: { file: string; reason: string }) => `could not read config at :${f.file}: ${f.reason}`,
    remedy: 'give a JSON file that this user may read with -config',
  },
  FILE_UNREADABLE: {
    category: 'usage',
    say: (f: { file: string; use: string }) => `cannot read ${f.file} (${f.use})`,
    remedy: 'check the name, which is relative to the configuration file, and its permissions',
  },
  LOG_FORMAT: { category: 'usage', say: (f: { format: string }) => `unknown log format ${JSON.stringify(f.format)}: use json or logfmt` },
  NOTHING_STORED: { category: 'usage', say: () => 'a signer in memory has no stored keys' },
});
