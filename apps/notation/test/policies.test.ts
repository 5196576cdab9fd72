// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { CONFIG, createNotation, policyFor } from './support.ts';

const OCI = `${CONFIG}/trustpolicy.oci.json`;
const OLD = `${CONFIG}/trustpolicy.json`;
const BLOB = `${CONFIG}/trustpolicy.blob.json`;
const GOOD = policyFor('acme');

describe('importing a policy', () => {
  it('writes the bytes as they are, private to the user', async () => {
    const text = `${GOOD}\n\n`;
    const notation = createNotation({ '/home/p.json': text });
    expect((await notation.ok(['policy', 'import', '/home/p.json'])).stdout).toBe(
      `Successfully imported OCI trust policy configuration to ${OCI}.\n`,
    );
    expect(notation.files.snapshot()[OCI]).toBe(text);
    expect((await notation.files.stat(OCI))?.mode).toBe(0o600);
  });
  it('asks before it replaces one that decodes, and removes the older file', async () => {
    const notation = createNotation({ '/home/p.json': GOOD, [OLD]: '{"version":"1.0"}' });
    expect((await notation.call(['policy', 'import', '/home/p.json'], { stdin: 'n\n' })).stdout).toBe(
      'The OCI trust policy configuration already exists, do you want to overwrite it? [y/N] Operation cancelled.\n',
    );
    expect(notation.files.snapshot()[OCI]).toBeUndefined();
    const forced = await notation.ok(['policy', 'import', '--force', '/home/p.json']);
    expect(forced.stderr).toBe('Warning: existing OCI trust policy configuration will be overwritten\n');
    expect(forced.stdout).toContain('Deleted old trust policy configuration trustpolicy.json.\n');
    expect(notation.files.snapshot()[OLD]).toBeUndefined();
  });
  it('replaces one that does not decode without a word', async () => {
    const notation = createNotation({ '/home/p.json': GOOD, [OCI]: 'junk' });
    expect(await notation.ok(['policy', 'import', '/home/p.json'])).toMatchObject({ stderr: '' });
  });
  it.each([
    ['{', 'failed to parse OCI trust policy configuration: unexpected end of JSON input'],
    [`${GOOD}x`, "failed to parse OCI trust policy configuration: invalid character 'x' after top-level value"],
    [
      '{"version":"1.0"}',
      'failed to validate OCI trust policy configuration: oci trust policy document can not have zero trust policy statements',
    ],
  ])('refuses %j', async (text, message) => {
    const notation = createNotation({ '/home/p.json': text });
    expect((await notation.call(['policy', 'import', '/home/p.json'])).withoutHint).toBe(`Error: ${message}\n`);
    expect(notation.files.snapshot()[OCI]).toBeUndefined();
  });
  it('a failed write leaves the old policy', async () => {
    const notation = createNotation({ '/home/p.json': policyFor('new'), [OCI]: GOOD });
    notation.files.failNextWrite();
    expect((await notation.call(['policy', 'import', '--force', '/home/p.json'])).stderr).toContain(
      'failed to write OCI trust policy configuration: ',
    );
    expect(notation.files.snapshot()[OCI]).toBe(GOOD);
  });
});

describe('showing a policy', () => {
  it('prints the file byte for byte', async () => {
    expect((await createNotation({ [OCI]: `${GOOD}\n` }).ok(['policy', 'show'])).stdout).toBe(`${GOOD}\n`);
  });
  it('prints an invalid one too, and then fails', async () => {
    const outcome = await createNotation({ [OCI]: '{"version":"2.0"}' }).call(['policy', 'show']);
    expect(outcome).toMatchObject({ code: 1, stdout: '{"version":"2.0"}' });
    expect(outcome.withoutHint).toMatch(
      /^Existing OCI trust policy configuration is invalid, .*\nError: oci trust policy document uses unsupported version "2\.0"\n$/,
    );
  });
  it('warns about the older file, and says where to begin without any', async () => {
    expect((await createNotation({ [OLD]: GOOD }).ok(['policy', 'show'])).stderr).toContain(
      'old trust policy `trustpolicy.json` is deprecated',
    );
    expect((await createNotation().call(['policy', 'show'])).withoutHint).toBe(
      'Error: failed to show OCI trust policy as it does not exist.\nYou can import one using `notation policy import <path-to-policy.json>`\n',
    );
    expect((await createNotation().call(['blob', 'policy', 'show'])).stderr).toContain(
      'failed to show blob trust policy as the configuration does not exist.',
    );
  });
});

