// SPDX-License-Identifier: Apache-2.0
/** Every example runs, here in the test runner on Node and there as a program on Bun, and prints what its page promises. */
import { spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { toUtf8 } from '@notary/base';
import { parsePrivateKey } from '@notary/base/crypto';
import { signArtifact } from '@notary/notation/sign';
import { describe as describeContent } from '@notary/oci';
import { createRemoteRepository } from '@notary/oci/remote';
import { createPlatform } from '@notary/platform';
import { createRegistry } from '@notary/registry';
import { createMemoryStore } from '@notary/registry/store-memory';
import { createLocalSigner, JWS_MEDIA_TYPE } from '@notary/signature';
import { createTestCa } from '@notary/testkit';
import { temporaryFolders } from '@notary/testkit/temporary';
import { parseCertificates } from '@notary/x509';
import { describe, expect, it, vi } from 'vitest';
import { bunExecutable } from '../../scripts/build.mjs';

const newFolder = temporaryFolders('notary-example-');
const root = fileURLToPath(new URL('../..', import.meta.url));

/** Runs an example inside this process and returns what it printed. */
async function runHere(load: () => Promise<unknown>): Promise<string> {
  const lines: string[] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((line) => {
    lines.push(String(line));
  });
  try {
    await load();
  } finally {
    log.mockRestore();
  }
  return lines.join('\n');
}

/** Runs an example as a program, beside whatever this process serves. */
async function runOnBun(file: string, ...args: string[]): Promise<string> {
  const child = spawn(bunExecutable(), ['--conditions=@notary/source', file, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    output.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output.stderr += chunk;
  });
  const status = await new Promise((resolve) => child.on('close', resolve));
  return status === 0 ? output.stdout.trim() : `exit ${status}: ${output.stderr}`;
}

/** Signs something small in a registry of this process and writes a policy and a trust store that trust it. */
async function publish(folder: string) {
  const { clock, random, http, listener } = createPlatform();
  const registry = createRegistry({ store: createMemoryStore({ clock, random }), clock, random });
  const running = await listener.listen(registry.handle, { host: '127.0.0.1', port: 0 });
  const repository = createRemoteRepository({
    registry: `localhost:${running.port}`,
    repository: 'app',
    http: http(),
    clock,
    random,
    allowPlainHttp: true,
  });
  const manifest = toUtf8('{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}');
  const artifact = describeContent('application/vnd.oci.image.index.v1+json', manifest);
  await repository.pushManifest(artifact, manifest, 'v1');
  const ca = await createTestCa({ subject: { C: 'US', ST: 'WA', O: 'Acme', CN: 'root' } });
  const signer = await ca.codeSigner({ subject: { C: 'US', ST: 'WA', O: 'Acme', CN: 'build' } });
  const chain = parseCertificates(toUtf8(signer.chainPem));
  const key = await parsePrivateKey(toUtf8(signer.keyPem));
  await signArtifact({
    repository,
    reference: artifact.digest,
    signer: createLocalSigner(key, chain),
    mediaType: JWS_MEDIA_TYPE,
    signingAgent: 'test/1',
    clock,
  });
  mkdirSync(join(folder, 'truststore/x509/ca/acme'), { recursive: true });
  writeFileSync(join(folder, 'truststore/x509/ca/acme/root.pem'), ca.rootPem);
  const statement = {
    name: 'p',
    registryScopes: ['*'],
    signatureVerification: { level: 'strict' },
    trustStores: ['ca:acme'],
    trustedIdentities: ['*'],
  };
  writeFileSync(join(folder, 'policy.json'), JSON.stringify({ version: '1.0', trustPolicies: [statement] }));
  return { host: `localhost:${running.port}`, reference: `localhost:${running.port}/app@${artifact.digest}`, stop: () => running.stop(0) };
}

describe('examples', () => {
  it('sign-blob-in-memory verifies what it signed', async () => {
    const expected = /^verified sha256:[0-9a-f]{64}, version 1\.2\.3$/;
    expect(await runHere(() => import('../../examples/sign-blob-in-memory.ts'))).toMatch(expected);
    expect(await runOnBun('examples/sign-blob-in-memory.ts')).toMatch(expected);
  });

  it('custom-signer signs with a key that it never sees', async () => {
    const expected = /^signed sha256:[0-9a-f]{64} with sha256:[0-9a-f]{64}$/;
    expect(await runHere(() => import('../../examples/custom-signer.ts'))).toMatch(expected);
    expect(await runOnBun('examples/custom-signer.ts')).toMatch(expected);
  });

  it('verify-image admits what a trusted publisher signed, and nothing once the trust store is empty', async () => {
    const folder = newFolder();
    const published = await publish(folder);
    try {
      const verify = () =>
        runOnBun('examples/verify-image.ts', published.reference, join(folder, 'policy.json'), join(folder, 'truststore'));
      expect(await verify()).toBe(`verified ${published.reference}`);
      rmSync(join(folder, 'truststore/x509/ca/acme/root.pem'));
      expect(await verify()).toMatch(/^exit 1: /);
    } finally {
      await published.stop();
    }
  });

  it('copy-with-signatures copies what verifies where it went', async () => {
    const folder = newFolder();
    const { host, reference, stop } = await publish(folder);
    try {
      const digest = reference.slice(reference.indexOf('@') + 1);
      expect(await runOnBun('examples/copy-with-signatures.ts', reference, `${host}/away/app:v1`)).toBe(
        `copied ${digest}: 2 manifests, 2 blobs`,
      );
      const copy = `${host}/away/app@${digest}`;
      const verified = await runOnBun('examples/verify-image.ts', copy, join(folder, 'policy.json'), join(folder, 'truststore'));
      expect(verified).toBe(`verified ${copy}`);
    } finally {
      await stop();
    }
  });
});
