// SPDX-License-Identifier: Apache-2.0
/**
 * Looks an artifact and its signatures up, so that the network works while a program is still loading policy, trust store and the code that
 * will judge. Nothing here decides anything: a verification takes the answers over and checks them as if it had asked itself.
 *
 * A module of its own with few imports, because a command that verifies calls it before anything else.
 */
import { type Digest, type Fault, isDigest, isFault } from '@notary/base';
import { type Descriptor, ociFaults, type ReadableRepository, type ReadOptions } from '@notary/oci';
import { limits } from '../limits.ts';
import { signatureArtifactType } from '../media-types.ts';
import { type FetchedEnvelope, fetchEnvelope } from '../signature-source.ts';

export { signatureArtifactType };

/** An answer or the reason why there is none: a promise that never rejects, so that nobody has to be listening yet. */
export type Settled<T> = { readonly value: T } | { readonly reason: unknown };

/** The promise's outcome, as one that never rejects. */
export const settle = <T>(work: Promise<T>): Promise<Settled<T>> =>
  work.then(
    (value) => ({ value }),
    (reason) => ({ reason }),
  );

/** The value of an outcome, or its reason thrown. */
export function unsettle<T>(settled: Settled<T>): T {
  if ('reason' in settled) throw settled.reason;
  return settled.value;
}

/** Requests that are under way. */
export interface Lookup {
  readonly repository: ReadableRepository;
  readonly reference: string;
  readonly artifact: Promise<Settled<Descriptor>>;
  /** Signatures listed for the digest; for a tag, once it is resolved. */
  readonly listed: Promise<Settled<SignatureList>>;
  /** The envelope of the only signature, where exactly one is listed: its order does not matter. */
  readonly only: Promise<Settled<FetchedEnvelope> | undefined>;
  /** Ends every request that is still under way. */
  cancel(reason: unknown): void;
}

/** What is known beforehand and saves waiting. */
export interface LookupOptions {
  /**
   * What the tag named when it was last seen. Signatures of that digest are asked for beside the tag, and taken for the tag's only if it
   * still names it: a wrong guess costs requests in vain and changes nothing else.
   */
  readonly expected?: Promise<Digest | undefined> | undefined;
}

type Signatures = Pick<Lookup, 'listed' | 'only'>;

/** Starts looking up. A digest needs no resolving before its referrers can be listed, so both are asked for at once. */
export function startLookup(repository: ReadableRepository, reference: string, { expected }: LookupOptions = {}): Lookup {
  const stop = new AbortController();
  const options = { signal: stop.signal };
  const artifact = settle(repository.resolve(reference, options));
  const signaturesOf = (digest: Promise<Digest>): Signatures => {
    const listed = settle(digest.then((known) => listSignatures(repository, known, options)));
    const only = listed.then(async (settled) => {
      if (!('value' in settled) || settled.value.signatures.length !== 1) return undefined;
      return settle(fetchEnvelope(repository, settled.value.signatures[0] as Descriptor, await digest, options));
    });
    return { listed, only };
  };
  const ofNamed = (): Signatures => signaturesOf(artifact.then((settled) => unsettle(settled).digest));
  const signatures = isDigest(reference)
    ? signaturesOf(Promise.resolve(reference))
    : expected === undefined
      ? ofNamed()
      : guessing(expected, artifact, signaturesOf, ofNamed);
  return { repository, reference, artifact, ...signatures, cancel: (reason) => stop.abort(reason) };
}

/** Signatures of the digest that is expected, once the tag turns out to name it; else those of what it names. */
function guessing(
  expected: Promise<Digest | undefined>,
  artifact: Lookup['artifact'],
  signaturesOf: (digest: Promise<Digest>) => Signatures,
  ofNamed: () => Signatures,
): Signatures {
  const choose = async (): Promise<Signatures> => {
    const guess = await expected;
    const guessed = guess === undefined ? undefined : signaturesOf(Promise.resolve(guess));
    const settled = await artifact;
    return guessed !== undefined && 'value' in settled && settled.value.digest === guess ? guessed : ofNamed();
  };
  const chosen = choose();
  return { listed: chosen.then((found) => found.listed), only: chosen.then((found) => found.only) };
}

/** What a repository lists for an artifact. */
export interface SignatureList {
  readonly signatures: readonly Descriptor[];
  /** Why there may be more than these: the list passed a bound of its reader. */
  readonly incomplete?: Fault | undefined;
}

/**
 * Every signature listed for a digest, up to a bound that no honest repository reaches. A list that passes it, or the bounds of its reader, ends
 * there, and says so: whoever may push could otherwise stop every verification by making the list longer.
 */
export async function listSignatures(repository: ReadableRepository, digest: Digest, options?: ReadOptions): Promise<SignatureList> {
  const signatures: Descriptor[] = [];
  let incomplete: Fault | undefined;
  const query = {
    artifactType: signatureArtifactType,
    limit: limits.listedReferrers + 1,
    signal: options?.signal,
    onIncomplete: (fault: Fault) => void (incomplete = fault),
  };
  try {
    for await (const descriptor of repository.listReferrers({ digest }, query)) {
      if (signatures.length === limits.listedReferrers)
        throw ociFaults.REFERRERS_ENDLESS({ subject: digest, what: 'signatures', limit: limits.listedReferrers });
      signatures.push(descriptor);
    }
  } catch (e) {
    if (!isFault(e, 'OCI_REFERRERS_ENDLESS')) throw e;
    incomplete = e;
  }
  // Nothing found in a list that was not read to its end is not "no signature".
  if (signatures.length === 0 && incomplete !== undefined) throw incomplete;
  return { signatures, incomplete };
}
