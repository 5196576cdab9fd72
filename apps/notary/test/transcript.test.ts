// SPDX-License-Identifier: Apache-2.0
/** The same commands by the reference's client and by ours, against one Go server each: standard output and exit code agree. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { counterpart } from '@notary/testkit';
import { temporaryFolders } from '@notary/testkit/temporary';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ReferenceServer, runProgram, startReferenceServer } from '../../../packages/collection/test/support/reference.ts';
import { notary } from './support/run.ts';

const reference = counterpart('notary');
const serverProgram = counterpart('notary-server');
const openssl = counterpart('openssl');

/** IDs, folders and times differ between runs. */
function normalized(text: string, home: string): string {
  return (
    text
      .replaceAll(home, 'HOME')
      .replace(/\.\.\.[^\s]*private/g, '...LOCATION')
      .replace(/HOME\/\.notary\/private/g, '...LOCATION')
      // Go reports whichever of two digests it meets first in a map.
      .replace(/sha(?:256|512) checksum for (.*) did not match: expected [0-9a-f]+/g, 'checksum for $1 did not match')
      .replace(/\b[0-9a-f]{64}\b/g, 'HEX64')
  );
}

interface Step {
  readonly args: readonly string[];
  readonly input?: string;
}
const step = (...args: string[]): Step => ({ args });

const SCRIPT: readonly Step[] = [
  step('key', 'list'),
  step('status', 'g/app'),
  step('list', 'g/app'),
  step('init', 'g/app'),
  step('key', 'list'),
  step('add', 'g/app', 'v1', 'content'),
  step('add', 'g/app', 'a&b', 'content', '--custom', 'custom.json'),
  step('add', 'g/app', 'x', 'absent'),
  step('add', 'g/app', 'x', 'content', '-r', 'snapshot'),
  step('addhash', 'g/app', 'h', '0x10', '--sha256', 'ab'.repeat(32)),
  step('addhash', 'g/app', 'h', '10', '--sha256', 'zz'.repeat(32)),
  step('addhash', 'g/app', 'h', '10', '--sha256', 'ab'),
  step('addhash', 'g/app', 'h', 'ten', '--sha256', 'ab'.repeat(32)),
  step('status', 'g/app'),
  step('reset', 'g/app', '-n', '0,7'),
  step('status', 'g/app'),
  step('publish', 'g/app'),
  step('list', 'g/app'),
  step('lookup', 'g/app', 'a&b'),
  step('lookup', 'g/app', 'absent'),
  { args: ['verify', 'g/app', 'a&b'], input: 'hello\n' },
  { args: ['verify', 'g/app', 'a&b', '-q'], input: 'hello\n' },
  { args: ['verify', 'g/app', 'a&b'], input: 'other' },
  { args: ['verify', 'g/app', 'absent'], input: 'other' },
  step('verify', 'g/app', 'a&b', '-i', 'content', '-o', 'verified'),
  step('delegation', 'list', 'g/app'),
  step('delegation', 'add', 'g/app', 'targets/rel', 'ec.pub', '--paths', 'rel/,v'),
  step('delegation', 'add', 'g/app', 'targets/all', 'ec.pub', '--all-paths'),
  step('delegation', 'add', 'g/app', 'targets/Bad', 'ec.pub', '--all-paths'),
  step('delegation', 'add', 'g/app', 'targets/rel', 'absent.pem'),
  step('delegation', 'add', 'g/app', 'targets/rel', 'content'),
  step('publish', 'g/app'),
  step('delegation', 'list', 'g/app'),
  step('add', 'g/app', 'rel/1', 'content', '-r', 'targets/rel', '-p'),
  step('reset', 'g/app', '--all'),
  step('key', 'import', 'ec.key', '-r', 'targets/rel'),
  step('add', 'g/app', 'rel/1', 'content', '-r', 'targets/rel', '-p'),
  step('add', 'g/app', 'elsewhere', 'content', '-r', 'targets/rel', '-p'),
  step('reset', 'g/app', '--all'),
  step('list', 'g/app'),
  step('list', 'g/app', '-r', 'targets/rel'),
  step('list', 'g/app', '-r', 'targets/none'),
  step('witness', 'g/app', 'targets', 'targets/rel', '-p'),
  step('witness', 'g/app', 'targets/none', '-p'),
  step('reset', 'g/app', '--all'),
  step('remove', 'g/app', 'a&b'),
  step('remove', 'g/app', 'rel/1', '-r', 'targets/rel', '-p'),
  step('delegation', 'remove', 'g/app', 'targets/rel', '--paths', 'v'),
  step('delegation', 'remove', 'g/app', 'targets/all', '--all-paths', '-p'),
  step('delegation', 'list', 'g/app'),
  { args: ['delegation', 'remove', 'g/app', 'targets/all'], input: 'no\n' },
  step('delegation', 'remove', 'g/app', 'targets/all', '-y'),
  step('delegation', 'remove', 'g/app', 'bad'),
  step('delegation', 'purge', 'g/app', '--key', 'cd'.repeat(32), '-p'),
  step('key', 'rotate', 'g/app', 'targets'),
  step('key', 'rotate', 'g/app', 'snapshot', '-r'),
  step('key', 'rotate', 'g/app', 'timestamp', '-r'),
  step('key', 'rotate', 'g/app', 'timestamp'),
  step('key', 'rotate', 'g/app', 'targets', '-r'),
  step('key', 'rotate', 'g/app', 'targets/rel'),
  { args: ['key', 'rotate', 'g/app', 'root'], input: 'no\n' },
  { args: ['key', 'rotate', 'g/app', 'root'], input: 'yes\n' },
  step('list', 'g/app'),
  step('key', 'list'),
  step('key', 'generate', 'ecdsa', '-r', 'user'),
  step('key', 'generate', '-o', 'made'),
  step('key', 'remove', 'ef'.repeat(32)),
  step('key', 'passwd', 'ef'.repeat(32)),
  step('key', 'export', '--gun', 'x', '--key', 'y'),
  step('key', 'import', 'content'),
  step('key', 'import', 'absent.pem'),
  step('init', 'g/second', '--rootkey', 'ec.key'),
  step('init', 'g/second', '--rootcert', 'content'),
  step('init', 'g/second', '-p'),
  step('list', 'g/second'),
  step('delete', 'g/second', '--remote'),
  step('list', 'g/second'),
  step('delete', 'g/app'),
  step('status', 'g/app'),
  step('list', 'g/app'),
];

