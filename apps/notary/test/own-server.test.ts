// SPDX-License-Identifier: Apache-2.0
/** What the reference does not have, on our own server in this process: JSON, health, pins, recovery, plans, mirrors, moving, tokens. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { importMirror } from '@notary/notary-server';
import { createNodeFiles } from '@notary/platform';
import { createBearerAccess, createTokenIssuer, generateTokenSigner } from '@notary/service/token';
import { createLoopbackHttp, type LoopbackHttp } from '@notary/testkit';
import { temporaryFolders } from '@notary/testkit/temporary';
import { beforeEach, describe, expect, it } from 'vitest';
import { createTestServer, random, TestClock, type TestServer } from '../../../packages/notary-server/test/support/server.ts';
import { notary, PASSPHRASES, type RunOptions, type RunResult } from './support/run.ts';

const newFolder = temporaryFolders('notary-app-');
/** Each key file costs 600,000 rounds of PBKDF2. */
const SLOW_MS = 120_000;

const URL_OF = 'http://trust.example';
const GUN = 'example.com/Team/app';
const DAY_MS = 86_400_000;

let home: string;
let clock: TestClock;
let server: TestServer;
let http: LoopbackHttp;

beforeEach(() => {
  home = newFolder();
  clock = new TestClock();
  server = createTestServer({ clock });
  http = createLoopbackHttp({ [URL_OF]: (request) => server.handle(request) });
  writeFileSync(join(home, 'content'), 'hello\n');
});

const run = (args: string, options: Partial<RunOptions> = {}): Promise<RunResult> =>
  notary(['-s', URL_OF, ...args.split(' ')], { home, clock, http, ...options });

async function ok(args: string, options: Partial<RunOptions> = {}): Promise<RunResult> {
  const result = await run(args, options);
  expect(result.code, result.stdout + result.stderr).toBe(0);
  return result;
}
const json = async (args: string, options: Partial<RunOptions> = {}) => {
  const result = await run(`${args} --json`, options);
  return { code: result.code, value: JSON.parse(result.stdout) as Record<string, unknown> & { error?: { code: string } } };
};
const elsewhere = (): Partial<RunOptions> => ({ home: newFolder() });

async function published(): Promise<void> {
  await ok(`init ${GUN}`);
  await ok(`add ${GUN} v1 content -p`);
}

describe('a first contact', () => {
  it(
    'names the root and how to pin it, once',
    async () => {
      await published();
      const reader = elsewhere();
      const first = await ok(`list ${GUN}`, reader);
      expect(first.stdout).toMatch(/^NAME/);
      expect(first.stderr).toContain(`notary pin set ${GUN} `);
      expect((await ok(`list ${GUN}`, reader)).stderr).toBe('');
    },
    SLOW_MS,
  );

  it(
    'is refused without a pin where trust on first use is off',
    async () => {
      await published();
      for (const options of [
        { args: `list ${GUN} --disable-tofu` },
        { args: `list ${GUN}`, env: { ...PASSPHRASES, NOTARY_DISABLE_TOFU: '1' } },
      ]) {
        const { args, ...rest } = options;
        const result = await run(args, { ...elsewhere(), ...rest });
        expect(result.code).toBe(1);
        expect(result.stdout).toBe('\n* fatal: could not validate the path to a trusted root: invalid trust pinning specified\n');
      }
    },
    SLOW_MS,
  );

  it(
    'goes through with the right pin, capitals and all, and not with another',
    async () => {
      await published();
      const keyIds = ((await json(`pin check ${GUN}`)).value as { actual: string[] }).actual;
      const reader = elsewhere();
      await ok(`pin set ${GUN} ${keyIds[0]}`, reader);
      expect((await ok(`pin show ${GUN}`, reader)).stdout).toContain('only the pinned root certificates are trusted');
      expect((await ok(`list ${GUN} --disable-tofu`, reader)).stderr).toBe('');
      expect((await ok(`pin check ${GUN}`, reader)).stdout).toContain('is the pinned one');
      const wrong = elsewhere();
      await ok(`pin set ${GUN} ${'0'.repeat(64)}`, wrong);
      expect((await run(`list ${GUN}`, wrong)).stdout).toContain('unable to match any certificates to trust_pinning config');
    },
    SLOW_MS,
  );

  it(
    'with a pin that does not fit a known root is told by `pin check`',
    async () => {
      await published();
      await ok(`list ${GUN}`);
      await ok(`pin set ${GUN} ${'0'.repeat(64)}`);
      expect((await json(`pin check ${GUN}`)).value.error?.code).toBe('NOTARY_PIN_MISMATCH');
    },
    SLOW_MS,
  );
});

