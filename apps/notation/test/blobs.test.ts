// SPDX-License-Identifier: Apache-2.0
import { createTestCa, type TestCa, type TestIdentity } from '@notary/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { CONFIG, createNotation, type Notation } from './support.ts';

let ca: TestCa;
let signer: TestIdentity;
beforeAll(async () => {
  ca = await createTestCa({ subject: { C: 'US', ST: 'WA', O: 'Acme', CN: 'Acme Root' }, keyType: 'EC-384' });
  signer = await ca.codeSigner({ subject: { C: 'US', ST: 'WA', O: 'Acme', CN: 'build' }, keyType: 'EC-384' });
});

const statement = (more: Readonly<Record<string, unknown>> = {}) => ({
  name: 'p',
  signatureVerification: { level: 'strict' },
  trustStores: ['ca:acme'],
  trustedIdentities: ['*'],
  globalPolicy: true,
  ...more,
});

function acme(policy: unknown = { version: '1.0', trustPolicies: [statement()] }): Notation {
  return createNotation({
    [`${CONFIG}/trustpolicy.blob.json`]: JSON.stringify(policy),
    [`${CONFIG}/truststore/x509/ca/acme/root.pem`]: ca.rootPem,
    '/home/all.pem': signer.keyPem + signer.chainPem,
    '/home/data.bin': 'the data',
  });
}
const SIGN = ['blob', 'sign', '--key-file', '/home/all.pem'];
const VERIFY = ['blob', 'verify', '--signature', '/home/data.bin.jws.sig', '/home/data.bin'];

describe('notation blob', () => {
  it.each(['jws', 'cose'])('signs a file beside itself and verifies it: %s', async (format) => {
    const notation = acme();
    const signed = await notation.ok([...SIGN, '--signature-format', format, '/home/data.bin']);
    expect(signed.stdout).toBe(`Successfully signed /home/data.bin\n Signature file written to /home/data.bin.${format}.sig\n`);
    expect((await notation.files.stat(`/home/data.bin.${format}.sig`))?.mode).toBe(0o600);
    expect((await notation.ok(['blob', 'verify', '-s', `/home/data.bin.${format}.sig`, '/home/data.bin'])).stdout).toBe(
      'Successfully verified signature for /home/data.bin\n',
    );
  });
  it('asks before it replaces a signature', async () => {
    const notation = acme();
    await notation.ok([...SIGN, '/home/data.bin']);
    expect((await notation.call([...SIGN, '/home/data.bin'])).stdout).toBe(
      'The signature file already exists, do you want to overwrite it? [y/N] ',
    );
    expect((await notation.ok([...SIGN, '--force', '/home/data.bin'])).stderr).toBe(
      'Warning: existing signature file will be overwritten\n',
    );
  });
  it('puts the signature where it is told', async () => {
    const notation = acme();
    await notation.ok([...SIGN, '--signature-directory', '/home/sigs', '/home/data.bin']);
    expect(await notation.files.stat('/home/sigs/data.bin.jws.sig')).toBeDefined();
    expect((await notation.call([...SIGN, '--signature-directory', '', '/home/data.bin'])).stderr).toBe(
      'Error: signature directory cannot be empty\n',
    );
  });
  it('a changed file is refused', async () => {
    const notation = acme();
    await notation.ok([...SIGN, '/home/data.bin']);
    notation.files.put('/home/data.bin', 'other data');
    const refused = await notation.call(VERIFY);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toMatch(
      /\nError: signature verification failed: integrity check failed\. signature does not match the given blob\n$/,
    );
  });
  it.each([
    [['-s', '', 'x'], 'filepath of the signature cannot be empty'],
    [['-s', 'x', '--media-type', '', 'x'], '--media-type is set but with empty value'],
    [['-s', '/home/absent.jws.sig', '/home/data.bin'], 'open /home/absent.jws.sig: no such file or directory'],
    [['-s', '/home/data.bin', '/home/absent'], 'open /home/absent: no such file or directory'],
    [['-s', '/home/data.bin', '/home/data.bin'], 'invalid signature filename data.bin. The file extension must be .sig'],
    [['/home/data.bin'], 'required flag(s) "signature" not set'],
  ])('verify %j', async (argv, message) => {
    const outcome = await acme().call(['blob', 'verify', ...argv]);
    // Without --signature the pre-run looks at its empty value first, as in the reference.
    expect(outcome.withoutHint).toBe(argv.length === 1 ? 'Error: filepath of the signature cannot be empty\n' : `Error: ${message}\n`);
  });
  it('the name of a signature file tells its format', async () => {
    const notation = acme();
    await notation.ok([...SIGN, '/home/data.bin']);
    const inspect = async (name: string) => {
      notation.files.put(`/home/${name}`, 'x');
      return (await notation.call(['blob', 'inspect', `/home/${name}`])).withoutHint;
    };
    expect(await inspect('a.sig')).toBe(
      'Error: invalid signature filename a.sig. A valid signature file name must contain signature format and .sig file extension\n',
    );
    expect(await inspect('a.foo.sig')).toBe(
      'Error: signature format "foo" not supported\nSupported signature envelope formats are "jws" and "cose"\n',
    );
    expect(await inspect('a.JWS.SIG')).toMatch(/^Error: failed to parse signature: /);
  });
  it('statements are chosen by name or by being global', async () => {
    const notation = acme({ version: '1.0', trustPolicies: [statement({ globalPolicy: false })] });
    await notation.ok([...SIGN, '/home/data.bin']);
    expect((await notation.call(VERIFY)).withoutHint).toBe('Error: signature verification failed: no global blob trust policy\n');
    await notation.ok([...VERIFY, '--policy-name', 'p']);
    expect((await notation.call([...VERIFY, '--policy-name', 'q'])).withoutHint).toBe(
      'Error: signature verification failed: no applicable blob trust policy with name "q"\n',
    );
  });
  it('inspect shows a detached signature without a digest', async () => {
    const notation = acme();
    await notation.ok([...SIGN, '/home/data.bin']);
    const { stdout } = await notation.ok(['blob', 'inspect', '/home/data.bin.jws.sig']);
    expect(stdout).toMatch(/^\/home\/data\.bin\.jws\.sig\n├── signature algorithm: ECDSA-SHA-384\n/);
    expect(stdout).toMatch(/digest: sha384:[0-9a-f]{96}\n/);
    expect(Object.keys(JSON.parse((await notation.ok(['blob', 'inspect', '-o', 'json', '/home/data.bin.jws.sig'])).stdout))[0]).toBe(
      'signatureAlgorithm',
    );
    expect((await notation.call(['blob', 'inspect', '-o', 'x', '/home/data.bin.jws.sig'])).stderr).toBe(
      'Error: unrecognized output format x\n',
    );
  });
  it('--json reports findings, refusals included', async () => {
    const notation = acme();
    await notation.ok([...SIGN, '/home/data.bin']);
    expect((await notation.ok([...VERIFY, '--json'])).json()).toMatchObject({ basis: 'verified', signatures: [{ outcome: 'verified' }] });
    notation.files.put('/home/data.bin', 'x');
    expect((await notation.call([...VERIFY, '--json'])).json()).toMatchObject({
      basis: 'rejected',
      error: { code: 'NOTATION_BLOB_MISMATCH' },
    });
  });
});
