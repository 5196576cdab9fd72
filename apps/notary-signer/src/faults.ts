// SPDX-License-Identifier: Apache-2.0
import { defineFaults } from '@notary/base';

export const appFaults = defineFaults('NOTARY_SIGNER', {
  NOTHING_STORED: { category: 'usage', say: () => 'a signer in memory has no stored keys' },
});