const newFolder = temporaryFolders('transcript-');

describe.skipIf(reference === undefined || serverProgram === undefined || openssl === undefined)('both clients', () => {
  const servers: ReferenceServer[] = [];
  const homes: string[] = [];
  beforeAll(async () => {
    for (let i = 0; i < 2; i++) {
      servers.push(await startReferenceServer(serverProgram as string));
      homes.push(newFolder());
    }
    const [first = ''] = homes;
    execFileSync(openssl as string, ['ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', join(first, 'ec.key')]);
    execFileSync(openssl as string, ['ec', '-in', join(first, 'ec.key'), '-pubout', '-out', join(first, 'ec.pub')], { stdio: 'ignore' });
    for (const home of homes) {
      writeFileSync(join(home, 'content'), 'hello\n');
      writeFileSync(join(home, 'custom.json'), '{"a":[1,{"b":null}]}');
      if (home !== first) execFileSync('cp', [join(first, 'ec.key'), join(first, 'ec.pub'), home]);
    }
  }, 120_000);
  afterAll(async () => {
    for (const server of servers) await server.stop();
  }, 120_000);

  it('say the same and end the same', async () => {
    const [go, us] = servers as [ReferenceServer, ReferenceServer];
    const [goHome, ourHome] = homes as [string, string];
    for (const { args, input } of SCRIPT) {
      const title = args.join(' ');
      const theirs = await runProgram(reference as string, ['-s', go.url, ...args], { home: goHome, input: input ?? '' });
      const ours = await notary(['-s', us.url, ...args], { home: ourHome, stdin: input ?? '' });
      const hide = (text: string, home: string): string =>
        normalized(text, home)
          .replaceAll(go.url, 'URL')
          .replaceAll(us.url, 'URL')
          .replace(/127\.0\.0\.1:\d+/g, 'HOST');
      expect(`${title}\n${ours.code}\n${hide(ours.stdout, ourHome)}`, ours.stderr).toBe(
        `${title}\n${theirs.code}\n${hide(theirs.stdout, goHome)}`,
      );
    }
  }, 300_000);
});
