// SPDX-License-Identifier: Apache-2.0
import { createSelfSigned, createTestCa, type TestIdentity } from '@notary/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { CONFIG, createNotation } from './support.ts';

const LIST = `${CONFIG}/signingkeys.json`;
const list = (keys: readonly unknown[], defaultKey?: string): string =>
  JSON.stringify({ ...(defaultKey ? { default: defaultKey } : {}), keys });

let pair: TestIdentity;
beforeAll(async () => {
  pair = await createSelfSigned({ subject: { C: 'US', ST: 'WA', O: 'Acme', CN: 'build' }, keyType: 'EC-256' });
});

describe('notation key list', () => {
  it('prints the header even of an empty list', async () => {
    const { stdout } = await createNotation().ok(['key', 'list']);
    expect(stdout).toBe('NAME   KEY PATH   CERTIFICATE PATH   ID   PLUGIN NAME   \n');
  });
  it('marks the default key', async () => {
    const notation = createNotation({
      [LIST]: list(
        [
          { name: 'a', keyPath: '/k', certPath: '/c' },
          { name: 'b', id: 'i', pluginName: 'p' },
        ],
        'b',
      ),
    });
    const head = 'NAME   KEY PATH   CERTIFICATE PATH   ID   PLUGIN NAME   ';
    const rows = ['a      /k         /c', '* b                                  i    p'].map((row) => row.padEnd(head.length));
    expect((await notation.ok(['key', 'ls'])).stdout).toBe(`${[head, ...rows].join('\n')}\n`);
    expect((await notation.ok(['key', 'ls', '--json'])).json()).toEqual({
      schema: 'notation/v1',
      command: 'key list',
      keys: [
        { name: 'a', keyPath: '/k', certPath: '/c', default: false },
        { name: 'b', id: 'i', pluginName: 'p', default: true },
      ],
    });
  });
  it.each([
    [list([{ name: 'a' }, { name: 'a' }]), "malformed signingkeys.json: multiple keys with name 'a' found", 'CMD_KEYS_MALFORMED'],
    [list([{}]), 'malformed signingkeys.json: key name cannot be empty', 'CMD_KEYS_MALFORMED'],
    [list([], 'x'), "malformed signingkeys.json: default key 'x' not found", 'CMD_KEYS_MALFORMED'],
    ['{"default":"","keys":[]}', 'malformed signingkeys.json: default key name cannot be empty', 'CMD_KEYS_MALFORMED'],
    ['', 'EOF', 'CMD_CONFIG_MALFORMED'],
    ['{', 'unexpected EOF', 'CMD_CONFIG_MALFORMED'],
    [
      '{"keys":{}}',
      'json: cannot unmarshal object into Go struct field SigningKeys.keys of type []config.KeySuite',
      'CMD_CONFIG_MALFORMED',
    ],
    [
      '{"keys":[{"name":1}]}',
      'json: cannot unmarshal number into Go struct field KeySuite.keys.name of type string',
      'CMD_CONFIG_MALFORMED',
    ],
  ])('refuses the list %j', async (text, message, code) => {
    const outcome = await createNotation({ [LIST]: text }).call(['key', 'list', '--json']);
    expect(outcome).toMatchObject({ code: 1, withoutHint: `Error: ${message}\n` });
    expect(outcome.json().error.code).toBe(code);
  });
  it('refuses a link in place of the list', async () => {
    const notation = createNotation({ '/elsewhere.json': list([]) });
    notation.files.putLink(LIST, '/elsewhere.json');
    expect((await notation.call(['key', 'list'])).withoutHint).toBe(
      `Error: "${LIST}" is not a regular file (symlinks are not supported)\n`,
    );
  });
});

