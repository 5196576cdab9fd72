// SPDX-License-Identifier: Apache-2.0
/** Faults of the command line and its files. */
import { defineFaults } from '@notary/base';

export const faults = defineFaults('NOTARYREGISTRY', {
  ADDRESS_INVALID: {
    category: 'usage',
    say: (f: { address: string }) => `invalid address ${JSON.stringify(f.address)}`,
    remedy: 'write HOST:PORT, for example 127.0.0.1:5000, or [::1]:5000',
  },
  FLAG_CONFLICT: { category: 'usage', say: (f: { reason: string }) => f.reason },
  FILE_MISSING: { category: 'usage', say: (f: { path: string; purpose: string }) => `${f.path}: no such file, named as ${f.purpose}` },
  ROOT_MISSING: {
    category: 'usage',
    say: (f: { root: string }) => `${f.root}: no such directory`,
    remedy: 'name the root of the registry with --root',
  },
  GC_UNANSWERED: {
    category: 'unavailable',
    say: (f: { root: string }) => `another process holds ${f.root} and takes no request to collect`,
    remedy: 'if it is another gc, wait for its end; a registry that runs read-only is stopped first',
  },
  GC_REFUSED: { category: 'conflict', say: (f: { reason: string }) => `the running registry did not collect: ${f.reason}` },
  HTPASSWD_EMPTY: {
    category: 'usage',
    say: (f: { path: string }) => `${f.path}: no user, so nobody could come in`,
    remedy: 'add one with `htpasswd -B FILE USER`',
  },
  SIGNING_KEY_MISSING: {
    category: 'usage',
    say: (f: { path: string }) => `${f.path}: no private key in PKCS#8 form`,
    remedy: 'convert it with `openssl pkcs8 -topk8 -nocrypt`; a key that the registry made may be moved away, and another is made',
  },
  TOKEN_KEYS_EMPTY: {
    category: 'usage',
    say: (f: { path: string }) => `${f.path}: no key or certificate`,
    remedy: 'name a PEM file with certificates or public keys, or a JWK set',
  },
});
