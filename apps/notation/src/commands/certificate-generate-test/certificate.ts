// SPDX-License-Identifier: Apache-2.0
/** The test certificate of the reference: RSA, self-signed, one day, key usage and extended key usage for code signing, no basic constraints. */
import { generatePrivateKey } from '@notary/base/crypto';
import { encodePem } from '@notary/base/pem';
import { createCertificate, encodeName } from '@notary/x509';
import type { AppDeps } from '../../deps.ts';
import { faults } from '../../faults.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const CODE_SIGNING = '1.3.6.1.5.5.7.3.3';

export interface TestCertificate {
  readonly keyPem: string;
  readonly certificatePem: string;
  readonly notAfter: Date;
}

/** Makes a key and its certificate. Sizes that Notation does not sign with are refused before the work. */
export async function generateTestCertificate(deps: AppDeps, { name, bits }: { name: string; bits: number }): Promise<TestCertificate> {
  if (bits !== 2048 && bits !== 3072 && bits !== 4096)
    throw faults.KEY_SIZE_UNSUPPORTED({ message: `rsa key size ${bits} bits is not supported` });
  const key = await generatePrivateKey(`RSA-${bits}`);
  const notBefore = new Date(Math.floor(deps.clock.now().getTime() / 1000) * 1000);
  const notAfter = new Date(notBefore.getTime() + DAY_MS);
  const subject = encodeName([
    [{ type: 'C', value: 'US' }],
    [{ type: 'ST', value: 'WA' }],
    [{ type: 'L', value: 'Seattle' }],
    [{ type: 'O', value: 'Notary' }],
    [{ type: 'CN', value: name }],
  ]);
  const der = await createCertificate({
    subject,
    publicKey: key.spki,
    signer: key,
    serialNumber: serialNumber(deps),
    notBefore,
    notAfter,
    keyUsage: { critical: true, bits: ['digitalSignature'] },
    extendedKeyUsage: { oids: [CODE_SIGNING] },
  });
  return { keyPem: encodePem('PRIVATE KEY', key.pkcs8().reveal()), certificatePem: encodePem('CERTIFICATE', der), notAfter };
}

/** Sixteen random bytes, positive and not beginning with zero (RFC 5280 4.1.2.2). */
function serialNumber({ random }: AppDeps): Uint8Array {
  const serial = random.bytes(16);
  serial[0] = ((serial[0] as number) & 0x3f) | 0x40;
  return serial;
}
