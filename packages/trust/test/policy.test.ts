// SPDX-License-Identifier: Apache-2.0
import { toUtf8 } from '@notary/base';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodePolicy,
  lintPolicy,
  parseBlobTrustPolicy,
  parseOciTrustPolicy,
  selectBlobStatement,
  selectOciStatement,
} from '../src/index.ts';

const identity = 'x509.subject: C=US, ST=WA, O=Acme';
const statement = (over: Record<string, unknown> = {}) => ({
  name: 'prod',
  registryScopes: ['registry.example/app'],
  signatureVerification: { level: 'strict' },
  trustStores: ['ca:acme'],
  trustedIdentities: [identity],
  ...over,
});
const oci = (...statements: unknown[]) => toUtf8(JSON.stringify({ version: '1.0', trustPolicies: statements }));
const blob = (...statements: unknown[]) => oci(...statements.map((s) => ({ ...(s as object), registryScopes: undefined })));

/** Code and message of what `run` throws. */
function fault(run: () => unknown): { code: string; message: string } {
  try {
    run();
  } catch (e) {
    return { code: (e as { code: string }).code, message: (e as Error).message };
  }
  throw new Error('expected a fault');
}

describe('OCI trust policy document', () => {
  it('accepts a minimal document and resolves its level', () => {
    const policy = parseOciTrustPolicy(oci(statement()));
    expect(policy.statements[0]).toMatchObject({ name: 'prod', verifyTimestamp: 'always', level: { name: 'strict' } });
  });

  const rules: [string, Uint8Array, string, string][] = [
    [
      'version missing',
      toUtf8('{}'),
      'TRUST_POLICY_VERSION_MISSING',
      'oci trust policy document has empty version, version must be specified',
    ],
    [
      'version unknown',
      toUtf8('{"version":"2.0"}'),
      'TRUST_POLICY_VERSION_UNSUPPORTED',
      'oci trust policy document uses unsupported version "2.0"',
    ],
    ['no statements', oci(), 'TRUST_POLICY_EMPTY', 'oci trust policy document can not have zero trust policy statements'],
    [
      'two statements of one name',
      oci(statement(), statement()),
      'TRUST_STATEMENT_NAME_REPEATED',
      'multiple oci trust policy statements use the same name "prod", statement names must be unique',
    ],
    [
      'no name',
      oci(statement({ name: '' })),
      'TRUST_STATEMENT_NAME_MISSING',
      'oci trust policy: a trust policy statement is missing a name, every statement requires a name',
    ],
    [
      'no level',
      oci(statement({ signatureVerification: {} })),
      'TRUST_LEVEL_INVALID',
      'oci trust policy: trust policy statement "prod" has invalid signatureVerification: signature verification level is empty or missing in the trust policy statement',
    ],
    [
      'unknown level',
      oci(statement({ signatureVerification: { level: 'lax' } })),
      'TRUST_LEVEL_INVALID',
      'oci trust policy: trust policy statement "prod" has invalid signatureVerification: invalid signature verification level "lax"',
    ],
    [
      'skip with override',
      oci(statement({ signatureVerification: { level: 'skip', override: { expiry: 'log' } } })),
      'TRUST_LEVEL_INVALID',
      'oci trust policy: trust policy statement "prod" has invalid signatureVerification: signature verification level "skip" can\'t be used to customize signature verification',
    ],
    [
      'override of an unknown check',
      oci(statement({ signatureVerification: { level: 'strict', override: { magic: 'log' } } })),
      'TRUST_LEVEL_INVALID',
      'oci trust policy: trust policy statement "prod" has invalid signatureVerification: verification type "magic" in custom signature verification is not supported, supported values are ["integrity" "authenticity" "authenticTimestamp" "expiry" "revocation"]',
    ],
    [
      'override with an unknown action',
      oci(statement({ signatureVerification: { level: 'strict', override: { expiry: 'warn' } } })),
      'TRUST_LEVEL_INVALID',
      'oci trust policy: trust policy statement "prod" has invalid signatureVerification: verification action "warn" in custom signature verification is not supported, supported values are ["enforce" "log" "skip"]',
    ],
    [
      'override of integrity',
      oci(statement({ signatureVerification: { level: 'strict', override: { integrity: 'log' } } })),
      'TRUST_LEVEL_INVALID',
      'oci trust policy: trust policy statement "prod" has invalid signatureVerification: "integrity" verification can not be overridden in custom signature verification',
    ],
    [
      'skip of anything but revocation',
      oci(statement({ signatureVerification: { level: 'strict', override: { expiry: 'skip' } } })),
      'TRUST_LEVEL_INVALID',
      'oci trust policy: trust policy statement "prod" has invalid signatureVerification: "expiry" verification can not be skipped in custom signature verification',
    ],
    [
      'bad verifyTimestamp',
      oci(statement({ signatureVerification: { level: 'strict', verifyTimestamp: 'never' } })),
      'TRUST_LEVEL_INVALID',
      'oci trust policy: trust policy statement "prod" has invalid signatureVerification: verifyTimestamp must be "always" or "afterCertExpiry", but got "never"',
    ],
    [
      'skip with stores',
      oci(statement({ signatureVerification: { level: 'skip' } })),
      'TRUST_SKIP_WITH_TRUST',
      'oci trust policy: trust policy statement "prod" is set to skip signature verification but configured with trust stores and/or trusted identities, remove them if signature verification needs to be skipped',
    ],
    [
      'no trust stores',
      oci(statement({ trustStores: [] })),
      'TRUST_TRUST_MISSING',
      'oci trust policy: trust policy statement "prod" is either missing trust stores or trusted identities, both must be specified',
    ],
    [
      'store without separator',
      oci(statement({ trustStores: ['acme'] })),
      'TRUST_STORE_VALUE_MALFORMED',
      'oci trust policy: trust policy statement "prod" has malformed trust store value "acme". The required format is <TrustStoreType>:<TrustStoreName>',
    ],
    [
      'unknown store type',
      oci(statement({ trustStores: ['pgp:acme'] })),
      'TRUST_STORE_TYPE_UNSUPPORTED',
      'oci trust policy: trust policy statement "prod" uses an unsupported trust store type "pgp" in trust store value "pgp:acme"',
    ],
    [
      'store name with a slash',
      oci(statement({ trustStores: ['ca:../x'] })),
      'TRUST_STORE_NAME_INVALID',
      'oci trust policy: trust policy statement "prod" uses an unsupported trust store name "../x" in trust store value "ca:../x". Named store name needs to follow [a-zA-Z0-9_.-]+ format',
    ],
    [
      'store name that leaves the directory',
      oci(statement({ trustStores: ['ca:..'] })),
      'TRUST_STORE_NAME_INVALID',
      'oci trust policy: trust policy statement "prod" uses an unsupported trust store name ".." in trust store value "ca:..". Named store name needs to follow [a-zA-Z0-9_.-]+ format',
    ],
    [
      'wildcard identity with another',
      oci(statement({ trustedIdentities: ['*', identity] })),
      'TRUST_IDENTITY_INVALID',
      'oci trust policy: trust policy statement "prod" uses a wildcard trusted identity \'*\', a wildcard identity cannot be used in conjunction with other values',
    ],
    [
      'empty identity',
      oci(statement({ trustedIdentities: [''] })),
      'TRUST_IDENTITY_INVALID',
      'oci trust policy: trust policy statement "prod" has an empty trusted identity',
    ],
    [
      'identity without separator',
      oci(statement({ trustedIdentities: ['acme'] })),
      'TRUST_IDENTITY_INVALID',
      'oci trust policy: trust policy statement "prod" has trusted identity "acme" missing separator',
    ],
    [
      'identity without value',
      oci(statement({ trustedIdentities: ['x509.subject:'] })),
      'TRUST_IDENTITY_INVALID',
      'oci trust policy: trust policy statement "prod" has trusted identity "x509.subject:" without an identity value',
    ],
    [
      'overlapping identities',
      oci(statement({ trustedIdentities: [identity, `${identity}, CN=ci`] })),
      'TRUST_IDENTITY_INVALID',
      'oci trust policy: trust policy statement "prod" has overlapping x509 trustedIdentities, "x509.subject: C=US, ST=WA, O=Acme" overlaps with "x509.subject: C=US, ST=WA, O=Acme, CN=ci"',
    ],
    [
      'no scopes',
      oci(statement({ registryScopes: [] })),
      'TRUST_SCOPES_MISSING',
      'oci trust policy statement "prod" has zero registry scopes, it must specify registry scopes with at least one value',
    ],
    [
      'wildcard scope with another',
      oci(statement({ registryScopes: ['*', 'a.b/c'] })),
      'TRUST_SCOPE_WILDCARD_MIXED',
      'oci trust policy statement "prod" uses wildcard registry scope \'*\', a wildcard scope cannot be used in conjunction with other scope values',
    ],
    [
      'scope with wildcard inside',
      oci(statement({ registryScopes: ['a.b/*'] })),
      'TRUST_SCOPE_INVALID',
      'registry scope "a.b/*" with wild card(s) is not valid, make sure it is a fully qualified repository without the scheme, protocol or tag. For example domain.com/my/repository or a local scope like local/myOCILayout',
    ],
    [
      'scope with scheme',
      oci(statement({ registryScopes: ['https://a.b/c'] })),
      'TRUST_SCOPE_INVALID',
      'registry scope "https://a.b/c" is not valid, make sure it is a fully qualified repository without the scheme, protocol or tag. For example domain.com/my/repository or a local scope like local/myOCILayout',
    ],
    [
      'scope in two statements',
      oci(statement(), statement({ name: 'other' })),
      'TRUST_SCOPE_REPEATED',
      'registry scope "registry.example/app" is present in multiple oci trust policy statements, one registry scope value can only be associated with one statement',
    ],
    [
      'not JSON',
      toUtf8('{'),
      'TRUST_POLICY_MALFORMED',
      'malformed trust policy. To create a trust policy, see: https://notaryproject.dev/docs/quickstart/#create-a-trust-policy',
    ],
    [
      'member of another type',
      toUtf8('{"version":1}'),
      'TRUST_POLICY_MALFORMED',
      'malformed trust policy. To create a trust policy, see: https://notaryproject.dev/docs/quickstart/#create-a-trust-policy',
    ],
  ];
  it.each<[Record<string, unknown> | number, string]>([
    [{ name: 5 }, 'number into Go struct field OCITrustPolicy.trustPolicies.name of type string'],
    [{ trustStores: [5] }, 'number into Go struct field OCITrustPolicy.trustPolicies.trustStores of type string'],
    [
      { signatureVerification: { level: 5 } },
      'number into Go struct field SignatureVerification.trustPolicies.signatureVerification.level of type string',
    ],
    [
      { signatureVerification: { level: 'strict', override: { expiry: 5 } } },
      'number into Go struct field SignatureVerification.trustPolicies.signatureVerification.override of type trustpolicy.ValidationAction',
    ],
    [5, 'number into Go struct field OCIDocument.trustPolicies of type trustpolicy.OCITrustPolicy'],
  ])('refuses a member of another type with the message of Go: %j', (over, message) => {
    const document = oci(typeof over === 'number' ? over : statement(over));
    expect(fault(() => decodePolicy(document, 'oci', { trailing: 'refuse' }))).toEqual({
      code: 'TRUST_POLICY_TYPE',
      message: `json: cannot unmarshal ${message}`,
    });
  });

  it.each(rules)('refuses: %s', (_, bytes, code, message) => {
    expect(fault(() => parseOciTrustPolicy(bytes))).toEqual({ code, message });
  });

  it('reads member names in any case and ignores what follows the document, as Go does', () => {
    const text = JSON.stringify({ Version: '1.0', TRUSTPOLICIES: [statement()] });
    expect(parseOciTrustPolicy(toUtf8(`${text} trailing`)).statements).toHaveLength(1);
  });

  it('fills repeated objects one after the other, as Go does: nothing that one of them enforces is dropped', () => {
    const text = new TextDecoder().decode(oci(statement({ signatureVerification: 0 })));
    for (const verification of [
      '"signatureVerification":{"level":"audit","override":{"authenticity":"enforce"},"override":{"expiry":"enforce"}}',
      '"signatureVerification":{"level":"audit","Override":{"authenticity":"enforce"},"override":{"expiry":"enforce"}}',
      '"signatureVerification":{"override":{"authenticity":"enforce"}},"signatureVerification":{"level":"audit","override":{"expiry":"enforce"}}',
    ]) {
      const [first] = parseOciTrustPolicy(toUtf8(text.replace('"signatureVerification":0', verification))).statements;
      expect(first?.level.actions).toMatchObject({ authenticity: 'enforce', expiry: 'enforce', revocation: 'log' });
    }
  });

  it('never throws anything but a fault', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(fault(() => parseOciTrustPolicy(bytes)).code).toMatch(/^TRUST_/);
      }),
    );
  });
});

