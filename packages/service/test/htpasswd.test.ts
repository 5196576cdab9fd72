// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { createBasicAccess, createHtpasswd, parseBasic, parseHtpasswd } from '@notary/service';
import { createBcryptCheck } from '@notary/service/bcrypt';
import { counterpart, createFakeClock } from '@notary/testkit';
import { describe, expect, it } from 'vitest';
import { basic, HASH_A, HASH_B, scriptedCheck, systemRandom } from './support.ts';

const TEXT = `# users\nalice:${HASH_A}\r\n\nbob:${HASH_B}\n`;
const RIGHT = new Map([
  [HASH_A, 'secret-a'],
  [HASH_B, 'secret-b'],
]);

describe('an htpasswd file', () => {
  it('holds users and bcrypt hashes; comments and empty lines are skipped', () => {
    expect([...parseHtpasswd(TEXT)]).toEqual([
      ['alice', HASH_A],
      ['bob', HASH_B],
    ]);
  });
  it.each([
    ['plain text', 'alice:secret', 1],
    ['MD5', `ok:${HASH_A}\nalice:$apr1$x$y`, 2],
    ['SHA-1', 'alice:{SHA}2jmj7l5rSw0yVb/vlWAYkK/YBwk=', 1],
    ['no user', `:${HASH_A}`, 1],
    ['no colon', 'alice', 1],
    ['a cost that takes hours', `alice:$2y$20$${'a'.repeat(53)}`, 1],
  ])('with %s is refused with its line', (_, text, line) => {
    expect(() => parseHtpasswd(text)).toThrow(
      expect.objectContaining({ code: 'SERVICE_HTPASSWD_INVALID', facts: expect.objectContaining({ line }) }),
    );
  });
});

describe('passwords', () => {
  const make = (rememberMs?: number) => {
    const clock = createFakeClock();
    const check = scriptedCheck(RIGHT);
    const users = createHtpasswd({ text: TEXT, check, clock, random: systemRandom, ...(rememberMs === undefined ? {} : { rememberMs }) });
    return { clock, check, users };
  };
  it('are checked once, remembered for a time, then checked again', async () => {
    const { clock, check, users } = make();
    for (let i = 0; i < 5; i++) expect(await users.verify('alice', 'secret-a')).toBe(true);
    expect(check.checks).toHaveLength(1);
    await clock.advance(60_001);
    expect(await users.verify('alice', 'secret-a')).toBe(true);
    expect(check.checks).toHaveLength(2);
  });
  it('that arrive together are checked together', async () => {
    const { check, users } = make();
    await Promise.all(Array.from({ length: 50 }, () => users.verify('bob', 'secret-b')));
    expect(check.checks).toHaveLength(1);
  });
  it('of another user or of nobody are wrong, and cost the same check', async () => {
    const { check, users } = make();
    expect(await users.verify('alice', 'secret-b')).toBe(false);
    expect(await users.verify('mallory', 'secret-a')).toBe(false);
    expect(check.checks).toHaveLength(2);
  });
  it('beyond what bcrypt reads are refused, not cut', async () => {
    const { check, users } = make();
    for (const p of ['x'.repeat(73), 'ä'.repeat(37), 'a\0b']) expect(await users.verify('alice', p)).toBe(false);
    expect(check.checks).toHaveLength(0);
  });
  it('do not outlive a reload', async () => {
    const { users } = make();
    expect(await users.verify('alice', 'secret-a')).toBe(true);
    users.reload(`bob:${HASH_B}\n`);
    expect(await users.verify('alice', 'secret-a')).toBe(false);
    expect(() => users.reload('broken')).toThrow();
    expect(await users.verify('bob', 'secret-b')).toBe(true);
  });
  it('beyond the queue are told to come back', async () => {
    const clock = createFakeClock();
    let release: () => void = () => undefined;
    const held = new Promise<boolean>((resolve) => {
      release = () => resolve(false);
    });
    const users = createHtpasswd({ text: TEXT, check: { verify: () => held }, clock, random: systemRandom });
    const attempts = Array.from({ length: 80 }, (_, i) =>
      Promise.resolve(users.verify('alice', `guess ${i}`)).catch((e: { code: string }) => e.code),
    );
    await Promise.resolve();
    release();
    const results = await Promise.all(attempts);
    expect(results.filter((r) => r === 'SERVICE_PASSWORD_CHECKS_BUSY')).toHaveLength(80 - 4 - 64);
  });
});

describe('bcrypt off the event loop', () => {
  const htpasswd = counterpart('htpasswd');
  it.skipIf(htpasswd === undefined)('agrees with Apache', async () => {
    const line = execFileSync(htpasswd ?? '', ['-nbB', '-C', '5', 'alice', 'pässword'])
      .toString()
      .trim();
    const check = createBcryptCheck();
    const hash = line.slice(line.indexOf(':') + 1);
    expect(await Promise.all([check.verify('pässword', hash), check.verify('password', hash)])).toEqual([true, false]);
  });
  it('refuses a hash that is none', async () => {
    expect(
      await createBcryptCheck()
        .verify('x', 'rubbish')
        .catch(() => false),
    ).toBe(false);
  });
});

describe('Basic access', () => {
  const access = () =>
    createBasicAccess({
      users: createHtpasswd({ text: TEXT, check: scriptedCheck(RIGHT), clock: createFakeClock(), random: systemRandom }),
      realm: 'a "b"',
      rights: (user, _t, name) => user === 'alice' || name === 'bobs',
      anonymousActions: ['pull'],
    });
  const want = (name: string, ...actions: string[]) => [{ type: 'repository', name, actions }];
  it('lets the right ones in and says 401 or 403 to others', async () => {
    const a = access();
    expect(await a.check(basic('alice', 'secret-a'), want('x', 'pull', 'push'))).toMatchObject({ allowed: true });
    expect(await a.check(basic('bob', 'secret-b'), want('x', 'push'))).toMatchObject({ allowed: false, status: 403 });
    expect(await a.check(basic('bob', 'wrong'), want('bobs', 'push'))).toMatchObject({
      allowed: false,
      status: 401,
      challenge: 'Basic realm="a \\"b\\"", charset="UTF-8"',
    });
    expect(await a.check('Bearer x', want('x', 'pull'))).toMatchObject({ allowed: false, status: 401 });
    expect(await a.check(null, want('x', 'pull'))).toMatchObject({ allowed: true });
    expect(await a.check(null, want('x', 'push'))).toMatchObject({ allowed: false, status: 401 });
    expect(await a.check(null, [])).toMatchObject({ allowed: false, status: 401 });
  });
  it.each(['Basic !', 'Basic ', `Basic ${btoa('no colon')}`, `Basic ${'x'.repeat(20_000)}`])('%s is malformed', (header) => {
    expect(() => parseBasic(header)).toThrow(expect.objectContaining({ code: 'SERVICE_CREDENTIAL_INVALID' }));
  });
});
