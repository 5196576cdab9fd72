// SPDX-License-Identifier: Apache-2.0
import { fromUtf8Lossy, toUtf8 } from '@notary/base';
import {
  describe,
  expandDockerReference,
  OCI_INDEX,
  OCI_MANIFEST,
  parseArtifactLocation,
  parseLayoutReference,
  parseManifest,
  parsePlatform,
  parseReference,
} from '../../src/index.ts';
import { checkLayoutFile, parseLayoutIndex, withEntry } from '../../src/layout/layout-index.ts';
import { indexTar, parsePax, TarProblem, tarHeader } from '../../src/layout/tar.ts';
import { nextPage } from '../../src/remote/link.ts';

const digest = `sha256:${'0'.repeat(64)}`;
const entry = `{"mediaType":"${OCI_MANIFEST}","digest":"${digest}","size":3,"annotations":{"org.opencontainers.image.ref.name":"v1"},"platform":{"os":"linux","architecture":"arm64"},"artifactType":"a/b"}`;

export const seeds = [
  toUtf8(`registry.example:5000/team/app:v1@${digest}`),
  toUtf8('oci-layout:dir/layout:v1'),
  toUtf8(`{"schemaVersion":2,"mediaType":"${OCI_INDEX}","manifests":[${entry}],"subject":${entry}}`),
  toUtf8(`{"schemaVersion":2,"mediaType":"${OCI_MANIFEST}","config":${entry},"layers":[${entry}],"annotations":{"a":"b"}}`),
  toUtf8('{"imageLayoutVersion":"1.0.0"}'),
  toUtf8('</v2/a/referrers/x?n=1>; rel="next", <x>; rel=prev'),
  toUtf8('13 path=a/b\n12 size=123\n'),
  tarHeader('blobs/sha256/x', 0),
];

export const manifest = (bytes: Uint8Array): void => void parseManifest(describe(OCI_MANIFEST, bytes), bytes);
export const index = (bytes: Uint8Array): void => void parseManifest(describe(OCI_INDEX, bytes), bytes);
export const reference = (bytes: Uint8Array): void => void parseReference(fromUtf8Lossy(bytes));
export const dockerReference = (bytes: Uint8Array): void => void expandDockerReference(fromUtf8Lossy(bytes));
export const location = (bytes: Uint8Array): void => void parseArtifactLocation(fromUtf8Lossy(bytes));
export const layoutReference = (bytes: Uint8Array): void => void parseLayoutReference(fromUtf8Lossy(bytes));
export const platform = (bytes: Uint8Array): void => void parsePlatform(fromUtf8Lossy(bytes));
export const layoutFile = (bytes: Uint8Array): void => checkLayoutFile('layout', bytes);
export const layoutIndex = (bytes: Uint8Array): void => {
  parseLayoutIndex('layout', bytes);
  const changed = withEntry('layout', bytes, describe(OCI_MANIFEST, bytes), 'v1');
  if (changed !== undefined) parseLayoutIndex('layout', changed);
};
export const link = (bytes: Uint8Array): void => {
  const page = 'https://registry.example/v2/a/referrers/x';
  const next = nextPage(fromUtf8Lossy(bytes), page);
  if (next !== undefined && !next.startsWith(page)) throw new Error(`the link leads to ${next}`);
};
export const pax = (bytes: Uint8Array): void => tolerate(() => void parsePax(bytes));
export const tar = async (bytes: Uint8Array): Promise<void> => {
  try {
    await indexTar(async (offset, length) => bytes.subarray(offset, offset + length), bytes.length);
  } catch (e) {
    if (!(e instanceof TarProblem)) throw e;
  }
};

/** The tar reader's own error, which its caller turns into a fault. */
function tolerate(work: () => void): void {
  try {
    work();
  } catch (e) {
    if (!(e instanceof TarProblem)) throw e;
  }
}
