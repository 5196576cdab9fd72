// SPDX-License-Identifier: Apache-2.0
/** Whether a root is trusted: by the root before it, by the pins, and by its own threshold (reference: trustpinning.ValidateRoot). */
import { type Fault, isFault } from '@notary/base';
import type { Certificate } from '@notary/x509';
import { bundleKey, checkCertificate, commonName, isCa, isUsableCertificate, parseBundle } from './certificates.ts';
import { type Envelope, parseEnvelope } from './envelope.ts';
import { tufFaults } from './faults.ts';
import { checkHashes, type FileMeta } from './file-meta.ts';
import type { PublicKey } from './keys.ts';
import { decodeRoot, type Root } from './metadata.ts';
import { choosePin, NO_PINS, satisfiesPin, type TrustPins } from './pins.ts';
import { ROOT } from './role-name.ts';
import { type VerifiedRoot, verified } from './verified.ts';
import { checkExpiry, checkSignatures, checkVersion, rootSigners } from './verify.ts';

/** How a root is judged. */
export interface RootCheck {
  readonly gun: string;
  /** The one instant of the whole operation. */
  readonly at: Date;
  /** The root trusted so far: the new one must satisfy its threshold too. */
  readonly previous?: VerifiedRoot | undefined;
  readonly pins?: TrustPins;
  readonly minVersion?: number;
  /** `ignore` for a cached anchor and for intermediate roots of a chain. Expired certificates are never ignored. */
  readonly expiry?: 'enforce' | 'ignore';
  /** What an accepted snapshot says the root must hash to. */
  readonly expected?: FileMeta | undefined;
}

/** A root certificate with the intermediates of its bundle, and its key in the form whose ID counts. */
interface RootCertificate {
  readonly listedId: string;
  readonly leaf: Certificate;
  readonly intermediates: readonly Certificate[];
}

/** A root taken apart. Nothing in it is verified: it is good for asking what else to check while its own check is under way. */
export interface UnverifiedRoot {
  readonly envelope: Envelope;
  readonly payload: Root;
}

/** Takes a root apart. Faults: those of parsing. */
export function readRoot(bytes: Uint8Array): UnverifiedRoot {
  const envelope = parseEnvelope(bytes);
  return { envelope, payload: decodeRoot(envelope) };
}

/**
 * Verifies a root. Faults: `TUF_ROOT_ROTATION_FAILED` (the previous root did not sign it), `TUF_ROOT_UNTRUSTED` (certificates,
 * pins or its own threshold), `TUF_VERSION_LOW`, `TUF_EXPIRED`, `TUF_CHECKSUM_MISMATCH`, and those of parsing.
 */
export async function checkRoot(bytes: Uint8Array, check: RootCheck): Promise<VerifiedRoot> {
  if (check.expected !== undefined) checkHashes(bytes, ROOT, check.expected);
  return verifyRoot(readRoot(bytes), check);
}

/** {@link checkRoot} of a root that was taken apart before, but for the digests: its payload is the very object that was read. */
export async function verifyRoot({ envelope, payload: root }: UnverifiedRoot, check: Omit<RootCheck, 'expected'>): Promise<VerifiedRoot> {
  const untrusted = (reason: string, cause?: unknown): Fault => tufFaults.ROOT_UNTRUSTED({ gun: check.gun, reason }, { cause });

  const certificates = rootCertificates(root, check.gun, check.at);
  if (certificates.length === 0) throw untrusted('unable to retrieve valid leaf certificates', whyNoCertificate(root, check));
  if (check.previous !== undefined) await checkRotation(envelope, check.previous.payload, check.gun);

  const pinned = await pinnedCertificates(certificates, check, untrusted);
  const { threshold } = rootSigners(root, ROOT);
  let signedBy: ReadonlySet<string>;
  try {
    const keys = keysOf(pinned.map((c) => ({ ...c, intermediates: usableOf(c.intermediates, check.at) })));
    signedBy = await checkSignatures(envelope, { role: '', keys, threshold });
  } catch (cause) {
    if (!isFault(cause)) throw cause;
    throw untrusted('failed to validate integrity of roots', cause);
  }
  checkVersion(root, ROOT, check.minVersion ?? 1);
  if (check.expiry !== 'ignore') checkExpiry(root, ROOT, check.at);
  return verified(ROOT, envelope, root, signedBy);
}

/** The previous root's certificates count even when they have expired since. */
async function checkRotation(envelope: Envelope, previous: Root, gun: string): Promise<void> {
  const trusted = rootCertificates(previous, gun, undefined);
  try {
    await checkSignatures(envelope, { role: '', keys: keysOf(trusted), threshold: rootSigners(previous, ROOT).threshold });
  } catch (cause) {
    if (!isFault(cause)) throw cause;
    throw tufFaults.ROOT_ROTATION_FAILED({ gun }, { cause });
  }
}

