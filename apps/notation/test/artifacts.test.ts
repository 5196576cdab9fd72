// SPDX-License-Identifier: Apache-2.0
import { digestOf, toUtf8 } from '@notary/base';
import { createTestCa, type TestCa, type TestIdentity } from '@notary/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { CONFIG, createNotation, imageManifest, type Notation, policyFor, REGISTRY, withIndex } from './support.ts';

let ca: TestCa;
let signer: TestIdentity;
beforeAll(async () => {
  ca = await createTestCa({ subject: { C: 'US', ST: 'WA', O: 'Acme', CN: 'Acme Root' }, keyType: 'EC-256' });
  signer = await ca.codeSigner({ subject: { C: 'US', ST: 'WA', O: 'Acme', CN: 'build' }, keyType: 'EC-256' });
});

/** A machine that signs with the test certificate and trusts its root. */
function acme(policy = policyFor('acme')): Notation {
  return createNotation({
    [`${CONFIG}/trustpolicy.oci.json`]: policy,
    [`${CONFIG}/truststore/x509/ca/acme/root.pem`]: ca.rootPem,
    [`${CONFIG}/localkeys/acme.key`]: signer.keyPem,
    [`${CONFIG}/localkeys/acme.crt`]: signer.chainPem,
    [`${CONFIG}/signingkeys.json`]: JSON.stringify({
      default: 'acme',
      keys: [{ name: 'acme', keyPath: `${CONFIG}/localkeys/acme.key`, certPath: `${CONFIG}/localkeys/acme.crt` }],
    }),
  });
}

const digestIn = (text: string, line: RegExp): string => line.exec(text)?.[1] ?? '';

