// SPDX-License-Identifier: Apache-2.0
/** A program of many small parts, run as a child by the tests: the first argument says which. */
import { createPlatform, endBySignal } from '@notary/platform';

const { terminal, files, signals } = createPlatform();
const [part, argument = ''] = process.argv.slice(2);

async function* endless(): AsyncGenerator<Uint8Array> {
  for (;;) {
    yield new Uint8Array(65_536);
    terminal.out('chunk\n');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const parts: Record<string, () => Promise<void>> = {
  async echo() {
    terminal.out('out 1\n');
    terminal.err('err 1\n');
    terminal.out(new TextEncoder().encode('out 2\n'));
    terminal.err('err 2\n');
  },
  async large() {
    for (let i = 0; i < 2_000; i++) terminal.out(`${String(i).padStart(1_023, '.')}\n`);
  },
  async lines() {
    terminal.out(`${JSON.stringify([await terminal.readLine(), await terminal.readSecret(), await terminal.readLine()])}\n`);
    terminal.out(await terminal.readAll(1_000_000));
    terminal.out(`${JSON.stringify((await terminal.readLine()) ?? null)}\n`);
  },
  async kinds() {
    terminal.out(`${JSON.stringify([terminal.stdinIsTerminal, terminal.stdoutIsTerminal, terminal.stderrIsTerminal, terminal.columns])}\n`);
  },
  async secret() {
    const reading = terminal.readSecret();
    terminal.err('Password: ');
    const secret = await reading;
    terminal.out(`got ${JSON.stringify(secret ?? null)}\n`);
    terminal.err('Name: ');
    terminal.out(`then ${JSON.stringify((await terminal.readLine()) ?? null)}\n`);
  },
  async unread() {
    terminal.out('not waiting for input\n');
    void terminal.readLine();
    await terminal.flush();
    process.exit(0);
  },
  async broken() {
    for (;;) {
      terminal.out('y\n'.repeat(4_096));
      await terminal.flush();
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  },
  async lock() {
    await files.lock(argument, 10_000);
    terminal.out('locked\n');
    await new Promise(() => setInterval(() => undefined, 1_000));
  },
  write: () => files.writeAtomic(argument, endless(), { mode: 0o600 }),
  'write-once': () => files.writeAtomic(argument, new Uint8Array(1), { mode: 0o600 }),
  async 'write-and-lock'() {
    for (const name of ['SIGTERM', 'SIGHUP', 'SIGINT'] as const) process.on(name, () => endBySignal(name));
    await files.lock(`${argument}.lock`, 0);
    await files.writeAtomic(argument, endless(), { mode: 0o600 });
  },
  async 'write-and-exit'() {
    await files.lock(`${argument}.lock`, 0);
    setTimeout(() => process.exit(3), 50);
    await files.writeAtomic(argument, endless(), { mode: 0o600 });
  },
  async signals() {
    const stop = signals.on(['SIGTERM', 'SIGHUP'], (name) => {
      terminal.out(`${name}\n`);
      if (name === 'SIGHUP') return;
      stop();
      clearInterval(alive);
    });
    const alive = setInterval(() => undefined, 1_000);
    terminal.out('ready\n');
  },
};

await parts[part ?? '']?.();
await terminal.flush();
