// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '@notary/testkit';
import { describe, expect, it } from 'vitest';
import { bunExecutable } from '../../../scripts/build.mjs';
import { rootCommand } from '../src/program.ts';
import { CONFIG, createNotation, imageManifest, policyFor, REGISTRY } from './support.ts';

describe('notation version', () => {
  it('[D-30] names this project, and what it stands in for', async () => {
    expect((await createNotation().ok(['version'])).stdout).toBe(`Notation - a tool to sign and verify artifacts.

Version:     0.1.0 (Notary in TypeScript, compatible with notation v2.0.0-alpha.1)
Runtime:     Test 1.0
OS/Arch:     linux/amd64
`);
    expect((await createNotation().ok(['version', '--json'])).json()).toEqual({
      schema: 'notation/v1',
      command: 'version',
      version: '0.1.0',
      compatibleWith: 'v2.0.0-alpha.1',
      runtime: 'Test 1.0',
      os: 'linux',
      arch: 'amd64',
    });
  });
});

it.skipIf(!existsSync('/dev/full')).each([['version'], ['version', '--json'], ['explain']])(
  'output that cannot be written is a failure of one line: %s',
  (...argv) => {
    const main = join(repositoryRoot(), 'apps/notation/src/main.ts');
    const call = [bunExecutable(), '--conditions=@notary/source', main, ...argv];
    const { status, stderr } = spawnSync('/bin/sh', ['-c', '"$@" > /dev/full', 'sh', ...call], { encoding: 'utf8' });
    expect(status).toBe(1);
    expect([...new Set(stderr.split('\n'))]).toEqual(['Error: ENOSPC: no space left on device, write', '']);
  },
);

describe('every command', () => {
  const leaves = (command = rootCommand, path: string[] = []): [string, typeof command][] => [
    ...(command.load ? [[path.join(' '), command] as [string, typeof command]] : []),
    ...(command.commands ?? []).flatMap((c) => leaves(c, [...path, c.name])),
  ];
  it.each(leaves())('%s takes --json, and has help', async (path, command) => {
    expect(command.flags?.json).toBeDefined();
    expect((await createNotation().ok([...path.split(' '), '--help'])).stdout).toContain('Usage:');
  });
  it('a usage error with --json is a JSON document too', async () => {
    const outcome = await createNotation().call(['verify', '--json', '--nonsense']);
    expect(outcome.json()).toMatchObject({
      schema: 'notation/v1',
      command: 'verify',
      error: { code: 'CLI_FLAG_UNKNOWN', category: 'usage' },
    });
    expect(outcome.stderr).toBe('Error: unknown flag: --nonsense\n');
  });
});

describe('text from elsewhere in a final line', () => {
  it('does not reach the terminal as control characters', async () => {
    const skipping = { trustStores: [], trustedIdentities: [], signatureVerification: { level: 'skip' } };
    const notation = createNotation({ [`${CONFIG}/trustpolicy.oci.json`]: policyFor('acme', skipping) });
    const image = await notation.push('app', 'image');
    const { length } = JSON.stringify(imageManifest);
    const platform = { os: '\u001b[2J\u009bx', architecture: '\nSuccessfully verified' };
    const mediaType = 'application/vnd.oci.image.index.v1+json';
    const manifests = [{ mediaType: imageManifest.mediaType, digest: image, size: length, platform }];
    await notation.push('app', 'index', { schemaVersion: 2, mediaType, manifests });
    const outcome = await notation.call(['verify', '--platform', 'linux/amd64', `${REGISTRY}/app:index`]);
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toContain('it has "\\u001b[2J\\u009bx/\\nSuccessfully verified"\n');
  });
});

describe('configuration', () => {
  it('the signature format and insecure registries come from the platform directory even with NOTATION_CONFIG', async () => {
    const notation = createNotation({
      [`${CONFIG}/config.json`]: '{"signatureFormat":"COSE"}',
      '/other/config.json': '{"signatureFormat":"jws"}',
    });
    const help = (await notation.ok(['sign', '--help'], { environment: { NOTATION_CONFIG: '/other' } })).stdout;
    expect(help).toContain('(default "cose")');
  });
  it('keys and policies do follow NOTATION_CONFIG', async () => {
    const notation = createNotation({ '/other/signingkeys.json': '{"keys":[{"name":"theirs"}]}' });
    expect((await notation.ok(['key', 'ls'], { environment: { NOTATION_CONFIG: '/other' } })).stdout).toContain('theirs');
  });
  it.each([
    [{ XDG_CONFIG_HOME: '/xdg' }, '/xdg/notation'],
    [{ XDG_CONFIG_HOME: 'relative' }, '.notation'],
    [{ HOME: '' }, '.notation'],
    [{ NOTATION_CONFIG: '/c' }, '/c'],
  ])('the directory for %j is %s', async (environment, directory) => {
    const notation = createNotation();
    const { stdout } = await notation.ok(['policy', 'init', '-n', 'p', '--trust-store', 'ca:a', '--trusted-identity', '*'], {
      environment,
    });
    expect(stdout).toBe(`Successfully initialized OCI trust policy file to ${directory}/trustpolicy.oci.json.\n`);
  });
  it('a malformed config.json fails where credentials are looked for, and only there', async () => {
    const notation = createNotation({ [`${CONFIG}/config.json`]: '{' });
    expect((await notation.call(['list', `${REGISTRY}/app:v1`])).withoutHint).toMatch(
      /^Error: failed to get credentials store: failed to create credential store from config file: /,
    );
    expect((await notation.call(['list', '-u', 'a', '-p', 'b', `${REGISTRY}/app:v1`])).withoutHint).toMatch(
      /^Error: failed to get manifest descriptor: /,
    );
    await notation.ok(['key', 'ls']);
  });
});

