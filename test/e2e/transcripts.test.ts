// SPDX-License-Identifier: Apache-2.0
/**
 * Sessions as people have them, on the built executables and a registry of this project. A transcript is commands after `$ `, each
 * followed by what it prints on both streams and, where it is not 0, `[exit N]`. `<name>` stands for what differs from run to run.
 * UPDATE_TRANSCRIPTS=1 writes what was printed; read the difference before it is committed.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { builtExecutable, recordSkip, repositoryRoot, type StartedProcess, startProcess } from '@notary/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Stage } from './stage.ts';

const folder = join(repositoryRoot(), 'test', 'e2e', 'transcripts');
const built = builtExecutable('notation') !== undefined && builtExecutable('notary-registry') !== undefined;
if (!built) recordSkip('built executables', 'notation and notary-registry are not built');

/** One command with the comment lines before it. */
interface Step {
  readonly comments: readonly string[];
  readonly command: string;
}

function parse(text: string): Step[] {
  const steps: Step[] = [];
  let comments: string[] = [];
  for (const line of text.split('\n')) {
    if (line.startsWith('# ')) comments.push(line);
    if (!line.startsWith('$ ')) continue;
    steps.push({ comments, command: line.slice(2) });
    comments = [];
  }
  return steps;
}

const VARYING: readonly (readonly [RegExp, string])[] = [
  [/sha256:[0-9a-f]{64}/g, 'sha256:<digest>'],
  [/sha256:[0-9a-f]{12}\b/g, 'sha256:<start>'],
  [/\b[0-9a-f]{64}\b/g, '<hash>'],
  [/\b[0-9a-f]{40}\b/g, '<hash>'],
  [/localhost:\d{4,5}/g, 'localhost:<port>'],
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)/g, '<time>'],
  [/(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d \d\d:\d\d:\d\d \d{4}/g, '<date>'],
  [/Bun \d+\.\d+\.\d+/g, 'Bun <version>'],
  [/(linux|darwin|windows)\/(amd64|arm64)/g, '<system>'],
  // Tables are as wide as the paths in them, and so as the name of the temporary folder.
  [/(?<=\S) {20,}(?=\S)/g, '   '],
];

function plain(text: string, stage: Stage): string {
  return VARYING.reduce((t, [from, to]) => t.replaceAll(from, to), text.replaceAll(stage.home, '~').replaceAll(stage.work, '<folder>'));
}

describe.skipIf(!built)('transcripts', () => {
  let registry: StartedProcess;
  let host: string;
  beforeAll(async () => {
    const args = ['serve', '--memory', '--addr', '127.0.0.1:0'];
    registry = await startProcess(builtExecutable('notary-registry') ?? '', args, { ready: /http:\/\/127\.0\.0\.1:\d+/ });
    host = `localhost:${/http:\/\/127\.0\.0\.1:(\d+)/.exec(registry.output())?.[1]}`;
  });
  afterAll(() => registry.stop());

  it.each(readdirSync(folder).filter((f) => f.endsWith('.txt')))('%s', (name) => {
    const stage = new Stage();
    try {
      const wanted = readFileSync(join(folder, name), 'utf8');
      const got = parse(wanted).map(({ comments, command }) => {
        const ran = stage.run('/bin/sh', ['-c', `${command} 2>&1`], { env: { REGISTRY: host, REPOSITORY: name.replace('.txt', '') } });
        const printed = plain(ran.stdout, stage).replace(/\n$/, '');
        const lines = [
          ...comments,
          `$ ${command}`,
          ...(printed === '' ? [] : [printed]),
          ...(ran.status === 0 ? [] : [`[exit ${ran.status}]`]),
        ];
        return lines.join('\n');
      });
      const text = `${got.join('\n')}\n`;
      if (process.env.UPDATE_TRANSCRIPTS) writeFileSync(join(folder, name), text);
      expect(text).toBe(process.env.UPDATE_TRANSCRIPTS ? text : wanted);
    } finally {
      stage.remove();
    }
  });
});
