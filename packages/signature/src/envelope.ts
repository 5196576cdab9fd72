// SPDX-License-Identifier: Apache-2.0
/** The two formats behind one door. Each is loaded when it is first met, so that a JWS costs no CBOR at start-up. */
import { type EnvelopeReader, opaque } from './decoded.ts';
import { envelopeFaults } from './faults.ts';
import { COSE_MEDIA_TYPE, type DecodedEnvelope, type EnvelopeMediaType, JWS_MEDIA_TYPE, type UnverifiedEnvelope } from './types.ts';

/** The media type of `jws` or `cose`; any other is `ENVELOPE_FORMAT_UNSUPPORTED` with Go's message. */
export function mediaTypeForFormat(format: string): EnvelopeMediaType {
  if (format === 'jws') return JWS_MEDIA_TYPE;
  if (format === 'cose') return COSE_MEDIA_TYPE;
  throw envelopeFaults.FORMAT_UNSUPPORTED({ format: format.slice(0, 200) });
}

/** Reads the outer structure of an envelope (Go's `ParseEnvelope`). Nothing is verified, headers are not judged. Faults: `ENVELOPE_MEDIA_TYPE_UNSUPPORTED`, `JWS_…`, `COSE_…`. */
export async function decodeEnvelope(bytes: Uint8Array, mediaType: string): Promise<DecodedEnvelope> {
  return opaque(await readEnvelope(bytes, mediaType));
}

/** Loads a module when it is first asked for. The loader's own look-up costs each envelope a twentieth of its verification. */
function once<T>(load: () => Promise<T>): () => T | Promise<T> {
  let loaded: T | undefined;
  return () => loaded ?? load().then((module) => (loaded = module));
}

const jws = once(() => import('./jws/read.ts'));
const cose = once(() => import('./cose/read.ts'));

async function readEnvelope(bytes: Uint8Array, mediaType: string): Promise<EnvelopeReader> {
  if (mediaType === JWS_MEDIA_TYPE) return (await jws()).readJws(bytes);
  if (mediaType === COSE_MEDIA_TYPE) return (await cose()).readCose(bytes);
  throw envelopeFaults.MEDIA_TYPE_UNSUPPORTED({ mediaType: mediaType.slice(0, 200) });
}

/** Structure, headers and certificates of an envelope. Nothing is verified: the result is a claim. */
export async function parseEnvelope(bytes: Uint8Array, mediaType: string): Promise<UnverifiedEnvelope> {
  return (await readEnvelope(bytes, mediaType)).content();
}
