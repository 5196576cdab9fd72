// SPDX-License-Identifier: Apache-2.0
/** Twin home directories, and what is compared between them. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { builtExecutable, repositoryRoot } from '@notary/testkit';
import { bunExecutable } from '../../../../scripts/build.mjs';
import type { Difference, Put, Step } from './rows.ts';

/** A program with its arguments before those of the command line. */
export interface Tool {
  readonly file: string;
  readonly args: readonly string[];
}

/** This program: NOTATION_OURS, the built executable, or its sources run by Bun. */
export function ourTool(): Tool {
  const named = process.env.NOTATION_OURS ?? builtExecutable('notation');
  if (named) return { file: named, args: [] };
  return { file: bunExecutable(), args: ['--conditions=@notary/source', join(repositoryRoot(), 'apps/notation/src/main.ts')] };
}

export interface Twin {
  readonly home: string;
  readonly tool: Tool;
}

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A home of its own for a tool. */
export function createTwin(tool: Tool): Twin {
  const home = mkdtempSync(join(tmpdir(), 'notation-twin-'));
  mkdirSync(join(home, 'work'));
  return { home, tool };
}

export const removeTwin = ({ home }: Twin): void => rmSync(home, { recursive: true, force: true });

/** Puts a file into a home. */
export function putFile({ home }: Twin, { put, content }: Put): void {
  const path = join(home, put.startsWith('~/') ? `.config/notation/${put.slice(2)}` : put);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, content);
  chmodSync(path, 0o600);
}

/** Runs a step; the home's path is written `HOME` in what it printed. */
export function runStep({ home, tool }: Twin, step: Step): Outcome {
  const run = spawnSync(tool.file, [...tool.args, ...step.argv], {
    cwd: join(home, 'work'),
    input: step.stdin ?? '',
    encoding: 'utf8',
    env: { HOME: home, PATH: '/usr/bin:/bin', TZ: 'UTC', ...step.environment },
  });
  const plain = (text: string): string =>
    text
      .replaceAll(home, 'HOME')
      // Made in the same second or in the next.
      .replace(/expiring on \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/, 'expiring on TIME');
  return { code: run.status, stdout: plain(run.stdout), stderr: plain(run.stderr) };
}

/** Remedies stand before the last line, which is the Go tool's; nowhere else, so anywhere else they are a difference. */
const HINT = /^Hint: [^\n]+\n(?=Error: )/m;

/** The part of an outcome that a difference leaves to compare; our remedy, which the Go tool never has, is left out. */
export function comparable({ code, stdout, stderr }: Outcome, differs: Difference | undefined): unknown {
  const outcome = { code, stdout, stderr: code === 0 ? stderr : stderr.replace(HINT, '') };
  switch (differs?.compare) {
    case undefined:
      return outcome;
    case 'code':
      return outcome.code;
    case 'last-line':
      return { code: outcome.code, stdout: outcome.stdout, last: outcome.stderr.trimEnd().split('\n').at(-1) };
    case 'help':
      return { code: outcome.code, stdout: plainHelp(outcome.stdout), stderr: plainHelp(outcome.stderr) };
  }
}

const ABSENT_FLAGS = /^ {6}--(plugin|plugin-config|id|timestamp-url|timestamp-root-cert) /;

/**
 * Help without the sections of our own additions, and without what is not there yet: plugin commands and flags, timestamping,
 * and the examples and half-sentences about them. Columns are as wide as their widest flag, so blanks are folded.
 */
function plainHelp(text: string): string {
  const withoutExamples = text.replace(/\n\nAdditional Examples:[\s\S]*?(?=\n\n(?:Global Flags:|Use ")|\n$|$(?![\s\S]))/, '');
  const sections = withoutExamples.split(/\n\n(?=\S)/).filter((s) => !/^Additional (Flags|Commands|Examples):/.test(s));
  const kept = sections.filter(
    (s) => !/^Example - .*(plugin|timestamping|key to signing key list)/.test(s) && !s.startsWith('Note: a signing key'),
  );
  return kept
    .join('\n\n')
    .split('\n')
    .filter((line) => !ABSENT_FLAGS.test(line) && !/^ {2}plugin {6}/.test(line))
    .map((line) => line.replace('. This is mutually exclusive with the --id and --plugin flags', '').replace(/(?<=\S) {2,}/g, '  '))
    .join('\n')
    .trimEnd();
}

/** Every file and directory with its mode, and the content of those that are not random. The cache and other programs' folders are left out. */
export function treeOf({ home }: Twin): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  const visit = (path: string, name: string): void => {
    const stat = statSync(path);
    const mode = (stat.mode & 0o777).toString(8);
    if (!stat.isDirectory()) {
      found[name] = isRandom(name) ? mode : `${mode} ${readFileSync(path, 'utf8').replaceAll(home, 'HOME')}`;
      return;
    }
    found[name] = mode;
    for (const entry of readdirSync(path).sort()) visit(join(path, entry), `${name}/${entry}`);
  };
  for (const entry of ['.config', 'work']) {
    if (readdirSync(home).includes(entry)) visit(join(home, entry), entry);
  }
  return found;
}

const isRandom = (name: string): boolean => /\.(key|crt|sig)$/.test(name);