describe('JSON', () => {
  it(
    'carries results and failures under one schema',
    async () => {
      await published();
      expect((await json(`lookup ${GUN} v1`)).value).toMatchObject({
        schema: 'notary/v1',
        command: 'lookup',
        target: { name: 'v1', role: 'targets', length: 6 },
      });
      expect((await json(`list ${GUN}`)).value).toMatchObject({ targets: [{ name: 'v1' }], source: 'server' });
      expect(await json(`lookup ${GUN} absent`)).toMatchObject({
        code: 1,
        value: { command: 'lookup', error: { code: 'COLLECTION_NO_SUCH_TARGET' } },
      });
      expect((await json('key list')).value).toMatchObject({
        command: 'key list',
        keys: [{ role: 'root' }, { role: 'snapshot' }, { role: 'targets' }],
      });
      expect((await json(`status ${GUN}`)).value).toMatchObject({ changes: [] });
      expect((await json(`delegation list ${GUN}`)).value).toMatchObject({ delegations: [] });
      expect((await json('list')).value.error?.code).toBe('NOTARY_USAGE');
    },
    SLOW_MS,
  );

  it(
    'is on every command',
    async () => {
      const { rootCommand } = await import('../src/program.ts');
      const walk = (commands: typeof rootCommand.commands): void => {
        for (const command of commands ?? []) {
          if (command.load !== undefined) expect(command.flags?.json, command.name).toBeDefined();
          walk(command.commands);
        }
      };
      walk(rootCommand.commands);
    },
    SLOW_MS,
  );
});

describe('an expired collection', () => {
  it(
    'is refused with the reason, shown on request, and checked as of a time',
    async () => {
      await published();
      const before = clock.now().toISOString();
      await ok(`mirror ${GUN} copy`);
      clock.advance(30 * DAY_MS);
      const mirror = (args: string) =>
        notary(['-s', `file://${join(home, 'copy')}`, ...args.split(' ')], {
          ...elsewhere(),
          home: newFolder(),
          clock,
        });
      const refused = await mirror(`list ${GUN}`);
      expect(refused.code).toBe(1);
      expect(refused.stdout).toMatch(/\* fatal: the mirror .* is out of date: timestamp expired at /);
      expect(refused.stderr).toContain('--show-expired');
      const shown = await mirror(`list ${GUN} --show-expired`);
      expect([shown.code, shown.stderr.includes('Warning: timestamp expired')]).toEqual([0, true]);
      const then = await mirror(`lookup ${GUN} v1 --as-of ${before}`);
      expect([then.code, then.stderr.includes(`checked as of ${before}`)]).toEqual([0, true]);
      expect((await mirror(`lookup ${GUN} v1 --as-of yesterday`)).code).toBe(1);
    },
    SLOW_MS,
  );
});

