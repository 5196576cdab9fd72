// SPDX-License-Identifier: Apache-2.0
/**
 * The last line of a failed verification, byte for byte as the Go tool words it: a trust store that cannot be used first, then a
 * certificate in it, then whatever kept the verification from beginning, then the refusal.
 */
import { Fault } from '@notary/base';
import { trustFaults } from '@notary/trust';
import { isRefusal } from './verify-artifact.ts';

const storeCodes: ReadonlySet<string> = new Set(
  [
    trustFaults.STORE_MISSING,
    trustFaults.STORE_INACCESSIBLE,
    trustFaults.STORE_NOT_DIRECTORY,
    trustFaults.STORE_NAME_BAD,
    trustFaults.STORE_TYPE_UNKNOWN,
  ].map((f) => f.code),
);
const certificateCodes: ReadonlySet<string> = new Set(
  [
    trustFaults.STORE_EMPTY,
    trustFaults.CERTIFICATE_NOT_REGULAR,
    trustFaults.CERTIFICATE_UNREADABLE,
    trustFaults.CERTIFICATE_INVALID,
    trustFaults.TSA_CERTIFICATE_INVALID,
  ].map((f) => f.code),
);
const absentCodes: ReadonlySet<string> = new Set([trustFaults.STORE_MISSING.code, trustFaults.STORE_EMPTY.code]);
const createHint = "Use command 'notation cert add' to create and add trusted certificates to the trust store";

/** The text that follows `Error: `. `subject` is what was verified: `registry/repository@digest`, or the path of a blob. */
export function finalLine(fault: Fault): string {
  const inStore = firstOf(fault, storeCodes) ?? firstOf(fault, certificateCodes);
  if (inStore !== undefined) {
    if (absentCodes.has(inStore.code)) return `${inStore.message}. ${createHint}`;
    return `${inStore.message}. ${inStore.cause instanceof Error ? inStore.cause.message : '%!w(<nil>)'}`;
  }
  return isRefusal(fault) ? fault.message : `signature verification failed: ${fault.message}`;
}

/** The first fault of these codes among a fault, its attempts and their causes. */
function firstOf(fault: Fault, codes: ReadonlySet<string>): Fault | undefined {
  if (codes.has(fault.code)) return fault;
  for (const inner of [...fault.attempts, fault.cause]) {
    const found = inner instanceof Fault ? firstOf(inner, codes) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
