// SPDX-License-Identifier: Apache-2.0
/** From the text of a reference to a repository that can be read and written: a registry, an image layout, or an archive of one. */
import {
  type LayoutReference,
  parseArtifactLocation,
  parseArtifactReference,
  parseLayoutReference,
  type Repository,
  referenceTarget,
} from '@notary/oci';
import type { AppDeps } from '../deps.ts';
import { during, faults } from '../faults.ts';
import type { RegistryOptions } from '../registry/connect.ts';

export interface OpenedArtifact {
  readonly repository: Repository;
  /** Tag or digest. */
  readonly target: string;
  /** What trust policy scopes are compared with; the repository's name in a registry. */
  readonly scope: string | undefined;
}

export interface ArtifactOptions extends RegistryOptions {
  /** The reference is `PATH:tag` or `PATH@digest` of a layout. */
  readonly ociLayout?: boolean;
  readonly scope?: string;
  readonly policyScope?: string;
}

/** Artifacts outside registries have no name that a policy could speak of; this one stands for all of them. */
const LOCAL_SCOPE = 'local/oci-layout';

/** Parses a reference and opens what it names, in the reference's order: syntax first, then credentials. Nothing is fetched. */
export async function openArtifact(deps: AppDeps, text: string, options: ArtifactOptions): Promise<OpenedArtifact> {
  if (options.ociLayout) return openLayoutArtifact(deps, 'layout', parseLayoutReference(text), options.scope || undefined);
  const location = parseArtifactLocation(text);
  if (location.kind !== 'registry') return openLayoutArtifact(deps, location.kind, location, options.policyScope || LOCAL_SCOPE);
  const { openRegistryRepository } = await import('../registry/connect.ts');
  const { reference } = location;
  return {
    repository: await openRegistryRepository(deps, reference.registry, reference.repository, options),
    target: referenceTarget(reference) as string,
    scope: undefined,
  };
}
