// SPDX-License-Identifier: Apache-2.0
import { createTestCa, type TestCa } from '@notary/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { CONFIG, createNotation } from './support.ts';

const STORE = `${CONFIG}/truststore/x509`;

let ca: TestCa;
beforeAll(async () => {
  ca = await createTestCa({ subject: { C: 'US', ST: 'WA', O: 'Acme', CN: 'Acme Root' }, keyType: 'EC-256' });
});

describe('notation certificate add', () => {
  it('copies what it can and reports the rest', async () => {
    const notation = createNotation({ '/home/root.pem': ca.rootPem, '/home/empty.txt': '' });
    const outcome = await notation.call(['cert', 'add', '-t', 'ca', '-s', 'acme', 'root.pem', 'empty.txt', 'absent.pem']);
    expect(outcome.code).toBe(1);
    expect(outcome.stdout).toBe('Successfully added following certificates to named store acme of type ca:\nroot.pem\n');
    expect(outcome.withoutHint).toBe(
      'Error: Failed to add following certificates to named store acme of type ca:\n' +
        'empty.txt, with error "no valid certificate found in the file"\n' +
        'absent.pem, with error "open /home/absent.pem: no such file or directory"\n\n',
    );
    expect(notation.files.snapshot()[`${STORE}/ca/acme/root.pem`]).toBe(ca.rootPem);
    expect((await notation.files.stat(`${STORE}/ca/acme/root.pem`))?.mode).toBe(0o600);
    expect((await notation.files.stat(`${STORE}/ca/acme`))?.mode).toBe(0o700);
  });
  it('does not replace a certificate of the same name', async () => {
    const notation = createNotation({ '/home/root.pem': ca.rootPem });
    await notation.ok(['cert', 'add', '-t', 'ca', '-s', 'acme', 'root.pem']);
    expect((await notation.call(['cert', 'add', '-t', 'ca', '-s', 'acme', 'root.pem'])).stderr).toContain(
      'certificate already exists in the Trust Store',
    );
  });
  it('a failed write leaves nothing in the store, where every file has a meaning', async () => {
    const notation = createNotation({ '/home/root.pem': ca.rootPem });
    notation.files.failNextWrite();
    expect((await notation.call(['cert', 'add', '-t', 'ca', '-s', 'acme', 'root.pem'])).code).toBe(1);
    expect(Object.keys(notation.files.snapshot())).toEqual(['/home/root.pem']);
  });
  it.each([
    [['-t', '', '-s', 'a'], 'store type cannot be empty'],
    [['-t', 'x', '-s', 'a'], 'unsupported store type: x'],
    [['-t', 'ca', '-s', 'a/b'], 'named store name needs to follow [a-zA-Z0-9_.-]+ format'],
    [['-t', 'ca', '-s', '..'], 'named store name needs to follow [a-zA-Z0-9_.-]+ format'],
  ])('refuses the store %j', async (flags, message) => {
    expect((await createNotation().call(['cert', 'add', ...flags, 'x'])).withoutHint).toBe(`Error: ${message}\n`);
  });
});

describe('text from certificates', () => {
  it('does not reach the terminal as control characters', async () => {
    const evil = await createTestCa({
      subject: { C: 'US', ST: 'WA', O: 'Acme', CN: '\u001b]0;x\u0007\u009b2J\u202eroot\nresult: fine' },
      keyType: 'EC-256',
    });
    const notation = createNotation({ [`${STORE}/ca/acme/a.pem`]: evil.rootPem, '/home/a.pem': evil.rootPem });
    const shown = await notation.ok(['cert', 'show', '-t', 'ca', '-s', 'acme', 'a.pem']);
    const checked = await notation.call(['cert', 'check', '/home/a.pem']);
    for (const text of [shown.stdout, checked.stdout]) {
      expect(text).toContain('CN=\\u001b]0\\;x\\u0007\\u009b2J\\u202eroot\\u000aresult: fine');
      expect(text).not.toMatch(/[\u001b\u0007\u009b\u202e]/);
    }
  });
});

