// SPDX-License-Identifier: Apache-2.0
/**
 * Copies an artifact with everything that refers to it, signatures above all, from one registry to another.
 *
 *   copy-with-signatures.ts FROM-REGISTRY/REPOSITORY@DIGEST TO-REGISTRY/REPOSITORY[:TAG]
 */
import { parseReference } from '@notary/oci';
import { copyGraph } from '@notary/oci/copy';
import { createRemoteRepository } from '@notary/oci/remote';
import { createPlatform } from '@notary/platform';

const { clock, random, http } = createPlatform();
const client = http();
const open = (registry: string, repository: string) =>
  createRemoteRepository({ registry, repository, http: client, clock, random, allowPlainHttp: registry.startsWith('localhost:') });

const [from, to] = process.argv.slice(2).map(parseReference);
if (from === undefined || to === undefined) throw new Error('usage: copy-with-signatures.ts FROM TO');
const source = open(from.registry, from.repository);
const artifact = await source.resolve(from.digest ?? from.tag ?? '');
const { manifests, blobs } = await copyGraph(source, open(to.registry, to.repository), artifact, {
  referrers: true,
  ...(to.tag === undefined ? {} : { tag: to.tag }),
});
console.log(`copied ${artifact.digest}: ${manifests} manifests, ${blobs} blobs`);
