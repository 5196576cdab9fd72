// SPDX-License-Identifier: Apache-2.0
/** From the text of a reference to a repository that can be read and written: a registry, an image layout, or an archive of one. */
import {
  type LayoutReference,
  type OciReference,
  parseArtifactLocation,
  parseArtifactReference,
  parseLayoutReference,
  type Repository,
  referenceTarget,
  repositoryName,
} from '@notary/oci';
import type { AppDeps } from '../deps.ts';
import { type Connected, createConnector, type RegistryOptions } from '../registry/connect.ts';

export interface OpenedArtifact {
  readonly repository: Repository;
  /** Tag or digest. */
  readonly target: string;
  /** What trust policy scopes are compared with; the repository's name where absent. */
  readonly scope: string | undefined;
  /** In a registry, as opposed to a layout. */
  readonly remote: boolean;
  /** As in {@link Connected}; nothing for layouts. */
  checkCredentials(): Promise<void>;
}

export interface ArtifactOptions extends RegistryOptions {
  /** The reference is `PATH:tag` or `PATH@digest` of a layout. */
  readonly ociLayout?: boolean;
  readonly scope?: string;
  readonly policyScope?: string;
}

/** Opens references that share connections, tokens and credentials. */
export type ArtifactOpener = (text: string) => Promise<OpenedArtifact>;

/** Artifacts outside registries have no name that a policy could speak of; this one stands for all of them. */
const LOCAL_SCOPE = 'local/oci-layout';

/** An opener for one call of a command. Fetches nothing. */
export function createArtifactOpener(deps: AppDeps, options: ArtifactOptions): ArtifactOpener {
  const connect = createConnector(deps, options);
  const repositories = new Map<string, Promise<Connected>>();
  const inRegistry = async (reference: OciReference): Promise<OpenedArtifact> => {
    const name = repositoryName(reference);
    let connected = repositories.get(name);
    if (connected === undefined) {
      connected = connect(reference.registry, reference.repository);
      repositories.set(name, connected);
    }
    return { ...(await connected), target: referenceTarget(reference) as string, scope: undefined, remote: true };
  };
  return async (text) => {
    if (options.ociLayout) return openLayoutArtifact(deps, 'layout', parseLayoutReference(text), options.scope || undefined);
    if (!text.startsWith('oci-layout:') && !text.startsWith('oci-archive:')) return inRegistry(parseArtifactReference(text));
    const location = parseArtifactLocation(text);
    if (location.kind === 'registry') return inRegistry(location.reference);
    return openLayoutArtifact(deps, location.kind, location, options.policyScope || LOCAL_SCOPE);
  };
}

/** Opens one artifact, credentials included. */
export async function openArtifact(deps: AppDeps, text: string, options: ArtifactOptions): Promise<OpenedArtifact> {
  const opened = await createArtifactOpener(deps, options)(text);
  await opened.checkCredentials();
  return opened;
}

async function openLayoutArtifact(
  deps: AppDeps,
  kind: 'layout' | 'archive',
  reference: LayoutReference,
  scope: string | undefined,
): Promise<OpenedArtifact> {
  const { openLayoutRepository } = await import('./layout.ts');
  const { repository, target } = await openLayoutRepository(deps, kind, reference);
  return { repository, target, scope, remote: false, checkCredentials: async () => {} };
}
