// SPDX-License-Identifier: Apache-2.0
/** What every command says when it fails: a remedy before the last line, and the whole fault with `--json`. */
import { type Fault, httpFaults, isFault } from '@notary/base';
import { goQuote } from '@notary/base/json';
import { describe, expect, it } from 'vitest';
import { withPlaceholders } from '../src/commands/explain/placeholders.ts';
import { faults } from '../src/faults.ts';
import { withCommand } from '../src/remedies.ts';
import { createNotation, policyFor, REGISTRY } from './support.ts';

const CONFIG = '/home/u/.config/notation';

const NEW_STATEMENT = "--name NAME --trust-store ca:STORE --trusted-identity 'x509.subject: C=COUNTRY, ST=STATE, O=ORGANIZATION'";

describe('a remedy', () => {
  it.each([
    ['key delete nope', 'see which keys there are: notation key list', 'signing key nope not found'],
    ['cert add -t x -s y z', 'give --type ca, --type signingAuthority or --type tsa', 'unsupported store type: x'],
    ['cert show -t ca -s x ../y', 'see the names: notation cert list', 'failed to show details of certificate'],
    [
      `verify ${REGISTRY}/a:b`,
      `import a trust policy with "notation policy import FILE", or write one: notation policy init ${NEW_STATEMENT}`,
      'trust policy is not present',
    ],
    [
      `sign ${REGISTRY}/a:b`,
      'name a key with --key, sign with --key-file, or choose a default with "notation key update --default NAME"',
      'default signing key not set',
    ],
    ['explain NOTHING', 'see every code: notation explain', 'unknown code "NOTHING"'],
    [
      `list --oci-layout ${REGISTRY}/a:b`,
      'set NOTATION_EXPERIMENTAL=1, or use an oci-layout: or oci-archive: reference',
      'flag(s) --oci-layout',
    ],
  ])('[D-32] of %s stands on standard error before the last line', async (line, hint, message) => {
    const { code, stdout, stderr } = await createNotation().call(line.split(' '));
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    const [first, last, ...more] = stderr.split('\n');
    expect(first).toBe(`Hint: ${hint}`);
    expect(last?.startsWith(`Error: ${message}`)).toBe(true);
    expect(more).toEqual(['']);
  });

  it('is bold on a terminal, and plain where NO_COLOR is set; the last line never has a colour', async () => {
    const call = (environment: Record<string, string>) => createNotation().call(['key', 'delete', 'x'], { terminal: true, environment });
    const rest = 'see which keys there are: notation key list\nError: signing key x not found\n';
    expect((await call({})).stderr).toBe(`\u001b[1mHint:\u001b[22m ${rest}`);
    expect((await call({ NO_COLOR: '1' })).stderr).toBe(`Hint: ${rest}`);
    expect((await call({ TERM: 'dumb' })).stderr).toBe(`Hint: ${rest}`);
  });

  it('is not made up for command lines that cannot be read', async () => {
    for (const line of ['foo', 'key list --foo', 'verify', 'sign -e x y', 'version x']) {
      expect((await createNotation().call(line.split(' '))).stderr).toMatch(/^Error: /);
    }
  });

  it('of each certificate that was not added is not lost in the sum', async () => {
    const { files, call } = createNotation();
    files.put('/home/x', 'no certificate');
    const { stderr } = await call(['cert', 'add', '-t', 'ca', '-s', 's', '/home/x']);
    expect(stderr).toMatch(/^Hint: give .*\nError: Failed to add following certificates/);
  });

  it('for blobs names the commands for blobs', async () => {
    const hint = `Hint: import a trust policy with "notation blob policy import FILE", or write one: notation blob policy init --global ${NEW_STATEMENT}\n`;
    const { files, call } = createNotation();
    for (const name of ['f', 'f.jws.sig']) files.put(`/home/${name}`, 'x');
    expect((await call(['blob', 'verify', '-s', '/home/f.jws.sig', '/home/f'])).stderr.startsWith(hint)).toBe(true);
    expect((await call(['blob', 'policy', 'show'])).stderr.startsWith(hint)).toBe(true);
  });

  it('that was told with the reasons is not told again', async () => {
    const notation = createNotation();
    await notation.ok(['cert', 'generate-test', '--default', 't']);
    await notation.ok(['blob', 'policy', 'init', '--global', '-n', 'n', '--trust-store', 'ca:t', '--trusted-identity', '*']);
    notation.files.put('/home/f', 'x');
    await notation.ok(['blob', 'sign', '/home/f']);
    notation.files.put('/home/f', 'y');
    const { stderr } = await notation.call(['blob', 'verify', '-s', '/home/f.jws.sig', '/home/f']);
    expect(stderr.match(/fetch it again/g)).toHaveLength(1);
    expect(stderr).not.toContain('Hint:');
  });

  it('against a server whose authority is unknown is our flag', async () => {
    const cause = httpFaults.TLS_FAILED({
      method: 'GET',
      url: 'https://a.test/',
      detail: 'x509: certificate signed by unknown authority',
      errno: '',
    });
    const { remedy } = withCommand(cause) as Fault;
    expect(remedy?.text).toContain('--ca-file FILE');
    expect(remedy?.text).not.toContain('a CA file option');
  });

  it('stands before the failure of each of several references', async () => {
    const notation = createNotation({ [`${CONFIG}/trustpolicy.oci.json`]: policyFor('x') });
    const reference = `${REGISTRY}/app@${await notation.push('app', 'v1')}`;
    const { stderr } = await notation.call(['verify', reference, reference]);
    expect(stderr.split('\n').map((l) => l.split(':')[0])).toEqual(['Hint', 'Error', 'Hint', 'Error', 'Error', '']);
  });

  it('against a registry that wants to know who is asking is the login to it', async () => {
    const notation = createNotation();
    notation.http.route(
      'http://private.test',
      async () => new Response('', { status: 401, headers: { 'www-authenticate': 'Basic realm="r"' } }),
    );
    notation.http.route(
      'https://private.test',
      async () => new Response('', { status: 401, headers: { 'www-authenticate': 'Basic realm="r"' } }),
    );
    const { stderr, code } = await notation.call(['list', 'private.test/a:b']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Hint: log in to the registry.*: notation login private\.test\nError: /);
    const typed = await notation.call(['list', '-u', 'a', '-p', 'wrong', '--json', 'private.test/a:b']);
    expect(typed.json().error.remedy.command).toEqual(['notation', 'login', 'private.test']);
  });

  it('keeps everything else of its fault, and foreign addresses make no command', () => {
    const plain = faults.KEY_NAME_EMPTY();
    expect(withCommand(plain)).toBe(plain);
    expect(withCommand('text')).toBe('text');
    const made = withCommand(plain) as Fault;
    expect(isFault(made)).toBe(true);
  });
});

