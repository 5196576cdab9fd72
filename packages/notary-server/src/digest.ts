// SPDX-License-Identifier: Apache-2.0
import { toHex } from '@notary/base';
import { hash } from '@notary/base/crypto';

/** Lower-case hexadecimal SHA-256: how stored files are named. */
export const hexSha256 = (bytes: Uint8Array): string => toHex(hash('SHA-256', bytes));
