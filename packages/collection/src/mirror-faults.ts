// SPDX-License-Identifier: Apache-2.0
/** What a failed read says about a mirror: out of date, or changed and damaged. */
import { type Fault, isFault } from '@notary/base';
import { collectionFaults } from './faults.ts';
import type { Remote } from './remote.ts';

const STALE: ReadonlySet<string> = new Set(['TUF_EXPIRED', 'TUF_VERSION_LOW']);
const TRUST: ReadonlySet<string> = new Set(['TUF_ROOT_UNTRUSTED']);

/** The fault of a read as one about the mirror it came from; other remotes' faults and questions of trust pass unchanged. */
export function explainMirror(e: unknown, remote: Remote): unknown {
  if (remote.kind !== 'mirror' || !isFault(e)) return e;
  const facts = { location: remote.location, reason: e.message };
  const worst = [e, ...e.attempts].reduce((a, b) => (isDamage(b) && !isDamage(a) ? b : a));
  if (STALE.has(worst.code)) return collectionFaults.MIRROR_STALE(facts, { cause: e });
  if (isDamage(worst)) return collectionFaults.MIRROR_TAMPERED({ ...facts, reason: worst.message }, { cause: e });
  return e;
}

function isDamage(fault: Fault): boolean {
  if (STALE.has(fault.code) || TRUST.has(fault.code)) return false;
  return (
    fault.code === 'COLLECTION_METADATA_NOT_FOUND' ||
    fault.code === 'COLLECTION_BAD_RESPONSE' ||
    /^(?:TUF|JSON|CANONICAL_JSON|BYTES)_/.test(fault.code)
  );
}