describe('initializing a policy', () => {
  const flags = ['--name', 'p', '--trust-store', 'ca:acme', '--trusted-identity', '*'];
  it('blob: writes what the reference writes', async () => {
    const notation = createNotation();
    expect((await notation.ok(['blob', 'policy', 'init', ...flags, '--global'])).stdout).toBe(
      `Successfully initialized blob trust policy file to ${BLOB}.\n`,
    );
    expect(notation.files.snapshot()[BLOB]).toBe(`{
  "version": "1.0",
  "trustPolicies": [
    {
      "name": "p",
      "signatureVerification": {
        "level": "strict"
      },
      "trustStores": [
        "ca:acme"
      ],
      "trustedIdentities": [
        "*"
      ],
      "globalPolicy": true
    }
  ]
}`);
  });
  it('oci: for every repository unless scopes are named', async () => {
    const notation = createNotation();
    await notation.ok(['policy', 'init', ...flags]);
    expect(JSON.parse(notation.files.snapshot()[OCI] ?? '').trustPolicies[0].registryScopes).toEqual(['*']);
    await notation.ok(['policy', 'init', ...flags, '--force', '--scope', 'r.example/a', '--scope', 'r.example/b']);
    expect(JSON.parse(notation.files.snapshot()[OCI] ?? '').trustPolicies[0].registryScopes).toEqual(['r.example/a', 'r.example/b']);
  });
  it('refuses what loading would refuse', async () => {
    expect((await createNotation().call(['policy', 'init', ...flags, '--scope', 'not a scope'])).withoutHint).toMatch(
      /^Error: invalid OCI policy: registry scope "not a scope" is not valid/,
    );
    expect((await createNotation().call(['blob', 'policy', 'init'])).stderr).toBe(
      'Error: required flag(s) "name", "trust-store", "trusted-identity" not set\n',
    );
  });
});

describe('linting and explaining', () => {
  it('lint ends with 1 for what loading refuses, with 0 for warnings', async () => {
    const notation = createNotation({ '/home/bad.json': '{"version":"1.0"}', [OCI]: GOOD });
    expect(await notation.call(['policy', 'lint', '/home/bad.json'])).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('1 error, 0 warnings'),
    });
    expect(await notation.call(['policy', 'lint'])).toMatchObject({ code: 0, stdout: expect.stringContaining('LINT_ANY_IDENTITY') });
    expect((await notation.call(['policy', 'lint', '--json', '/home/bad.json'])).json().remarks[0]).toMatchObject({
      severity: 'error',
      code: 'TRUST_POLICY_EMPTY',
    });
  });
  it('explain names the statement, the reason and what it asks for', async () => {
    const policy = JSON.parse(GOOD);
    policy.trustPolicies.push({ name: 'app', registryScopes: ['r.example:5000/app'], signatureVerification: { level: 'skip' } });
    const notation = createNotation({ [OCI]: JSON.stringify(policy) });
    const explain = async (reference: string) => (await notation.ok(['policy', 'explain', reference])).stdout;
    for (const reference of ['r.example:5000/app', 'r.example:5000/app:v1', `r.example:5000/app@sha256:${'0'.repeat(64)}`])
      expect(await explain(reference)).toMatch(/^Statement "app" decides about r\.example:5000\/app: its registryScopes name/);
    const other = await explain('r.example/other:v1');
    expect(other).toContain('no statement names r.example/other, and this one has the scope "*"');
    expect(other).toContain('"app" is for r.example:5000/app');
    expect((await notation.call(['policy', 'explain', '--json', 'bad scope'])).json().error.code).toBe('TRUST_SCOPE_INVALID');
  });
});