describe('login', () => {
  const helper = (notation: ReturnType<typeof createNotation>) => notation.files.put(`${CONFIG}/config.json`, '{"credsStore":"fake"}');
  it.each([
    [['login'], '', 'no hostname specified'],
    [['login', REGISTRY], '', 'error reading username: EOF'],
    [['login', '-u', 'a', REGISTRY], '', 'password required'],
    [['login', REGISTRY], '\n', 'token required'],
    [['login', '-u', 'a', '-p', 'b', 'bad host'], '', 'failed to get registry client: invalid reference: invalid registry "bad host"'],
  ])('%j with %j on standard input', async (argv, stdin, message) => {
    expect((await createNotation().call(argv, { stdin })).withoutHint).toBe(`Error: ${message}\n`);
  });
  it.each(['', '\n'])('where nobody can answer (%j) says how to go without questions', async (stdin) => {
    expect((await createNotation().call(['login', REGISTRY], { stdin })).stderr).toMatch(/^Hint: give --username and --password-stdin/);
  });
  it('[ADA-NOT-23-5] never stores a password in plaintext', async () => {
    const notation = createNotation();
    const outcome = await notation.call(['login', '-u', 'a', '--password-stdin', REGISTRY], { stdin: 'secret\r\n' });
    expect(outcome.withoutHint).toBe(
      `Error: failed to log in to ${REGISTRY}: the credential could not be saved because a credentials store is required to securely store the password. See https://notaryproject.dev/docs/how-to/registry-authentication/\n`,
    );
    expect(JSON.stringify(notation.files.snapshot())).not.toContain('secret');
  });
  it('accepts a credential that is there already', async () => {
    const auth = Buffer.from('a:secret').toString('base64');
    const notation = createNotation({ [`${CONFIG}/config.json`]: JSON.stringify({ auths: { [REGISTRY]: { auth } } }) });
    const outcome = await notation.ok(['login', '-u', 'a', '-p', 'secret', REGISTRY]);
    expect(outcome.stdout).toBe('Authenticated with existing credentials\nLogin Succeeded\n');
    expect(outcome.stderr).toMatch(/^Warning: The credentials store is not set up\. /);
  });
  it('[ADA-NOT-23-5] credentials of the environment are used, and no child process sees them', async () => {
    const notation = createNotation();
    helper(notation);
    const outcome = await notation.call(['login', REGISTRY], { environment: { NOTATION_USERNAME: 'a', NOTATION_PASSWORD: 'secret' } });
    expect(outcome.stderr).not.toContain('secret');
    expect(notation.http.sent[0]?.url).toBe(`http://${REGISTRY}/v2/`);
  });
});

describe('--debug', () => {
  it('logs requests without what could authenticate anybody', async () => {
    const notation = createNotation();
    await notation.push('app', 'v1');
    const { stderr } = await notation.call(['list', '-d', '-u', 'a', '-p', 'secret', `${REGISTRY}/app:v1`]);
    expect(stderr).toContain('level=debug msg=Request #0\n> Request: "HEAD"');
    expect(stderr).toContain('< Response status: "200 OK"');
    expect(stderr).not.toContain('secret');
    expect(stderr).not.toContain(Buffer.from('a:secret').toString('base64'));
  });
});

describe('--debug of a verification', () => {
  it('says what was checked, in the words that people search for', async () => {
    const notation = createNotation();
    await notation.ok(['cert', 'generate-test', '--default', 'x']);
    await notation.ok(['policy', 'init', '-n', 'p', '--trust-store', 'ca:x', '--trusted-identity', '*']);
    const reference = `${REGISTRY}/app@${await notation.push('app', 'v1')}`;
    await notation.ok(['sign', '-e', '1h', reference]);
    expect((await notation.ok(['verify', '-d', reference])).stderr).toContain(
      `msg=Check verification level against artifact ${reference}\n`,
    );
    notation.clock.set('2026-03-01T14:00:00Z');
    const { stderr } = await notation.call(['verify', '-d', reference]);
    expect(stderr).toMatch(/level=error msg=expiry validation failed\. Failure reason: digital signature has expired on/);
    expect(stderr).toMatch(/level=error msg=Signature sha256:[0-9a-f]{64} failed verification with error: /);
  });
});

describe('explain', () => {
  it('says what a code means, and lists the codes', async () => {
    const notation = createNotation();
    expect((await notation.ok(['explain', 'trust_store_missing'])).stdout).toBe(
      `TRUST_STORE_MISSING (untrusted)\n\n  the trust store "<name>" of type "<type>" does not exist\n\nA rule of trust is not met. Do not use the artifact.\n\nremedy:  create the store with the certificates that you trust: notation cert add --type <type> --store <name> FILE\n`,
    );
    const codes = (await notation.ok(['explain', '--json'])).json().codes.map((c: { code: string }) => c.code);
    expect(codes).toContain('NOTATION_VERIFICATION_FAILED');
    expect(new Set(codes).size).toBe(codes.length);
    expect((await notation.call(['explain', '--json', 'TRUST_STORE_MISING'])).json().error.facts.similar).toContain('TRUST_STORE_MISSING');
  });
});
