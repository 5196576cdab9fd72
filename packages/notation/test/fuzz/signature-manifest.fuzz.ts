// SPDX-License-Identifier: Apache-2.0
import { toUtf8 } from '@notary/base';
import { parseSignatureManifest } from '../../src/index.ts';

const digest = `sha256:${'0'.repeat(64)}`;
export const seeds = [
  toUtf8(
    `{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","artifactType":"application/vnd.cncf.notary.signature","layers":[{"mediaType":"application/cose","digest":"${digest}","size":3}],"subject":{"mediaType":"a/b","digest":"${digest}","size":3}}`,
  ),
];
export const manifest = (bytes: Uint8Array) => void parseSignatureManifest(bytes, 'application/vnd.oci.image.manifest.v1+json');
