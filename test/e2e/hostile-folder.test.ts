// SPDX-License-Identifier: Apache-2.0
/**
 * A signing tool is run in folders that others filled: a clone, an unpacked archive. A program compiled with Bun's defaults runs code
 * that a `bunfig.toml` of the current folder names and takes variables from its `.env`. Ours must not notice any such file.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bunExecutable } from '../../scripts/build.mjs';
import { executables, Stage, versionArguments } from './stage.ts';

/** Packages that executables carry: a copy in the folder must not take their place. */
const SHADOWED = ['hono', 'pino', 'pg', 'mysql2', 'cborg', 'commander', 'tar', '@grpc/grpc-js', '@notary/base', '@notary/cli'];

/** Fills `work` with every file by which a folder could get its code run. Each would leave a line in `proof`. */
function makeHostile(stage: Stage): string {
  const proof = join(stage.root, 'proof');
  const code = (what: string): string => `require('node:fs').appendFileSync(${JSON.stringify(proof)}, ${JSON.stringify(`${what}\n`)});\n`;
  const evil = join(stage.work, 'evil.js');
  stage.write('work/evil.js', code('evil.js'));
  stage.write(
    'work/bunfig.toml',
    'preload = ["./evil.js"]\nenv = true\n\n[run]\npreload = ["./evil.js"]\n\n[test]\npreload = ["./evil.js"]\n',
  );
  stage.write('work/.bunfig.toml', 'preload = ["./evil.js"]\n');
  const variables = [
    'PROOF_FROM_ENV=1',
    `XDG_CONFIG_HOME=${join(stage.work, 'config')}`,
    'NOTATION_EXPERIMENTAL=1',
    'NOTATION_USERNAME=mallory',
    'NOTATION_PASSWORD=x',
    `BUN_OPTIONS=--preload ${evil}`,
    `BUN_INSPECT_PRELOAD=${evil}`,
    'BUN_BE_BUN=1',
    `NODE_OPTIONS=--require ${evil}`,
    'HTTPS_PROXY=http://127.0.0.1:1',
  ];
  for (const name of ['.env', '.env.local', '.env.production', '.env.development'])
    stage.write(`work/${name}`, `${variables.join('\n')}\n`);
  const signingKeys = { default: 'evil', keys: [{ name: 'evil', keyPath: '/evil.key', certPath: '/evil.crt' }] };
  stage.write('work/config/notation/signingkeys.json', JSON.stringify(signingKeys));
  stage.write(
    'work/package.json',
    JSON.stringify({
      name: 'notation',
      type: 'commonjs',
      main: './evil.js',
      imports: { '#*': './evil.js' },
      bun: { preload: './evil.js' },
    }),
  );
  stage.write(
    'work/tsconfig.json',
    JSON.stringify({ compilerOptions: { baseUrl: '.', paths: { '*': ['./evil.js'] }, jsxImportSource: './evil' } }),
  );
  for (const name of SHADOWED) {
    stage.write(`work/node_modules/${name}/package.json`, JSON.stringify({ name, version: '99.0.0', main: 'index.js' }));
    stage.write(`work/node_modules/${name}/index.js`, code(`node_modules/${name}`));
  }
  for (const name of ['main.ts', 'main.js', 'index.ts', 'index.js']) stage.write(`work/${name}`, code(name));
  return proof;
}

/** Commands that load more than the version does: files, network, a database, gRPC. All of them end by themselves. */
const DEEPER: Readonly<Record<string, readonly (readonly string[])[]>> = {
  notation: [
    ['key', 'ls'],
    ['verify', '--insecure-registry', '127.0.0.1:1/app@sha256:0000000000000000000000000000000000000000000000000000000000000000'],
    ['blob', 'inspect', 'none.sig'],
  ],
  notary: [
    ['-s', 'http://127.0.0.1:1', '-d', './trust', 'list', 'example.com/app'],
    ['key', 'list'],
  ],
  'notary-server': [
    ['-config', 'none.json'],
    ['-config', 'postgres.json'],
  ],
  'notary-signer': [['-config', 'none.json']],
  'notary-registry': [['gc', '--root', './registry']],
};

describe('a folder full of hostile files', () => {
  const hostile = new Stage();
  const clean = new Stage();
  let proof: string;
  beforeAll(() => {
    proof = makeHostile(hostile);
    for (const stage of [hostile, clean]) {
      const storage = { backend: 'postgres', db_url: 'postgres://nobody@127.0.0.1:1/none?sslmode=disable' };
      stage.write(
        'work/postgres.json',
        JSON.stringify({ server: { http_addr: '127.0.0.1:0' }, trust_service: { type: 'local' }, storage }),
      );
    }
  });
  afterAll(() => {
    hostile.remove();
    clean.remove();
  });

  /** What a program printed, with what differs between the two stages and between two runs taken out. */
  const outcome = (stage: Stage, path: string, args: readonly string[]): object => {
    const { status, stdout, stderr } = stage.run(path, args);
    const plain = (text: string): string =>
      text
        .replaceAll(stage.root, '<stage>')
        .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
        .replaceAll(/127\.0\.0\.1:\d{2,}/g, '127.0.0.1:<port>')
        .replaceAll(/\b\d+ ?ms\b/g, '<ms>');
    return { status, stdout: plain(stdout), stderr: plain(stderr) };
  };

  for (const { name, path } of executables()) {
    const calls = [versionArguments(name), ['--help'], ...(DEEPER[name] ?? [])];
    it.each(calls.map((args) => ({ args })))(`does nothing to ${name} $args`, ({ args }) => {
      expect(outcome(hostile, path, args)).toEqual(outcome(clean, path, args));
      expect(existsSync(proof) ? readFileSync(proof, 'utf8') : '').toBe('');
    });
  }

  it('would run code in a program that was compiled with the defaults', () => {
    const source = clean.write('victim.ts', 'console.log(process.env.PROOF_FROM_ENV ?? "none");\n');
    const out = join(clean.root, 'victim');
    const built = spawnSync(bunExecutable(), ['build', '--compile', '--target=bun', `--outfile=${out}`, source], {
      cwd: clean.root,
      encoding: 'utf8',
    });
    expect(built.status).toBe(0);
    const { stdout } = hostile.run(out, []);
    const ran = existsSync(proof) ? readFileSync(proof, 'utf8') : '';
    // If this fails, Bun's defaults have become safe, and the test above proves nothing any more.
    expect([ran.includes('evil.js'), stdout.trim()]).toEqual([true, '1']);
  });
});