describe('selecting a statement', () => {
  const policy = parseOciTrustPolicy(oci(statement({ name: 'any', registryScopes: ['*'] }), statement()));
  it('prefers the exact scope to the wildcard', () => {
    expect(selectOciStatement(policy, 'registry.example/app@sha256:x')).toMatchObject({ matched: 'scope', statement: { name: 'prod' } });
    expect(selectOciStatement(policy, 'registry.example/app2@sha256:x')).toMatchObject({ matched: 'wildcard', statement: { name: 'any' } });
  });
  it('has no statement for a repository that none names', () => {
    const one = parseOciTrustPolicy(oci(statement()));
    expect(fault(() => selectOciStatement(one, 'registry.example/other@sha256:x')).code).toBe('TRUST_NO_STATEMENT');
  });
  it('takes references by digest only', () => {
    expect(fault(() => selectOciStatement(policy, 'registry.example/app:v1')).code).toBe('TRUST_REFERENCE_WITHOUT_DIGEST');
  });
  it('refuses a document of more statements than anybody writes', () => {
    const many = oci(...Array.from({ length: 10_001 }, () => ({})));
    expect(fault(() => parseOciTrustPolicy(many)).code).toBe('TRUST_POLICY_TOO_LARGE');
  });
  it('selects blob statements by name, else the global one', () => {
    const doc = parseBlobTrustPolicy(blob(statement(), statement({ name: 'all', globalPolicy: true })));
    expect(selectBlobStatement(doc).name).toBe('all');
    expect(selectBlobStatement(doc, 'prod').name).toBe('prod');
    expect(fault(() => selectBlobStatement(doc, 'none'))).toEqual({
      code: 'TRUST_NO_BLOB_STATEMENT',
      message: 'no applicable blob trust policy with name "none"',
    });
    expect(fault(() => selectBlobStatement(doc, ' ')).code).toBe('TRUST_POLICY_NAME_EMPTY');
    expect(fault(() => selectBlobStatement(parseBlobTrustPolicy(blob(statement()))))).toEqual({
      code: 'TRUST_NO_GLOBAL_STATEMENT',
      message: 'no global blob trust policy',
    });
  });
  it('refuses two global statements', () => {
    const two = blob(statement({ globalPolicy: true }), statement({ name: 'b', globalPolicy: true }));
    expect(fault(() => parseBlobTrustPolicy(two)).code).toBe('TRUST_GLOBAL_REPEATED');
  });
  it('checks a scope in linear time', () => {
    const hostile = `a.b/${'a-'.repeat(20_000)}!`;
    const before = performance.now();
    expect(fault(() => selectOciStatement(policy, `${hostile}@x`)).code).toBe('TRUST_SCOPE_INVALID');
    expect(performance.now() - before).toBeLessThan(5_000);
  });
});