describe('signing and verifying', () => {
  it.each(['jws', 'cose'])('a %s signature is stored beside the artifact and verifies', async (format) => {
    const notation = acme();
    const reference = `${REGISTRY}/app@${await notation.push('app', 'v1')}`;
    const signed = await notation.ok(['sign', '--signature-format', format, reference]);
    expect(signed.stderr).toBe('');
    expect(signed.stdout).toMatch(
      new RegExp(`^Successfully signed ${reference}\nPushed the signature to ${REGISTRY}/app@sha256:[0-9a-f]{64}\n$`),
    );
    expect(await notation.ok(['verify', reference])).toMatchObject({
      stdout: `Successfully verified signature for ${reference}\n`,
      stderr: '',
    });
  });
  it('a tag earns a warning, and then an empty line stands before the success', async () => {
    const notation = acme();
    const digest = await notation.push('app', 'v1');
    expect((await notation.ok(['sign', `${REGISTRY}/app:v1`])).stderr).toMatch(
      /^Warning: Always sign the artifact using digest\(@sha256:\.\.\.\) rather than a tag\(:v1\)/,
    );
    const verified = await notation.ok(['verify', `${REGISTRY}/app:v1`]);
    expect(verified.stderr).toMatch(/^Warning: Always verify the artifact .*\n$/);
    expect(verified.stdout).toBe(`\nSuccessfully verified signature for ${REGISTRY}/app@${digest}\n`);
  });
  it('user metadata is signed, demanded and shown', async () => {
    const notation = acme();
    const reference = `${REGISTRY}/app@${await notation.push('app', 'v1')}`;
    await notation.ok(['sign', '-m', 'commit=abc', '-m', 'build=1=2', reference]);
    expect((await notation.ok(['verify', '-m', 'commit=abc', reference])).stdout).toBe(
      `Successfully verified signature for ${reference}\n\nThe artifact was signed with the following user metadata.\n\nKEY      VALUE   \nbuild    1=2     \ncommit   abc     \n`,
    );
    const refused = await notation.call(['verify', '-m', 'commit=abd', reference]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('metadata');
    expect(refused.stderr).toMatch(
      new RegExp(`\nError: signature verification failed for all the signatures associated with ${reference}\n$`),
    );
    expect((await notation.call(['sign', '-m', 'novalue=', reference])).stderr).toBe(
      'Error: could not parse flag user-metadata: key-value pair requires "=" as separator\n',
    );
  });
  it('a refusal says when there were more signatures than were looked at', async () => {
    const notation = acme();
    const reference = `${REGISTRY}/app@${await notation.push('app', 'v1')}`;
    await notation.ok(['sign', '--expiry', '1h', reference]);
    await notation.ok(['sign', '--expiry', '1h', '--signature-format', 'cose', reference]);
    notation.clock.set('2026-03-01T14:00:00Z');
    const limited = await notation.call(['verify', '--max-signatures', '1', reference]);
    expect(limited.stderr).toContain(
      'Warning: 1 of 2 signatures were looked at: the limit allows no more\n' +
        `Error: signature verification failed for all the signatures associated with ${reference}\n`,
    );
    expect((await notation.call(['verify', '--max-signatures', '2', reference])).stderr).not.toContain('looked at');
  });

  it('a refusal names each signature once, with the check, the fact and a remedy that weakens nothing', async () => {
    const notation = acme(policyFor('other'));
    const other = await createTestCa({ subject: { CN: 'Other' }, keyType: 'EC-256' });
    notation.files.put(`${CONFIG}/truststore/x509/ca/other/root.pem`, other.rootPem);
    const reference = `${REGISTRY}/app@${await notation.push('app', 'v1')}`;
    const signature = digestIn((await notation.ok(['sign', reference])).stdout, /to .*@(sha256:\S+)/);
    const { code, stdout, stderr } = await notation.call(['verify', reference]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    const head = `${signature.slice(0, 19)}  CN=build, O=Acme  authenticity  `;
    expect(stderr).toBe(
      `${head}its root CN=Acme Root,O=Acme,ST=WA,C=US is in no trust store of the policy "p" (ca:other)\n` +
        `${' '.repeat(head.length)}if you trust that publisher, add its root: notation cert add --type ca --store other FILE\n` +
        `Error: signature verification failed for all the signatures associated with ${reference}\n`,
    );
    const json = (await notation.call(['verify', '--json', reference])).json();
    expect(json).toMatchObject({ schema: 'notation/v1', command: 'verify', basis: 'rejected', reference });
    expect(json.error.code).toBe('NOTATION_VERIFICATION_FAILED');
    expect(json.signatures[0].findings.find((f: { check: string }) => f.check === 'authenticity').fault.code).toBe('NOTATION_NOT_TRUSTED');
  });
  it('an expired signature says since when', async () => {
    const notation = acme();
    const reference = `${REGISTRY}/app@${await notation.push('app', 'v1')}`;
    await notation.ok(['sign', '-e', '24h', reference]);
    notation.clock.set('2026-03-12T12:00:01Z');
    expect((await notation.call(['verify', reference])).stderr).toContain('expiry  expired 2026-03-02T12:00:00Z, 10 days ago');
  });
  it('what the policy only logs is a warning before the success', async () => {
    const notation = acme(policyFor('acme', { signatureVerification: { level: 'permissive' } }));
    const reference = `${REGISTRY}/app@${await notation.push('app', 'v1')}`;
    await notation.ok(['sign', '-e', '1h', reference]);
    notation.clock.set('2026-03-12T12:00:00Z');
    const verified = await notation.ok(['verify', reference]);
    expect(verified.stderr).toBe(
      'Warning: expiry was set to "log" and failed with error: digital signature has expired on "Sun, 01 Mar 2026 13:00:00 +0000"\n',
    );
    expect(verified.stdout).toBe(`\nSuccessfully verified signature for ${reference}\n`);
    expect((await notation.ok(['verify', '--json', reference])).json().basis).toBe('tolerated');
  });
  it('a policy that skips is said to skip', async () => {
    const skip = JSON.stringify({
      version: '1.0',
      trustPolicies: [{ name: 's', registryScopes: ['*'], signatureVerification: { level: 'skip' } }],
    });
    const notation = acme(skip);
    const reference = `${REGISTRY}/app@${await notation.push('app', 'v1')}`;
    expect((await notation.ok(['verify', reference])).stdout).toBe(
      `Trust policy is configured to skip signature verification for ${reference}\n`,
    );
  });
  it.each([
    [
      'no policy',
      { [`${CONFIG}/trustpolicy.oci.json`]: undefined },
      'trust policy is not present. To create a trust policy, see: https://notaryproject.dev/docs/quickstart/#create-a-trust-policy',
    ],
  ])('%s', async (_, files, message) => {
    const notation = acme();
    for (const path of Object.keys(files)) await notation.files.remove(path);
    expect((await notation.call(['verify', `${REGISTRY}/app:v1`])).withoutHint).toBe(`Error: ${message}\n`);
  });
  it('an unsigned artifact, an absent one, and a trust store that is not there each have their own last line', async () => {
    const notation = acme();
    const reference = `${REGISTRY}/app@${await notation.push('app', 'v1')}`;
    expect((await notation.call(['verify', reference])).withoutHint).toBe(
      `Error: signature verification failed: no signature is associated with "${reference}", make sure the artifact was signed successfully\n`,
    );
    expect((await notation.call(['verify', `${REGISTRY}/app:nope`])).withoutHint).toMatch(
      /^Error: failed to get manifest descriptor: .*not found\n$/,
    );
    await notation.ok(['sign', reference]);
    await notation.files.removeTree(`${CONFIG}/truststore`);
    expect((await notation.call(['verify', reference])).stderr).toMatch(
      /\nError: the trust store "acme" of type "ca" does not exist\. Use command 'notation cert add' to create and add trusted certificates to the trust store\n$/,
    );
  });
  it('[D-28] control characters of a hostile certificate never reach the terminal', async () => {
    const evil = await ca.codeSigner({ subject: { C: 'US', ST: 'WA', O: 'Evil', CN: 'x\u001b[2Jy' }, keyType: 'EC-256' });
    const notation = acme(policyFor('acme', { trustedIdentities: ['x509.subject: C=US, ST=WA, O=Acme'] }));
    notation.files.put(`${CONFIG}/localkeys/acme.key`, evil.keyPem);
    notation.files.put(`${CONFIG}/localkeys/acme.crt`, evil.chainPem);
    const reference = `${REGISTRY}/app@${await notation.push('app', 'v1')}`;
    await notation.ok(['sign', reference]);
    const shown = [await notation.call(['verify', reference]), await notation.call(['inspect', reference])]
      .map((o) => o.stdout + o.stderr)
      .join('');
    expect(shown).not.toContain('\u001b');
    expect(shown).toContain('\\u001b[2J');
  });
});

describe('several references in one call', () => {
  it('[D-25] are reported in order, and one failure fails the call', async () => {
    const notation = acme();
    const one = `${REGISTRY}/one@${await notation.push('one', 'v1')}`;
    const two = `${REGISTRY}/two@${await notation.push('two', 'v1')}`;
    await notation.ok(['sign', one]);
    notation.files.put('/home/list', `# ours\n\n${two}\n`);
    const { code, stdout, withoutHint } = await notation.call(['verify', '--file', '/home/list', one]);
    expect(code).toBe(1);
    expect(stdout).toBe(`Successfully verified signature for ${one}\n`);
    expect(withoutHint).toBe(
      `Error: signature verification failed: no signature is associated with "${two}", make sure the artifact was signed successfully\nError: 1 of 2 references failed verification\n`,
    );
    await notation.ok(['sign', two]);
    const json = (await notation.ok(['verify', '--json', '--file', '-'], { stdin: `${one}\n${two}\n` })).json();
    expect(json).toMatchObject({ verified: 2, failed: 0 });
    expect(json.references.map((r: { reference: string }) => r.reference)).toEqual([one, two]);
  });
  it('a list without references is no success', async () => {
    const notation = acme();
    notation.files.put('/home/list', '# nothing\n');
    expect((await notation.call(['verify', '--json', '--file', '/home/list'])).json().error.code).toBe('CMD_REFERENCES_NONE');
  });
});

describe('an image index', () => {
  it('--recursive signs what it lists', async () => {
    const notation = acme();
    const { amd, reference } = await withIndex(notation);
    const signed = (await notation.ok(['sign', '--json', '--recursive', reference])).json().signed;
    expect(signed.map((s: { reference: string }) => s.reference)).toEqual([reference, `${REGISTRY}/app@${amd}`]);
    await notation.ok(['verify', `${REGISTRY}/app@${amd}`]);
  });
  it('--recursive that fails midway tells what it signed until then', async () => {
    const notation = acme();
    const { amd, reference } = await withIndex(notation);
    let manifests = 0;
    notation.http.route(`http://${REGISTRY}`, async (request, context) => {
      if (request.method === 'PUT' && request.url.includes('/manifests/') && ++manifests === 2) return new Response('', { status: 403 });
      return notation.registry.handle(request, context);
    });
    const outcome = await notation.call(['sign', '--json', '--recursive', reference]);
    expect(outcome.code).toBe(1);
    const { signed, error } = outcome.json();
    expect(signed.map((s: { reference: string }) => s.reference)).toEqual([reference]);
    expect(error.message).toContain('403');
    expect(outcome.stderr.trimEnd().split('\n').at(-1)).toBe(`Error: ${error.message}`);
    await notation.ok(['inspect', reference]);
    expect((await notation.ok(['list', `${REGISTRY}/app@${amd}`])).stdout).toContain('has no associated signatures');
  });
  it('[D-31] --recursive signs nothing of an index that nests without end', async () => {
    const notation = acme();
    let digest = await notation.push('app', 'leaf');
    let mediaType: string = imageManifest.mediaType;
    let size = JSON.stringify(imageManifest).length;
    for (let i = 0; i < 8; i++) {
      const index = { schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests: [{ mediaType, digest, size }] };
      digest = await notation.push('app', `level${i}`, index);
      mediaType = index.mediaType;
      size = JSON.stringify(index).length;
    }
    const reference = `${REGISTRY}/app@${digest}`;
    expect((await notation.call(['sign', '--json', '--recursive', reference])).json().error.code).toBe('CMD_INDEX_TOO_LARGE');
    expect((await notation.ok(['list', reference])).stdout).toContain('has no associated signatures');
  });
  it('--platform names the manifest of a verified index', async () => {
    const notation = acme();
    const { amd, reference } = await withIndex(notation);
    await notation.ok(['sign', reference]);
    expect((await notation.ok(['verify', '--platform', 'linux/amd64', reference])).stdout).toBe(
      `Successfully verified signature for ${reference}\nManifest for linux/amd64: ${REGISTRY}/app@${amd}\n`,
    );
    expect((await notation.call(['verify', '--json', '--platform', 'linux/s390x', reference])).json().error.code).toBe(
      'OCI_PLATFORM_NOT_FOUND',
    );
    const image = `${REGISTRY}/app@${amd}`;
    await notation.ok(['sign', image]);
    expect((await notation.call(['verify', '--json', '--platform', 'linux/amd64', image])).json().error.code).toBe(
      'CMD_PLATFORM_OF_NO_INDEX',
    );
  });
});

describe('listing and inspecting', () => {
  it('list draws a tree, and says so when there is nothing or too much', async () => {
    const notation = acme();
    const reference = `${REGISTRY}/app@${await notation.push('app', 'v1')}`;
    expect((await notation.ok(['list', reference])).stdout).toBe(`${reference} has no associated signatures\n`);
    const first = digestIn((await notation.ok(['sign', reference])).stdout, /to .*@(sha256:\S+)/);
    expect((await notation.ok(['ls', reference])).stdout).toBe(
      `${reference}\n└── application/vnd.cncf.notary.signature\n    └── ${first}\n`,
    );
    await notation.ok(['sign', '--signature-format', 'cose', reference]);
    const limited = await notation.ok(['list', '--max-signatures', '1', reference]);
    expect(limited.stderr).toBe('Warning: exceeded configured limit of max signatures 1 to examine\n');
    expect(limited.stdout.match(/sha256/g)).toHaveLength(2);
    expect((await notation.call(['list', '--max-signatures', '0', reference])).stderr).toBe(
      'Error: max-signatures value 0 must be a positive number\n',
    );
  });
  it('inspect shows what a signature says', async () => {
    const notation = acme();
    const digest = await notation.push('app', 'v1');
    const reference = `${REGISTRY}/app@${digest}`;
    const signature = digestIn((await notation.ok(['sign', '-e', '1h', '-m', 'a=b', reference])).stdout, /to .*@(sha256:\S+)/);
    expect((await notation.ok(['inspect', reference])).stdout).toBe(`Inspecting all signatures for signed artifact
${reference}
└── application/vnd.cncf.notary.signature
    └── ${signature}
        ├── signature algorithm: ECDSA-SHA-256
        ├── signature envelope type: application/jose+json
        ├── signed attributes
        │   ├── content type: application/vnd.cncf.notary.payload.v1+json
        │   ├── signing scheme: notary.x509
        │   ├── signing time: Sun Mar  1 12:00:00 2026
        │   └── expiry: Sun Mar  1 13:00:00 2026
        ├── user defined attributes
        │   └── a: b
        ├── unsigned attributes
        │   └── signing agent: notary-ts/0.1.0
        ├── certificates
        │   ├── SHA256 fingerprint: ${signer.certificate.thumbprint}
        │   │   ├── issued to: CN=build,O=Acme,ST=WA,C=US
        │   │   ├── issued by: CN=Acme Root,O=Acme,ST=WA,C=US
        │   │   └── expiry: Sun Jan  1 00:00:00 2045
        │   └── SHA256 fingerprint: ${ca.certificate.thumbprint}
        │       ├── issued to: CN=Acme Root,O=Acme,ST=WA,C=US
        │       ├── issued by: CN=Acme Root,O=Acme,ST=WA,C=US
        │       └── expiry: Sun Jan  1 00:00:00 2045
        └── signed artifact
            ├── media type: application/vnd.oci.image.manifest.v1+json
            ├── digest: ${digest}
            └── size: ${JSON.stringify(imageManifest).length}
`);
    const json = JSON.parse((await notation.ok(['inspect', '-o', 'json', reference])).stdout);
    expect(Object.keys(json)).toEqual(['mediaType', 'signatures']);
    expect(Object.keys(json.signatures[0])).toEqual([
      'digest',
      'signatureAlgorithm',
      'signatureEnvelopeType',
      'signedAttributes',
      'userDefinedAttributes',
      'unsignedAttributes',
      'certificates',
      'signedArtifact',
    ]);
    expect((await notation.ok(['inspect', '--json', reference])).json()).toMatchObject({
      schema: 'notation/v1',
      reference,
      signatures: json.signatures,
    });
    expect((await notation.call(['inspect', '-o', 'yaml', reference])).stderr).toBe('Error: invalid format: "yaml"\n');
  });
});

describe('signatures that cannot be shown', () => {
  it('are passed over with a warning, and then the inspection fails', async () => {
    const notation = acme();
    const digest = await notation.push('app', 'v1');
    const reference = `${REGISTRY}/app@${digest}`;
    await notation.ok(['sign', reference]);
    const junk = await notation.push('app', 'junk', {
      ...imageManifest,
      artifactType: 'application/vnd.cncf.notary.signature',
      layers: [{ ...imageManifest.config, mediaType: 'application/jose+json' }],
      subject: { mediaType: imageManifest.mediaType, digest, size: JSON.stringify(imageManifest).length },
    });
    const inspected = await notation.call(['inspect', reference]);
    expect(inspected.code).toBe(1);
    expect(inspected.stdout).toContain('signature algorithm: ECDSA-SHA-256');
    expect(inspected.stderr).toMatch(new RegExp(`Warning: .* ${junk} .*\nError: at least one signature was skipped and not displayed\n$`));
    expect((await notation.call(['inspect', '--json', reference])).json()).toMatchObject({
      error: { code: 'CMD_INSPECT_SKIPPED' },
      skipped: [{ digest: junk }],
    });
    // A verifier is not stopped by it either.
    await notation.ok(['verify', reference]);
  });
});

describe('keys as people have them', () => {
  const sign = (notation: Notation, reference: string, ...flags: string[]) => notation.call(['sign', '--json', ...flags, reference]);
  it('a key file with its chain in any order, in one file or several', async () => {
    const notation = acme();
    const reference = `${REGISTRY}/app@${await notation.push('app', 'v1')}`;
    const [leaf = '', root = ''] = signer.chainPem.split(/(?<=-----END CERTIFICATE-----\n)/);
    notation.files.put('/home/k.pem', signer.keyPem);
    notation.files.put('/home/leaf.pem', leaf);
    notation.files.put('/home/root.pem', root);
    notation.files.put('/home/all.pem', root + signer.keyPem + leaf);
    expect(
      (await sign(notation, reference, '--key-file', '/home/k.pem', '--cert-file', '/home/root.pem', '--cert-file', '/home/leaf.pem')).code,
    ).toBe(0);
    expect((await sign(notation, reference, '--key-file', '/home/all.pem')).code).toBe(0);
    await notation.ok(['verify', reference]);
    expect((await sign(notation, reference, '--key-file', '/home/k.pem')).json().error.code).toBe('CMD_CHAIN_ABSENT');
    expect((await sign(notation, reference, '--key-file', '/home/k.pem', '--cert-file', '/home/root.pem')).json().error.code).toBe(
      'CMD_CHAIN_WITHOUT_LEAF',
    );
    expect((await sign(notation, reference, '--cert-file', '/home/root.pem')).json().error.code).toBe('CMD_KEY_PATH_MISSING');
    expect((await notation.call(['sign', '--key', 'a', '--key-file', 'b', reference])).stderr).toContain(
      '[key key-file] are set none of the others can be',
    );
  });
  it('an encrypted key: the passphrase comes from a file, the environment or a question, and is never blocked on', async () => {
    const { encryptPkcs8 } = await import('@notary/base/crypto');
    const { encodePem } = await import('@notary/base/pem');
    const { Secret } = await import('@notary/base');
    const der = await encryptPkcs8(signer.key.pkcs8(), new Secret('open sesame'), { iterations: 1000, prf: 'sha256', saltLength: 16 });
    const notation = acme();
    const reference = `${REGISTRY}/app@${await notation.push('app', 'v1')}`;
    notation.files.put('/home/k.pem', encodePem('ENCRYPTED PRIVATE KEY', der) + signer.chainPem);
    notation.files.put('/home/pass', 'open sesame\r\nsecond line\n');
    const flags = ['--key-file', '/home/k.pem'];
    expect((await sign(notation, reference, ...flags, '--passphrase-file', '/home/pass')).code).toBe(0);
    expect((await notation.call(['sign', ...flags, reference], { environment: { NOTATION_KEY_PASSPHRASE: 'open sesame' } })).code).toBe(0);
    expect(await notation.call(['sign', ...flags, reference], { stdin: 'open sesame\n', terminal: true })).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('Passphrase of /home/k.pem: '),
    });
    expect((await sign(notation, reference, ...flags)).json().error.code).toBe('CMD_PASSPHRASE_UNAVAILABLE');
    const wrong = await notation.call(['sign', '--json', ...flags, reference], { stdin: 'nonsense\n' });
    expect(wrong.code).toBe(1);
    expect(wrong.stdout + wrong.stderr).not.toContain('nonsense');
  });
  it('a key of a plugin is refused with a code of its own', async () => {
    const notation = acme();
    notation.files.put(
      `${CONFIG}/signingkeys.json`,
      '{"default":"p","keys":[{"name":"p","id":"1","pluginName":"kms"},{"name":"nothing"}]}',
    );
    expect((await sign(notation, `${REGISTRY}/app:v1`)).json().error.code).toBe('CMD_KEY_NEEDS_PLUGIN');
    expect((await sign(notation, `${REGISTRY}/app:v1`, '--key', 'nothing')).json().error.code).toBe('CMD_KEY_UNSUPPORTED');
    expect((await sign(notation, `${REGISTRY}/app:v1`, '--key', 'absent')).json().error.code).toBe('CMD_KEY_UNKNOWN');
    notation.files.put(`${CONFIG}/signingkeys.json`, '{"keys":[]}');
    expect((await notation.call(['sign', `${REGISTRY}/app:v1`])).withoutHint).toBe(
      'Error: default signing key not set. Please set default signing key or specify a key name\n',
    );
  });
});

