// SPDX-License-Identifier: Apache-2.0
/** Every refusal of the commands themselves, under its code and with a remedy, if any, that weakens nothing. */
import { filesFaults } from '@notary/base';
import { createTestCa, type TestCa, type TestIdentity } from '@notary/testkit';
import { beforeAll, expect, it } from 'vitest';
import { CONFIG, createNotation, type Notation, policyFor, REGISTRY } from './support.ts';

let ca: TestCa;
let signer: TestIdentity;
let other: TestIdentity;
beforeAll(async () => {
  ca = await createTestCa();
  [signer, other] = [await ca.codeSigner(), await ca.codeSigner()];
});

const KEYS = `${CONFIG}/signingkeys.json`;
const list = (keys: object[], standard?: string): string =>
  JSON.stringify({ ...(standard === undefined ? {} : { default: standard }), keys });

/** A machine with a signer's files, a list of keys and a trust store. */
async function machine(): Promise<Notation> {
  const notation = createNotation({
    '/home/k.pem': signer.keyPem,
    '/home/other.pem': other.keyPem,
    '/home/c.pem': signer.chainPem,
    '/home/root.pem': ca.rootPem,
    '/home/empty.pem': 'nothing\n',
    '/home/none.pem': '',
    '/home/x.sig': 'x',
    '/home/blob': 'blob',
    [KEYS]: list([
      { name: 'here', keyPath: '/home/k.pem', certPath: '/home/c.pem' },
      { name: 'half', keyPath: '/home/k.pem' },
    ]),
    [`${CONFIG}/trustpolicy.json`]: policyFor('acme'),
  });
  await notation.ok(['cert', 'add', '--type', 'ca', '--store', 'acme', '/home/root.pem']);
  return notation;
}

const ref = `${REGISTRY}/app:v1`;
it.each<[code: string, argv: readonly string[], prepare?: (notation: Notation) => unknown]>([
  ['CMD_EXPERIMENTAL', ['verify', '--oci-layout', '/home/layout:v1']],
  ['CMD_USAGE', ['cert', 'show', '--type', 'ca', '--store', 'acme', '']],
  ['CMD_USAGE', ['cert', 'generate-test', '..']],
  ['CMD_USAGE', ['blob', 'verify', '--signature', '', '/home/blob']],
  ['CMD_PAIR_INVALID', ['sign', '--key', 'here', '--user-metadata', 'x', ref]],
  ['CMD_OUTPUT_INVALID', ['inspect', '--output', 'xml', ref]],
  ['CMD_OUTPUT_UNRECOGNIZED', ['blob', 'inspect', '--output', 'xml', '/home/x.sig']],
  ['CMD_NOT_REGULAR', ['key', 'list'], (n) => n.files.remove(KEYS).then(() => n.files.putLink(KEYS, '/elsewhere'))],
  ['CMD_KEY_NAME_EMPTY', ['key', 'add', '--key-file', '/home/k.pem', '--cert-file', '/home/c.pem', '']],
  ['CMD_KEY_EXISTS', ['key', 'add', '--key-file', '/home/k.pem', '--cert-file', '/home/c.pem', 'here']],
  ['CMD_KEY_DEFAULT_MISSING', ['sign', ref]],
  ['CMD_CERTIFICATE_PATH_MISSING', ['sign', '--key', 'half', ref]],
  ['CMD_STORE_TYPE_EMPTY', ['cert', 'add', '--type', '', '--store', 'acme', '/home/root.pem']],
  ['CMD_STORE_TYPE_UNSUPPORTED', ['cert', 'delete', '--type', 'CA', '--store', 'acme', '--all', '--yes']],
  ['CMD_STORE_NAME_INVALID', ['cert', 'delete', '--type', 'ca', '--store', '..', '--all', '--yes']],
  ['CMD_CERTIFICATE_NONE', ['cert', 'check', '/home/none.pem']],
  ['CMD_CERTIFICATES_NOT_ADDED', ['cert', 'add', '--type', 'ca', '--store', 'acme', '/home/root.pem']],
  ['CMD_TLS_PAIR', ['key', 'add', '--key-file', '/home/c.pem', '--cert-file', '/home/c.pem', 'new']],
  ['CMD_TLS_PAIR', ['key', 'add', '--key-file', '/home/k.pem', '--cert-file', '/home/empty.pem', 'new']],
  ['CMD_PAIR_MISMATCH', ['key', 'add', '--key-file', '/home/other.pem', '--cert-file', '/home/c.pem', 'new']],
  ['CMD_KEY_SIZE_UNSUPPORTED', ['cert', 'generate-test', '--bits', '1024', 'new']],
  ['CMD_MAX_SIGNATURES', ['verify', '--max-signatures', '0', ref]],
  ['CMD_SIGNATURE_NAME_INVALID', ['blob', 'inspect', '/home/blob']],
  ['CMD_POLICY_ABSENT', ['blob', 'policy', 'show']],
  ['CMD_CODE_UNKNOWN', ['explain', 'TRUST_NOTHING_OF_THE_KIND']],
  // As rest parameters: Bun takes a last one that the table leaves out for a callback.
])('%s: %j', async (...[code, argv, prepare]) => {
  const notation = await machine();
  await prepare?.(notation);
  const outcome = await notation.call([...argv.slice(0, 1), ...argv.slice(1), '--json']);
  expect(outcome.code).toBe(1);
  const { error } = outcome.json();
  expect(error.code).toBe(code);
  expect(error.remedy?.text ?? '').not.toMatch(/\bskip|audit|permissive|insecure|disable/i);
});

