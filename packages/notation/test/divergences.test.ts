// SPDX-License-Identifier: Apache-2.0
/** One test for each entry of docs/explanation/divergences.md that can be seen from the workflows; the title carries its number. */

import type { Files } from '@notary/base';
import { type Fault, toUtf8 } from '@notary/base';
import { COSE_MEDIA_TYPE, JWS_MEDIA_TYPE, parseEnvelope } from '@notary/signature';
import { codeOf } from '@notary/testkit';
import { createFileTrustStore, createMemoryTrustStore, lintPolicy, parseBlobTrustPolicy, parseOciTrustPolicy } from '@notary/trust';
import { checkCodeSigningChain, createCertificate, parseCertificate } from '@notary/x509';
import { beforeAll, describe, expect, it } from 'vitest';
import { evaluateArtifact, evaluateBlob, signArtifact, thumbprintAnnotation } from '../src/index.ts';
import { clockAt, createPublisher, days, nameOf, now, type Publisher, subjectOf } from './support/publisher.ts';
import { attachEnvelope, createWorld, envelopeFor, request, sign, signing, trusting } from './support/world.ts';

let acme: Publisher;
beforeAll(async () => {
  acme = await createPublisher('ci');
});

const decisive = async (work: ReturnType<typeof evaluateArtifact>): Promise<string | undefined> => {
  const [signature] = (await work).signatures;
  return signature?.fault?.code ?? signature?.findings.find((f) => f.fault)?.fault?.code;
};

/** A file system with one directory: just what a trust store asks for. */
function directory(entries: { name: string; kind: 'file' | 'directory' | 'symlink' }[], bytes: Uint8Array): Files {
  return {
    stat: async () => ({ kind: 'directory', size: 0, mode: 0o700, modifiedAt: now }),
    list: async () => entries,
    read: async () => bytes,
  } as unknown as Files;
}

