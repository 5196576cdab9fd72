// SPDX-License-Identifier: Apache-2.0
/**
 * The main job, end to end, on real parts: starts the embedded registry, pushes a small image, signs it in both envelope formats, verifies
 * it, and shows a tampered and an untrusted artifact being refused with their reasons. Everything lives in a temporary directory that is
 * removed at the end; the clone stays as it was, apart from the ignored `node_modules` and `dist`.
 *
 *   node scripts/quickstart.mjs                    run and show
 *   node scripts/quickstart.mjs --write-readme     put the transcript of this run into README.md
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { ensureBuilt } from './build.mjs';
import { ensureInstalled } from './ensure.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const transcript = [];
const say = (text = '') => {
  transcript.push(text);
  process.stdout.write(`${text}\n`);
};

function fail(message, hint) {
  process.stderr.write(`error: ${message}\n${hint ? `hint: ${hint}\n` : ''}`);
  process.exitCode = 1;
  throw new Error(message);
}

/** Starts the registry in memory on a free port and resolves to its address. */
function startRegistry(home) {
  const child = spawn(join(root, 'dist/bin/notary-registry'), ['serve', '--memory', '--addr', '127.0.0.1:0'], {
    env: { ...process.env, HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return new Promise((resolve, reject) => {
    let text = '';
    const timer = setTimeout(() => reject(new Error(`the registry did not start within 10 s:\n${text}`)), 10_000);
    const look = (chunk) => {
      text += chunk;
      const found = /http:\/\/127\.0\.0\.1:(\d+)/.exec(text);
      if (found === null) return;
      clearTimeout(timer);
      resolve({ port: found[1], child });
    };
    child.stdout.on('data', look);
    child.stderr.on('data', look);
    child.on('exit', (code) => reject(new Error(`the registry ended with ${code}:\n${text}`)));
  });
}

const sha256 = (bytes) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const describe = (mediaType, bytes) => ({ mediaType, digest: sha256(bytes), size: bytes.length });

/** The blobs and the manifest of an image with one layer that holds one file. */
function makeImage(text) {
  const tar = Buffer.alloc(2048);
  const content = Buffer.from(text);
  tar.write('hello.txt', 0);
  tar.write('0000644\0', 100);
  tar.write('0000000\0', 108);
  tar.write('0000000\0', 116);
  tar.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
  tar.write('00000000000\0', 136);
  tar.write('        ', 148);
  tar.write('0', 156);
  tar.write('ustar\x0000', 257);
  const sum = tar.subarray(0, 512).reduce((a, b) => a + b, 0);
  tar.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  content.copy(tar, 512);
  const layer = gzipSync(tar);
  const config = Buffer.from(
    JSON.stringify({ architecture: 'amd64', os: 'linux', config: {}, rootfs: { type: 'layers', diff_ids: [sha256(tar)] } }),
  );
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: describe('application/vnd.oci.image.config.v1+json', config),
      layers: [describe('application/vnd.oci.image.layer.v1.tar+gzip', layer)],
    }),
  );
  return { blobs: [config, layer], manifest, digest: sha256(manifest) };
}

async function expectStatus(response, ...statuses) {
  if (!statuses.includes(response.status)) fail(`${response.url} answered ${response.status}: ${await response.text()}`);
  return response;
}

async function pushBlob(base, blob) {
  const started = await expectStatus(await fetch(`${base}/blobs/uploads/`, { method: 'POST' }), 202);
  const location = new URL(started.headers.get('location'), base);
  location.searchParams.set('digest', sha256(blob));
  await expectStatus(await fetch(location, { method: 'PUT', body: blob, headers: { 'content-type': 'application/octet-stream' } }), 201);
}

async function pushManifest(base, reference, bytes) {
  const headers = { 'content-type': JSON.parse(bytes.toString()).mediaType };
  await expectStatus(await fetch(`${base}/manifests/${reference}`, { method: 'PUT', body: bytes, headers }), 201);
}

async function pushImage(base, tag, image) {
  for (const blob of image.blobs) await pushBlob(base, blob);
  await pushManifest(base, tag, image.manifest);
}

/** Does what an attacker with push rights can do: hangs the genuine signature of one image onto another. */
async function stealSignature(base, from, to) {
  const listed = await (await expectStatus(await fetch(`${base}/referrers/${from.digest}`), 200)).json();
  const manifest = await (
    await expectStatus(
      await fetch(`${base}/manifests/${listed.manifests[0].digest}`, { headers: { accept: listed.manifests[0].mediaType } }),
      200,
    )
  ).json();
  manifest.subject = describe(manifest.subject.mediaType, to.manifest);
  const bytes = Buffer.from(JSON.stringify(manifest));
  await pushManifest(base, sha256(bytes), bytes);
}

