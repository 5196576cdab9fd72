// SPDX-License-Identifier: Apache-2.0
import { faults } from '../../faults.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** `host:port`, `:port` for all interfaces, `[::1]:port`. Faults: `NOTARYREGISTRY_ADDRESS_INVALID`. */
export function parseAddress(address: string): Address {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(address);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) throw faults.ADDRESS_INVALID({ address });
  return { host: match[1] ?? match[2] ?? '', port };
}

/** Can only this machine reach it? */
export const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || /^127\./.test(host);
