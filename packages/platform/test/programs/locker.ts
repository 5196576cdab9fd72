// SPDX-License-Identifier: Apache-2.0
/**
 * Takes a lock, does something that two must not do at once, gives the lock back, and again until it is killed. `inside` names who
 * has the lock; whoever comes in and finds somebody there who lives, or leaves and finds somebody else, says so on standard error.
 */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { createPlatform } from '@notary/platform';

const { files } = createPlatform();
const [path = '', inside = ''] = process.argv.slice(2);

const read = (): string => {
  try {
    return readFileSync(inside, 'utf8');
  } catch {
    return '';
  }
};

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
  } catch {
    return false;
  }
}

process.stdout.write('ready\n');
for (;;) {
  const lock = await files.lock(path, 20_000);
  const before = read();
  if (before !== '' && isAlive(Number(before))) console.error(`${process.pid} came in while ${before} was inside`);
  writeFileSync(inside, String(process.pid));
  if (Math.random() < 0.3) await new Promise((resolve) => setTimeout(resolve, Math.random() * 4));
  const after = read();
  if (after !== String(process.pid)) console.error(`${process.pid} was inside and found ${after}`);
  appendFileSync(`${inside}.count`, '.');
  writeFileSync(inside, '');
  // Some go without giving it back, as if killed.
  if (Math.random() < 0.02) process.kill(process.pid, 'SIGKILL');
  await lock.release();
}