async function pinnedCertificates(
  certificates: readonly RootCertificate[],
  check: RootCheck,
  untrusted: (reason: string) => Fault,
): Promise<RootCertificate[]> {
  const pins = check.pins ?? NO_PINS;
  // Switching trust on first use off only matters for a first contact.
  const choice = choosePin(check.previous === undefined ? pins : { ...pins, disableTofu: false }, check.gun);
  if (choice.kind === 'refused') throw untrusted('invalid trust pinning specified');
  if (choice.kind === 'ca' && !choice.authorities.some((c) => isUsableCertificate(c, check.at)))
    throw untrusted('invalid CA certs provided');
  const kept: RootCertificate[] = [];
  for (const c of certificates) {
    if (await satisfiesPin(choice, c.leaf, usableOf(c.intermediates, check.at), check.at)) kept.push(c);
  }
  if (kept.length === 0) throw untrusted('unable to match any certificates to trust_pinning config');
  return kept;
}

/** Nearly every root certificate comes without others. */
const usableOf = (certificates: readonly Certificate[], at: Date): readonly Certificate[] =>
  certificates.length === 0 ? certificates : certificates.filter((c) => isUsableCertificate(c, at));

/** The keys under their recomputed IDs: a bundle whose PEM is not in standard form gets another ID than the one it is listed under. */
const keysOf = (certificates: readonly RootCertificate[]): Map<string, PublicKey> =>
  new Map(
    certificates.map((c) => {
      const key = bundleKey(c.leaf, c.intermediates);
      return [key.id, key];
    }),
  );

/**
 * The usable certificates of the root role: one leaf, first in its bundle, whose CN covers the GUN.
 * With `at`, expired ones are left out.
 */
function rootCertificates(root: Root, gun: string, at: Date | undefined): RootCertificate[] {
  const found: RootCertificate[] = [];
  for (const listedId of root.roles.get(ROOT)?.keyIds ?? []) {
    const key = root.keys.get(listedId);
    const certificate = key && readRootKey(key, listedId);
    if (!certificate || !matchesGun(commonName(certificate.leaf), gun)) continue;
    if (!isUsableCertificate(certificate.leaf, at) || !['rsa', 'ec'].includes(certificate.leaf.publicKey.type)) continue;
    found.push(certificate);
  }
  return found;
}

function readRootKey(key: PublicKey, listedId: string): RootCertificate | undefined {
  try {
    const bundle = parseBundle(key.public);
    const [leaf, ...others] = bundle as [Certificate, ...Certificate[]];
    if (isCa(leaf) || (others.length > 0 && !others.every(isCa))) return undefined;
    return { listedId, leaf, intermediates: others };
  } catch (e) {
    if (isFault(e)) return undefined;
    throw e;
  }
}

/** Exact, or `prefix*`. */
export function matchesGun(name: string, gun: string): boolean {
  return name.endsWith('*') ? gun.startsWith(name.replace(/\*+$/, '')) : name === gun;
}

/** The most telling reason why no root certificate is usable, for the cause of the fault. */
function whyNoCertificate(root: Root, check: RootCheck): Fault | undefined {
  for (const listedId of root.roles.get(ROOT)?.keyIds ?? []) {
    const key = root.keys.get(listedId);
    const certificate = key && readRootKey(key, listedId);
    if (!certificate) continue;
    const name = commonName(certificate.leaf);
    if (!matchesGun(name, check.gun))
      return tufFaults.CERTIFICATE_INVALID({ problem: `the root certificate is for ${name}, not for ${check.gun}` });
    try {
      checkCertificate(certificate.leaf, check.at);
    } catch (e) {
      if (isFault(e)) return e;
    }
  }
  return undefined;
}

/** A root's certificate as people compare it: the ID that `trust_pinning.certs` takes, the common name, the last day. */
export interface RootFingerprint {
  readonly keyId: string;
  readonly canonicalSpki: Uint8Array;
  readonly commonName: string;
  readonly notAfter: Date;
}

/** The fingerprints of a verified root: what a user pins. */
export function rootFingerprints(root: VerifiedRoot, gun: string): RootFingerprint[] {
  return rootCertificates(root.payload, gun, undefined).map((c) => ({
    keyId: c.listedId,
    canonicalSpki: c.leaf.spki,
    commonName: commonName(c.leaf),
    notAfter: c.leaf.notAfter,
  }));
}
