// SPDX-License-Identifier: Apache-2.0
/** What fuzzing found in the reference's reader of distinguished names. See docs/explanation/audits.md. */
import { toUtf8 } from '@notary/base';
import { describe, expect, it } from 'vitest';
import { parseDistinguishedName, parseOciTrustPolicy } from '../src/index.ts';

const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (e) {
    return (e as { code?: string }).code ?? String(e);
  }
  return 'ok';
};

describe('an identity whose value is encoded', () => {
  // BER of a REAL without content, of one cut short, of a string of 4 GiB, of endless nesting; and none at all.
  const VALUES = ['#0900', '#090180', '#0901', '#0484ffffffff', `#${'3080'.repeat(100)}`, '#', '#0', '#zz'];

  it.each(VALUES)('[ADA-NOT-FUZZ-2] [ADA-NOT-FUZZ-1] is refused unread: %s', (value) => {
    for (const name of [`C=US,ST=WA,O=${value}`, `C=${value},ST=WA,O=x`, `C=US,ST=WA,O=x+CN=${value}`]) {
      const started = performance.now();
      expect([name.slice(0, 40), codeOf(() => parseDistinguishedName(name))]).toEqual([name.slice(0, 40), 'TRUST_NAME_HASH_VALUE']);
      const policy = {
        version: '1.0',
        trustPolicies: [
          {
            name: 'p',
            registryScopes: ['*'],
            signatureVerification: { level: 'strict' },
            trustStores: ['ca:x'],
            trustedIdentities: [`x509.subject:${name}`],
          },
        ],
      };
      expect(codeOf(() => parseOciTrustPolicy(toUtf8(JSON.stringify(policy))))).toMatch(/^TRUST_/);
      expect(performance.now() - started).toBeLessThan(5_000);
    }
  });
});
