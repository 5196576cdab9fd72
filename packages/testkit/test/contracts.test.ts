// SPDX-License-Identifier: Apache-2.0
import { createFakeClock, createFakeTerminal, createFixedRandom, createLoopbackHttp, createMemoryFiles } from '@notary/testkit';
import { clockContract, filesContract, httpContract, randomContract, terminalContract } from '@notary/testkit/contract';

clockContract('fake', () => {
  const clock = createFakeClock();
  return { clock, run: (ms) => clock.advance(ms) };
});
randomContract('fixed', () => createFixedRandom(3));
terminalContract('fake', (stdin) => createFakeTerminal({ stdin }));
filesContract('memory', async () => {
  const files = createMemoryFiles();
  await files.makeDirectory('/work', 0o755);
  return { files, root: '/work', link: async (path, target) => files.putLink(path, target), cleanUp: async () => undefined };
});
httpContract('loopback', async () => {
  const http = createLoopbackHttp();
  const serve = async (handler: Parameters<typeof http.route>[1]): Promise<string> => {
    http.route('http://server.example', handler);
    return 'http://server.example';
  };
  return { http, serve, cleanUp: async () => undefined };
});
