// SPDX-License-Identifier: Apache-2.0
/**
 * Integrity of an envelope (signature-specification.md; trust-store-trust-policy.md, "Steps": integrity): the signature verifies
 * under the leaf certificate, headers follow the rules, the chain is one for code signing. Whether anybody trusts the chain,
 * whether it has expired, and what the payload means are questions for others.
 */
import { Fault } from '@notary/base';
import { type Certificate, checkCodeSigningChain } from '@notary/x509';
import { checkAlgorithm } from './algorithms.ts';
import { type ChainMemory, chainKey, recallChain, rememberChain } from './chain-memory.ts';
import { checkCriticalAttributes } from './critical.ts';
import { EnvelopeReader, prefixFault } from './decoded.ts';
import { envelopeFaults } from './faults.ts';
import type { DecodedEnvelope, EnvelopeContent, UnverifiedEnvelope } from './types.ts';

let verified: (content: EnvelopeContent) => VerifiedEnvelope;

/** Proof that an envelope's integrity was verified. Only {@link verifyEnvelope} makes one. */
export class VerifiedEnvelope {
  readonly #content: EnvelopeContent;

  private constructor(content: EnvelopeContent) {
    this.#content = content;
  }

  static {
    verified = (content) => new VerifiedEnvelope(content);
  }

  /** What the envelope says; everything but the signing agent and the timestamp token is covered by the signature or proven by the chain. */
  get content(): EnvelopeContent {
    return this.#content;
  }
}

/** What the caller takes upon itself. */
export interface VerifyEnvelopeOptions {
  /**
   * Critical extended attributes: `refuse` them all (default), or `defer` to {@link checkCriticalAttributes}, which the caller
   * then must call with what its verification plugin has processed.
   */
  readonly criticalAttributes?: 'refuse' | 'defer';
  /** Remembers chains that passed, for callers who verify many envelopes. */
  readonly chains?: ChainMemory;
}

/**
 * Verifies integrity, or throws the first fault in the order of the Go tools: signature, headers, times, chain, algorithm
 * (`ENVELOPE_…`, `JWS_…` or `COSE_…`, `X509_…`). Whether anybody trusts the chain is not asked.
 */
export async function verifyEnvelope(
  envelope: DecodedEnvelope | UnverifiedEnvelope,
  options: VerifyEnvelopeOptions = {},
): Promise<VerifiedEnvelope> {
  const reader = readerOf(envelope);
  const key = options.chains === undefined ? undefined : recall(options.chains, reader);
  await reader.checkSignature();
  const content = reader.content();
  if (key?.known) checkAlgorithm(content.algorithm, content.certificates[0] as Certificate);
  else await checkChain(content);
  if (options.chains !== undefined && key !== undefined && !key.known) rememberChain(options.chains, key.text, content.certificates);
  if (options.criticalAttributes !== 'defer') checkCriticalAttributes(content, []);
  return verified(content);
}

/** Hands a remembered chain to the reader. A chain that cannot be read is not looked up: its fault has its turn later. */
function recall(memory: ChainMemory, reader: EnvelopeReader): { readonly text: string; readonly known: boolean } | undefined {
  let chain: readonly Uint8Array[];
  try {
    chain = reader.chainBytes();
  } catch (e) {
    if (e instanceof Fault) return undefined;
    throw e;
  }
  const text = chainKey(chain);
  const known = recallChain(memory, text);
  if (known !== undefined) reader.adopt(known.certificates, known.verifier);
  return { text, known: known !== undefined };
}

/** What `inspect` demands of an envelope: the rules of {@link verifyEnvelope} save for the signature itself and critical attributes. */
export async function checkEnvelope(envelope: DecodedEnvelope | UnverifiedEnvelope): Promise<void> {
  await checkChain(readerOf(envelope).content());
}

/** The fields of an envelope are only a copy of what its reader found; the reader is what gets verified. */
export function readerOf(envelope: DecodedEnvelope | UnverifiedEnvelope): EnvelopeReader {
  const reader: unknown = 'decoded' in envelope ? envelope.decoded : envelope;
  if (!EnvelopeReader.isReader(reader)) throw new TypeError('not an envelope that decodeEnvelope or parseEnvelope returned');
  return reader;
}

/** Chain rules, with the signing time where the envelope was just made, then the algorithm of the key. */
export async function checkChain(content: EnvelopeContent, signingTime?: Date): Promise<void> {
  const leaf = content.certificates[0];
  if (leaf === undefined) throw envelopeFaults.CHAIN_ABSENT({ problem: 'certificate-chain not present or is empty' });
  try {
    await checkCodeSigningChain(content.certificates, signingTime === undefined ? {} : { signingTime });
  } catch (e) {
    throw e instanceof Fault && e.category !== 'internal' ? prefixFault('certificate-chain is invalid, ', e) : e;
  }
  checkAlgorithm(content.algorithm, leaf);
}