it('a certificate in place of a key is called one', async () => {
  const { files, call, ok } = createNotation();
  await ok(['cert', 'generate-test', 't']);
  files.put('/home/c.pem', files.snapshot()[`${CONFIG}/localkeys/t.crt`] as string);
  expect((await call(['sign', '--key-file', '/home/c.pem', `${REGISTRY}/a:b`])).withoutHint).toBe(
    'Error: tls: found a certificate rather than a key in the PEM for the private key\n',
  );
});

it('a publisher whose name is not trusted is named, in words that a policy is written in', async () => {
  const notation = createNotation({
    [`${CONFIG}/trustpolicy.oci.json`]: policyFor('t', { trustedIdentities: ['x509.subject: C=US, ST=WA, O=Other'] }),
  });
  await notation.ok(['cert', 'generate-test', '--default', 't']);
  const reference = `${REGISTRY}/app@${await notation.push('app', 'v1')}`;
  await notation.ok(['sign', reference]);
  const { stderr } = await notation.call(['verify', reference]);
  expect(stderr).toContain('its subject CN=t,O=Notary,L=Seattle,ST=WA,C=US matches none of the trusted identities of the policy "p"\n');
});

describe('explain without facts', () => {
  // biome-ignore lint/suspicious/noExplicitAny: any facts.
  type Say = (facts: any) => unknown;
  it.each<[string, Say, unknown]>([
    ['names', (f) => `no ${f.path}`, 'no <path>'],
    [
      'quotes',
      (f) => `${JSON.stringify(f.url.slice(0, 500))} ${f.method.toUpperCase()} ${goQuote(f.name.trim())}`,
      '"<url>" <METHOD> "<name>"',
    ],
    ['words that only look like arithmetic', () => 'NaN is no number', 'NaN is no number'],
    ['words by a fact that is compared with a word', (f) => (f.kind === 'a' ? 'a' : `not a: ${f.kind}`), 'not a: <kind>'],
  ])('puts names where facts would stand: %s', (_, say, text) => {
    expect(withPlaceholders(say)).toBe(text);
  });

  it.each<[string, Say]>([
    ['arithmetic', (f) => `${f.bytes / 1024} KiB`],
    ['rounding', (f) => `${Math.round(f.ms)} ms`],
    ['a sum', (f) => `${f.a + f.b}`],
    ['comparing', (f) => (f.count > 1 ? 'many' : 'one')],
    ['counting', (f) => `${f.names.length} names`],
    ['a list', (f) => f.names.join(', ')],
    ['going through a list', (f) => [...f.names].map((n) => `-${n}`).join('')],
    ['a member', (f) => `${f.at.year}`],
    ['asking about a text', (f) => (f.reason.startsWith('x') ? 'x' : 'y')],
    ['a date', (f) => new Date(f.at).toString()],
    ['all facts', (f) => Object.keys(f).join()],
    ['the facts themselves', (f) => `${f}`],
  ])('leaves out what needs %s', (_, say) => {
    expect(withPlaceholders(say)).toBeUndefined();
  });

  it('hides no defect of a message', () => {
    const broken = () => {
      throw new TypeError('x');
    };
    expect(() => withPlaceholders(broken)).toThrow(TypeError);
  });

  it('does so for every code', async () => {
    const { codes } = (await createNotation().ok(['explain', '--json'])).json();
    const messageOf = (code: string) => codes.find((c: { code: string }) => c.code === code).message;
    expect(messageOf('FILES_NOT_FOUND')).toBe('<operation> <path>: <reason>');
    expect(messageOf('HTTP_TIMEOUT')).toBe('<method> "<url>": <detail>');
    expect(messageOf('OCI_SIZE_MISMATCH')).toBeUndefined();
    expect(messageOf('DER_TAG_UNEXPECTED')).toBeUndefined();
  });
});