describe('lint', () => {
  const codes = (bytes: Uint8Array) => lintPolicy(bytes, 'oci').map((r) => r.code);
  it('is silent about a document without surprises', () => expect(codes(oci(statement()))).toEqual([]));
  it('names what is accepted only for the sake of existing files', () => {
    expect(
      codes(
        oci(
          statement({
            name: 'all',
            registryScopes: ['*'],
            signatureVerification: { level: 'skip' },
            trustStores: [],
            trustedIdentities: [],
          }),
        ),
      ),
    ).toEqual(['LINT_SKIP_EVERYWHERE']);
    expect(codes(oci(statement({ trustedIdentities: ['*'] })))).toEqual(['LINT_ANY_IDENTITY']);
    expect(codes(oci(statement({ trustStores: ['tsa:x'] })))).toEqual(['LINT_NO_SIGNING_STORE']);
    expect(codes(oci(statement({ trustStores: ['ca:x', 'ca:x'] })))).toEqual(['LINT_STORE_REPEATED']);
    expect(codes(oci(statement({ signatureVerification: { level: 'audit' } })))).toEqual(['LINT_AUTHENTICITY_LOGGED']);
    expect(codes(oci(statement({ signatureVerification: { level: 'strict', override: { revocation: 'skip' } } })))).toEqual([
      'LINT_REVOCATION_SKIPPED',
    ]);
    expect(codes(oci(statement({ Extra: 1 })))).toEqual(['LINT_MEMBER_UNKNOWN']);
    expect(codes(toUtf8(`${new TextDecoder().decode(oci(statement()))} x`))).toEqual(['LINT_TRAILING']);
    expect(codes(toUtf8(`{"version":"9","Version":"1.0",${new TextDecoder().decode(oci(statement())).slice(17)}`))).toContain(
      'LINT_MEMBER_CASE',
    );
  });
  it.each([
    ['Registry.Example/app', 'registry.example/app'],
    ['registry.example:443/app', 'registry.example/app'],
    ['registry.example:05000/app', 'registry.example:5000/app'],
    ['REGISTRY.example:443/app', 'registry.example/app'],
    ['index.docker.io/library/app', 'docker.io/library/app'],
    ['registry-1.docker.io/library/app', 'docker.io/library/app'],
  ])('names the spelling under which %s is asked for', (scope, usual) => {
    const [remark, ...others] = lintPolicy(oci(statement({ registryScopes: [scope] })), 'oci');
    expect(others).toEqual([]);
    expect(remark).toMatchObject({
      severity: 'warning',
      code: 'LINT_SCOPE_ALIAS',
      path: 'trustPolicies[0].registryScopes',
      remedy: `write it "${usual}"`,
    });
  });
  it('names it as well where the scope is refused', () => {
    const remarks = lintPolicy(oci(statement({ registryScopes: ['registry.example./app'] })), 'oci');
    expect(remarks.map((r) => r.code)).toEqual(['TRUST_SCOPE_INVALID', 'LINT_SCOPE_ALIAS']);
    expect(remarks[1]?.remedy).toBe('write it "registry.example/app"');
  });
  it.each(['*', 'registry.example/app', 'localhost:5000/app', 'docker.io/library/app', 'registry.example:80/app'])(
    'has nothing to say about the scope %s',
    (scope) => {
      expect(codes(oci(statement({ registryScopes: [scope] })))).toEqual([]);
    },
  );
  it('puts the error first when the document is refused', () => expect(codes(oci())[0]).toBe('TRUST_POLICY_EMPTY'));
});
