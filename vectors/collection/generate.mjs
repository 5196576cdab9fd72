// SPDX-License-Identifier: Apache-2.0
/**
 * Makes the vectors of this folder with the reference's own programs (Debian package `notary`: client and server) and OpenSSL.
 * Run it with Node; it needs `notary`, `notary-server` and `openssl` on the path and writes below the folder that it lies in.
 * Keys and times differ on each run, so the vectors are committed and tests read the instant from `manifest.json`.
 */
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const work = mkdtempSync(join(tmpdir(), 'collection-vectors-'));
const port = 14443;
const server = `http://127.0.0.1:${port}`;
const gun = 'example.com/Vectors/app';
const passphrases = { root: 'root-pass-phrase', targets: 'targets-pass-phrase', snapshot: 'snapshot-pass-phrase', delegation: 'delegation-pass-phrase' };
const env = {
  PATH: process.env.PATH,
  HOME: work,
  NOTARY_ROOT_PASSPHRASE: passphrases.root,
  NOTARY_TARGETS_PASSPHRASE: passphrases.targets,
  NOTARY_SNAPSHOT_PASSPHRASE: passphrases.snapshot,
  NOTARY_DELEGATION_PASSPHRASE: passphrases.delegation,
};
const run = (file, args, options = {}) => execFileSync(file, args, { env, cwd: work, encoding: 'utf8', stdio: ['pipe', 'pipe', 'inherit'], ...options });
const notary = (...args) => run('notary', ['-s', server, '-d', join(work, 'trust'), ...args]);
const openssl = (...args) => run('openssl', args, { stdio: ['pipe', 'pipe', 'ignore'] });
const save = (name, content) => {
  mkdirSync(dirname(join(here, name)), { recursive: true });
  writeFileSync(join(here, name), content);
};
const fetched = new Map();
const get = async (name) => {
  const response = await fetch(`${server}/v2/${gun}/_trust/tuf/${name}`);
  if (response.status !== 200) throw new Error(`${name}: ${response.status}`);
  const bytes = Buffer.from(await response.arrayBuffer());
  fetched.set(name, bytes);
  return bytes;
};

writeFileSync(
  join(work, 'server.json'),
  JSON.stringify({ server: { http_addr: `127.0.0.1:${port}` }, trust_service: { type: 'local' }, storage: { backend: 'memory' } }),
);
const daemon = spawn('notary-server', ['-config', join(work, 'server.json')], { stdio: 'ignore', env });
try {
  for (let i = 0; ; i++) {
    try {
      await fetch(`${server}/v2/`);
      break;
    } catch (e) {
      if (i > 100) throw e;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  for (const part of ['trust', 'metadata', 'keys', 'changelist', 'manifest.json']) rmSync(join(here, part), { recursive: true, force: true });

  // Delegation material: a certificate with an RSA key, a bare EC key, and private keys in every form that a file can have.
  openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'rsa.key', '-out', 'rsa.crt', '-subj', '/CN=delegate', '-days', '3650');
  openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', 'ec.key');
  openssl('ec', '-in', 'ec.key', '-pubout', '-out', 'ec.pub');
  openssl('ecparam', '-name', 'secp384r1', '-genkey', '-noout', '-out', 'ec384.key');
  openssl('ec', '-in', 'ec384.key', '-pubout', '-out', 'ec384.pub');

  notary('init', gun);
  notary('key', 'import', '-r', 'targets/releases', 'rsa.key');
  notary('key', 'import', '-r', 'targets/releases/nested', 'ec.key');
  notary('key', 'import', '-r', 'targets/p384', 'ec384.key');
  writeFileSync(join(work, 'content'), 'hello\n');
  writeFileSync(join(work, 'custom.json'), '{"a":"text","b":[1,2,{"c":null}]}');
  notary('add', gun, 'v1', 'content');
  notary('add', gun, 'a&b<c>', 'content');
  notary('add', gun, 'caf\u00e9 \u{1f600}', 'content', '--custom', 'custom.json');
  notary('addhash', gun, 'by-hash', '6', '--sha256', '5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03');
  notary('delegation', 'add', gun, 'targets/releases', 'rsa.crt', '--paths', 'rel/,v');
  notary('delegation', 'add', gun, 'targets/p384', 'ec384.pub', '--all-paths');
  cpSync(join(work, 'trust', 'tuf', ...gun.split('/'), 'changelist'), join(here, 'changelist'), { recursive: true });
  notary('publish', gun);
  notary('add', gun, 'rel/1.0', 'content', '-r', 'targets/releases');
  notary('add', gun, 'z', 'content', '-r', 'targets/p384');
  notary('delegation', 'add', gun, 'targets/releases/nested', 'ec.pub', '--paths', 'rel/nested/');
  notary('publish', gun);
  notary('add', gun, 'rel/nested/x', 'content', '-r', 'targets/releases/nested');
  notary('publish', gun);
  run('notary', ['-s', server, '-d', join(work, 'trust'), 'key', 'rotate', gun, 'root'], { input: 'yes\n' });
  notary('key', 'rotate', gun, 'snapshot', '-r');
  const list = notary('list', gun, '-r', 'targets');
  const delegations = notary('delegation', 'list', gun);
  const keyList = notary('key', 'list');

  const root = JSON.parse(await get('root.json'));
  for (let v = 1; v <= root.signed.version; v++) await get(`${v}.root.json`);
  for (const name of ['timestamp', 'snapshot', 'targets', 'targets/releases', 'targets/p384', 'targets/releases/nested']) await get(`${name}.json`);
  for (const [name, bytes] of fetched) save(`metadata/${name}`, bytes);
  cpSync(join(work, 'trust'), join(here, 'trust'), { recursive: true });
  notary('key', 'generate', 'ecdsa', '-r', 'targets', '-o', join(work, 'generated'));
  for (const name of ['rsa.key', 'rsa.crt', 'ec.key', 'ec.pub', 'ec384.key', 'ec384.pub', 'generated.pem', 'generated-key.pem']) {
    if (existsSync(join(work, name))) save(`keys/${name}`, readFileSync(join(work, name)));
  }
  save('manifest.json', `${JSON.stringify({ gun, at: new Date().toISOString(), passphrases, rootVersions: root.signed.version, list, delegations, keyList }, null, 2)}\n`);
} finally {
  daemon.kill();
  rmSync(work, { recursive: true, force: true });
}