describe('care for a collection', () => {
  it(
    'shows its health and says by its exit code that something is wrong',
    async () => {
      await published();
      const healthy = await ok(`health ${GUN}`);
      expect(healthy.stdout).toMatch(/^ROLE +STATE +VERSION +DAYS LEFT +KEYS HELD +THRESHOLD/);
      expect(healthy.stdout).toMatch(/root +ok +1 +3650 +1 of 1 +1/);
      clock.advance(1200 * DAY_MS);
      const report = await json(`health ${GUN}`);
      expect(report.code).toBe(1);
      expect(report.value).toMatchObject({
        healthy: false,
        roles: expect.arrayContaining([expect.objectContaining({ role: 'targets', state: 'expired' })]),
      });
    },
    SLOW_MS,
  );

  it(
    'recovers a lost targets key',
    async () => {
      await published();
      const { keys } = (await json('key list')).value as { keys: { role: string; keyId: string }[] };
      const lost = keys.find((k) => k.role === 'targets')?.keyId as string;
      await ok(`key remove ${lost}`, { stdin: 'yes\n' });
      expect((await ok(`recover ${GUN}`)).stdout).toMatch(/targets +0 of 1 +rotate-local/);
      await ok(`recover ${GUN} targets`);
      await ok(`add ${GUN} v2 content -p`);
      expect((await json(`list ${GUN}`, elsewhere())).value.targets).toMatchObject([{ name: 'v1' }, { name: 'v2' }]);
    },
    SLOW_MS,
  );

  it(
    'rotates by plan, and resumes',
    async () => {
      await published();
      const plan = await ok(`rotate plan ${GUN} root targets --server-managed snapshot -o plan.json`);
      expect(plan.stdout).toContain(`Root 2 of ${GUN} will replace:`);
      expect((await ok('rotate apply plan.json')).stdout).toContain(`Successfully rotated snapshot key for repository ${GUN}`);
      expect((await ok('rotate apply plan.json')).stdout).toContain('was carried out before');
      expect(JSON.parse(readFileSync(join(home, 'plan.json'), 'utf8'))).toMatchObject({ version: 1, gun: GUN });
      expect((await ok(`list ${GUN}`, elsewhere())).stdout).toContain('v1');
    },
    SLOW_MS,
  );

  it(
    'sets thresholds of delegations and base roles, and honours them',
    async () => {
      await published();
      await ok('key generate -o one -r targets/two');
      await ok('key generate -o two -r targets/two');
      await ok(`delegation add ${GUN} targets/two one.pem two.pem --all-paths --threshold 2 -p`);
      expect((await json(`delegation list ${GUN}`)).value.delegations).toMatchObject([{ threshold: 2 }]);
      await ok('key import one-key.pem');
      const alone = await run(`add ${GUN} x content -r targets/two -p`);
      expect(alone.stdout).toContain('not enough signing keys: found 1 of 2 needed keys');
      await ok('key import two-key.pem');
      await ok(`publish ${GUN}`);
      expect((await ok(`list ${GUN}`, elsewhere())).stdout).toMatch(/x +\S+ +6 +targets\/two/);
      expect((await run(`threshold ${GUN} targets 2`)).stdout).toContain('must be between 1 and its number of keys, 1');
    },
    SLOW_MS,
  );
});