function notation(home, args, { expect = 0, show = true } = {}) {
  if (show) say(`$ notation ${args.map((a) => (/^[\w./:@=,+-]+$/.test(a) ? a : `'${a}'`)).join(' ')}`);
  const env = { ...process.env, HOME: home, XDG_CONFIG_HOME: join(home, '.config'), XDG_CACHE_HOME: join(home, '.cache') };
  for (const name of Object.keys(env)) if (name.startsWith('NOTATION_') || name === 'DOCKER_CONFIG') delete env[name];
  const run = spawnSync(join(root, 'dist/bin/notation'), args, { env, encoding: 'utf8', input: '' });
  const output = `${run.stderr ?? ''}${run.stdout ?? ''}`.trimEnd();
  if (show && output !== '') for (const line of output.split('\n')) say(line.replaceAll(home, '~'));
  if (run.status !== expect) fail(`notation ${args.join(' ')} ended with ${run.status}, expected ${expect}\n${output}`);
  if (show) say();
  return output;
}

async function main() {
  const started = performance.now();
  const home = mkdtempSync(join(tmpdir(), 'notary-quickstart-'));
  const stranger = mkdtempSync(join(tmpdir(), 'notary-stranger-'));
  let registry;
  try {
    registry = await startRegistry(home);
    // Plain HTTP needs no flag on a port of localhost, as with every OCI client.
    const repository = `localhost:${registry.port}/app`;
    const base = `http://127.0.0.1:${registry.port}/v2/app`;
    const image = makeImage('hello from a signed image\n');
    const tampered = makeImage('hello from somebody else\n');
    const foreign = makeImage('signed, but by a stranger\n');
    await pushImage(base, 'v1', image);
    await pushImage(base, 'v1-tampered', tampered);
    await pushImage(base, 'v1-foreign', foreign);
    const at = (of) => `${repository}@${of.digest}`;

    say(`# a registry in memory holds a small image, ${repository}:v1`);
    say();
    say('# a key and a certificate to try with, trusted by this user');
    notation(home, ['cert', 'generate-test', '--default', 'quickstart.example']);
    say('# the policy: whose signatures count for this repository');
    notation(home, [
      'policy',
      'init',
      '--name',
      'quickstart',
      '--scope',
      repository,
      '--trust-store',
      'ca:quickstart.example',
      '--trusted-identity',
      'x509.subject: C=US, ST=WA, L=Seattle, O=Notary, CN=quickstart.example',
    ]);
    say('# sign the image in both envelope formats; its digest and tag stay as they are');
    notation(home, ['sign', '--signature-format', 'jws', at(image)]);
    notation(home, ['sign', '--signature-format', 'cose', '--user-metadata', 'build=42', at(image)]);
    notation(home, ['list', at(image)]);
    notation(home, ['verify', at(image)]);

    say('# an attacker hangs the genuine signature onto another image');
    await stealSignature(base, image, tampered);
    notation(home, ['verify', at(tampered)], { expect: 1 });

    say('# a stranger signs with a key that nobody here trusts');
    notation(stranger, ['cert', 'generate-test', '--default', 'stranger.example'], { show: false });
    notation(stranger, ['sign', at(foreign)], { show: false });
    notation(home, ['verify', at(foreign)], { expect: 1 });
    return (performance.now() - started) / 1000;
  } finally {
    registry?.child.removeAllListeners('exit');
    registry?.child.kill();
    rmSync(home, { recursive: true, force: true });
    rmSync(stranger, { recursive: true, force: true });
  }
}

/**
 * Replaces what stands between the markers of README.md by this run's transcript: from signing on, digests shortened, the COSE signature and
 * the list left out, which say nothing new to a reader.
 */
function writeReadme() {
  const file = join(root, 'README.md');
  const text = readFileSync(file, 'utf8');
  const marked = /(<!-- transcript -->\n)[\s\S]*?(<!-- \/transcript -->)/;
  const blocks = transcript.join('\n').split('\n\n');
  const shown = blocks.filter((block) => /^(#.*\n)?\$ notation (sign|verify)/.test(block) && !block.includes('--signature-format cose'));
  const lines = shown
    .join('\n\n')
    .replace(/localhost:\d+/g, 'localhost:5000')
    .replaceAll(' --signature-format jws', '')
    .replace(
      '# sign the image in both envelope formats; its digest and tag stay as they are',
      '# sign an image; its digest and tag stay as they are',
    )
    .replace(/(sha256:[0-9a-f]{8})[0-9a-f]{56}/g, '$1…');
  writeFileSync(
    file,
    text.replace(marked, (_, open, close) => `${open}\`\`\`console\n${lines.trimEnd()}\n\`\`\`\n${close}`),
  );
}

ensureInstalled();
ensureBuilt(['notary-registry', 'notation'])
  .then(main)
  .then((seconds) => {
    if (process.argv.includes('--write-readme')) writeReadme();
    process.stdout.write(
      `# signed, verified and twice refused in ${seconds.toFixed(1)} s, nothing left behind. Next: docs/tutorials/first-signature.md\n`,
    );
  })
  .catch((e) => {
    process.stderr.write(`quickstart failed: ${e.message}\n`);
    process.exit(1);
  });
