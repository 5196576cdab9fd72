// SPDX-License-Identifier: Apache-2.0
import { isFault } from '@notary/base';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  expandDockerReference,
  formatReference,
  isRegistryName,
  isRepositoryName,
  parseArtifactLocation,
  parseArtifactReference,
  parseLayoutReference,
  parseReference,
  parseRegistry,
  referenceTarget,
} from '../src/index.ts';

const HEX = 'ab'.repeat(32);
const D = `sha256:${HEX}`;
const message = (work: () => unknown): string => {
  try {
    work();
  } catch (e) {
    if (isFault(e)) return `${e.code} ${e.message}`;
    throw e;
  }
  return 'no fault';
};

describe('references', () => {
  it.each([
    ['r.example/a', { registry: 'r.example', repository: 'a' }],
    ['r.example:5000/a/b-c__d.e:v1', { registry: 'r.example:5000', repository: 'a/b-c__d.e', tag: 'v1' }],
    [`localhost/a@${D}`, { registry: 'localhost', repository: 'a', digest: D }],
    [`[::1]:5000/a@${D}`, { registry: '[::1]:5000', repository: 'a', digest: D }],
    [`r.example/a:v1@${D}`, { registry: 'r.example', repository: 'a', tag: 'v1', digest: D }],
    // The tag before a digest is dropped without a look.
    [`r.example/a:!!@${D}`, { registry: 'r.example', repository: 'a', digest: D }],
    ['r.example/a:', { registry: 'r.example', repository: 'a' }],
    ['r.example/a@', { registry: 'r.example', repository: 'a' }],
    ['r.example/a---b', { registry: 'r.example', repository: 'a---b' }],
    [`r.example/a@sha512:${'0'.repeat(128)}`, { registry: 'r.example', repository: 'a', digest: `sha512:${'0'.repeat(128)}` }],
  ])('reads %s', (text, expected) => {
    expect(parseReference(text)).toEqual(expected);
  });

  it.each([
    ['alpine', 'missing registry or repository'],
    ['', 'missing registry or repository'],
    ['/a', 'invalid registry ""'],
    ['r example/a', 'invalid registry "r example"'],
    ['user@r.example/a', 'invalid registry "user@r.example"'],
    ['r.example:99999/a', 'invalid registry "r.example:99999"'],
    ['r.example?x/a', 'invalid registry "r.example?x"'],
    ['r.example/A', 'invalid repository "A"'],
    ['r.example/a//b', 'invalid repository "a//b"'],
    ['r.example/../a', 'invalid repository "../a"'],
    ['r.example/a..b', 'invalid repository "a..b"'],
    ['r.example/a%2fb', 'invalid repository "a%2fb"'],
    ['r.example/', 'invalid repository ""'],
    ['r.example/a:-x', 'invalid tag "-x"'],
    ['r.example/a:v1:v2', 'invalid tag "v1:v2"'],
    ['r.example/a:v/1', 'invalid tag "v/1"'],
    ['r.example/a:é"\n', 'invalid tag "é\\"\\n"'],
    ['r.example/a@sha256', 'invalid digest "sha256": invalid checksum digest format'],
    ['r.example/a@sha256:', 'invalid digest "sha256:": invalid checksum digest format'],
    ['r.example/a@sha256:ab', 'invalid digest "sha256:ab": invalid checksum digest length'],
    [`r.example/a@sha256:${HEX.toUpperCase()}`, `invalid digest "sha256:${HEX.toUpperCase()}": invalid checksum digest format`],
    ['r.example/a@md5:ab', 'invalid digest "md5:ab": unsupported digest algorithm'],
    ['r.example/a@:ab', 'invalid digest ":ab": invalid checksum digest format'],
    [`r.example/a@${D}@${D}`, `invalid digest "${D}@${D}": invalid checksum digest length`],
  ])('refuses %j in the words of oras', (text, problem) => {
    expect(message(() => parseReference(text))).toBe(`OCI_REFERENCE_INVALID invalid reference: ${problem}`);
  });

  it('refuses a name that would take for ever to match', () => {
    const started = performance.now();
    expect(isRepositoryName(`${'a'.repeat(4000)}!`)).toBe(false);
    expect(isRepositoryName(`${'a-'.repeat(2000)}!`)).toBe(false);
    expect(message(() => parseReference(`r.example/${'a'.repeat(100_000)}`))).toContain('too long');
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it('needs a tag or digest for an artifact', () => {
    const expecting = 'Expecting <registry>/<repository>:<tag> or <registry>/<repository>@<digest>';
    expect(message(() => parseArtifactReference('r.example/a'))).toBe(
      `OCI_REFERENCE_INVALID "r.example/a": invalid reference: no tag or digest. ${expecting}`,
    );
    expect(message(() => parseArtifactReference('alpine'))).toBe(
      `OCI_REFERENCE_INVALID "alpine": invalid reference: missing registry or repository. ${expecting}`,
    );
    expect(referenceTarget(parseArtifactReference(`r.example/a:v1@${D}`))).toBe(D);
    expect(formatReference(parseArtifactReference(`r.example/a:v1@${D}`))).toBe(`r.example/a@${D}`);
  });

  it.each([
    ['alpine', 'docker.io/library/alpine:latest'],
    ['alpine:3', 'docker.io/library/alpine:3'],
    ['team/app', 'docker.io/team/app:latest'],
    ['docker.io/alpine', 'docker.io/library/alpine:latest'],
    ['index.docker.io/team/app:1', 'docker.io/team/app:1'],
    ['localhost/app', 'localhost/app:latest'],
    ['r.example/app:1', 'r.example/app:1'],
    ['host:5000/app', 'host:5000/app:latest'],
  ])('expands %s as Docker does', (text, full) => {
    expect(formatReference(expandDockerReference(text))).toBe(full);
  });

  it('checks a registry', () => {
    expect(parseRegistry('r.example:5000')).toBe('r.example:5000');
    expect(message(() => parseRegistry('https://r.example'))).toBe(
      'OCI_REFERENCE_INVALID invalid reference: invalid registry "https://r.example"',
    );
  });

  it('either refuses, or yields parts that are safe in a URL and survive being written and read', () => {
    const part = fc.oneof(fc.string(), fc.stringMatching(/^[a-z0-9._:@/-]{0,30}$/), fc.constant(`@${D}`));
    fc.assert(
      fc.property(fc.array(part, { maxLength: 5 }), (parts) => {
        const text = parts.join('');
        let reference: ReturnType<typeof parseReference>;
        try {
          reference = parseReference(text);
        } catch (e) {
          if (!isFault(e)) throw e;
          return;
        }
        const { tag: _, ...byDigest } = reference;
        expect(parseReference(formatReference(reference))).toEqual(reference.digest === undefined ? reference : byDigest);
        const url = new URL(`https://${reference.registry}/v2/${reference.repository}/manifests/${referenceTarget(reference) ?? 'x'}`);
        expect(url.pathname).toBe(`/v2/${reference.repository}/manifests/${referenceTarget(reference) ?? 'x'}`);
        expect(url.username + url.search + url.hash).toBe('');
      }),
      { numRuns: 500 },
    );
    expect(isRegistryName('a'.repeat(300))).toBe(false);
  });
});

describe('layout references', () => {
  it.each([
    ['dir:v1', { path: 'dir', tag: 'v1' }],
    ['./a:b/c:v1', { path: './a:b/c', tag: 'v1' }],
    [`dir@${D}`, { path: 'dir', digest: D }],
    [`a@b@${D}`, { path: 'a@b', digest: D }],
    ['C:\\dir:v1', { path: 'C:\\dir', tag: 'v1' }],
    ['dir@notadigest', { path: 'dir', tag: 'notadigest' }],
  ])('splits %s as the Go notation does', (text, expected) => {
    expect(parseLayoutReference(text)).toEqual(expected);
  });

  it.each([
    ['dir', '"dir": invalid reference: missing tag or digest.'],
    ['dir:', '"dir:": invalid reference: missing tag or digest.'],
    ['dir@', '"dir@": invalid reference: missing tag or digest.'],
    ['C:\\dir', '"C:\\\\dir": invalid reference: missing tag or digest.'],
    [':v1', '":v1": invalid reference: missing oci-layout file path.'],
    [':', '":": invalid reference: missing oci-layout file path.'],
  ])('refuses %s in its words', (text, words) => {
    expect(message(() => parseLayoutReference(text))).toBe(
      `OCI_LAYOUT_REFERENCE_INVALID ${words} Expecting <file_path>:<tag> or <file_path>@<digest>`,
    );
  });

  it.each([
    ['oci-layout:dir', { kind: 'layout', path: 'dir' }],
    ['oci-layout:a:b/c', { kind: 'layout', path: 'a:b/c' }],
    ['oci-layout:a/b:v1', { kind: 'layout', path: 'a/b', tag: 'v1' }],
    [`oci-archive:a.tar@${D}`, { kind: 'archive', path: 'a.tar', digest: D }],
    ['oci-archive:C:\\a.tar', { kind: 'archive', path: 'C:\\a.tar' }],
    ['r.example/a:v1', { kind: 'registry', reference: { registry: 'r.example', repository: 'a', tag: 'v1' } }],
  ])('knows where %s is', (text, expected) => {
    expect(parseArtifactLocation(text)).toEqual(expected);
  });

  it('refuses a location without a path', () => {
    expect(message(() => parseArtifactLocation('oci-layout:'))).toContain('missing oci-layout file path');
    expect(message(() => parseArtifactLocation('oci-archive:a:'))).toContain('missing tag or digest');
  });
});