describe('notation certificate list, show and delete', () => {
  const withStore = () =>
    createNotation({
      [`${STORE}/ca/acme/a.pem`]: ca.rootPem,
      [`${STORE}/ca/acme/b.pem`]: ca.rootPem,
      [`${STORE}/tsa/t/t.pem`]: ca.rootPem,
    });

  it('lists by type and store', async () => {
    const notation = withStore();
    const rows = async (...flags: string[]) => (await notation.ok(['cert', 'ls', '--json', ...flags])).json().certificates;
    expect(await rows()).toEqual([
      { type: 'ca', store: 'acme', file: 'a.pem' },
      { type: 'ca', store: 'acme', file: 'b.pem' },
      { type: 'tsa', store: 't', file: 't.pem' },
    ]);
    expect(await rows('-t', 'tsa')).toEqual([{ type: 'tsa', store: 't', file: 't.pem' }]);
    expect(await rows('-s', 't')).toEqual([{ type: 'tsa', store: 't', file: 't.pem' }]);
    expect(await rows('-t', 'nonsense')).toEqual([]);
    expect((await notation.ok(['cert', 'ls', '-t', 'tsa'])).stdout).toBe(
      'STORE TYPE   STORE NAME   CERTIFICATE   \ntsa          t            t.pem         \n',
    );
  });
  it('a file that is no certificate makes the list fail', async () => {
    const notation = withStore();
    notation.files.put(`${STORE}/ca/acme/junk`, 'junk');
    expect((await notation.call(['cert', 'ls'])).withoutHint).toMatch(
      /^Error: failed to list all certificates stored in the trust store, with error: /,
    );
  });
  it('shows a certificate as the reference does', async () => {
    const { stdout } = await withStore().ok(['cert', 'show', '-t', 'ca', '-s', 'acme', 'a.pem']);
    expect(stdout).toBe(`Certificate details
--------------------------------------------------------------------------------
Issuer: CN=Acme Root,O=Acme,ST=WA,C=US
Subject: CN=Acme Root,O=Acme,ST=WA,C=US
Valid from: 2020-01-01 00:00:00 +0000 UTC
Valid to: 2045-01-01 00:00:00 +0000 UTC
IsCA: true
SHA256 Thumbprint: ${ca.certificate.thumbprint}
`);
  });
  it('deletes one file, and its store with the last', async () => {
    const notation = withStore();
    expect((await notation.ok(['cert', 'delete', '-t', 'tsa', '-s', 't', 't.pem'], { stdin: 'y\n' })).stdout).toBe(
      'Are you sure you want to delete "t.pem" in "t" of type "tsa"? [y/N] Successfully deleted t.pem from trust store t of type tsa\n',
    );
    expect(await notation.files.stat(`${STORE}/tsa/t`)).toBeUndefined();
  });
  it('asks first; no and the end of input change nothing', async () => {
    const notation = withStore();
    const argv = ['cert', 'delete', '-t', 'ca', '-s', 'acme', '--all'];
    expect(await notation.call(argv, { stdin: 'no\n' })).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/ \[y\/N\] Operation cancelled\.\n$/),
    });
    expect(await notation.call(argv)).toMatchObject({ code: 0, stdout: expect.stringMatching(/ \[y\/N\] $/) });
    expect(Object.keys(notation.files.snapshot())).toHaveLength(3);
    expect((await notation.ok([...argv, '-y'])).stdout).toBe(`Successfully deleted ${STORE}/ca/acme\n`);
    expect(Object.keys(notation.files.snapshot())).toHaveLength(1);
  });
  it.each([['../../../signingkeys.json'], ['a\\b'], ['..']])('[D-26] no file name leads out of the store: %j', async (file) => {
    const notation = withStore();
    notation.files.put(`${CONFIG}/signingkeys.json`, '{"keys":[]}');
    const outcome = await notation.call(['cert', 'delete', '-y', '-t', 'ca', '-s', 'acme', '--json', file]);
    expect(outcome.json().error.code).toBe('CMD_FILE_NAME_INVALID');
    expect((await notation.call(['cert', 'show', '-t', 'ca', '-s', 'acme', '--json', file])).json().error.code).toBe(
      'CMD_FILE_NAME_INVALID',
    );
    expect(Object.keys(notation.files.snapshot())).toHaveLength(4);
  });
});