describe('image layouts', () => {
  const manifest = JSON.stringify(imageManifest);
  const digest = digestOf(toUtf8(manifest));
  const layout = (path: string): Record<string, string> => ({
    [`${path}/oci-layout`]: '{"imageLayoutVersion":"1.0.0"}',
    [`${path}/blobs/sha256/${digest.slice(7)}`]: manifest,
    [`${path}/blobs/sha256/${imageManifest.config.digest.slice(7)}`]: '{}',
    [`${path}/index.json`]: JSON.stringify({
      schemaVersion: 2,
      manifests: [
        { mediaType: imageManifest.mediaType, digest, size: manifest.length, annotations: { 'org.opencontainers.image.ref.name': 'v1' } },
      ],
    }),
  });
  function withLayout(policy?: string): Notation {
    const notation = acme(policy);
    for (const [path, content] of Object.entries(layout('/home/layout'))) notation.files.put(path, content);
    return notation;
  }
  it('oci-layout: signs, lists, verifies and inspects without a registry', async () => {
    const notation = withLayout();
    const name = `/home/layout@${digest}`;
    expect((await notation.ok(['sign', 'oci-layout:/home/layout:v1'])).stdout).toMatch(
      new RegExp(`^Successfully signed ${name}\nPushed the signature to /home/layout@sha256:`),
    );
    expect((await notation.ok(['list', `oci-layout:${name}`])).stdout).toContain('└── sha256:');
    expect((await notation.ok(['verify', `oci-layout:${name}`])).stdout).toBe(`Successfully verified signature for ${name}\n`);
    expect((await notation.ok(['inspect', `oci-layout:${name}`])).stdout).toContain(`digest: ${digest}`);
  });
  it('a statement is chosen by --policy-scope, never by the name of the file', async () => {
    const policy = JSON.parse(policyFor('acme'));
    policy.trustPolicies[0].registryScopes = ['r.example/app'];
    const notation = withLayout(JSON.stringify(policy));
    await notation.ok(['sign', `oci-layout:/home/layout:v1`]);
    expect((await notation.call(['verify', '--json', 'oci-layout:/home/layout:v1'])).json().error.code).toBe('TRUST_NO_STATEMENT');
    await notation.ok(['verify', '--policy-scope', 'r.example/app', 'oci-layout:/home/layout:v1']);
  });
  it('--oci-layout is experimental, as in the reference', async () => {
    const notation = withLayout();
    expect((await notation.call(['verify', '--oci-layout', '--scope', 'a/b', '/home/layout:v1'])).withoutHint).toBe(
      'Error: flag(s) --oci-layout,--scope in "notation verify" is experimental and not enabled by default. To use, please set NOTATION_EXPERIMENTAL=1 environment variable\n',
    );
    const environment = { NOTATION_EXPERIMENTAL: '1' };
    const warning =
      'Warning: This feature is experimental and may not be fully tested or completed and may be deprecated. Report any issues to "https://github/notaryproject/notation"\n';
    expect((await notation.ok(['sign', '--oci-layout', `/home/layout@${digest}`], { environment })).stderr).toBe(warning);
    expect((await notation.call(['verify', '--oci-layout', '/home/layout:v1'], { environment })).stderr).toBe(
      `${warning}Error: if any flags in the group [oci-layout scope] are set they must all be set; missing [scope]\n`,
    );
    const verified = await notation.ok(['verify', '--oci-layout', '--scope', 'local/app', `/home/layout@${digest}`], { environment });
    expect(verified.stdout).toBe(`Successfully verified signature for /home/layout@${digest}\n`);
    expect((await notation.call(['list', '--oci-layout', 'nothing'], { environment })).stderr).toContain('missing tag or digest');
  });
  it('a failed write leaves the layout as it was', async () => {
    const notation = withLayout();
    const before = notation.files.snapshot()['/home/layout/index.json'];
    notation.files.failNextWrite();
    expect((await notation.call(['sign', 'oci-layout:/home/layout:v1'])).code).toBe(1);
    expect(notation.files.snapshot()['/home/layout/index.json']).toBe(before);
  });
});
