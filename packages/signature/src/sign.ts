// SPDX-License-Identifier: Apache-2.0
/** Signing: from a request to an envelope that has been verified before anyone else sees it. */
import { Fault } from '@notary/base';
import { algorithmForKeySpec } from '@notary/base/crypto';
import { checkSize, prefixFault } from './decoded.ts';
import { decodeEnvelope } from './envelope.ts';
import { envelopeFaults, signingFaults } from './faults.ts';
import { MAX_ENVELOPE_BYTES } from './limits.ts';
import { COSE_MEDIA_TYPE, JWS_MEDIA_TYPE, type SignRequest } from './types.ts';
import { checkChain, readerOf, type VerifiedEnvelope, verifyEnvelope } from './verify.ts';
import type { EnvelopeWriter, UnsignedParts, WritableRequest } from './writer.ts';

/** Signs, and verifies the result. Faults of the request are `SIGNING_…`, those of the result as when verifying. */
export async function signEnvelope(request: SignRequest): Promise<Uint8Array> {
  return (await createSignedEnvelope(request)).content.bytes;
}

/** As {@link signEnvelope}, for callers who want to read the envelope as well: its bytes are `content.bytes`. */
export async function createSignedEnvelope(request: SignRequest): Promise<VerifiedEnvelope> {
  const write = await writerOf(request.mediaType);
  const writable = await checkRequest(request);
  const writer = write(writable);
  const { signature, certificates } = await request.signer.sign(writer.toBeSigned);
  if (certificates.length === 0) throw signingFaults.CHAIN_NOT_RETURNED();
  const timestampToken = await timestamp(request, writable, signature);
  const parts: UnsignedParts = { signature, certificates, signingAgent: request.signingAgent ?? '', timestampToken };
  const decoded = await decodeEnvelope(writer.finish(parts), request.mediaType);
  await checkChain(readerOf(decoded).content(), writable.signingTime);
  try {
    // Critical attributes are the request's own; whoever verifies must know them, whoever signs need not.
    return await verifyEnvelope(decoded, { criticalAttributes: 'defer' });
  } catch (e) {
    throw e instanceof Fault ? prefixFault('generated signature failed verification: ', e) : e;
  }
}

async function writerOf(mediaType: string): Promise<(request: WritableRequest) => EnvelopeWriter> {
  if (mediaType === JWS_MEDIA_TYPE) return (await import('./jws/write.ts')).writeJws;
  if (mediaType === COSE_MEDIA_TYPE) return (await import('./cose/write.ts')).writeCose;
  throw envelopeFaults.MEDIA_TYPE_UNSUPPORTED({ mediaType });
}

/** The checks of a request in Go's order. */
async function checkRequest(request: SignRequest): Promise<WritableRequest> {
  if (request.payload.length === 0) throw envelopeFaults.PAYLOAD_ABSENT();
  checkSize('payload', request.payload.length, MAX_ENVELOPE_BYTES / 2);
  const signingTime = wholeSeconds(request.signingTime, 'signing time');
  const expiry = request.expiry === undefined ? undefined : wholeSeconds(request.expiry, 'expiry');
  if (expiry !== undefined && expiry <= signingTime) {
    throw envelopeFaults.EXPIRY_NOT_AFTER_SIGNING({ signingTime: signingTime.toISOString(), expiry: expiry.toISOString() });
  }
  const offset = request.utcOffsetMinutes ?? 0;
  if (!Number.isInteger(offset) || Math.abs(offset) >= 24 * 60)
    throw signingFaults.TIME_INVALID({ problem: 'zone offset is no number of minutes below a day' });
  const algorithm = algorithmForKeySpec(await request.signer.keySpec());
  if ((request.signingScheme as string) === '') throw signingFaults.SCHEME_ABSENT();
  return { ...request, signingTime, expiry, algorithm };
}

/** Years that RFC 3339 can write. */
function wholeSeconds(at: Date, what: string): Date {
  const seconds = Math.floor(at.getTime() / 1000);
  const year = at.getUTCFullYear();
  if (Number.isNaN(seconds) || year < 1 || year > 9999)
    throw signingFaults.TIME_INVALID({ problem: `${what} is not between the years 1 and 9999` });
  return new Date(seconds * 1000);
}

async function timestamp(request: SignRequest, { algorithm }: WritableRequest, signature: Uint8Array): Promise<Uint8Array | undefined> {
  if (request.timestamper === undefined || request.signingScheme !== 'notary.x509') return undefined;
  try {
    return await request.timestamper({ signature, algorithm });
  } catch (e) {
    throw e instanceof Fault && !e.message.startsWith('timestamp: ') ? prefixFault('timestamp: ', e) : e;
  }
}
