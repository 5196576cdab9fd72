// SPDX-License-Identifier: Apache-2.0
/** Every real adapter under the contract of its port, on the runtime that runs the tests. */
import { symlink } from 'node:fs/promises';
import type { RunningListener } from '@notary/base';
import { createPlatform } from '@notary/platform';
import { clockContract, filesContract, httpContract, listenerContract, processesContract, randomContract } from '@notary/testkit/contract';

const runtime = 'Bun' in globalThis ? 'Bun' : 'Node';
const platform = createPlatform();

clockContract(runtime, () => ({ clock: platform.clock, run: async () => undefined }));
randomContract(runtime, () => platform.random);
filesContract(runtime, async () => {
  const { files } = platform;
  const root = await files.makeTemporaryDirectory('notary-files-');
  return { files, root, link: (path, target) => symlink(target, path), cleanUp: () => files.removeTree(root) };
});
httpContract(runtime, async () => {
  const running: RunningListener[] = [];
  return {
    http: platform.http(),
    async serve(handler) {
      const server = await platform.listener.listen(handler, { host: '127.0.0.1', port: 0 });
      running.push(server);
      return server.url;
    },
    cleanUp: async () => void (await Promise.all(running.map((r) => r.stop(0)))),
  };
});
processesContract(runtime, () => platform.processes);
listenerContract(runtime, () => platform.listener);
