// SPDX-License-Identifier: Apache-2.0
/** Media types of images and indexes (image-spec, media-types.md) and Docker's older twins. */

/** Media type of an image manifest. */
export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
/** Media type of an image index. */
export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
/** Withdrawn before OCI 1.1; still read. */
export const OCI_ARTIFACT_MANIFEST = 'application/vnd.oci.artifact.manifest.v1+json';
/** Media type of the empty value `{}` (image specification 1.1). */
export const OCI_EMPTY = 'application/vnd.oci.empty.v1+json';
/** Media type of an image configuration. */
export const OCI_CONFIG = 'application/vnd.oci.image.config.v1+json';
/** Docker's image manifest, schema 2. */
export const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
/** Docker's manifest list, schema 2. */
export const DOCKER_LIST = 'application/vnd.docker.distribution.manifest.list.v2+json';
/** Docker's image configuration. */
export const DOCKER_CONFIG = 'application/vnd.docker.container.image.v1+json';

/** What a client asks for when it resolves a name: all of them, since leaving one out makes some registries convert or answer 404. */
export const MANIFEST_TYPES: readonly string[] = [DOCKER_MANIFEST, DOCKER_LIST, OCI_MANIFEST, OCI_INDEX, OCI_ARTIFACT_MANIFEST];

/** Is this an index, that is, a list of manifests? */
export const isIndexType = (mediaType: string): boolean => mediaType === OCI_INDEX || mediaType === DOCKER_LIST;
/** Is this a manifest or an index of any kind known here? */
export const isManifestType = (mediaType: string): boolean => MANIFEST_TYPES.includes(mediaType);