describe('a collection on the move', () => {
  it(
    'is mirrored, imported by another server, adopted, and goes on',
    async () => {
      await published();
      const reader = elsewhere();
      await ok(`list ${GUN}`, reader);
      expect((await ok(`mirror ${GUN} copy`)).stdout).toContain('1 roots');
      expect((await ok(`mirror ${GUN} copy`)).stdout).toContain('is up to date');
      const next = createTestServer({ clock });
      http.route(URL_OF, (request) => next.handle(request));
      const early = await json(`adopt ${GUN} --from copy`);
      expect(early.value.error?.code).toBe('COLLECTION_ADOPTION_NOT_IMPORTED');
      for await (const _ of importMirror({
        files: createNodeFiles(),
        directory: join(home, 'copy'),
        store: next.store,
        at: clock.now(),
        subject: 'test',
      }))
        void _;
      clock.advance(60 * DAY_MS);
      expect((await ok(`adopt ${GUN} --from copy`)).stdout).toContain(`Successfully adopted ${GUN}`);
      expect((await ok(`adopt ${GUN} --from copy`)).stdout).toContain('was adopted before');
      expect((await ok(`list ${GUN}`, reader)).stdout).toContain('v1');
      await ok(`add ${GUN} v2 content -p`);
      expect((await ok(`list ${GUN}`, reader)).stdout).toContain('v2');
    },
    SLOW_MS,
  );

  it(
    'is one of many in a list',
    async () => {
      await published();
      writeFileSync(join(home, 'list'), `${GUN}\nexample.com/absent\n`);
      const result = await run('mirror --list list copies');
      expect(result.code).toBe(1);
      expect(result.stdout).toContain(`${GUN} copied`);
      expect(result.stderr).toContain('example.com/absent: trust.example does not have trust data for example.com/absent');
      const json = JSON.parse((await run('mirror --list list copies --json')).stdout);
      expect(json).toMatchObject({ skipped: [GUN], failed: [{ gun: 'example.com/absent' }], error: { code: 'NOTARY_HAS_FAILURES' } });
      writeFileSync(join(home, 'list'), `${GUN}\n`);
      expect((await ok('mirror --list list copies')).stdout).toContain('0 copied, 1 done before, 0 failed');
    },
    SLOW_MS,
  );
});

describe('a server that asks who is there', () => {
  beforeEach(async () => {
    const signer = await generateTokenSigner();
    const trust = { issuer: 'i', service: 's', keys: [signer.key] };
    const access = createBearerAccess({ trust: () => trust, realm: 'http://trust.example/token', clock, random });
    const users = { verify: async (user: string, password: string) => user === 'me' && password === 'secret' };
    const issue = createTokenIssuer({
      issuer: 'i',
      service: 's',
      signer,
      users: users as never,
      grant: (user, wanted) => wanted.actions.filter((a) => user !== undefined || a === 'pull'),
      clock,
      random,
    });
    server = createTestServer({ clock, access });
    http.route(URL_OF, (request, info) => (new URL(request.url).pathname === '/token' ? issue(request, info) : server.handle(request)));
  });
  const auth = (text: string) => ({ env: { ...PASSPHRASES, NOTARY_AUTH: Buffer.from(text).toString('base64') } });

  it(
    'lets owners write with NOTARY_AUTH, and anybody read',
    async () => {
      await ok(`init ${GUN} -p`, auth('me:secret'));
      await ok(`list ${GUN}`, elsewhere());
      await ok(`key rotate ${GUN} snapshot -r`, auth('me:secret'));
      await ok(`delete ${GUN} --remote`, auth('me:secret'));
    },
    SLOW_MS,
  );

  it(
    'sends each request of a reader once without a token and once with the one token',
    async () => {
      await ok(`init ${GUN} -p`, auth('me:secret'));
      http.sent.length = 0;
      await ok(`list ${GUN}`, elsewhere());
      const seen = http.sent.map(
        (r) => `${new URL(r.url).pathname.split('/').at(-1)?.split('.')[0]} ${r.headers.authorization ? 'token' : 'bare'}`,
      );
      expect(seen.filter((r) => r === 'token bare')).toHaveLength(1);
      for (const role of ['root', 'timestamp']) {
        expect(seen.filter((r) => r === `${role} bare`)).toHaveLength(1);
        expect(seen.filter((r) => r === `${role} token`)).toHaveLength(1);
      }
      expect(seen.filter((r) => /^(snapshot|targets) bare$/.test(r))).toEqual([]);
    },
    SLOW_MS,
  );

  it(
    'refuses the others in the reference words',
    async () => {
      for (const options of [{}, auth('me:wrong'), auth('nonsense'), { env: { ...PASSPHRASES, NOTARY_AUTH: '%' } }]) {
        const result = await run(`init ${GUN}`, options);
        expect([result.code, result.stdout]).toEqual([
          1,
          '\n* fatal: you are not authorized to perform this operation: server returned 401.\n',
        ]);
      }
    },
    SLOW_MS,
  );

  it(
    'is answered by who sits at the terminal',
    async () => {
      const typed = { stdinIsTerminal: true, stdin: 'me\nsecret\n' };
      const result = await ok(`init ${GUN}`, typed);
      expect(result.stdout).toContain('Enter username: Enter password: \n');
    },
    SLOW_MS,
  );
});

