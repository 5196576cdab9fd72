// SPDX-License-Identifier: Apache-2.0
/** Configuration files that cannot be used, each refused under its code. */
import { toUtf8 } from '@notary/base';
import { logFormat, readConfigFile, readNamedFile } from '@notary/service/settings';
import { codeOf, createMemoryFiles } from '@notary/testkit';
import { expect, it } from 'vitest';

const files = createMemoryFiles({
  '/c.json': '{"a":1}',
  '/bad.json': '{"a":',
  '/twice.json': '{"a":1,"a":2}',
  '/deep.json': '['.repeat(100),
});
it.each<[code: string, run: () => unknown]>([
  ['nothing', () => readConfigFile(files, '/c.json')],
  ['CONFIG_UNREADABLE', () => readConfigFile(files, '')],
  ['CONFIG_UNREADABLE', () => readConfigFile(files, '/none.json')],
  ['CONFIG_UNREADABLE', () => readConfigFile(files, '/bad.json')],
  ['CONFIG_UNREADABLE', () => readConfigFile(files, '/twice.json')],
  ['CONFIG_UNREADABLE', () => readConfigFile(files, '/deep.json')],
  ['CONFIG_FILE_UNREADABLE', () => readNamedFile(files, '/none.pem', 'server.tls_cert_file')],
  ['CONFIG_LOG_FORMAT', () => logFormat('xml')],
])('%s', async (...[code, run]) => {
  expect(await codeOf(run)).toBe(code);
});

it('reads what is there', async () => {
  expect(await readConfigFile(files, '/c.json')).toMatchObject({ a: 1 });
  files.put('/secret', toUtf8('s'));
  expect(await readNamedFile(files, '/secret', 'a secret')).toBe('s');
});
