// SPDX-License-Identifier: Apache-2.0
/**
 * Evaluates one signature envelope under one statement: every check yields a finding, in the order of the reference, and the first enforced
 * failure ends the work, so that nothing is asked of the network on behalf of a signature that is already refused.
 */
import { type Fault, knownFault } from '@notary/base';
import {
  ATTRIBUTE,
  type ChainMemory,
  checkCriticalAttributes,
  checkPayloadContentType,
  type DecodedEnvelope,
  decodeEnvelope,
  type EnvelopeContent,
  type ExtendedAttribute,
  parseEnvelope,
  parsePayload,
  type TargetArtifact,
  type VerifiedEnvelope,
  verifyEnvelope,
} from '@notary/signature';
import {
  type CheckName,
  checkIdentity,
  checkNames,
  decide,
  type Finding,
  type Outcome,
  type PolicyStatement,
  type TrustStore,
} from '@notary/trust';
import { goName } from '@notary/x509';
import { faults } from '../faults.ts';
import { formatRfc1123Z, formatRfc3339Utc, offsetOf } from '../go-time.ts';
import { hasUserMetadata, type UserMetadata } from '../user-metadata.ts';
import type { RevocationChecker, RevocationStatus } from './revocation.ts';
import { loadStores } from './stores.ts';
import { checkAuthenticTimestamp } from './timestamp.ts';

/** What a verification needs besides the signature. */
export interface EvaluationContext {
  readonly statement: PolicyStatement;
  readonly trustStore: TrustStore;
  readonly revocation: RevocationChecker;
  /** The instant of the verification, read once by the caller. */
  readonly at: Date;
  /** Pairs that must have been signed along. */
  readonly userMetadata: UserMetadata;
  /** Signers whose chains are known already. */
  readonly chains?: ChainMemory | undefined;
}

/** What became of one signature. `findings` holds one entry a check, in order. */
export interface EnvelopeReport {
  readonly outcome: Outcome;
  readonly findings: readonly Finding[];
  /** A refusal that belongs to none of the five checks: a plugin is needed, another artifact was signed, metadata is missing. */
  readonly fault?: Fault | undefined;
  /** What the envelope says, once it could be parsed: claims only, unless `verified` is there too. */
  readonly claim?: EnvelopeContent | undefined;
  /** Present once integrity held. */
  readonly verified?: VerifiedEnvelope | undefined;
  readonly target?: TargetArtifact | undefined;
}

/** Compares the signed target with what is to be verified; the fault if they differ. */
export type TargetCheck = (target: TargetArtifact, envelope: EnvelopeContent) => Promise<Fault | undefined>;

/** Evaluates one envelope. Never throws for anything the signature holds; a bug is thrown. */
export async function evaluateEnvelope(
  bytes: Uint8Array,
  mediaType: string,
  context: EvaluationContext,
  checkTarget: TargetCheck,
): Promise<EnvelopeReport> {
  const run = new Evaluation(context);
  try {
    await run.evaluate(bytes, mediaType, checkTarget);
  } catch (e) {
    if (!(e instanceof Stop)) throw e;
  }
  return run.report();
}

/** Ends an evaluation after a decisive failure; what it was is in the findings already. */
class Stop extends Error {}

class Evaluation {
  readonly #context: EvaluationContext;
  readonly #findings = new Map<CheckName, Finding>();
  #fault: Fault | undefined;
  #claim: EnvelopeContent | undefined;
  #verified: VerifiedEnvelope | undefined;
  #target: TargetArtifact | undefined;

  constructor(context: EvaluationContext) {
    this.#context = context;
  }

  async evaluate(bytes: Uint8Array, mediaType: string, checkTarget: TargetCheck): Promise<void> {
    const envelope = await this.#integrity(bytes, mediaType);
    this.#pluginHeaders(envelope);
    await this.#authenticity(envelope);
    this.#expiry(envelope);
    await this.#timestamp(envelope);
    // What was signed for something else is not worth a question to the network.
    await this.#payload(envelope, checkTarget);
    await this.#revocation(envelope);
  }