it('explain has every remedy, that of facts too', async () => {
  const { ok } = createNotation();
  expect((await ok(['explain', 'OCI_UNAUTHORIZED'])).stdout).toContain('log in to the registry');
  for (const { code, remedy = '' } of (await ok(['explain', '--json'])).json().codes)
    expect({ code, remedy }).not.toMatchObject({ remedy: expect.stringContaining('undefined') });
});

describe('--json without a command that could read it', () => {
  it.each([
    ['foo --json', '', 'CLI_COMMAND_UNKNOWN'],
    ['--json foo', '', 'CLI_COMMAND_UNKNOWN'],
    ['--nonsense --json', '', 'CLI_FLAG_UNKNOWN'],
    ['--json=true foo', '', 'CLI_COMMAND_UNKNOWN'],
    ['key --nonsense --json', 'key', 'CLI_FLAG_UNKNOWN'],
    ['key list --nonsense --json', 'key list', 'CLI_FLAG_UNKNOWN'],
    ['key list -x --json', 'key list', 'CLI_SHORTHAND_UNKNOWN'],
    ['verify --max-signatures x --json', 'verify', 'CLI_FLAG_VALUE_INVALID'],
    ['verify --json', 'verify', 'CLI_ARGUMENTS_INVALID'],
    ['version x --json', 'version', 'CLI_COMMAND_UNKNOWN'],
    ['completion bash --nonsense --json', 'completion bash', 'CLI_FLAG_UNKNOWN'],
    ['completion bash foo --json', 'completion bash', 'CLI_COMMAND_UNKNOWN'],
    ['help --nonsense --json', 'help', 'CLI_FLAG_UNKNOWN'],
  ])('notation %s is one document with the failure', async (line, command, code) => {
    const outcome = await createNotation().call(line.split(' '));
    expect(outcome.code).toBe(1);
    expect(outcome.json()).toMatchObject({ schema: 'notation/v1', command, error: { code } });
    expect(outcome.stderr).toContain(`Error: ${outcome.json().error.message}`);
  });

  it.each([
    ['--json', '', 'notation'],
    ['--help --json', '', 'notation'],
    ['--json key', 'key', 'notation key'],
    ['key --json', 'key', 'notation key'],
    ['key foo --json', 'key', 'notation key'],
    ['blob policy --json', 'blob policy', 'notation blob policy'],
    ['sign --help --json', 'sign', 'notation sign'],
    ['completion --json', 'completion', 'notation completion'],
    ['completion foo --json', 'completion', 'notation completion'],
    ['help --json', 'help', 'notation'],
    ['help cert add --json', 'help', 'notation certificate add'],
  ])('notation %s is help as data', async (line, command, topic) => {
    const outcome = await createNotation().ok(line.split(' '));
    expect(outcome.json()).toMatchObject({ schema: 'notation/v1', command, topic, help: expect.stringContaining('Usage:') });
    expect(Object.keys(outcome.json())).toEqual(expect.arrayContaining(['commands', 'flags']));
    expect(outcome.stderr).toBe('');
  });

  it('lists flags and commands as help shows them', async () => {
    const root = (await createNotation().ok(['--json'])).json();
    expect(root.commands).toContainEqual({ name: 'sign', short: 'Sign artifacts' });
    expect(root.flags).toEqual([]);
    const add = (await createNotation().ok(['help', 'cert', 'add', '--json'])).json();
    expect(add.flags).toContainEqual(expect.objectContaining({ name: 'type', short: 't', type: 'string', required: true }));
  });

  it('scripts for shells and unknown topics of help are documents, too', async () => {
    const { json } = await createNotation().ok(['completion', 'zsh', '--json']);
    expect(json()).toMatchObject({
      command: 'completion zsh',
      shell: 'zsh',
      script: (await createNotation().ok(['completion', 'zsh'])).stdout,
    });
    const unknown = await createNotation().ok(['help', 'nonsense', '--json']);
    expect(unknown.json()).toMatchObject({ command: 'help', unknownTopic: 'nonsense' });
    expect(unknown.stderr).toMatch(/^Unknown help topic/);
  });

  it('help says nothing of the flag where the reference has none', async () => {
    for (const line of ['', 'key', 'help', 'completion bash --help']) {
      expect((await createNotation().ok(line.split(' ').filter((w) => w !== ''))).stdout).not.toContain('--json');
    }
    expect((await createNotation().ok(['__complete', 'key', '--j'])).stdout).not.toContain('--json');
  });
});
