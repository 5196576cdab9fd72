// SPDX-License-Identifier: Apache-2.0
/** Timestamps with a real token: an envelope whose signature the token does not speak of is found out, in verifying and in inspecting. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { JWS_MEDIA_TYPE } from '@notary/signature';
import { sharedVectors } from '@notary/testkit';
import { parseCertificates } from '@notary/x509';
import { describe, expect, it } from 'vitest';
import { evaluateArtifact, inspectEnvelope } from '../src/index.ts';
import { createPublisher } from './support/publisher.ts';
import { attachEnvelope, createWorld, envelopeFor, request, trusting } from './support/world.ts';

const vectors = sharedVectors();
const read = (name: string): Uint8Array => new Uint8Array(readFileSync(join(vectors as string, 'upstream/tspclient-go/testdata', name)));

describe.skipIf(vectors === undefined)('a token over another signature', () => {
  it('fails the timestamp check and shows as an error when inspected', async () => {
    const acme = await createPublisher('ci');
    const world = await createWorld();
    const token = read('TimeStampToken.p7s');
    const envelope = await envelopeFor(world.artifact, acme, { timestamper: async () => token });
    await attachEnvelope(world, envelope, JWS_MEDIA_TYPE);
    const stores = new Map([
      ['ca:acme', [acme.root]],
      ['tsa:globalsign', parseCertificates(read('GlobalSignRootCA.crt'))],
    ]);
    const report = await evaluateArtifact(request(world, trusting([], { stores })));
    const finding = report.signatures[0]?.findings.find((f) => f.check === 'authenticTimestamp');
    expect(finding?.fault?.code).toBe('NOTATION_TIMESTAMP_INVALID');
    expect(finding?.fault?.message).toMatch(/^failed to get timestamp from timestamp countersignature with error: /);
    const inspected = await inspectEnvelope(envelope, JWS_MEDIA_TYPE);
    expect(inspected.timestamp).toMatchObject({ fault: { category: 'untrusted' } });
  });

  it('bytes that are no token fail in the first step', async () => {
    const acme = await createPublisher('ci');
    const world = await createWorld();
    const envelope = await envelopeFor(world.artifact, acme, { timestamper: async () => Uint8Array.of(0x30, 0) });
    await attachEnvelope(world, envelope, JWS_MEDIA_TYPE);
    const stores = new Map([
      ['ca:acme', [acme.root]],
      ['tsa:globalsign', parseCertificates(read('GlobalSignRootCA.crt'))],
    ]);
    const report = await evaluateArtifact(request(world, trusting([], { stores })));
    expect(report.signatures[0]?.findings.find((f) => f.fault)?.fault?.message).toMatch(
      /^failed to parse timestamp countersignature with error: /,
    );
  });
});
