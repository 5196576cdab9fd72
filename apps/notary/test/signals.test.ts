// SPDX-License-Identifier: Apache-2.0
import { execFileSync, spawn } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { builtExecutable, recordSkip } from '@notary/testkit';
import { temporaryFolders } from '@notary/testkit/temporary';
import { expect, it } from 'vitest';

const executable = builtExecutable('notary');
if (executable === undefined) recordSkip('dist/bin/notary', 'it is not built');
const newFolder = temporaryFolders('notary-signals-');

const locks = (home: string): string[] => readdirSync(home, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.lock'));

it.skipIf(executable === undefined).each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  'a publish that a server keeps waiting is ended by %s, and gives its lock back',
  async (signal) => {
    const home = newFolder();
    let asked: (() => void) | undefined;
    const waiting = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const server = createServer(() => asked?.());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const common = ['-d', join(home, 'trust'), '-s', url];
      const options = { env: { HOME: home }, stdio: 'ignore' } as const;
      writeFileSync(join(home, 'content'), 'content');
      execFileSync(executable as string, [...common, 'add', 'example.com/app', 'v1', join(home, 'content')], options);
      const child = spawn(executable as string, [...common, 'publish', 'example.com/app'], options);
      const ended = new Promise((resolve) => child.once('exit', (code, name) => resolve(name ?? code)));
      await waiting;
      expect(locks(home)).toHaveLength(1);
      child.kill(signal);
      expect(await ended).toBe(signal);
      expect(locks(home)).toEqual([]);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  },
);
