// SPDX-License-Identifier: Apache-2.0
/** The tokens of the Go client, each with the outcome that the Go client gives it (run against its revision 1.0). */
import { toUtf8 } from '@notary/base';
import { checkTimestampingChain, goName, parseCertificates } from '@notary/x509';
import { checkTimestampImprint, parseTimestampToken, type TimestampToken, verifyTimestampToken } from '@notary/x509/timestamp';
import { describe, expect, it } from 'vitest';
import { messageOf, sharedVector, sharedVectorsPresent } from '../support.ts';

const TOKENS = 'tspclient-go/testdata';
const CMS = 'tspclient-go/internal/cms/testdata';
const prefix = 'failed to verify signed token: ';
const failure = `${prefix}cms verification failure: `;
const missing = `${prefix}failed to get SigningCertificateV2 from signed attributes: attribute not found`;
const rsa = `${failure}crypto/rsa: verification error`;
const contentType = (oid: string): string => `unexpected content type: ${oid}. Expected to be id-ct-TSTInfo (1.2.840.113549.1.9.16.1.4)`;
const DATA = '1.2.840.113549.1.7.1';

const OUTCOMES: [folder: string, file: string, outcome: string][] = [
  [TOKENS, 'TimeStampToken', 'valid'],
  [TOKENS, 'TimeStampTokenWithValidAndInvalidSignerInfos', 'valid'],
  [TOKENS, 'SHA1TimeStampToken', `${failure}mismatch message digest`],
  [TOKENS, 'TimeStampTokenNoRoot', `${failure}x509: certificate signed by unknown authority`],
  [TOKENS, 'TimeStampTokenWithInvalidSignature', rsa],
  [TOKENS, 'TimeStampTokenWithInvalidSigningCertificateV1', missing],
  [TOKENS, 'TimeStampTokenWithInvalideContentType', contentType(DATA)],
  [TOKENS, 'TimeStampTokenWithMismatchCertHash', `${prefix}signing certificate hash does not match CertHash in signed attribute`],
  [TOKENS, 'TimeStampTokenWithSHA1CertHash', `${prefix}unsupported certificate hash algorithm in SigningCertificateV2 attribute`],
  [TOKENS, 'TimeStampTokenWithSigningCertificateV1', missing],
  [TOKENS, 'TimeStampTokenWithSigningCertificateV1NoCert', missing],
  [TOKENS, 'TimeStampTokenWithSigningCertificateV2NoCert', `${prefix}signingCertificateV2 does not contain any certificate`],
  [TOKENS, 'TimeStampTokenWithTSTInfoVersion2', `${failure}mismatch message digest`],
  [TOKENS, 'TimeStampTokenWithWrongSigningCertificateV2IssuerChoiceTag', `${prefix}issuer name is missing in IssuerSerial`],
  [TOKENS, 'TimeStampTokenWithoutCertificate', `${prefix}signing certificate not found in the timestamp token`],
  [TOKENS, 'TimeStampTokenWithoutSigningCertificate', missing],
  [TOKENS, 'TimeStampTokenWithoutSigningCertificateV2IssuerSerial', rsa],
  [CMS, 'Sha1SignedData', contentType(DATA)],
  [CMS, 'SignedDataWithoutSignedAttributes', contentType(DATA)],
  [CMS, 'TimeStampToken', 'valid'],
  [CMS, 'TimeStampTokenInvalidSignedAttributeContentType', rsa],
  [CMS, 'TimeStampTokenWithAnInvalidAndAValidSignerInfo', 'valid'],
  [CMS, 'TimeStampTokenWithInvalidContentType', contentType('1.2.840.113549.1.9.16.1.5')],
  [CMS, 'TimeStampTokenWithInvalidSignature', rsa],
  [CMS, 'TimeStampTokenWithSignedAttributeSHA1', rsa],
  [CMS, 'TimeStampTokenWithSignerVersion2', `${failure}invalid signer info version: only version 1 is supported; got 2`],
  [CMS, 'TimeStampTokenWithSigningTime', rsa],
  [CMS, 'TimeStampTokenWithSigningTimeBeforeExpected', rsa],
  [CMS, 'TimeStampTokenWithUnknownSignerIssuer', 'valid'],
  [CMS, 'TimeStampTokenWithoutCertificate', `${prefix}signing certificate not found in the timestamp token`],
  [CMS, 'TimeStampTokenWithoutSignedAttributeContentType', rsa],
  [CMS, 'TimeStampTokenWithoutSignedAttributeDigest', rsa],
  [CMS, 'TimeStampTokenWithoutSignedAttributes', missing],
  [CMS, 'TimeStampTokenWithoutSigner', `${prefix}signerInfo not found`],
  [
    CMS,
    'TimeStampTokenWithInvalidCertificates',
    'cms: syntax error: failed to parse X.509 certificates from signed data. Only X.509 certificates are supported: x509: malformed version',
  ],
];

