// SPDX-License-Identifier: Apache-2.0
/** Faults as HTTP: one table from category to status. A status fixed by a protocol wins over it, in that protocol's own code. */
import type { Fault, FaultCategory } from '@notary/base';

const STATUS: Readonly<Record<FaultCategory, number>> = {
  usage: 400,
  malformed: 400,
  untrusted: 403,
  unsupported: 422,
  limit: 413,
  conflict: 409,
  unavailable: 503,
  internal: 500,
};

/** The status for a fault. A `limit` that passes with time (fact `retryAfterSeconds`) is 429, one of size is 413. */
export function statusOfFault(fault: Fault): number {
  if (fault.category === 'limit' && retryAfterOf(fault) !== undefined) return 429;
  return STATUS[fault.category];
}

/** Seconds for `Retry-After`, where the fault knows them. */
export function retryAfterOf(fault: Fault): number | undefined {
  const seconds = fault.facts['retryAfterSeconds'];
  return typeof seconds === 'number' ? Math.max(1, Math.ceil(seconds)) : undefined;
}

/** May the message be shown to a client? What is our bug or our disk stays in the log, under the request's id. */
export const isTellable = (fault: Fault): boolean => fault.category !== 'internal' && fault.category !== 'unavailable';
