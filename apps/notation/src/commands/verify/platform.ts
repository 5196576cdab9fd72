// SPDX-License-Identifier: Apache-2.0
/** From a verified image index to the manifest for one platform. The index was verified, so what it lists is what was signed. */
import { type Descriptor, parseManifest, type ReadableRepository, selectPlatform } from '@notary/oci';
import { faults } from '../../faults.ts';

/** The digest of the manifest. Faults: `CMD_PLATFORM_OF_NO_INDEX`, `OCI_PLATFORM_…`. */
export async function platformManifest(repository: ReadableRepository, artifact: Descriptor, platform: string): Promise<string> {
  const manifest = parseManifest(artifact, await repository.fetchManifest(artifact));
  if (manifest.manifests.length === 0) throw faults.PLATFORM_OF_NO_INDEX({ reference: `${repository.name}@${artifact.digest}` });
  return selectPlatform(manifest, platform).digest;
}
