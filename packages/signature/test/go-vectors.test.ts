// SPDX-License-Identifier: Apache-2.0
/** Signatures that the Go tools made, and the conformance cases of notation-core-go; what lies beside the repository is skipped where absent. */
import { fromHex, toBase64Url, toHex } from '@notary/base';
import { goName } from '@notary/x509';
import { describe, expect, it } from 'vitest';
import { writeCose } from '../src/cose/write.ts';
import {
  attributeText,
  COSE_MEDIA_TYPE,
  checkEnvelope,
  decodeEnvelope,
  JWS_MEDIA_TYPE,
  parsePayload,
  type TargetArtifact,
  verifyEnvelope,
} from '../src/index.ts';
import { writeJws } from '../src/jws/write.ts';
import { hasShared, readJson, readVector, sharedFile } from './support.ts';

const json = (bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes));
const NAMES = {
  PS256: 'RSASSA-PSS-SHA-256',
  PS384: 'RSASSA-PSS-SHA-384',
  PS512: 'RSASSA-PSS-SHA-512',
  ES256: 'ECDSA-SHA-256',
  ES384: 'ECDSA-SHA-384',
  ES512: 'ECDSA-SHA-512',
};

/** What Go's `blob inspect --output json` prints, from our reading. */
async function inspect(bytes: Uint8Array, mediaType: string): Promise<unknown> {
  const { content } = await verifyEnvelope(await decodeEnvelope(bytes, mediaType));
  await checkEnvelope(await decodeEnvelope(bytes, mediaType));
  const { annotations, ...signedArtifact }: TargetArtifact = parsePayload(content.payload).targetArtifact;
  return {
    signatureAlgorithm: NAMES[content.algorithm],
    signatureEnvelopeType: content.mediaType,
    signedAttributes: {
      contentType: content.contentType,
      ...(content.expiryText === undefined ? {} : { expiry: content.expiryText }),
      signingScheme: content.signingScheme,
      signingTime: content.signingTimeText,
      ...Object.fromEntries(content.extendedAttributes.map((a) => [attributeText(a.key), attributeText(a.value)])),
    },
    userDefinedAttributes: annotations.size === 0 ? null : Object.fromEntries(annotations),
    unsignedAttributes: { signingAgent: content.signingAgent },
    certificates: content.certificates.map((certificate) => ({
      SHA256Fingerprint: certificate.thumbprint,
      issuedTo: goName(certificate.subject),
      issuedBy: goName(certificate.issuer),
      expiry: certificate.notAfter.toISOString().replace('.000', ''),
    })),
    signedArtifact,
  };
}

describe('signatures of the Go tools', () => {
  for (const key of ['rsa2048', 'rsa3072', 'rsa4096', 'p256', 'p384', 'p521']) {
    for (const [format, mediaType] of [
      ['jws', JWS_MEDIA_TYPE],
      ['cose', COSE_MEDIA_TYPE],
    ] as const) {
      it.skipIf(!hasShared)(`${key} ${format} reads as their inspect prints it`, async () => {
        const bytes = sharedFile(`notation-go/blob/${key}.${format}.sig`);
        const printed = sharedFile(`notation-go/inspect/${key}-${format}.json`);
        expect(await inspect(bytes, mediaType)).toEqual(json(printed));
      });
    }
  }
});

describe('signatures of the Go tools with metadata, expiry and a zone', () => {
  for (const key of ['rsa2048', 'rsa3072', 'rsa4096', 'p256', 'p384', 'p521']) {
    for (const [format, mediaType] of [
      ['jws', JWS_MEDIA_TYPE],
      ['cose', COSE_MEDIA_TYPE],
    ] as const) {
      it(`${key} ${format} reads as their inspect prints it`, async () => {
        expect(await inspect(readVector(`envelope/go/${key}.${format}.sig`), mediaType)).toEqual(
          readJson(`envelope/go/${key}.${format}.json`),
        );
      });
    }
  }
});

describe('conformance cases of notation-core-go', () => {
  it.skipIf(!hasShared)('JWS: protected header and payload to the letter', () => {
    const bytes = sharedFile('upstream/notation-core-go/signature/jws/testdata/conformance.json');
    const wanted = json(bytes);
    const attribute = (key: string, critical = false) => ({ key, critical, value: critical ? 'signedCritValue1' : 'signedValue1' });
    const { toBeSigned } = writeJws({
      algorithm: 'ES256',
      payload: new TextEncoder().encode('{"key":"hello JWS"}'),
      contentType: 'application/vnd.cncf.notary.payload.v1+json',
      signingTime: new Date('2022-08-29T13:50:00Z'),
      expiry: new Date('2099-08-30T13:50:00Z'),
      signingScheme: 'notary.x509',
      extendedAttributes: [
        attribute('signedCritKey1', true),
        attribute('signedKey1'),
        attribute('signedKey2'),
        attribute('signedKey3'),
        attribute('signedKey4'),
      ],
    });
    expect(new TextDecoder().decode(toBeSigned)).toBe(`${wanted.protected}.${wanted.payload}`);
    expect(toBase64Url(toBeSigned)).toBeDefined();
  });

  it.skipIf(!hasShared)('COSE: the whole envelope save for its chain', () => {
    const bytes = sharedFile('upstream/notation-core-go/signature/cose/testdata/conformance.json');
    const wanted = json(bytes);
    const output = fromHex(wanted.expectedOutput.cborHex);
    const writer = writeCose({
      algorithm: 'PS384',
      payload: fromHex(wanted.payload),
      contentType: 'application/vnd.cncf.notary.payload.v1+json',
      signingTime: new Date(wanted.signingTime * 1000),
      expiry: new Date(wanted.expiry * 1000),
      signingScheme: 'notary.x509',
      extendedAttributes: [
        { key: 'signedCritKey1', critical: true, value: 'signedCritValue1' },
        { key: 'signedKey1', critical: false, value: 'signedValue1' },
      ],
    });
    const signature = output.subarray(-384);
    const envelope = writer.finish({
      signature,
      certificates: [],
      signingAgent: 'NotationConformanceTest/1.0.0',
      timestampToken: undefined,
    });
    // The case has no chain, ours an empty one as first entry of the unprotected map: 18 21 80, and one entry more.
    const header = wanted.protectedHeaders.cborHex.toLowerCase();
    expect(toHex(writer.toBeSigned)).toContain(header);
    const agentOnly = wanted.unprotectedHeaders.cborHex.toLowerCase().slice(2);
    expect(toHex(envelope).replace(`a2182180${agentOnly}`, `a1${agentOnly}`)).toBe(toHex(output));
  });
});
