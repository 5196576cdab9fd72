// SPDX-License-Identifier: Apache-2.0
import type { EmptyStore } from '../../store/trust-store.ts';

/** The certificate is gone; only the tidying failed. */
export const emptyStoreWarning = (left: Extract<EmptyStore, { failed: string }>): string =>
  left.failed === 'check'
    ? `Warning: failed to check if the trust store directory ${left.directory} is empty: ${left.reason}`
    : `Warning: failed to remove the empty trust store directory ${left.directory}: ${left.reason}`;