describe('test certificates', () => {
  it('are made, listed, trusted, and cleaned up again', async () => {
    const notation = createNotation();
    const made = await notation.ok(['cert', 'generate-test', '--default', 'acme.io']);
    expect(made.stdout).toBe(`generating RSA Key with 2048 bits
generated certificate expiring on 2026-03-02T12:00:00Z
wrote key: ${CONFIG}/localkeys/acme.io.key
wrote certificate: ${CONFIG}/localkeys/acme.io.crt
Successfully added acme.io.crt to named store acme.io of type ca
acme.io: added to the key list
acme.io: marked as default signing key
`);
    expect((await notation.files.stat(`${CONFIG}/localkeys/acme.io.key`))?.mode).toBe(0o600);
    expect((await notation.files.stat(`${CONFIG}/localkeys/acme.io.crt`))?.mode).toBe(0o644);
    expect((await notation.call(['cert', 'generate-test', 'acme.io'])).stderr).toBe(
      `Error: failed to write key file: open ${CONFIG}/localkeys/acme.io.key: file exists\n`,
    );
    const cleaned = await notation.ok(['cert', 'cleanup-test', '-y', 'acme.io']);
    expect(cleaned.stdout).toBe(`Successfully deleted acme.io.crt from trust store acme.io of type ca
Successfully removed key acme.io from the key list
Successfully deleted key file: ${CONFIG}/localkeys/acme.io.key
Successfully deleted certificate file: ${CONFIG}/localkeys/acme.io.crt
Cleanup completed successfully
`);
    expect((await notation.ok(['cert', 'cleanup-test', '-y', 'acme.io'])).stdout).toContain('Key acme.io does not exist in the key list\n');
  });
  it('have a key that Notation can sign with', async () => {
    expect((await createNotation().call(['cert', 'generate-test', '-b', '1024', 'x'])).withoutHint).toBe(
      'Error: rsa key size 1024 bits is not supported\n',
    );
  });
});

describe('notation certificate check', () => {
  it('passes a good chain in any order, and fails a bad one with the way to mend it', async () => {
    const leaf = await ca.codeSigner({ subject: { C: 'US', ST: 'WA', O: 'Acme', CN: 'build' }, keyType: 'EC-256' });
    const notation = createNotation({
      '/home/root.pem': ca.rootPem,
      '/home/chain.pem': leaf.chainPem,
      '/home/leaf.pem': `${leaf.chainPem.split('-----END CERTIFICATE-----\n')[0]}-----END CERTIFICATE-----\n`,
    });
    const good = await notation.ok(['cert', 'check', '/home/root.pem', '/home/leaf.pem']);
    expect(good.stdout).toContain('All rules passed: this chain can sign.');
    const server = await ca.server(['example.org'], { keyType: 'EC-256' });
    notation.files.put('/home/server.pem', server.chainPem);
    const bad = await notation.call(['cert', 'check', '/home/server.pem']);
    expect(bad.code).toBe(1);
    expect(bad.stdout).toMatch(/fail #1 {2}.*\[.*\]\n {6}/);
    const json = (await notation.call(['cert', 'check', '--json', '/home/server.pem'])).json();
    expect(json.failed).toBeGreaterThan(0);
    expect(json.findings.some((f: { result: string; remedy?: string }) => f.result === 'fail' && f.remedy)).toBe(true);
  });
});