it('CMD_CERTIFICATE_EXISTS is why a certificate is not added twice', async () => {
  const notation = await machine();
  const { error } = (await notation.call(['cert', 'add', '--json', '--type', 'ca', '--store', 'acme', '/home/root.pem'])).json();
  expect(error.attempts.map((a: { code: string }) => a.code)).toEqual(['CMD_CERTIFICATE_EXISTS']);
});

it('CMD_REFERENCES_FAILED once one of several is refused', async () => {
  const notation = await machine();
  await notation.push('app', 'v1');
  const outcome = await notation.call(['verify', '--json', '--insecure-registry', ref, `${REGISTRY}/app:v2`]);
  expect([outcome.code, outcome.json().error.code]).toEqual([1, 'CMD_REFERENCES_FAILED']);
});

it('CMD_CREDENTIALS_PLAINTEXT where no helper keeps the password', async () => {
  const notation = await machine();
  notation.http.route('http://localhost:5001', () => new Response('{}'));
  const argv = ['login', '--json', '--insecure-registry', '-u', 'alice', '-p', 'secret', 'localhost:5001'];
  const outcome = await notation.call(argv);
  expect([outcome.code, outcome.json().error.code]).toEqual([1, 'CMD_CREDENTIALS_PLAINTEXT']);
  expect(outcome.stdout + outcome.stderr).not.toContain('secret');
});

it.each<[code: string, prepare: (notation: Notation) => unknown]>([
  ['TRUST_POLICY_MISSING', (n) => n.files.remove(`${CONFIG}/trustpolicy.json`)],
  [
    'TRUST_POLICY_NOT_REGULAR',
    (n) => n.files.remove(`${CONFIG}/trustpolicy.json`).then(() => n.files.putLink(`${CONFIG}/trustpolicy.json`, '/elsewhere')),
  ],
  [
    'TRUST_POLICY_UNREADABLE',
    ({ files }) => {
      const read = files.read.bind(files);
      const denied = filesFaults.DENIED({ path: 'trustpolicy.json', operation: 'open', reason: 'permission denied' });
      Object.assign(files, {
        read: (path: string, max: number) => (path.endsWith('trustpolicy.json') ? Promise.reject(denied) : read(path, max)),
      });
    },
  ],
])('%s: nothing is verified under a policy that is not there as a file', async (code, prepare) => {
  const notation = await machine();
  await notation.push('app', 'v1');
  await prepare(notation);
  const { error } = (await notation.call(['verify', '--json', '--insecure-registry', ref])).json();
  expect(error.code).toBe(code);
});
