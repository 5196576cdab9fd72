// SPDX-License-Identifier: Apache-2.0
/** Trust policies for blobs: `trustpolicy.blob.json`, statements chosen by name, one of them global. */
import { faults } from './faults.ts';
import { checkHeader, checkStatement, decodePolicy, loading, MemberReader, type PolicyStatement, type RawPolicy } from './policy.ts';

/** A statement about files. The one with `globalPolicy` counts where no name is given. */
export interface BlobStatement extends PolicyStatement {
  readonly globalPolicy: boolean;
}

/** A document whose every rule was checked. */
export interface BlobTrustPolicy {
  readonly kind: 'blob';
  readonly version: '1.0';
  readonly statements: readonly BlobStatement[];
}

/** Decodes and checks a document as loaded from disk. Faults as for OCI policies, with `blob` in the texts. */
export function parseBlobTrustPolicy(bytes: Uint8Array): BlobTrustPolicy {
  return checkBlobTrustPolicy(loading(() => decodePolicy(bytes, 'blob', { trailing: 'ignore' })));
}

/**
 * Checks a decoded document. That a global statement must not be `skip` is a rule of the specification which the Go tools never
 * enforce: such a document stays accepted here, and `lintPolicy` warns.
 */
export function checkBlobTrustPolicy(policy: RawPolicy): BlobTrustPolicy {
  checkHeader('blob', policy);
  const seen = new Set<string>();
  const read = new MemberReader('BlobTrustPolicy', 'trustPolicies.');
  let global = false;
  const statements = policy.statements.map((raw) => {
    const core = checkStatement('blob', raw, seen);
    const globalPolicy = read.flag(raw.source, 'globalPolicy');
    if (globalPolicy && global) throw faults.GLOBAL_REPEATED();
    global ||= globalPolicy;
    return { ...core, globalPolicy };
  });
  return { kind: 'blob', version: '1.0', statements };
}

/** The statement of that name, or the global one without a name. Faults: `TRUST_NO_BLOB_STATEMENT`, `TRUST_NO_GLOBAL_STATEMENT`, `TRUST_POLICY_NAME_EMPTY`. */
export function selectBlobStatement(policy: BlobTrustPolicy, name?: string): BlobStatement {
  if (name === undefined) {
    const global = policy.statements.find((s) => s.globalPolicy);
    if (global === undefined) throw faults.NO_GLOBAL_STATEMENT();
    return global;
  }
  if (name.trim() === '') throw faults.POLICY_NAME_EMPTY();
  const found = policy.statements.find((s) => s.name === name);
  if (found === undefined) throw faults.NO_BLOB_STATEMENT({ name });
  return found;
}
