// SPDX-License-Identifier: Apache-2.0
/** From a verified image index to the manifest for one platform. The index was verified, so what it lists is what was signed. */
import type { Clock } from '@notary/base';
import { withinArtifactTime } from '@notary/notation/deadline';
import { type Descriptor, parseManifest, type ReadableRepository, selectPlatform } from '@notary/oci';
import { faults } from '../../faults.ts';

/** The digest of the manifest. Faults: `CMD_PLATFORM_OF_NO_INDEX`, `OCI_PLATFORM_…`, `NOTATION_DEADLINE_EXCEEDED`. */
export async function platformManifest(
  { clock }: { readonly clock: Clock },
  repository: ReadableRepository,
  artifact: Descriptor,
  platform: string,
): Promise<string> {
  const asking = { clock, work: 'lookup', repository, reference: artifact.digest } as const;
  const bytes = await withinArtifactTime(asking, (signal) => repository.fetchManifest(artifact, { signal }));
  const manifest = parseManifest(artifact, bytes);
  if (manifest.manifests.length === 0) throw faults.PLATFORM_OF_NO_INDEX({ reference: `${repository.name}@${artifact.digest}` });
  return selectPlatform(manifest, platform).digest;
}