describe('differences between the specification, the Go tools and us', () => {
  it('[D-01] a trust store reads any file name, and refuses a sub-directory or symlink', async () => {
    const store = (kind: 'file' | 'directory' | 'symlink') =>
      createFileTrustStore(directory([{ name: 'root.anything', kind }], acme.root.der), '/t').certificates('ca', 'acme');
    expect(await store('file')).toHaveLength(1);
    expect(await codeOf(store('directory'))).toBe('TRUST_CERTIFICATE_NOT_REGULAR');
    expect(await codeOf(store('symlink'))).toBe('TRUST_CERTIFICATE_NOT_REGULAR');
  });

  it('[D-02] skipping for everything is accepted with a warning, and blob verify does not crash on it', async () => {
    const statement = { name: 'all', signatureVerification: { level: 'skip' } };
    const oci = toUtf8(JSON.stringify({ version: '1.0', trustPolicies: [{ ...statement, registryScopes: ['*'] }] }));
    const blob = toUtf8(JSON.stringify({ version: '1.0', trustPolicies: [{ ...statement, globalPolicy: true }] }));
    expect(parseOciTrustPolicy(oci).statements).toHaveLength(1);
    expect(lintPolicy(oci, 'oci').map((r) => r.code)).toEqual(['LINT_SKIP_EVERYWHERE']);
    expect(lintPolicy(blob, 'blob').map((r) => r.code)).toEqual(['LINT_SKIP_GLOBAL']);
    const report = await evaluateBlob({
      blob: async function* () {},
      signature: toUtf8('x'),
      signatureMediaType: JWS_MEDIA_TYPE,
      policy: parseBlobTrustPolicy(blob),
      trustStore: createMemoryTrustStore(new Map()),
      clock: clockAt(now),
    });
    expect(report.basis).toBe('skipped');
  });

  it.each([JWS_MEDIA_TYPE, COSE_MEDIA_TYPE] as const)('[D-03] an unknown critical attribute is refused (%s)', async (mediaType) => {
    const world = await createWorld();
    const extendedAttributes = [{ key: 'com.example.rule', critical: true, value: 'x' }];
    await attachEnvelope(world, await envelopeFor(world.artifact, acme, { mediaType, extendedAttributes }), mediaType);
    expect(await decisive(evaluateArtifact(request(world, trusting([acme.root]))))).toBe('ENVELOPE_CRITICAL_ATTRIBUTE_UNPROCESSED');
  });

  it('[D-04] any extended key usage is accepted, an OCSP signer is refused', async () => {
    const chain = async (oid: string) =>
      parseCertificate(
        await createCertificate({
          subject: subjectOf('x'),
          signer: acme.key,
          serialNumber: Uint8Array.of(1),
          notBefore: days(-1),
          notAfter: days(1),
          keyUsage: { bits: ['digitalSignature'] },
          extendedKeyUsage: { oids: [oid] },
        }),
      );
    expect(await codeOf(checkCodeSigningChain([await chain('2.5.29.37.0')]))).toBe('nothing');
    expect(await codeOf(checkCodeSigningChain([await chain('1.3.6.1.5.5.7.3.9')]))).not.toBe('nothing');
  });

  it.each([
    ['[D-05] a certificate that names a CRL', { crlUrls: ['http://crl.example/a.crl'] }],
    ['[D-06] a certificate that names an OCSP responder', { ocspUrls: ['http://ocsp.example'] }],
  ])('%s has revocation status unknown, never good', async (_, sources) => {
    const publisher = await createPublisher('listed', sources);
    const world = await createWorld();
    await sign(world, publisher);
    expect(await decisive(evaluateArtifact(request(world, trusting([publisher.root]))))).toBe('NOTATION_REVOCATION_UNKNOWN');
  });

  it('[D-07] unknown and revoked are told apart', async () => {
    const world = await createWorld();
    await sign(world, acme);
    const answer = (status: 'revoked' | 'unknown') => ({
      check: async () => ({ status, subject: 's', reason: 'r', sources: [] }) as never,
    });
    expect((await evaluateArtifact(request(world, trusting([acme.root]), { revocation: answer('unknown') }))).basis).toBe('inconclusive');
    expect((await evaluateArtifact(request(world, trusting([acme.root]), { revocation: answer('revoked') }))).basis).toBe('rejected');
  });

  it('[D-08] thumbprints are written as lower-case hexadecimal in a JSON array, leaf first', async () => {
    const { signature } = await sign(await createWorld(), acme);
    expect(signature.annotations?.[thumbprintAnnotation]).toBe(JSON.stringify(acme.chain.map((c) => c.thumbprint)));
    expect(signature.annotations?.[thumbprintAnnotation]).toMatch(/^\["[0-9a-f]{64}","[0-9a-f]{64}"\]$/);
  });

  it('[D-09] the signature manifest is written member for member as the Go tools do', async () => {
    const world = await createWorld();
    const { signature } = await sign(world, acme);
    const text = new TextDecoder().decode(await world.repository.fetchManifest(signature));
    const { layers, subject, annotations } = JSON.parse(text);
    expect(text).toBe(
      `{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","artifactType":"application/vnd.cncf.notary.signature",` +
        `"config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":2,"data":"e30="},` +
        `"layers":${JSON.stringify(layers)},"subject":${JSON.stringify(subject)},"annotations":${JSON.stringify(annotations)}}`,
    );
    expect(Object.keys(annotations)).toEqual([thumbprintAnnotation, 'org.opencontainers.image.created']);
    expect(annotations['org.opencontainers.image.created']).toBe('2026-06-01T12:00:00Z');
  });

  it('[D-10] a signature that names a verification plugin is refused with a code of its own', async () => {
    const world = await createWorld();
    const extendedAttributes = [{ key: 'io.cncf.notary.verificationPlugin', critical: true, value: 'p' }];
    await attachEnvelope(world, await envelopeFor(world.artifact, acme, { extendedAttributes }), JWS_MEDIA_TYPE);
    expect(await decisive(evaluateArtifact(request(world, trusting([acme.root]))))).toBe('NOTATION_PLUGIN_REQUIRED');
  });

  it('[D-11] a critical plugin version without a plugin is refused', async () => {
    const world = await createWorld();
    const extendedAttributes = [{ key: 'io.cncf.notary.verificationPluginMinVersion', critical: true, value: '1.0.0' }];
    await attachEnvelope(world, await envelopeFor(world.artifact, acme, { extendedAttributes }), JWS_MEDIA_TYPE);
    expect(await decisive(evaluateArtifact(request(world, trusting([acme.root]))))).toBe('ENVELOPE_CRITICAL_ATTRIBUTE_UNPROCESSED');
  });

  it('[D-12] a signing time is written in UTC unless the caller gives an offset', async () => {
    const textOf = async (utcOffsetMinutes?: number) => {
      const world = await createWorld();
      const { signature } = await signArtifact({
        repository: world.repository,
        reference: 'v1',
        ...signing(acme),
        ...(utcOffsetMinutes === undefined ? {} : { utcOffsetMinutes }),
      });
      const manifest = JSON.parse(new TextDecoder().decode(await world.repository.fetchManifest(signature)));
      return (await parseEnvelope(await world.repository.fetchBlob(manifest.layers[0], 1 << 20), JWS_MEDIA_TYPE)).signingTimeText;
    };
    expect(await textOf()).toBe('2026-06-01T12:00:00Z');
    expect(await textOf(120)).toBe('2026-06-01T14:00:00+02:00');
  });

  it('[D-13] exactly as many signatures as the limit is not "more than the limit"', async () => {
    const world = await createWorld();
    const late = { clock: clockAt(days(1)), maxSignatures: 1 };
    const limitReached = async () => (await evaluateArtifact(request(world, trusting([acme.root]), late))).limitReached;
    await sign(world, acme, { expiryMs: 1000 });
    expect(await limitReached()).toBe(false);
    await sign(world, acme, { expiryMs: 2000 });
    expect(await limitReached()).toBe(true);
  });

  it('[D-14] a subject with an e-mail address never matches, and the message says why', async () => {
    const publisher = await createPublisher('mail', {
      subject: [...subjectOf('mail'), ...nameOf(['1.2.840.113549.1.9.1', 'a@b.example'])],
    });
    const world = await createWorld();
    await sign(world, publisher);
    const report = await evaluateArtifact(
      request(world, trusting([publisher.root], { identities: ['x509.subject: C=US, ST=WA, O=Acme'] })),
    );
    const fault = report.signatures[0]?.findings.find((f) => f.fault)?.fault as Fault;
    expect(fault.code).toBe('TRUST_SUBJECT_UNREADABLE');
    expect(fault.message).toContain('does not support x509.subject identities containing');
  });

  it('[D-17] a signature is invalid at the very instant of its expiry', async () => {
    const world = await createWorld();
    await sign(world, acme, { expiryMs: 1000 });
    const at = (ms: number) => evaluateArtifact(request(world, trusting([acme.root]), { clock: clockAt(new Date(now.getTime() + ms)) }));
    expect((await at(999)).basis).toBe('verified');
    expect(await decisive(at(1000))).toBe('NOTATION_EXPIRED');
  });

  it('[D-20] a signature that cannot be read does not keep the next from being accepted', async () => {
    const world = await createWorld();
    await attachEnvelope(world, toUtf8('junk'), 'application/unknown', [acme.root.thumbprint]);
    await sign(world, acme);
    expect((await evaluateArtifact(request(world, trusting([acme.root])))).basis).toBe('verified');
  });

  it('[D-21] candidates whose thumbprints meet the trust store come first', async () => {
    const world = await createWorld();
    await attachEnvelope(world, toUtf8('stranger'), JWS_MEDIA_TYPE, ['11'.repeat(32)]);
    await sign(world, acme);
    expect((await evaluateArtifact(request(world, trusting([acme.root])))).signatures).toHaveLength(1);
  });

  it('[D-22] a rule of the certificate chain keeps the message of the Go tools and adds a code', async () => {
    const bare = await createCertificate({
      subject: subjectOf('x'),
      signer: acme.key,
      serialNumber: Uint8Array.of(1),
      notBefore: days(-1),
      notAfter: days(1),
    });
    const fault = await checkCodeSigningChain([parseCertificate(bare)]).catch((e) => e as Fault);
    expect(fault).toMatchObject({ category: 'untrusted' });
    expect((fault as Fault).message).toContain('key usage extension must be present');
    expect((fault as Fault).code).toMatch(/^X509_/);
  });
});
