// SPDX-License-Identifier: Apache-2.0
/**
 * What both formats have in common once their outer structure is read. Only the two format modules extend this class, and only
 * its instances can be verified, so nothing else can pose as an envelope whose signature "checks out".
 */
import { Fault, isFault } from '@notary/base';
import { type SignatureVerifier, verifySignature } from '@notary/base/crypto';
import { type Certificate, parseCertificate } from '@notary/x509';
import { algorithmOfKey } from './algorithms.ts';
import { envelopeFaults } from './faults.ts';
import { type GoTime, ZERO_TIME_NANOS } from './go-time.ts';
import { MAX_CERTIFICATE_BYTES, MAX_CHAIN_LENGTH, MAX_SIGNATURE_BYTES } from './limits.ts';
import { pssSaltLength } from './pss-salt.ts';
import type { DecodedEnvelope, EnvelopeContent, EnvelopeMediaType, UnverifiedEnvelope } from './types.ts';

/** What a format finds in its headers; certificates, rules about times and the identity of the envelope are added here. */
export type FormatContent = Omit<
  EnvelopeContent,
  'mediaType' | 'bytes' | 'certificates' | 'signingTime' | 'signingTimeText' | 'authenticSigningTime' | 'expiry' | 'expiryText'
> & {
  readonly signingTime: GoTime | undefined;
  readonly expiry: GoTime | undefined;
};

export abstract class EnvelopeReader {
  readonly bytes: Uint8Array;
  abstract readonly mediaType: EnvelopeMediaType;
  #certificates: Certificate[] = [];
  #verifier: SignatureVerifier | undefined;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  static isReader(value: unknown): value is EnvelopeReader {
    return typeof value === 'object' && value !== null && #certificates in value;
  }

  /** DER of the chain, leaf first, or of the leaf alone. Faults if there is none or an entry is not bytes. */
  protected abstract chain(purpose: 'leaf' | 'all'): readonly Uint8Array[];
  /** Everything the headers say, with the rules about them, in the order of the Go tools. */
  protected abstract headers(): FormatContent;
  /** Faults unless the header names the algorithm of this key and payload and signature are there; returns what was signed. */
  protected abstract signed(leaf: Certificate): { readonly toBeSigned: Uint8Array; readonly signature: Uint8Array };
  /** Go's words for a signature that does not verify. */
  protected abstract failure(leaf: Certificate): string;

  /** DER of the whole chain, bounded; faults as when parsing. */
  chainBytes(): readonly Uint8Array[] {
    return this.#chain('all');
  }

  /** Takes certificates that were parsed from exactly this chain before, and what checks signatures by its leaf's key. */
  adopt(certificates: readonly Certificate[], verifier: SignatureVerifier): void {
    this.#certificates = [...certificates];
    this.#verifier = verifier;
  }

  /** The leaf certificate; parsed once. */
  leaf(): Certificate {
    const der = this.#chain('leaf')[0];
    if (der === undefined) throw envelopeFaults.CHAIN_ABSENT({ problem: 'certificate chain is not present' });
    try {
      return this.#certificate(der, 0);
    } catch (cause) {
      if (isFault(cause) && cause.category !== 'limit') throw envelopeFaults.LEAF_MALFORMED(undefined, { cause });
      throw cause;
    }
  }

  /** Faults unless the signature verifies under the leaf's key with the one algorithm of that key. */
  async checkSignature(): Promise<void> {
    const leaf = this.leaf();
    const { toBeSigned, signature } = this.signed(leaf);
    checkSize('signature', signature.length, MAX_SIGNATURE_BYTES);
    const algorithm = algorithmOfKey(leaf);
    const valid = this.#verifier?.(toBeSigned, signature) ?? verifySignature({ algorithm, spki: leaf.spki, data: toBeSigned, signature });
    if (await valid) return;
    const reason = this.failure(leaf);
    const salt = pssSaltLength(algorithm, leaf.publicKey, toBeSigned, signature);
    if (salt === undefined) throw envelopeFaults.SIGNATURE_INVALID({ reason });
    throw envelopeFaults.PSS_SALT_INVALID({ ...salt, reason });
  }

  /** Headers and certificates. Each call reads anew, so that what one caller does to its copy is not in another's proof. */
  content(): UnverifiedEnvelope {
    const headers = this.headers();
    const certificates = this.#chain('all').map((der, index) => {
      try {
        return this.#certificate(der, index);
      } catch (cause) {
        if (!isFault(cause) || cause.category === 'limit') throw cause;
        throw envelopeFaults.CERTIFICATE_MALFORMED({ index, reason: cause.message }, { cause });
      }
    });
    if (headers.payload.length === 0) throw envelopeFaults.PAYLOAD_ABSENT();
    const { signingTime, expiry } = checkTimes(headers);
    return {
      mediaType: this.mediaType,
      bytes: this.bytes,
      ...headers,
      payload: headers.payload.slice(),
      signingTime: signingTime.at,
      signingTimeText: signingTime.text,
      authenticSigningTime: headers.signingScheme === 'notary.x509.signingAuthority' ? signingTime.at : undefined,
      expiry: expiry?.at,
      expiryText: expiry?.text,
      certificates,
      decoded: opaque(this),
    };
  }

  #chain(purpose: 'leaf' | 'all'): readonly Uint8Array[] {
    const chain = this.chain(purpose);
    checkSize('certificate chain', chain.length, MAX_CHAIN_LENGTH);
    return chain;
  }

  #certificate(der: Uint8Array, index: number): Certificate {
    checkSize('certificate', der.length, MAX_CERTIFICATE_BYTES);
    const parsed = this.#certificates[index] ?? parseCertificate(der);
    this.#certificates[index] = parsed;
    return parsed;
  }
}

/** The reader as callers see it: nothing to call, nothing to replace. */
export const opaque = (reader: EnvelopeReader): DecodedEnvelope => Object.freeze(reader) as unknown as DecodedEnvelope;

/** Signing time present, expiry after it. Go's zero time counts as absent. */
function checkTimes(times: Pick<FormatContent, 'signingTime' | 'expiry'>): { signingTime: GoTime; expiry: GoTime | undefined } {
  const { signingTime } = times;
  if (signingTime === undefined || signingTime.nanos === ZERO_TIME_NANOS) throw envelopeFaults.SIGNING_TIME_ABSENT();
  const expiry = times.expiry?.nanos === ZERO_TIME_NANOS ? undefined : times.expiry;
  if (expiry !== undefined && expiry.nanos <= signingTime.nanos) {
    throw envelopeFaults.EXPIRY_NOT_AFTER_SIGNING({ signingTime: signingTime.text, expiry: expiry.text });
  }
  return { signingTime, expiry };
}

/** Faults with `ENVELOPE_TOO_LARGE` above a bound. */
export function checkSize(what: string, size: number, max: number): void {
  if (size > max) throw envelopeFaults.TOO_LARGE({ what, size, max });
}

/** The same fault with words before its message, as Go wraps errors: code, facts and remedy stay. */
export function prefixFault(prefix: string, fault: Fault, message: string = fault.message): Fault {
  const { code, category, facts, remedy, attempts, rank } = fault;
  return new Fault({ code, category, message: prefix + message, facts, remedy, attempts, rank, cause: fault });
}
