// SPDX-License-Identifier: Apache-2.0
/**
 * Candidates: the signatures that a registry lists for an artifact, put in the order in which they are tried. Anybody who may push can list
 * anything, so the order decides whether junk can starve the one signature that counts.
 */
import type { Descriptor } from '@notary/oci';
import { type PolicyStatement, splitStoreValue, type TrustStore } from '@notary/trust';
import { hintedThumbprints } from '../signature-manifest.ts';

/**
 * Those whose thumbprints meet the trust stores first, then those that say nothing, then those that name strangers only; within each group in
 * the order listed. The hint only orders: a lie in it costs its author the better place and nobody else anything.
 */
export async function orderCandidates(
  listed: readonly Descriptor[],
  statement: PolicyStatement,
  trustStore: TrustStore,
): Promise<readonly Descriptor[]> {
  if (listed.length < 2) return listed;
  const trusted = await trustedThumbprints(statement, trustStore);
  const rank = (descriptor: Descriptor): number => {
    const hints = hintedThumbprints(descriptor);
    if (hints === undefined) return 1;
    return hints.some((hint) => trusted.has(hint)) ? 0 : 2;
  };
  const groups: [Descriptor[], Descriptor[], Descriptor[]] = [[], [], []];
  for (const descriptor of listed) groups[rank(descriptor) as 0 | 1 | 2].push(descriptor);
  return groups.flat();
}

/** Every thumbprint of the statement's signing stores. Never rejects: a store that cannot be read adds nothing here; evaluating reports it. */
export async function trustedThumbprints(statement: PolicyStatement, trustStore: TrustStore): Promise<ReadonlySet<string>> {
  const thumbprints = new Set<string>();
  for (const value of new Set(statement.trustStores)) {
    const store = splitStoreValue(value);
    if (store?.type !== 'ca' && store?.type !== 'signingAuthority') continue;
    try {
      for (const certificate of await trustStore.certificates(store.type, store.name)) thumbprints.add(certificate.thumbprint);
    } catch {
      // Evaluating asks again, and reports it.
    }
  }
  return thumbprints;
}
