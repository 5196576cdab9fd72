// SPDX-License-Identifier: Apache-2.0
/**
 * Verifies an image in a registry against a trust policy and a trust store on disk.
 *
 *   verify-image.ts REGISTRY/REPOSITORY@DIGEST POLICY.json TRUSTSTORE-DIRECTORY
 */
import { readFile } from 'node:fs/promises';
import { verifyArtifact } from '@notary/notation/verify';
import { parseReference } from '@notary/oci';
import { createRemoteRepository } from '@notary/oci/remote';
import { createPlatform } from '@notary/platform';
import { createFileTrustStore, parseOciTrustPolicy } from '@notary/trust';

const [reference = '', policyFile = '', trustStoreDirectory = ''] = process.argv.slice(2);
const { registry, repository, tag, digest } = parseReference(reference);
const { clock, random, files, http } = createPlatform();
const admission = await verifyArtifact({
  repository: createRemoteRepository({
    registry,
    repository,
    http: http(),
    clock,
    random,
    allowPlainHttp: registry.startsWith('localhost:'),
  }),
  reference: digest ?? tag ?? '',
  policy: parseOciTrustPolicy(await readFile(policyFile)),
  trustStore: createFileTrustStore(files, trustStoreDirectory),
  clock,
});
// A policy that skips or only logs admits without proof: say which it was.
if (admission.basis === 'verified') console.log(`verified ${admission.verified.reference}`);
else console.log(`admitted, not verified: ${admission.basis}`);