describe('passphrases', () => {
  const typed = (stdin: string): Partial<RunOptions> => ({ env: {}, stdinIsTerminal: true, stdin });

  it(
    'are asked for with the words of the reference',
    async () => {
      const result = await ok('key generate', typed('short\nlong enough\nother\nlong enough\nlong enough\n'));
      const [warning = ''] = result.stdout.split('Enter passphrase');
      expect(warning).toMatch(/^You are about to create a new root signing key passphrase\. This passphrase\n/);
      expect(result.stdout).toMatch(
        /Enter passphrase for new root key with ID [0-9a-f]{7}: \nPassphrase is too short\. Please use a password manager/,
      );
      expect(result.stdout).toMatch(
        /Repeat passphrase for new root key with ID [0-9a-f]{7}: \nPassphrases do not match\. Please retry\.\n/,
      );
      expect(result.stdout).toMatch(/Generated new ecdsa root key with keyID: [0-9a-f]{64}\n$/);
    },
    SLOW_MS,
  );

  it(
    'that are wrong are asked for again, three times',
    async () => {
      const { keyId } = (await json('key generate')).value as { keyId: string };
      const wrong = await run(`key passwd ${keyId}`, typed('a\nb\nc\nd\n'));
      expect(wrong.stdout.match(/Passphrase incorrect\. Please retry\./g)?.length).toBe(3);
      expect(wrong.stdout).toContain(`* fatal: could not retrieve local key for key ID provided: ${keyId}`);
      await ok(`key passwd ${keyId}`, typed('root-pass-phrase\nanother one\nanother one\n'));
      await ok(`key passwd ${keyId}`, { env: { NOTARY_ROOT_PASSPHRASE: 'another one' } });
    },
    SLOW_MS,
  );

  it(
    'come from a file or a helper too',
    async () => {
      writeFileSync(join(home, 'pass'), 'from a file\n');
      writeFileSync(join(home, 'helper'), '#!/bin/sh\necho "from $2"\n', { mode: 0o755 });
      const file = { env: { NOTARY_ROOT_PASSPHRASE_FILE: join(home, 'pass') } };
      const { keyId } = (await json('key generate', file)).value as { keyId: string };
      await ok(`key passwd ${keyId}`, file);
      const helper = { env: { NOTARY_PASSPHRASE_HELPER: join(home, 'helper') } };
      const made = (await json('key generate -r user', helper)).value as { keyId: string };
      await ok(`key passwd ${made.keyId}`, helper);
    },
    SLOW_MS,
  );

  it(
    'without a terminal and without any of these are a fault, not a wait',
    async () => {
      const result = await run('key generate', { env: {} });
      expect(result.stdout).toContain('Please either use environment variables or STDIN with a terminal to provide key passphrases');
    },
    SLOW_MS,
  );
});

describe('hostile names and texts', () => {
  it(
    'do not leave the trust directory',
    async () => {
      for (const bad of ['../../evil', 'a/../../b', '/etc/passwd', 'a//b', '..']) {
        for (const command of [`init ${bad}`, `status ${bad}`, `list ${bad}`, `delete ${bad}`, `reset ${bad} --all`]) {
          expect((await json(command)).value.error?.code, command).toBe('COLLECTION_GUN_INVALID');
        }
      }
    },
    SLOW_MS,
  );

  it(
    'of a publisher do not move the cursor',
    async () => {
      await published();
      const { stdout } = await run(`add ${GUN} \u001b[2Jx content`);
      expect(stdout).toContain('cannot be used');
      expect([...stdout].some((ch) => ch === '\u001b')).toBe(false);
    },
    SLOW_MS,
  );
});
