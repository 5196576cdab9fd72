// SPDX-License-Identifier: Apache-2.0
/** What `--json` prints, of every command, against the page that describes it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '@notary/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPusher, imageNamed, indexOf } from './support/images.ts';
import { createMachine, type Machine, type Outcome, ourTool, strictPolicy } from './support/machine.ts';
import { type Running, startOurRegistry } from './support/registries.ts';

const SCHEMA = 'notation/v1';

/** The rows `| \`command\` | \`member\`, … |` of the page. */
function documented(): ReadonlyMap<string, ReadonlySet<string>> {
  const page = readFileSync(join(repositoryRoot(), 'docs/reference/json.md'), 'utf8');
  const results = page.slice(page.indexOf('## Results'));
  const rows = [...results.matchAll(/^\| `([a-z -]+)` \| (.*) \|$/gm)];
  return new Map(
    rows.map(([, command = '', cell = '']) => [command, new Set([...cell.matchAll(/`([A-Za-z]+)`/g)].map((m) => m[1] as string))]),
  );
}

describe('--json', () => {
  const page = documented();
  let registry: Running;
  let user: Machine;
  let reference: string;
  let index: string;
  const seen = new Set<string>();

  beforeAll(async () => {
    registry = await startOurRegistry();
    user = createMachine(ourTool());
    const host = registry.host.replace('127.0.0.1', 'localhost');
    const pusher = createPusher(registry.url);
    const image = imageNamed('json');
    reference = `${host}/${await pusher.push('app', image)}`;
    index = `${host}/${await pusher.push('app', indexOf({ 'linux/amd64': image }))}`;
    user.put('work/policy.json', strictPolicy('t'));
    user.put('work/blob', 'content');
  });
  afterAll(async () => {
    user?.remove();
    await registry?.stop();
  });

  /** Runs a command with `--json` and checks the frame: one document, its schema, its command, only members of the page. */
  async function run(line: string, stdin = ''): Promise<Record<string, unknown> & { outcome: Outcome }> {
    const outcome = await user.run([...line.split(' ').map((w) => w.replace('REF', reference).replace('IDX', index)), '--json'], { stdin });
    const document = JSON.parse(outcome.stdout) as Record<string, unknown>;
    const { schema, command, ...members } = document;
    expect(schema).toBe(SCHEMA);
    expect(line.startsWith(String(command))).toBe(true);
    seen.add(String(command));
    const allowed = page.get(String(command));
    expect({ command, unknown: Object.keys(members).filter((m) => m !== 'error' && m !== 'cancelled' && !allowed?.has(m)) }).toEqual({
      command,
      unknown: [],
    });
    expect('error' in members, line).toBe(
      outcome.code !== 0 && !['certificate check', 'policy lint', 'blob policy lint'].includes(String(command)),
    );
    expect(outcome.stdout.endsWith('\n')).toBe(true);
    return { ...members, outcome };
  }

  it('says what was done', async () => {
    await run('version');
    await run('help sign');
    await run('completion bash');
    expect(await run('certificate generate-test --default t')).toMatchObject({ name: 't', default: true });
    expect(await run('key list')).toMatchObject({ keys: [{ name: 't', default: true }] });
    await run('certificate list');
    await run('certificate show -t ca -s t t.crt');
    await run('certificate check ../.config/notation/localkeys/t.crt');
    await run('certificate add -t ca -s other ../.config/notation/localkeys/t.crt');
    await run('certificate delete -t ca -s other t.crt -y');
    await run('key add --key-file ../.config/notation/localkeys/t.key --cert-file ../.config/notation/localkeys/t.crt two');
    await run('key update --default t');
    await run('key delete two');
    await run('policy import policy.json');
    await run('policy show');
    await run('policy lint');
    await run('policy init --force -n p --trust-store ca:t --trusted-identity *');
    await run('policy explain REF');
    await run('blob policy init -n g --global --trust-store ca:t --trusted-identity *');
    await run('blob policy show');
    await run('blob policy lint');
    await run('blob policy import --force ../.config/notation/trustpolicy.blob.json');
    await run('blob sign -m a=b blob');
    await run('blob inspect blob.jws.sig');
    expect(await run('blob verify -s blob.jws.sig blob')).toMatchObject({ basis: 'verified', signatures: [{ outcome: 'verified' }] });
    await run('sign REF');
    await run('sign --recursive IDX');
    await run('list REF');
    await run('inspect REF');
    expect(await run('verify REF')).toMatchObject({ basis: 'verified', signatures: [{ outcome: 'verified' }] });
    await run('verify --platform linux/amd64 IDX');
    expect(await run('verify REF IDX')).toMatchObject({ verified: 2, failed: 0 });
    await run('explain NOTATION_EXPIRED');
    await run('explain');
    await run('logout localhost:5000');
    await run('certificate cleanup-test t -y');
  });

  it('says why not, with a code, and the last line of the text form on standard error', async () => {
    const lines = [
      'verify REF',
      'verify REF IDX',
      'sign REF',
      'list localhost:1/a:b',
      'inspect localhost:1/a:b',
      'login localhost:1 -u a -p b',
      'blob verify -s blob.jws.sig nothing',
      'blob sign nothing',
      'blob inspect nothing.jws.sig',
      'key delete nothing',
      'key update --default nothing',
      'certificate add -t ca -s x nothing',
      'certificate show -t ca -s x nothing',
      'certificate delete -t ca -s x nothing -y',
      'policy import nothing',
      'policy explain nothing',
      'blob policy import nothing',
      'explain NOTHING',
      'sign --nonsense',
      'verify --max-signatures x',
    ];
    for (const line of lines) {
      const { error, outcome } = await run(line);
      expect(outcome.code).toBe(1);
      expect(error).toMatchObject({ code: expect.stringMatching(/^[A-Z0-9]+(_[A-Z0-9]+)+$/), category: expect.any(String) });
      expect(outcome.stderr).toContain(`Error: ${(error as { message: string }).message}`);
    }
  });

  it('a declined question is no failure', async () => {
    await run('certificate generate-test q');
    const { cancelled, outcome } = await run('certificate delete -t ca -s q q.crt', 'n\n');
    expect({ cancelled, code: outcome.code }).toEqual({ cancelled: true, code: 0 });
    // The question went to standard error: standard output is the document alone.
    expect(outcome.stderr).toContain('[y/N]');
  });

  it('every command of the page was seen, and every one seen is on the page', () => {
    expect([...seen].sort()).toEqual([...page.keys()].sort());
  });
});
