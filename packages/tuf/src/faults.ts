// SPDX-License-Identifier: Apache-2.0
/** Faults of trusted collections. Messages are Notary's own texts where it has one; the facts say the rest. */
import { defineFaults } from '@notary/base';

/** The faults with codes `TUF_…`. */
export const tufFaults = defineFaults('TUF', {
  JSON_INVALID: {
    category: 'malformed',
    say: (f: { problem: string }) => f.problem,
    meaning: 'The file is not JSON of the shape that metadata has.',
  },
  METADATA_INVALID: {
    category: 'malformed',
    say: (f: { role: string; problem: string }) => `${f.role} type metadata invalid: ${f.problem}`,
    meaning: 'The file breaks a structural rule of its role: type, version, keys, thresholds, or checksums.',
    rank: 60,
  },
  EXPIRES_INVALID: {
    category: 'malformed',
    say: (f: { text: string }) => `parsing time ${JSON.stringify(f.text.slice(0, 100))}: not an RFC 3339 time`,
  },
  ROLE_INVALID: {
    category: 'usage',
    say: (f: { role: string; reason?: string }) => `tuf: invalid role ${f.role}.${f.reason ? ` ${f.reason}` : ''}`,
  },
  NOT_LOADED: { category: 'usage', say: (f: { role: string }) => `${f.role} role has not been loaded` },
  KEY_INVALID: { category: 'malformed', say: (f: { problem: string }) => f.problem },
  NO_SIGNATURES: { category: 'untrusted', say: (_: { role: string }) => 'tuf: data has no signatures', rank: 70 },
  KEY_ID_MISMATCH: {
    category: 'untrusted',
    say: (_: { keyId: string }) => 'key ID is not valid for key content',
    rank: 80,
    meaning: 'The file lists a key under an ID that is not the ID of its content.',
  },
  THRESHOLD: {
    category: 'untrusted',
    say: (f: { role: string; valid: number; threshold: number }) =>
      f.role === '' ? 'valid signatures did not meet threshold' : `valid signatures did not meet threshold for ${f.role}`,
    rank: 75,
  },
  TOO_MANY_SIGNATURES: { category: 'limit', say: (f: { maximum: number }) => `the file carries more than ${f.maximum} signatures` },
  EXPIRED: {
    category: 'untrusted',
    say: (f: { role: string; expired: string; expires: string }) => `${f.role} expired at ${f.expired}`,
    rank: 65,
    meaning: 'The role was not signed again before it ran out. A server that hides newer files looks the same (a freeze attack).',
    remedy: (f: { role: string }) => ({
      text:
        f.role === 'timestamp'
          ? 'the server signs the timestamp: ask its operator whether it runs and holds the key'
          : `the holder of the ${f.role} key must sign it again`,
    }),
  },
  VERSION_LOW: {
    category: 'conflict',
    say: (f: { role: string; actual: number; current: number }) => `version ${f.actual} is lower than current version ${f.current}`,
    rank: 85,
    meaning: 'An older file was offered than the one already trusted (a rollback).',
  },
  CHECKSUM_MISMATCH: {
    category: 'untrusted',
    say: (f: { algorithm: string; name: string; expected: string }) =>
      `${f.algorithm} checksum for ${f.name} did not match: expected ${f.expected}`,
    rank: 72,
  },
  LENGTH_MISMATCH: {
    category: 'untrusted',
    say: (f: { name: string; expected: number; actual: number }) => `${f.name} is ${f.actual} bytes long where ${f.expected} were expected`,
    rank: 71,
  },
  CHECKSUM_INVALID: { category: 'malformed', say: (f: { algorithm: string }) => `${f.algorithm} checksum invalid` },
  CHECKSUMS_MISSING: {
    category: 'untrusted',
    say: (f: { role: string }) => `no checksums for supported algorithms were provided for ${f.role}`,
  },
  CHECKSUMS_UNSUPPORTED: { category: 'malformed', say: () => 'at least one supported hash needed' },
  CHECKSUMS_CONFLICT: { category: 'untrusted', say: (f: { algorithm: string }) => `mismatched ${f.algorithm} checksum` },
  CHECKSUMS_DISJOINT: { category: 'untrusted', say: () => 'at least one matching hash needed' },
  CERTIFICATE_INVALID: { category: 'untrusted', say: (f: { problem: string }) => f.problem },
  CERTIFICATE_EXPIRED: { category: 'untrusted', say: (f: { commonName: string }) => `certificate with CN ${f.commonName} is expired` },
  ROOT_UNTRUSTED: {
    category: 'untrusted',
    say: (f: { gun: string; reason: string }) => `could not validate the path to a trusted root: ${f.reason}`,
    rank: 90,
    meaning: 'The root is not the one that is trusted for this collection: neither by the cached root nor by a pin.',
    remedy:
      'ask the publisher for the fingerprint of the root certificate ("notary health" shows it) and compare it with what is pinned or known here',
  },
  ROOT_ROTATION_FAILED: {
    category: 'untrusted',
    say: (_: { gun: string }) => 'could not rotate trust to a new trusted root: failed to validate data with current trusted certificates',
    rank: 88,
    meaning: 'The offered root is not signed by the root that is trusted now.',
  },
  INPUT_INVALID: { category: 'usage', say: (f: { problem: string }) => f.problem },
  TOO_MANY_DELEGATIONS: { category: 'limit', say: (f: { maximum: number }) => `the collection has more than ${f.maximum} delegations` },
  SIGNING_KEYS_MISSING: {
    category: 'usage',
    say: (f: { keyIds: readonly string[] }) =>
      `could not find necessary signing keys, at least one of these keys must be available: ${f.keyIds.join(', ')}`,
    remedy: 'import one of these keys, or ask somebody who holds one to publish this change',
  },
  SIGNATURES_INSUFFICIENT: {
    category: 'usage',
    say: (f: { role: string; found: number; needed: number; missing: readonly string[] }) => {
      const candidates = f.missing.length > 0 ? ` (${f.missing.join(', ')})` : '';
      return f.found === 0
        ? `signing keys not available: need ${f.needed} keys from ${f.missing.length} possible keys${candidates}`
        : `not enough signing keys: found ${f.found} of ${f.needed} needed keys - ${f.missing.length} other possible keys${candidates}`;
    },
  },
  TARGETS_NOT_ADDED: {
    category: 'usage',
    say: (_: { role: string; target: string }) => 'Could not add all targets',
    remedy: 'the name of the target must begin with one of the paths of the role',
  },
  TARGET_NAME_INVALID: {
    category: 'usage',
    say: (f: { target: string }) =>
      `target name ${JSON.stringify(f.target)} cannot be used: it is empty, or holds a control character or half of a surrogate pair`,
  },
});
