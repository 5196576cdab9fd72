// SPDX-License-Identifier: Apache-2.0
/**
 * Names of files that are being written. A name tells which process writes it: `.staged-PID-START-BOOT-NAMESPACE-RANDOM`. So a file that
 * was left behind by a process that was killed can be told from one that another process is writing, and is removed by the next
 * process that stages anything in that folder.
 */

import { atExit } from '../exit.ts';
import { STAGED_FOREIGN_SILENCE_MS, STAGED_SWEEP_DIRECTORIES, STAGED_SWEEP_ENTRIES } from '../limits.ts';
import { type Fs, firstNames } from './fs.ts';
import { isRunning, ownMark, type ProcessMark } from './holder.ts';

const NAME = /^\.staged-(\d{1,10})-(\d{0,20})-([0-9a-z]{0,40})-(\d{0,20})-[0-9a-z]{1,40}$/;

/** Boot and namespace in the characters of a name. */
const machineParts = ({ machine }: ProcessMark): readonly [boot: string, namespace: string] => {
  const [boot = '', namespace = ''] = machine.split(' ');
  return [
    boot
      .toLowerCase()
      .replace(/[^0-9a-z]/g, '')
      .slice(0, 40),
    namespace.replace(/\D/g, '').slice(0, 20),
  ];
};

/** A staged file: where it is, and what to do once it is published or removed. */
export interface Staged {
  readonly path: string;
  /** It is gone from that name: nothing is left to tidy up. */
  settled(): void;
}

const swept = new Set<string>();

/** A name that nobody guesses, hidden from listings that skip dot files. The file is removed if the process exits before it is settled. */
export function stagedFile(fs: Fs, directory: string): Staged {
  const self = ownMark(fs);
  if (!swept.has(directory) && swept.size < STAGED_SWEEP_DIRECTORIES) {
    swept.add(directory);
    sweep(fs, directory, self);
  }
  const random = Array.from(crypto.getRandomValues(new Uint32Array(3)), (n) => n.toString(36)).join('');
  const path = `${directory}/.staged-${[self.pid, self.start, ...machineParts(self), random].join('-')}`;
  return { path, settled: atExit(() => fs.rmSync(path, { force: true })) };
}

/** Removes what dead processes left in a folder. Whatever cannot be read or removed stays: it is nobody's business now. */
function sweep(fs: Fs, directory: string, self: ProcessMark): void {
  try {
    for (const name of firstNames(fs, directory, STAGED_SWEEP_ENTRIES)) {
      if (name.startsWith('.staged-') && isAbandoned(fs, directory, name, self)) fs.rmSync(`${directory}/${name}`, { force: true });
    }
  } catch {
    // Absent, or not to be listed by this user.
  }
}

function isAbandoned(fs: Fs, directory: string, name: string, self: ProcessMark): boolean {
  const parts = NAME.exec(name);
  if (parts === null) return false;
  const found = fs.lstatSync(`${directory}/${name}`, { throwIfNoEntry: false });
  if (found === undefined || !found.isFile()) return false;
  const [, pid, start = '', boot, namespace] = parts;
  const [ownBoot, ownNamespace] = machineParts(self);
  // Without start times (not Linux) the name does not tell machines apart, either.
  const isOurs = start !== '' && boot === ownBoot && namespace === ownNamespace;
  return isOurs ? !isRunning(fs, { pid: Number(pid), start }) : Date.now() - found.mtimeMs > STAGED_FOREIGN_SILENCE_MS;
}