describe('changing the list', () => {
  it('writes it as the reference does, private to the user', async () => {
    const notation = createNotation({ [LIST]: list([{ name: 'a', id: 'i', pluginName: 'p', pluginConfig: { z: '1', b: '<x>' } }]) });
    await notation.ok(['key', 'update', '--default', 'a']);
    expect(notation.files.snapshot()[LIST]).toBe(`{
    "default": "a",
    "keys": [
        {
            "name": "a",
            "id": "i",
            "pluginName": "p",
            "pluginConfig": {
                "b": "\\u003cx\\u003e",
                "z": "1"
            }
        }
    ]
}
`);
    expect((await createNotation().files.stat('/tmp'))?.kind).toBe('directory');
  });
  it('[D-27] keeps members of other programs', async () => {
    const notation = createNotation({ [LIST]: '{"future":{"x":1},"keys":[{"name":"a","note":"mine"}]}' });
    await notation.ok(['key', 'set', '--default', 'a']);
    expect(JSON.parse(notation.files.snapshot()[LIST] ?? '')).toEqual({
      default: 'a',
      keys: [{ name: 'a', note: 'mine' }],
      future: { x: 1 },
    });
  });
  it('a failed write leaves the old list and no stray', async () => {
    const before = list([{ name: 'a' }, { name: 'b' }]);
    const notation = createNotation({ [LIST]: before });
    notation.files.failNextWrite();
    expect((await notation.call(['key', 'delete', 'a'])).code).toBe(1);
    expect(notation.files.snapshot()).toEqual({ [LIST]: before });
  });
  it('removes all the keys that are named, or none', async () => {
    const notation = createNotation({ [LIST]: list([{ name: 'a' }, { name: 'b' }, { name: 'c' }], 'b') });
    expect(await notation.call(['key', 'delete', 'a', 'x'])).toMatchObject({ code: 1, withoutHint: 'Error: signing key x not found\n' });
    expect((await notation.ok(['key', 'delete', 'a', 'b'])).stdout).toBe(
      'Removed the following keys from Notation signing key list. The source keys still exist.\na\nb (default)\n',
    );
    expect((await notation.ok(['key', 'delete', 'c'])).stdout).toBe(
      'Removed c from Notation signing key list. The source key still exists.\n',
    );
  });
  it('update without --default changes nothing', async () => {
    const notation = createNotation();
    expect(await notation.call(['key', 'update', 'nobody'])).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(notation.files.snapshot()).toEqual({});
  });
});

describe('notation key add', () => {
  const withPair = () => createNotation({ '/home/k.pem': pair.keyPem, '/home/c.pem': pair.chainPem });
  it('lists a pair of files by their absolute paths', async () => {
    const notation = withPair();
    const { stdout } = await notation
      .ok(['key', 'add', '--key-file', 'k.pem', '--cert-file', './c.pem', '--default', 'acme'])
      .catch((e) => {
        throw e;
      });
    expect(stdout).toBe('acme: marked as default\n');
    expect(JSON.parse(notation.files.snapshot()[LIST] ?? '')).toEqual({
      default: 'acme',
      keys: [{ name: 'acme', keyPath: '/home/k.pem', certPath: '/home/c.pem' }],
    });
  });
  it('refuses a key that exists, and a key without its certificate', async () => {
    const notation = withPair();
    const argv = ['key', 'add', '--key-file', 'k.pem', '--cert-file', 'c.pem', 'acme'];
    await notation.ok(argv);
    expect((await notation.call(argv)).withoutHint).toBe('Error: signing key with name "acme" already exists\n');
    const other = await createTestCa({ keyType: 'EC-256' });
    notation.files.put('/home/c.pem', other.chainPem);
    expect((await notation.call([...argv.slice(0, -1), 'b'])).withoutHint).toBe('Error: tls: private key does not match public key\n');
  });
  it.each([
    ['', 'tls: failed to find any PEM data in certificate input'],
    ['key', 'tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched'],
    [
      '-----BEGIN X-----\nAAAA\n-----END X-----\n',
      'tls: failed to find "CERTIFICATE" PEM block in certificate input after skipping PEM blocks of the following types: [X]',
    ],
  ])('says what is wrong with the certificate file %j', async (content, message) => {
    const notation = withPair();
    notation.files.put('/home/c.pem', content === 'key' ? pair.keyPem : content);
    expect((await notation.call(['key', 'add', '--key-file', 'k.pem', '--cert-file', 'c.pem', 'x'])).withoutHint).toBe(
      `Error: ${message}\n`,
    );
  });
  it.each([
    ['', 'tls: failed to find any PEM data in key input'],
    ['cert', 'tls: found a certificate rather than a key in the PEM for the private key'],
    ['-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n', 'tls: failed to parse private key'],
  ])('says what is wrong with the key file %j', async (content, message) => {
    const notation = withPair();
    notation.files.put('/home/k.pem', content === 'cert' ? pair.chainPem : content);
    const { stderr, withoutHint } = await notation.call(['key', 'add', '--key-file', 'k.pem', '--cert-file', 'c.pem', 'x']);
    expect(withoutHint).toBe(`Error: ${message}\n`);
    expect(stderr).toMatch(/^Hint: give --key-file a private key/);
  });
});