  report(): EnvelopeReport {
    const findings = checkNames.map(
      (check) => this.#findings.get(check) ?? { check, action: this.#context.statement.level.actions[check], result: 'not-run' as const },
    );
    return {
      outcome: this.#outcome(findings),
      findings,
      fault: this.#fault,
      claim: this.#claim,
      verified: this.#verified,
      target: this.#target,
    };
  }

  #outcome(findings: readonly Finding[]): Outcome {
    if (this.#fault !== undefined) return outcomeOf(this.#fault);
    return decide(findings);
  }

  /** Records a failure that ends the evaluation whatever the policy says about the check. */
  #fail(check: CheckName, fault: Fault): never {
    this.#record(check, fault);
    throw new Stop();
  }

  /** Records a finding; an enforced one without a pass ends the evaluation. */
  #record(check: CheckName, fault: Fault | undefined, detail?: string): void {
    const action = this.#context.statement.level.actions[check];
    if (fault === undefined) this.#findings.set(check, { check, action, result: 'pass', ...(detail === undefined ? {} : { detail }) });
    else this.#findings.set(check, { check, action, result: outcomeOf(fault) === 'inconclusive' ? 'unknown' : 'fail', fault });
    if (fault !== undefined && action === 'enforce') throw new Stop();
  }

  #refuse(fault: Fault): never {
    this.#fault = fault;
    throw new Stop();
  }

  async #integrity(bytes: Uint8Array, mediaType: string): Promise<EnvelopeContent> {
    let decoded: DecodedEnvelope;
    try {
      decoded = await decodeEnvelope(bytes, mediaType);
    } catch (cause) {
      const fault = knownFault(cause);
      return this.#fail('integrity', faults.PARSE_FAILED({ reason: fault.message }, { cause: fault }));
    }
    try {
      const { chains } = this.#context;
      const verified = await verifyEnvelope(decoded, { criticalAttributes: 'defer', ...(chains === undefined ? {} : { chains }) });
      checkPayloadContentType(verified.content.contentType);
      this.#verified = verified;
    } catch (cause) {
      const fault = knownFault(cause);
      // Who claims to have signed is worth a line in the report even where the signature is bad.
      this.#claim = await parseEnvelope(bytes, mediaType).catch((e) => void knownFault(e));
      return this.#fail('integrity', fault);
    }
    const content = this.#verified.content;
    this.#claim = content;
    this.#record('integrity', undefined, `${content.algorithm} signature over ${content.payload.length} bytes`);
    return content;
  }

  /** A signature may ask for a verification plugin; there is none to ask yet, so it is refused with a code of its own. */
  #pluginHeaders(envelope: EnvelopeContent): void {
    const wanted = envelope.extendedAttributes.find((a) => a.key === ATTRIBUTE.verificationPlugin);
    if (wanted !== undefined) {
      const problem = pluginHeaderProblem(wanted);
      if (problem !== undefined) this.#refuse(faults.PLUGIN_HEADER_INVALID({ reason: `${ATTRIBUTE.verificationPlugin} ${problem}` }));
      this.#refuse(faults.PLUGIN_REQUIRED({ plugin: String(wanted.value) }));
    }
    try {
      checkCriticalAttributes(envelope, []);
    } catch (cause) {
      this.#refuse(knownFault(cause));
    }
  }

  async #authenticity(envelope: EnvelopeContent): Promise<void> {
    const { statement, trustStore } = this.#context;
    const type = envelope.signingScheme === 'notary.x509' ? 'ca' : 'signingAuthority';
    let fault: Fault | undefined;
    let detail: string | undefined;
    try {
      const trusted = await loadStores(trustStore, statement, type);
      if (trusted.length === 0) fault = faults.NO_TRUSTED_CERTIFICATES({ scheme: envelope.signingScheme, statement: statement.name });
      else {
        const anchors = new Set(trusted.map((c) => c.thumbprint));
        const anchor = envelope.certificates.find((c) => anchors.has(c.thumbprint));
        if (anchor === undefined) fault = untrusted(envelope, statement);
        else detail = `anchored in ${goName(anchor.subject)}`;
      }
    } catch (cause) {
      fault = knownFault(cause);
    }
    if (fault !== undefined) this.#record('authenticity', fault);
    const leaf = envelope.certificates[0];
    // The identity is looked at even where a missing anchor was only logged, and its answer is then the one reported.
    const identity = leaf === undefined ? untrusted(envelope, statement) : checkIdentity(leaf, statement.trustedIdentities, statement.name);
    if (identity !== undefined) this.#record('authenticity', identity);
    else if (fault === undefined) this.#record('authenticity', undefined, detail);
  }

  #expiry(envelope: EnvelopeContent): void {
    const expiry = envelope.expiry;
    if (expiry !== undefined && this.#context.at >= expiry) {
      this.#record(
        'expiry',
        faults.EXPIRED({ expiry: formatRfc3339Utc(expiry), on: formatRfc1123Z(expiry, offsetOf(envelope.expiryText)) }),
      );
      return;
    }
    this.#record('expiry', undefined, expiry === undefined ? 'the signature has no expiry' : `valid until ${formatRfc3339Utc(expiry)}`);
  }

  async #timestamp(envelope: EnvelopeContent): Promise<void> {
    const { fault, detail } = await checkAuthenticTimestamp({ ...this.#context, envelope });
    this.#record('authenticTimestamp', fault, detail);
  }

  async #revocation(envelope: EnvelopeContent): Promise<void> {
    const action = this.#context.statement.level.actions.revocation;
    if (action === 'skip') {
      this.#findings.set('revocation', { check: 'revocation', action, result: 'not-run', detail: 'the trust policy skips it' });
      return;
    }
    const { authenticSigningTime } = envelope;
    let status: RevocationStatus;
    try {
      status = await this.#context.revocation.check({
        chain: envelope.certificates,
        purpose: 'codeSigning',
        at: this.#context.at,
        authenticSigningTime,
      });
    } catch (cause) {
      return this.#record('revocation', knownFault(cause));
    }
    if (status.status === 'good') this.#record('revocation', undefined, 'no certificate is known to be revoked');
    else if (status.status === 'revoked') this.#record('revocation', faults.REVOKED({ subject: status.subject }));
    else this.#record('revocation', faults.REVOCATION_UNKNOWN({ subject: status.subject, sources: status.sources }));
  }

  async #payload(envelope: EnvelopeContent, checkTarget: TargetCheck): Promise<void> {
    let target: TargetArtifact;
    try {
      target = parsePayload(envelope.payload).targetArtifact;
    } catch (cause) {
      return this.#refuse(knownFault(cause));
    }
    this.#target = target;
    let fault = await checkTarget(target, envelope);
    const { userMetadata } = this.#context;
    if (!hasUserMetadata(target.annotations, userMetadata)) fault = faults.METADATA_UNMATCHED({ keys: [...userMetadata.keys()] });
    if (fault !== undefined) this.#refuse(fault);
  }
}

function pluginHeaderProblem(attribute: ExtendedAttribute): string | undefined {
  if (!attribute.critical) return 'is not a critical Extended attribute';
  if (typeof attribute.value !== 'string') return 'from extended attribute is not a string';
  return attribute.value.trim() === '' ? 'from extended attribute is an empty string' : undefined;
}

function untrusted(envelope: EnvelopeContent, statement: PolicyStatement): Fault {
  const name = (index: number): string => {
    const certificate = envelope.certificates.at(index);
    return certificate === undefined ? '' : goName(certificate.subject);
  };
  return faults.NOT_TRUSTED({ root: name(-1), leaf: name(0), statement: statement.name, stores: statement.trustStores });
}

/** "Could not find out" refuses as well, but is told apart from "is wrong". */
export const outcomeOf = (fault: Fault): 'rejected' | 'inconclusive' => (fault.category === 'unavailable' ? 'inconclusive' : 'rejected');