/** Refused by both; the text behind the beginning is that of Go's ASN.1 decoder there and of our reader here. */
const BEGINNINGS: [folder: string, file: string, beginning: string][] = [
  [TOKENS, 'TimeStampTokenWithInvalidSigningCertificateV2', `${prefix}failed to get SigningCertificateV2 from signed attributes: `],
  [TOKENS, 'TimeStampTokenWithInvalidTSTInfo', 'cannot unmarshal TSTInfo from timestamp token: '],
  [CMS, 'TimeStampTokenWithInvalidSigningTime', 'cms: syntax error: invalid signed data: '],
];

const load = (folder: string, file: string): TimestampToken => parseTimestampToken(sharedVector(`${folder}/${file}.p7s`));
const verify = (folder: string, file: string) =>
  verifyTimestampToken(load(folder, file), { roots: parseCertificates(sharedVector(`${folder}/GlobalSignRootCA.crt`)) });
const outcome = (folder: string, file: string): Promise<string> => messageOf(() => verify(folder, file));

describe.skipIf(!sharedVectorsPresent)('tokens of the Go client', () => {
  it.each(OUTCOMES)('%s/%s: %s', async (folder, file, expected) => {
    expect(await outcome(folder, file)).toBe(expected === 'valid' ? 'nothing' : expected);
  });

  it.each(BEGINNINGS)('%s/%s: %s', async (folder, file, beginning) => {
    expect((await outcome(folder, file)).startsWith(beginning)).toBe(true);
  });

  it('says what the Go client says about the valid one', async () => {
    const token = load(TOKENS, 'TimeStampToken');
    expect([token.lowerText, token.upperText]).toEqual(['2021-09-17T14:09:09Z', '2021-09-17T14:09:11Z']);
    checkTimestampImprint(token, toUtf8('notation'));
    const chain = await verify(TOKENS, 'TimeStampToken');
    await checkTimestampingChain(chain);
    expect(chain.map((c) => goName(c.subject))).toEqual([
      'CN=Globalsign TSA for Advanced - G4,O=GlobalSign nv-sa,C=BE',
      'CN=GlobalSign Timestamping CA - SHA384 - G4,O=GlobalSign nv-sa,C=BE',
      'CN=GlobalSign,OU=GlobalSign Root CA - R6,O=GlobalSign',
      'CN=GlobalSign,OU=GlobalSign Root CA - R3,O=GlobalSign',
    ]);
  });

  it('refuses the imprint of SHA-1 and a TSTInfo of version 2', async () => {
    const judge = (file: string): Promise<string> => messageOf(() => checkTimestampImprint(load(TOKENS, file), toUtf8('notation')));
    expect(await judge('SHA1TimeStampToken')).toBe('invalid TSTInfo: unrecognized hash algorithm: 1.2.840.113549.1.1.5');
    expect(await judge('TimeStampTokenWithTSTInfoVersion2')).toBe('invalid TSTInfo: timestamp token info version must be 1, but got 2');
    expect(await judge('TimeStampTokenNoRoot')).toBe('invalid TSTInfo: mismatched message');
  });
});
