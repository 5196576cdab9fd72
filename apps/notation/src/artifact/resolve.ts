// SPDX-License-Identifier: Apache-2.0
/** From a tag or digest to the artifact, with the reference's words and warnings. */
import { isDigest } from '@notary/base';
import type { Descriptor, ReadOptions, Resolver } from '@notary/oci';
import { during } from '../faults.ts';

/** Resolves. Repositories answer a digest with that digest or with a fault. */
export const resolveTarget = (repository: Resolver, target: string, options?: ReadOptions): Promise<Descriptor> =>
  during('failed to get manifest descriptor: ', () => repository.resolve(target, options));

/** Tags move: what is said about them depends on what is about to happen. Nothing for a digest. */
export function tagWarnings(operation: 'sign' | 'verify' | 'list' | 'inspect', target: string): readonly string[] {
  if (isDigest(target)) return [];
  const start = `Warning: Always ${operation} the artifact using digest(@sha256:...) rather than a tag(:${target}) because`;
  return [
    operation === 'sign'
      ? `${start} tags are mutable and a tag reference can point to a different artifact than the one signed.`
      : `${start} resolved digest may not point to the same signed artifact, as tags are mutable.`,
  ];
}
