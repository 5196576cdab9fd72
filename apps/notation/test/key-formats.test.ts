// SPDX-License-Identifier: Apache-2.0
/** Keys in every form that OpenSSL writes, and every kind of key that Notation signs with. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createOpensslCa, type OpensslCa, type OpensslKey } from '@notary/testkit';
import { afterAll, describe, expect, it } from 'vitest';
import { CONFIG, createNotation, type Notation, policyFor, REGISTRY } from './support.ts';

const ca = createOpensslCa();

describe.skipIf(ca === undefined)('keys from OpenSSL', () => {
  const openssl = ca as OpensslCa;
  afterAll(() => openssl.remove());
  const read = (name: string): Uint8Array => new Uint8Array(readFileSync(join(openssl.folder, name)));

  async function machine(): Promise<{ notation: Notation; reference: string }> {
    const notation = createNotation({
      [`${CONFIG}/trustpolicy.oci.json`]: policyFor('root'),
      [`${CONFIG}/truststore/x509/ca/root/root.pem`]: openssl.certPem,
    });
    // OpenSSL made the certificates now.
    notation.clock.set(new Date());
    return { notation, reference: `${REGISTRY}/app@${await notation.push('app', 'v1')}` };
  }

  it.each(['RSA-2048', 'RSA-3072', 'RSA-4096', 'EC-256', 'EC-384', 'EC-521'] as const)(
    '%s signs in both formats and verifies',
    async (key: OpensslKey) => {
      const signer = openssl.codeSigner(`signer-${key}`, key);
      const { notation, reference } = await machine();
      notation.files.put('/home/key.pem', signer.keyPem);
      notation.files.put('/home/chain.pem', signer.chainPem);
      for (const format of ['jws', 'cose']) {
        await notation.ok([
          'sign',
          '--signature-format',
          format,
          '--key-file',
          '/home/key.pem',
          '--cert-file',
          '/home/chain.pem',
          reference,
        ]);
        await notation.ok(['verify', reference]);
      }
      await notation.ok(['cert', 'check', '/home/chain.pem']);
    },
  );

  it.each([
    ['PKCS#1', ['rsa', '-traditional', '-in', 'rsa.key', '-out', 'made.pem'], 'rsa'],
    ['SEC1', ['ec', '-in', 'ec.key', '-out', 'made.pem'], 'ec'],
    ['PKCS#8 in DER', ['pkcs8', '-topk8', '-nocrypt', '-in', 'ec.key', '-outform', 'DER', '-out', 'made.pem'], 'ec'],
    ['PKCS#8 with AES', ['pkcs8', '-topk8', '-v2', 'aes-256-cbc', '-passout', 'pass:secret', '-in', 'ec.key', '-out', 'made.pem'], 'ec'],
    ['PKCS#8 with scrypt', ['pkcs8', '-topk8', '-scrypt', '-passout', 'pass:secret', '-in', 'ec.key', '-out', 'made.pem'], 'ec'],
    [
      'the encryption of old PEM',
      ['rsa', '-traditional', '-aes128', '-passout', 'pass:secret', '-in', 'rsa.key', '-out', 'made.pem'],
      'rsa',
    ],
  ])('%s', async (_, command, kind) => {
    openssl.codeSigner('rsa', 'RSA-2048');
    openssl.codeSigner('ec', 'EC-256');
    openssl.run(command);
    const { notation, reference } = await machine();
    notation.files.put('/home/key', read('made.pem'));
    notation.files.put('/home/chain.pem', read(`${kind}.chain.pem`));
    const argv = ['sign', '--key-file', '/home/key', '--cert-file', '/home/chain.pem', reference];
    const encrypted = command.includes('pass:secret');
    await notation.ok(argv, encrypted ? { environment: { NOTATION_KEY_PASSPHRASE: 'secret' } } : {});
    await notation.ok(['verify', reference]);
    if (!encrypted) return;
    const wrong = await notation.call(argv, { environment: { NOTATION_KEY_PASSPHRASE: 'wrong' } });
    expect(wrong.code).toBe(1);
    expect(wrong.stderr).not.toContain('tls: failed to parse private key');
  });

  it('PKCS#12 brings its certificates along', async () => {
    openssl.codeSigner('boxed', 'EC-384');
    openssl.run(['pkcs12', '-export', '-inkey', 'boxed.key', '-in', 'boxed.chain.pem', '-passout', 'pass:secret', '-out', 'boxed.p12']);
    const { notation, reference } = await machine();
    notation.files.put('/home/boxed.p12', read('boxed.p12'));
    const argv = ['sign', '--key-file', '/home/boxed.p12', reference];
    await notation.ok(argv, { environment: { NOTATION_KEY_PASSPHRASE: 'secret' } });
    await notation.ok(['verify', reference]);
    expect((await notation.call(argv, { environment: { NOTATION_KEY_PASSPHRASE: 'wrong' } })).code).toBe(1);
  });

  it.each([
    ['what OpenSSL makes of an empty passphrase', []],
    ['the algorithms of old', ['-keypbe', 'PBE-SHA1-3DES', '-certpbe', 'PBE-SHA1-3DES', '-macalg', 'sha1']],
    ['nothing encrypted', ['-keypbe', 'NONE', '-certpbe', 'NONE']],
    ['neither encryption nor a check', ['-keypbe', 'NONE', '-certpbe', 'NONE', '-nomac']],
  ])('PKCS#12 with an empty passphrase signs without a question: %s', async (_, flags) => {
    openssl.codeSigner('open', 'EC-256');
    const make = ['pkcs12', '-export', '-inkey', 'open.key', '-in', 'open.chain.pem', '-passout', 'pass:', '-out', 'open.p12'];
    openssl.run([...make, ...flags]);
    const { notation, reference } = await machine();
    notation.files.put('/home/open.p12', read('open.p12'));
    const argv = ['sign', '--key-file', '/home/open.p12', reference];
    expect((await notation.ok(argv)).stderr).toBe('');
    // A passphrase that stands in the environment for other keys does not get in the way.
    await notation.ok(argv, { environment: { NOTATION_KEY_PASSPHRASE: 'of another key' } });
    await notation.ok(['verify', reference]);
  });

  // Old PEM is not among them: OpenSSL refuses to write it with an empty passphrase.
  it.each([
    ['its default', []],
    ['scrypt', ['-scrypt']],
    ['the algorithms of old', ['-v1', 'PBE-SHA1-3DES']],
    ['DER', ['-outform', 'DER']],
  ])('PKCS#8 that OpenSSL encrypted with an empty passphrase signs without a question: %s', async (_, flags) => {
    openssl.codeSigner('bare', 'EC-256');
    openssl.run(['pkcs8', '-topk8', '-passout', 'pass:', '-in', 'bare.key', '-out', 'bare.enc', ...flags]);
    const { notation, reference } = await machine();
    notation.files.put('/home/bare.enc', read('bare.enc'));
    notation.files.put('/home/chain.pem', read('bare.chain.pem'));
    const argv = ['sign', '--key-file', '/home/bare.enc', '--cert-file', '/home/chain.pem', reference];
    expect((await notation.ok(argv)).stderr).toBe('');
    await notation.ok(argv, { environment: { NOTATION_KEY_PASSPHRASE: 'of another key' } });
    await notation.ok(['verify', reference]);
  });

  it.each([
    ['PKCS#8', ['pkcs8', '-topk8', '-passout', 'pass:secret', '-in', 'typed.key', '-out', 'typed.enc']],
    ['old PEM', ['ec', '-aes256', '-passout', 'pass:secret', '-in', 'typed.key', '-out', 'typed.enc']],
  ])('%s with a passphrase that nobody gives is refused; typed, it signs', async (_, command) => {
    openssl.codeSigner('typed', 'EC-256');
    openssl.run(command);
    const { notation, reference } = await machine();
    notation.files.put('/home/typed.enc', read('typed.enc'));
    notation.files.put('/home/chain.pem', read('typed.chain.pem'));
    const argv = ['sign', '--json', '--key-file', '/home/typed.enc', '--cert-file', '/home/chain.pem', reference];
    expect((await notation.call(argv)).json().error.code).toBe('CMD_PASSPHRASE_UNAVAILABLE');
    await notation.ok(argv, { stdin: 'secret\n' });
    expect((await notation.call(argv, { stdin: 'wrong\n' })).json().error.code).toBe('CRYPTO_PASSPHRASE_INCORRECT');
  });

  it('PKCS#12 with a passphrase that nobody gives is refused with the way to give it; typed, it signs', async () => {
    openssl.codeSigner('asked', 'EC-256');
    openssl.run(['pkcs12', '-export', '-inkey', 'asked.key', '-in', 'asked.chain.pem', '-passout', 'pass:secret', '-out', 'asked.p12']);
    const { notation, reference } = await machine();
    notation.files.put('/home/asked.p12', read('asked.p12'));
    const argv = ['sign', '--json', '--key-file', '/home/asked.p12', reference];
    const refused = await notation.call(argv);
    expect(refused.json().error.code).toBe('CMD_PASSPHRASE_UNAVAILABLE');
    expect(refused.stderr).toContain('Hint: give it with --passphrase-file or NOTATION_KEY_PASSPHRASE');
    await notation.ok(argv, { stdin: 'secret\n' });
    const wrong = await notation.call(argv, { stdin: 'wrong\n' });
    expect(wrong.json().error.code).toBe('CRYPTO_PASSPHRASE_INCORRECT');
  });

  it('a key that is not encrypted is never asked about', async () => {
    const signer = openssl.codeSigner('plain', 'EC-256');
    const { notation, reference } = await machine();
    notation.files.put('/home/both.pem', `${signer.keyPem}${signer.chainPem}`);
    expect((await notation.ok(['sign', '--key-file', '/home/both.pem', reference])).stderr).toBe('');
  });

  it('[D-29] an encrypted key of the list asks for its passphrase as well', async () => {
    openssl.codeSigner('listed', 'EC-256');
    openssl.run(['pkcs8', '-topk8', '-passout', 'pass:secret', '-in', 'listed.key', '-out', 'listed.enc']);
    const { notation, reference } = await machine();
    notation.files.put('/home/key.pem', read('listed.enc'));
    notation.files.put('/home/chain.pem', read('listed.chain.pem'));
    const environment = { NOTATION_KEY_PASSPHRASE: 'secret' };
    await notation.ok(['key', 'add', '--default', '--key-file', '/home/key.pem', '--cert-file', '/home/chain.pem', 'mine'], {
      environment,
    });
    await notation.ok(['sign', reference], { environment });
    await notation.ok(['verify', reference]);
  });

  it('a certificate that cannot sign is named by its rule', async () => {
    const server = openssl.server(['example.org']);
    const { notation, reference } = await machine();
    notation.files.put('/home/key.pem', server.keyPem);
    notation.files.put('/home/chain.pem', server.chainPem);
    const refused = await notation.call(['sign', '--json', '--key-file', '/home/key.pem', '--cert-file', '/home/chain.pem', reference]);
    expect(refused.code).toBe(1);
    expect(refused.json().error.code).toMatch(/^X509_/);
    expect((await notation.call(['cert', 'check', '/home/chain.pem'])).stdout).toMatch(/^fail /m);
  });
});
