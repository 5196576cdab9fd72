// SPDX-License-Identifier: Apache-2.0
/** Tokens of an independent authority: `openssl ts` with certificates of ours. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PrivateKey } from '@notary/base/crypto';
import { encodePem } from '@notary/base/pem';
import { checkTimestampingChain, goName } from '@notary/x509';
import { checkTimestampImprint, parseTimestampToken, verifyTimestampToken } from '@notary/x509/timestamp';
import { describe, expect, it } from 'vitest';
import { caTemplate, commonName, issue, loadKey, openssl, TIME_STAMPING } from '../support.ts';

const validity = { notBefore: new Date('2020-01-01T00:00:00Z'), notAfter: new Date('2100-01-01T00:00:00Z') };
const config = `
[tsa]
default_tsa = here
[here]
serial = serial
signer_cert = tsa.pem
certs = middle.pem
signer_key = key.pem
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256, sha384, sha512
accuracy = secs:1, millisecs:500
ess_cert_id_alg = sha256
`;

async function makeAuthority(folder: string, key: PrivateKey) {
  const [rootKey, middleKey] = [await loadKey('ec-p384'), await loadKey('ec-p521')];
  const root = await issue({ subject: commonName('root'), signer: rootKey, ...caTemplate, ...validity });
  const middle = await issue({
    subject: commonName('middle'),
    issuer: commonName('root'),
    publicKey: middleKey.spki,
    signer: rootKey,
    ...caTemplate,
    ...validity,
  });
  const purpose = { keyUsage: { bits: ['digitalSignature'] }, extendedKeyUsage: { critical: true, oids: [TIME_STAMPING] } } as const;
  const leaf = await issue({
    subject: commonName('tsa'),
    issuer: commonName('middle'),
    publicKey: key.spki,
    signer: middleKey,
    ...purpose,
    ...validity,
  });
  writeFileSync(join(folder, 'tsa.pem'), encodePem('CERTIFICATE', leaf.der));
  writeFileSync(join(folder, 'middle.pem'), encodePem('CERTIFICATE', middle.der));
  writeFileSync(join(folder, 'key.pem'), encodePem('PRIVATE KEY', key.pkcs8().reveal()), { mode: 0o600 });
  writeFileSync(join(folder, 'tsa.cnf'), config);
  writeFileSync(join(folder, 'serial'), '01\n');
  return root;
}

describe.skipIf(openssl === undefined)('tokens of openssl ts', () => {
  it.each([
    ['rsa', 'sha256'],
    ['ec', 'sha384'],
    ['ec-p384', 'sha512'],
  ])('%s over %s', async (kind, digest) => {
    const folder = mkdtempSync(join(tmpdir(), 'notary-tsa-'));
    const run = (...words: string[]): Buffer => execFileSync(openssl as string, ['ts', ...words], { cwd: folder, stdio: 'pipe' });
    try {
      const root = await makeAuthority(folder, await loadKey(kind));
      const message = new TextEncoder().encode('what is stamped');
      writeFileSync(join(folder, 'message'), message);
      run('-query', '-data', 'message', `-${digest}`, '-cert', '-out', 'query');
      run('-reply', '-config', 'tsa.cnf', '-section', 'here', '-queryfile', 'query', '-token_out', '-out', 'token');
      const token = parseTimestampToken(new Uint8Array(readFileSync(join(folder, 'token'))));
      checkTimestampImprint(token, message);
      const chain = await verifyTimestampToken(token, { roots: [root] });
      await checkTimestampingChain(chain);
      expect(chain.map((c) => goName(c.subject))).toEqual(['CN=tsa', 'CN=middle', 'CN=root']);
      expect(token.accuracyMs).toBe(1500);
      expect(token.policy).toBe('1.2.3.4');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
