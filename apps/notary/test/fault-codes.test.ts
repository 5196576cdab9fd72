// SPDX-License-Identifier: Apache-2.0
/** Every refusal of the command line itself, under its code. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { httpFaults } from '@notary/base';
import { createLoopbackHttp } from '@notary/testkit';
import { temporaryFolders } from '@notary/testkit/temporary';
import { beforeEach, expect, it } from 'vitest';
import { TestPublisher } from '../../../packages/notary-server/test/support/publisher.ts';
import { createTestServer, TestClock } from '../../../packages/notary-server/test/support/server.ts';
import { notary } from './support/run.ts';

const newFolder = temporaryFolders('notary-codes-');
const URL_OF = 'http://trust.example';
const GUN = 'example.com/app';
let home: string;
let clock: TestClock;
let http: ReturnType<typeof createLoopbackHttp>;

beforeEach(async () => {
  home = newFolder();
  clock = new TestClock();
  const server = createTestServer({ clock });
  http = createLoopbackHttp({ [URL_OF]: (request) => server.handle(request) });
  const publisher = await TestPublisher.init(server.handle, GUN, clock.now());
  await publisher.post({ root: await publisher.root(), targets: await publisher.targets(1, ['v1']) });
  // The publisher's content of a target is its name.
  writeFileSync(join(home, 'v1'), 'v1');
  writeFileSync(join(home, 'other'), 'other');
  writeFileSync(join(home, 'guns'), `${GUN}\nexample.com/none\n`);
});

const codeOf = async (args: readonly string[], stdin = ''): Promise<unknown> => {
  const { code, stdout } = await notary(['-s', URL_OF, ...args, '--json'], { home, clock, http, stdin });
  // A command that did a part of its work says that part first.
  const last = stdout.slice(stdout.lastIndexOf('\n{') + 1);
  return code === 0 ? 'nothing' : (JSON.parse(last) as { error: { code: string } }).error.code;
};

it.each<[code: string, args: readonly string[]]>([
  ['nothing', ['verify', GUN, 'v1', '-i', 'v1']],
  ['NOTARY_CONTENT_MISMATCH', ['verify', GUN, 'v1', '-i', 'other']],
  ['NOTARY_TARGET_UNAVAILABLE', ['verify', GUN, 'v2', '-i', 'v1']],
  ['NOTARY_FILE_MISSING', ['verify', GUN, 'v1', '-i', 'none']],
  ['NOTARY_INPUT', ['key', 'remove', '0'.repeat(64)]],
  ['NOTARY_INPUT', ['addhash', GUN, 'h', 'ten', '--sha256', 'ab'.repeat(32)]],
  ['COLLECTION_KEY_ID_INVALID', ['key', 'remove', 'short']],
  ['NOTARY_TLS_INVALID', ['list', GUN, '--tlscert', 'v1']],
  ['NOTARY_ABORTED', ['delegation', 'remove', GUN, 'targets/releases']],
  ['NOTARY_HAS_FAILURES', ['mirror', 'all', '--list', 'guns']],
])('%s: %j', async (code, args) => {
  expect(await codeOf(args, 'no\n')).toBe(code);
});

it('an unknown authority is named on the command line by --tlscacert', async () => {
  const unknown = httpFaults.TLS_FAILED({ method: 'GET', url: URL_OF, detail: 'x509: certificate signed by unknown authority', errno: '' });
  const { stderr } = await notary(['-s', URL_OF, 'list', GUN], { home, clock, http: { send: () => Promise.reject(unknown) } });
  expect(stderr).toMatch(/^hint: .* or --tlscacert FILE$/m);
});
