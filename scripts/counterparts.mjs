// SPDX-License-Identifier: Apache-2.0
/**
 * What the tests ran against and what they lacked. Tests leave a note for each counterpart that they look for (`@notary/testkit`); that one
 * ran is taken from the program itself: wrappers of a line stand first on the path and leave a mark when they are called.
 */
import { accessSync, constants, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Programs that tests find by their name on the path, or by a variable (`NOTATION_GO`). */
const WATCHED = [
  'docker',
  'docker-registry',
  'htpasswd',
  'notary',
  'notary-server',
  'notary-signer',
  'notation-go',
  'openssl',
  'skopeo',
  'strace',
  'zot',
];

const variableOf = (name) => name.toUpperCase().replaceAll('-', '_');

/** Where a program is, or undefined. Debian keeps servers where the path of a user does not lead. */
export function findProgram(name, env = process.env) {
  const executable = (path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  };
  const named = env[variableOf(name)];
  if (named) return executable(named) ? named : undefined;
  const folders = [...(env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'].filter((f) => f !== '');
  return folders.map((folder) => join(folder, name)).find(executable);
}

/** Watches what tests look for and run: `env` is for them, `read` tells afterwards. */
export function watchCounterparts(scratch, env = process.env) {
  const [programs, marks, log] = ['programs', 'marks', 'counterparts.jsonl'].map((name) => join(scratch, name));
  for (const folder of [programs, marks]) mkdirSync(folder);
  const watched = { ...env, NOTARY_COUNTERPARTS_LOG: log, PATH: `${programs}${delimiter}${env.PATH ?? ''}` };
  if (process.platform === 'win32') watched.PATH = env.PATH;
  else
    for (const name of WATCHED) {
      const path = findProgram(name, env);
      if (path === undefined) continue;
      const wrapper = join(programs, name);
      writeFileSync(wrapper, `#!/bin/sh\n: >'${join(marks, name)}'\nexec '${path}' "$@"\n`, { mode: 0o755 });
      if (env[variableOf(name)]) watched[variableOf(name)] = wrapper;
    }
  return { env: watched, read: () => readNotes(log, existsSync(marks) ? readdirSync(marks) : []) };
}

/** By name: was it found, did it run, why not, and which files asked in vain. */
function readNotes(log, ran) {
  const byName = new Map();
  const lines = existsSync(log) ? readFileSync(log, 'utf8').split('\n').filter(Boolean) : [];
  for (const { name, found, reason, files } of lines.map((line) => JSON.parse(line))) {
    const known = byName.get(name) ?? { name, found: false, ran: ran.includes(name), reason: undefined, askers: [] };
    if (found) known.found = true;
    else known.reason ??= reason;
    // What is started in other ways than by its name says itself that it was.
    if (found && !WATCHED.includes(name)) known.ran = true;
    if (!found) known.askers.push(files);
    byName.set(name, known);
  }
  return byName;
}

/** The package or application of a file, or the folder of tests that it is in. */
const areaOf = (file) => file.split('/').slice(0, 2).join('/');

/**
 * Why tests were skipped: the number of them by what was missing. `skipped` holds the number by file. A file lacks what it asked for itself,
 * or what modules beside it did; what nobody asked for is named by the file.
 */
export function skipsByReason(skipped, counterparts) {
  const counts = new Map();
  const lackedBy = (asks) => [...counterparts.values()].filter((c) => c.askers.some((files) => files.some(asks))).map((c) => c.name);
  for (const [file, count] of skipped) {
    const own = lackedBy((asker) => asker === file);
    const near = lackedBy((asker) => !asker.endsWith('.test.ts') && areaOf(asker) === areaOf(file));
    const names = (own.length > 0 ? own : near).sort();
    const reason = names.length === 0 ? `no reason given: ${file}` : names.join(', ');
    counts.set(reason, (counts.get(reason) ?? 0) + count);
  }
  return counts;
}

/** One line a counterpart. */
export function printCounterparts(counterparts) {
  for (const c of [...counterparts.values()].sort((a, b) => (a.name < b.name ? -1 : 1)))
    process.stdout.write(
      c.ran
        ? `exercised ${c.name}\n`
        : c.found
          ? `unused    ${c.name}: is here, and no test ran it\n`
          : `skipped   ${c.name}: ${c.reason}\n`,
    );
}

/** One line a reason, the largest first. */
export function printSkips(title, counts) {
  if (counts.size === 0) return;
  process.stdout.write(`${title}\n`);
  for (const [reason, count] of [...counts].sort((a, b) => b[1] - a[1])) process.stdout.write(`${String(count).padStart(6)}  ${reason}\n`);
}
