// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { freePort, startProcess } from '@notary/testkit';
import { describe, expect, it } from 'vitest';

describe('free ports', () => {
  it('are never given twice while others start, and are below those that the system hands out', async () => {
    const ports: number[] = [];
    for (let i = 0; i < 50; i++) ports.push(await freePort());
    expect(new Set(ports).size).toBe(50);
    const range = '/proc/sys/net/ipv4/ip_local_port_range';
    const lowest = existsSync(range) ? Number(readFileSync(range, 'utf8').split(/\s/)[0]) : 32_768;
    if (lowest > 10_440) for (const port of ports) expect(port).toBeLessThan(lowest);
  });

  it('pass over those that are taken', async () => {
    const first = await freePort();
    const held: Server[] = [];
    for (const port of [first + 1, first + 2]) {
      const server = createServer().on('error', () => undefined);
      await new Promise<void>((resolve) => server.once('error', () => resolve()).listen(port, '127.0.0.1', resolve));
      held.push(server);
    }
    const given = [await freePort(), await freePort()];
    for (const server of held) await new Promise((resolve) => server.close(resolve));
    expect(given).not.toContain(first + 1);
    expect(given).not.toContain(first + 2);
  });
});

describe('a started process', () => {
  it('has ended when all that it wrote has come', async () => {
    // More than a pipe holds: the rest is on its way when the process has gone.
    const script = 'head -c 60000 /dev/zero | tr "\\0" x; echo last';
    const listeners = process.listenerCount('exit');
    for (let i = 0; i < 20; i++) {
      const started = await startProcess('sh', ['-c', script]);
      expect(await started.exited).toBe(0);
      expect(started.output().endsWith('xlast\n')).toBe(true);
    }
    expect(process.listenerCount('exit')).toBe(listeners);
  });

  it('has ended although a child of its own keeps its streams', async () => {
    const started = await startProcess('sh', ['-c', 'sleep 20 & echo $!; exit 3']);
    expect(await started.exited).toBe(3);
    process.kill(Number(started.output()));
  });

  it('that ends before it is ready says what it printed', async () => {
    await expect(startProcess('sh', ['-c', 'echo the reason >&2; exit 4'], { ready: /never/ })).rejects.toThrow(
      /sh: it exited with 4:\nthe reason/,
    );
  });
});
