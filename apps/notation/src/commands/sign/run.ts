// SPDX-License-Identifier: Apache-2.0

import { type Fault, toFault } from '@notary/base';
import { withinArtifactTime } from '@notary/notation/deadline';
import { settle, unsettle } from '@notary/notation/lookup';
import { signDescriptor } from '@notary/notation/sign';
import { childrenOf, type Descriptor, parseManifest, type ReadOptions, type Repository } from '@notary/oci';
import { type ArtifactOptions, openArtifact } from '../../artifact/open.ts';
import { resolveTarget, tagWarnings } from '../../artifact/resolve.ts';
import type { AppDeps } from '../../deps.ts';
import { faults } from '../../faults.ts';
import { command } from '../../present.ts';
import { openSigner, signingOptions } from '../../signing/signer.ts';
import type { signFlags } from './spec.ts';
import { type SignedPair, signedText } from './view.ts';

/** Signs an artifact, and with `--recursive` every manifest that its index lists, and stores the signatures beside it. */
export const { run } = command<typeof signFlags>(async ({ args, options }, deps, report) => {
  const { opened, resolved } = await startResolving(deps, args[0] as string, options);
  const signer = await openSigner(deps, options);
  const { repository, target } = unsettle(opened);
  const signing = await signingOptions(deps, signer, options);
  const artifact = unsettle(await resolved);
  for (const line of tagWarnings('sign', target)) report.warn(line);
  const signed: SignedPair[] = [];
  const artifacts = options.recursive ? await withManifests(deps, repository, artifact) : [artifact];
  const progress = options.recursive
    ? (await import('@notary/cli/terminal')).createProgress(deps.terminal, deps.clock, deps.environment)
    : undefined;
  let failure: Fault | undefined;
  try {
    for (const each of artifacts) {
      progress?.update(`signing ${signed.length + 1} of ${artifacts.length} manifests`);
      const { signature, attachment } = await signDescriptor({ ...signing, repository }, each);
      progress?.done();
      if (attachment.replacedIndex === 'undeletable')
        report.warn('Warning: Removal of outdated referrers index from remote registry failed. Garbage collection may be required.');
      const pair = { name: repository.name, artifact: each.digest, signature: signature.digest };
      report.text(signedText(pair));
      signed.push(pair);
    }
  } catch (e) {
    failure = toFault(e);
  } finally {
    progress?.done();
  }
  // What was signed before a failure stays signed, and is told.
  return { signed: signed.map((s) => ({ reference: `${s.name}@${s.artifact}`, signature: s.signature })), failure };
});

/**
 * The registry resolves the reference while the key is read and decoded. Both are settled: a key that cannot be used is reported before a
 * registry that does not answer. Its time is bounded, that of who is asked for a passphrase meanwhile is not.
 */
async function startResolving(deps: AppDeps, reference: string, options: ArtifactOptions) {
  const opened = await settle(openArtifact(deps, reference, { ...options, access: 'push' }));
  const resolve = async (): Promise<Descriptor> => {
    const { repository, target } = unsettle(opened);
    const asking = { clock: deps.clock, work: 'signing', repository, reference: target } as const;
    return withinArtifactTime(asking, (signal) => resolveTarget(repository, target, { signal }));
  };
  const resolved = settle(resolve());
  // Decoding a key occupies this thread: the request leaves first.
  await new Promise((resolve) => setImmediate(resolve));
  return { opened, resolved };
}

const MAX_DEPTH = 4; // an index of indexes of platforms is two levels
const MAX_MANIFESTS = 1000; // the largest public indexes list about a hundred, attestations included

/**
 * The artifact, then what it lists, each once, indexes before their manifests. What the index says about an entry in annotations is not
 * signed with it: a verifier would take it for metadata of the publisher. More than the bounds is `CMD_INDEX_TOO_LARGE`: nothing is signed then.
 */
function withManifests({ clock }: AppDeps, repository: Repository, root: Descriptor): Promise<readonly Descriptor[]> {
  const asking = { clock, work: 'signing', repository, reference: root.digest } as const;
  return withinArtifactTime(asking, (signal) => listManifests(repository, root, { signal }));
}

async function listManifests(repository: Repository, root: Descriptor, options: ReadOptions): Promise<readonly Descriptor[]> {
  const found = new Map<string, Descriptor>([[root.digest, root]]);
  let level: readonly Descriptor[] = [root];
  for (let depth = 0; level.length > 0; depth++) {
    const next: Descriptor[] = [];
    for (const descriptor of level) {
      for (const child of await listedManifests(repository, descriptor, options)) {
        if (found.has(child.digest)) continue;
        const plain = { mediaType: child.mediaType, digest: child.digest, size: child.size };
        found.set(child.digest, plain);
        next.push(plain);
      }
    }
    if (found.size > MAX_MANIFESTS || (next.length > 0 && depth === MAX_DEPTH))
      throw faults.INDEX_TOO_LARGE({ reference: `${repository.name}@${root.digest}`, maxManifests: MAX_MANIFESTS, maxDepth: MAX_DEPTH });
    level = next;
  }
  return [...found.values()];
}

async function listedManifests(repository: Repository, descriptor: Descriptor, options: ReadOptions): Promise<readonly Descriptor[]> {
  return childrenOf(parseManifest(descriptor, await repository.fetchManifest(descriptor, options))).manifests;
}
