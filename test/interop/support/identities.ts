// SPDX-License-Identifier: Apache-2.0
/** A signer of each key specification, certified by OpenSSL. */
import { createOpensslCa, type OpensslCa, type OpensslIdentity, type OpensslKey } from '@notary/testkit';

export const keySpecs = ['RSA-2048', 'RSA-3072', 'RSA-4096', 'EC-256', 'EC-384', 'EC-521'] as const satisfies readonly OpensslKey[];

export interface Identities {
  readonly ca: OpensslCa;
  readonly bySpec: ReadonlyMap<OpensslKey, OpensslIdentity>;
  /** Entries of signingkeys.json. */
  readonly keys: readonly { name: string; keyPath: string; certPath: string }[];
}

/** Undefined, with the skip recorded, without OpenSSL. */
export function createIdentities(specs: readonly OpensslKey[] = keySpecs): Identities | undefined {
  const ca = createOpensslCa();
  if (ca === undefined) return undefined;
  const bySpec = new Map(specs.map((spec) => [spec, ca.codeSigner(`signer-${spec}`, spec)]));
  const keys = [...bySpec].map(([name, { keyFile, chainFile }]) => ({ name, keyPath: keyFile, certPath: chainFile }));
  return { ca, bySpec, keys };
}
