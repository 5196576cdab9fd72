// SPDX-License-Identifier: Apache-2.0
/** Artifacts in image layouts: a directory, or a tar archive of one. */
import type { LayoutReference, Repository } from '@notary/oci';
import { openArchive, openLayout } from '@notary/oci/layout';
import type { AppDeps } from '../deps.ts';
import { during } from '../faults.ts';

/** Opens the layout. Where the reference names neither tag nor digest, it means the only artifact there. */
export async function openLayoutRepository(
  { files }: AppDeps,
  kind: 'layout' | 'archive',
  { path, tag, digest }: LayoutReference,
): Promise<{ repository: Repository; target: string }> {
  const repository = await during('failed to create OCI store: ', () =>
    kind === 'archive' ? openArchive(files, path) : openLayout(files, path),
  );
  const target = digest ?? tag ?? (await repository.resolveOnly()).digest;
  return { repository, target };
}
