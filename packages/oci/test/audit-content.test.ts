// SPDX-License-Identifier: Apache-2.0
/** Faults that other clients had with content of registries and layouts, each as the input that would show it here. See docs/explanation/audits.md. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createPlatform } from '@notary/platform';
import { codeOf } from '@notary/testkit';
import { temporaryFolders } from '@notary/testkit/temporary';
import { describe, expect, it } from 'vitest';
import { collectReferrers, type Descriptor, describe as describeContent, OCI_INDEX, OCI_MANIFEST, parseManifest } from '../src/index.ts';
import { openLayout } from '../src/layout/index.ts';
import { blob, errorResponse, imageManifest, json, manifestResponse, scripted } from './support.ts';

const { files } = createPlatform();
const newFolder = temporaryFolders('notary-oci-audit-');
const layer = blob('layer');
const artifact = imageManifest({ layer: layer.descriptor });
const REF = 'org.opencontainers.image.ref.name';

describe('a size that nobody could hold', () => {
  /** 2^53 - 1 is the largest that a descriptor may state; larger ones are no sizes. */
  const SIZES = [Number.MAX_SAFE_INTEGER, 2 ** 62, 2 ** 63, 1e300, -1, 0.5];

  it.each(SIZES)('[GHSA-f36w-mj3v-6jqv] in an index of a layout is a fault of its own, not of the memory: %d', async (size) => {
    const path = newFolder();
    mkdirSync(join(path, 'blobs/sha256'), { recursive: true });
    writeFileSync(join(path, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
    const forged = { ...artifact.descriptor, size, annotations: { [REF]: 'v1' } };
    writeFileSync(join(path, 'index.json'), json({ schemaVersion: 2, manifests: [forged] }));
    writeFileSync(join(path, 'blobs/sha256', artifact.descriptor.digest.slice(7)), artifact.bytes);
    const layout = await openLayout(files, path);
    const read = async (): Promise<unknown> => layout.fetchManifest(await layout.resolve('v1'));
    expect(await codeOf(read())).toMatch(/^OCI_[A-Z_]+$/);
    expect(await codeOf(collectReferrers(layout, artifact.descriptor))).toMatch(/^(?:OCI_[A-Z_]+|nothing)$/);
  });

  it('[GHSA-f36w-mj3v-6jqv] in a descriptor of a registry is refused before anything is asked for', async () => {
    const w = scripted(() => errorResponse(404, 'MANIFEST_UNKNOWN', 'unknown'));
    const huge: Descriptor = { ...artifact.descriptor, size: Number.MAX_SAFE_INTEGER };
    expect(await codeOf(w.repository().fetchManifest(huge))).toBe('OCI_TOO_LARGE');
    expect(await codeOf(w.repository().fetchBlob(huge, 4 << 20))).toBe('OCI_TOO_LARGE');
    expect(w.http.sent).toHaveLength(0);
  });
});

describe('one digest of two meanings', () => {
  it('[CVE-2021-41190] is refused under either name: the header of an answer does not choose what a document is', async () => {
    const both = json({ schemaVersion: 2, config: layer.descriptor, layers: [], manifests: [] });
    for (const mediaType of [OCI_MANIFEST, OCI_INDEX]) {
      const descriptor = describeContent(mediaType, both);
      const w = scripted(() => manifestResponse({ descriptor, bytes: both }));
      const read = async (): Promise<unknown> => parseManifest(descriptor, await w.repository().fetchManifest(descriptor));
      expect(await codeOf(read())).toBe('OCI_MANIFEST_INVALID');
    }
  });
});
