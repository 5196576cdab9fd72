// SPDX-License-Identifier: Apache-2.0
/** Faults of a server's life and of its checks of credentials. */
import { defineFaults } from '@notary/base';

/** The faults with codes `SERVICE_…`. */
export const faults = defineFaults('SERVICE', {
  HTPASSWD_INVALID: {
    category: 'malformed',
    say: (f: { line: number; reason: string }) => `htpasswd line ${f.line}: ${f.reason}`,
    remedy: 'write the file with `htpasswd -B`: only bcrypt entries are accepted',
  },
  CREDENTIAL_INVALID: { category: 'malformed', say: (f: { reason: string }) => `the Authorization header is malformed: ${f.reason}` },
  PASSWORD_CHECKS_BUSY: {
    category: 'limit',
    say: (f: { retryAfterSeconds: number }) => `too many passwords are being checked; try again in ${f.retryAfterSeconds} s`,
  },
  TOKEN_MALFORMED: { category: 'malformed', say: (f: { reason: string }) => `the token is malformed: ${f.reason}` },
  TOKEN_UNTRUSTED: { category: 'untrusted', say: (f: { reason: string }) => `the token is not accepted: ${f.reason}` },
  TOKEN_EXPIRED: { category: 'untrusted', say: (f: { expiredAt: string }) => `the token expired at ${f.expiredAt}` },
  TOKEN_KEY_INVALID: {
    category: 'usage',
    say: (f: { reason: string }) => `the token key is not usable: ${f.reason}`,
    remedy: 'give an RSA key of 2048 bits or more, an EC key on P-256, P-384 or P-521, or an Ed25519 key',
  },
  METRIC_SERIES_LIMIT: { category: 'internal', say: (f: { metric: string }) => `metric ${f.metric} has too many label values` },
  HEALTH_CHECK_TIMEOUT: {
    category: 'unavailable',
    say: (f: { check: string; ms: number }) => `${f.check} did not answer within ${f.ms} ms`,
  },
});
