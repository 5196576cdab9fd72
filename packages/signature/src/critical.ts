// SPDX-License-Identifier: Apache-2.0
import { envelopeFaults } from './faults.ts';
import type { AttributeKey, EnvelopeContent } from './types.ts';

/**
 * Refuses an envelope with a critical extended attribute that is not among the `processed` ones:
 * `ENVELOPE_CRITICAL_ATTRIBUTE_UNPROCESSED`. Integer keys of COSE count by their decimal text as well, as plugins return them.
 */
export function checkCriticalAttributes(envelope: Pick<EnvelopeContent, 'extendedAttributes'>, processed: Iterable<AttributeKey>): void {
  const known = new Set<AttributeKey>(processed);
  for (const { key, critical } of envelope.extendedAttributes) {
    if (critical && !known.has(key) && !(typeof key !== 'string' && known.has(String(key)))) {
      throw envelopeFaults.CRITICAL_ATTRIBUTE_UNPROCESSED({ attribute: String(key) });
    }
  }
}
