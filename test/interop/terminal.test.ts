// SPDX-License-Identifier: Apache-2.0
/** What long work shows on a terminal, made by `script`: progress there, nothing elsewhere, and colours only where they are wanted. */
import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { createWriteStream, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { counterpart } from '@notary/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPusher, imageNamed, indexOf } from './support/images.ts';
import { createMachine, type Machine, type Outcome, ourTool, strictPolicy } from './support/machine.ts';
import { type Running, startOurRegistry } from './support/registries.ts';
import { type Front, passOn, startFront } from './support/servers.ts';

const script = counterpart('script');
const REMOVED = '\r\x1b[2K';
const COLOUR = /\x1b\[[0-9;]*m/;

describe.skipIf(script === undefined)('on a terminal', () => {
  let registry: Running;
  let slow: Front;
  let user: Machine;
  let index: string;
  let references: string[];

  beforeAll(async () => {
    registry = await startOurRegistry();
    slow = await startFront((request, response) => setTimeout(() => passOn(request, response, registry.host), 60));
    user = createMachine(ourTool());
    const host = `localhost:${slow.port}`;
    const pusher = createPusher(registry.url);
    const images = Array.from({ length: 6 }, (_, i) => imageNamed(`terminal ${i}`));
    references = [];
    for (const image of images) references.push(`${host}/${await pusher.push('app', image)}`);
    index = `${host}/${await pusher.push('app', indexOf(Object.fromEntries(images.map((image, i) => [`linux/a${i}`, image]))))}`;
    await user.ok(['cert', 'generate-test', '--default', 't']);
    user.put('.config/notation/trustpolicy.oci.json', strictPolicy('t'));
    user.put('work/list', `${references.join('\n')}\n`.repeat(6));
  });
  afterAll(async () => {
    user?.remove();
    await slow?.stop();
    await registry?.stop();
  });

  /** Standard error is a terminal of 100 columns, standard output a file. */
  function onTerminal(line: string, environment: Readonly<Record<string, string>> = {}): Promise<Outcome> {
    const { file, args } = ourTool();
    return runScript(`stty cols 100; ${[file, ...args].join(' ')} ${line} > stdout`, environment);
  }

  /** `typed` is typed, or called, the moment something asks: the mode has changed before the prompt is seen. */
  function runScript(
    command: string,
    environment: Readonly<Record<string, string>> = {},
    typed?: string | ((printed: string) => void),
  ): Promise<Outcome> {
    writeFileSync(join(user.work, 'stdout'), '');
    const child = spawn(script as string, ['-qefc', command, '/dev/null'], {
      cwd: user.work,
      env: { HOME: user.home, PATH: '/usr/bin:/bin', TZ: 'UTC', TERM: 'xterm', ...environment },
      stdio: [typeof typed === 'string' ? 'pipe' : 'ignore', 'pipe', 'inherit'],
    });
    child.stdin?.on('error', () => undefined);
    let stderr = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      const asked = /: $/;
      const isAsked = !asked.test(stderr) && asked.test(stderr + text);
      stderr += text;
      if (!isAsked) return;
      if (typeof typed === 'string') child.stdin?.write(typed);
      else typed?.(stderr);
    });
    return new Promise((resolve) => {
      child.on('close', (code) => resolve({ code: code ?? 128, stdout: readFileSync(join(user.work, 'stdout'), 'utf8'), stderr }));
    });
  }

  it('sign --recursive says how far it is, and takes it back', async () => {
    const { code, stdout, stderr } = await onTerminal(`sign --recursive ${index}`);
    expect(code).toBe(0);
    expect(stdout.match(/^Successfully signed/gm)).toHaveLength(7);
    expect(stderr).toMatch(/signing [2-7] of 7 manifests/);
    expect(stderr.endsWith(REMOVED)).toBe(true);
    expect(stderr).not.toMatch(COLOUR);
  });

  it('verify of many references says how far it is, and results never stand in the middle of that', async () => {
    const { code, stdout, stderr } = await onTerminal('verify --file list');
    expect(code).toBe(0);
    expect(stdout.match(/^Successfully verified/gm)).toHaveLength(36);
    expect(stderr).toMatch(/verif(ying 36|ied \d+ of 36) references/);
    expect(stderr.endsWith(REMOVED)).toBe(true);
  });

  it('a large file says how far it is read', async () => {
    // Sparse: it takes no space, and the fastest machine a second to read.
    const file = createWriteStream(join(user.work, 'large'), { start: 2048 * 1024 * 1024 - 1 });
    await new Promise((resolve) => file.end('x', () => resolve(undefined)));
    const { code, stderr } = await onTerminal('blob sign large');
    expect(code).toBe(0);
    expect(stderr).toMatch(/reading large: \d+ of 2048 MiB/);
    truncateSync(join(user.work, 'large'), 100);
    expect((await user.run(['blob', 'sign', '--force', 'large'])).stderr).toBe('Warning: existing signature file will be overwritten\n');
  });

  it('a question for a passphrase that is broken off leaves a terminal that echoes', async () => {
    const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const pem = key.export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'secret' });
    user.put('work/key.pem', pem as string);
    const { file, args } = ourTool();
    const asking = `${[file, ...args].join(' ')} blob sign --key-file key.pem list`;
    user.put('work/asked.sh', `stty sane; sh -c 'echo process $$; exec ${asking}'; echo ended $?; stty -a`);
    const told = await runScript('sh asked.sh', {}, (printed) => process.kill(Number(/process (\d+)/.exec(printed)?.[1]), 'SIGTERM'));
    expect(told.stderr).toContain('Passphrase of key.pem: ');
    expect(told.stderr).toMatch(/ended 143/);
    expect(told.stderr).toMatch(/ echo[ ;]/);
    expect(told.stderr).toMatch(/ icanon[ ;]/);
    const stopped = await runScript(asking, {}, '\x03');
    expect(stopped.code).toBe(1);
    expect(stopped.stderr).toMatch(/\r\nError: interrupted\r\n$/);
  });

  it('elsewhere nothing of it is seen', async () => {
    const signed = await user.ok(['sign', '--recursive', index]);
    expect(signed.stderr).toBe('');
    const verified = await user.ok(['verify', '--file', 'list']);
    expect(verified.stderr).toBe('');
  });

  it('a terminal that cannot take a line back gets none', async () => {
    expect((await onTerminal('verify --file list', { TERM: 'dumb' })).stderr).toBe('');
  });

  it('NO_COLOR has no colours, and the last line never has one', async () => {
    const coloured = await onTerminal('key delete nothing');
    expect(coloured.code).toBe(1);
    expect(coloured.stderr).toMatch(COLOUR);
    expect(coloured.stderr.endsWith('\r\nError: signing key nothing not found\r\n')).toBe(true);
    for (const environment of [{ NO_COLOR: '1' }, { TERM: 'dumb' }]) {
      expect((await onTerminal('key delete nothing', environment)).stderr).not.toMatch(COLOUR);
      expect((await onTerminal(`list -d ${references[0]}`, environment)).stderr).not.toMatch(COLOUR);
    }
    // Progress has no colour to begin with.
    const progress = await onTerminal(`sign --recursive ${index}`, { NO_COLOR: '1' });
    expect(progress.stderr).toMatch(/signing \d of 7/);
    expect(progress.stderr).not.toMatch(COLOUR);
  });
});
