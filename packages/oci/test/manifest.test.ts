// SPDX-License-Identifier: Apache-2.0
import { isFault, toUtf8 } from '@notary/base';
import { encodeGoJson } from '@notary/base/json';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkSubject,
  childrenOf,
  DOCKER_LIST,
  describe as describeContent,
  descriptorJson,
  effectiveArtifactType,
  OCI_ARTIFACT_MANIFEST,
  OCI_INDEX,
  OCI_MANIFEST,
  parseDescriptor,
  parseManifest,
  parsePlatform,
  selectPlatform,
} from '../src/index.ts';
import { blob, imageManifest, indexOf, json } from './support.ts';

const layer = blob('x').descriptor;
const parse = (value: unknown, mediaType = OCI_MANIFEST) => {
  const bytes = typeof value === 'string' ? toUtf8(value) : json(value);
  return parseManifest(describeContent(mediaType, bytes), bytes);
};
const code = (work: () => unknown): string => {
  try {
    work();
  } catch (e) {
    if (isFault(e)) return e.code;
    throw e;
  }
  return 'no fault';
};

describe('manifests', () => {
  it('reads images, indexes and artifact manifests', () => {
    const subject = imageManifest({ layer });
    const image = parse(
      JSON.parse(new TextDecoder().decode(imageManifest({ layer, subject: subject.descriptor, annotations: { __proto__x: 'y' } }).bytes)),
    );
    expect(image.subject?.digest).toBe(subject.descriptor.digest);
    expect(image.layers).toEqual([layer]);
    expect(effectiveArtifactType(image)).toBe('application/vnd.example.note');
    expect(childrenOf(image).blobs).toHaveLength(2);
    expect(parse({ blobs: [layer], artifactType: 'a/b' }, OCI_ARTIFACT_MANIFEST).layers).toEqual([layer]);
    const index = parse({ manifests: [subject.descriptor] }, DOCKER_LIST);
    expect(childrenOf(index)).toEqual({ manifests: [subject.descriptor], blobs: [] });
    expect(effectiveArtifactType(index)).toBeUndefined();
    expect(effectiveArtifactType(parse({ config: { ...layer, mediaType: 'c/d' }, layers: [] }))).toBe('c/d');
  });

  it.each<[string, unknown, string?]>([
    ['not JSON', '<html>'],
    ['not an object', []],
    ['with a key twice', '{"layers":[],"layers":[]}'],
    ['with bytes behind it', '{"layers":[]} x'],
    ['of another stated type', { mediaType: OCI_INDEX, layers: [] }],
    ['both index and image [CVE-2021-41190]', { manifests: [], layers: [] }],
    ['both index and image by its config', { manifests: [], config: layer }, OCI_INDEX],
    ['an index by name and an image by content', { layers: [] }, OCI_INDEX],
    ['an image by name and an index by content', { manifests: [] }],
  ])('refuses one that is %s', (_name, value, mediaType = OCI_MANIFEST) => {
    expect(code(() => parse(value, mediaType))).toBe('OCI_MANIFEST_INVALID');
  });

  it.each<[string, unknown]>([
    ['layers that are no list', { layers: {} }],
    ['a layer without digest', { layers: [{ mediaType: 'a/b', size: 1 }] }],
    ['a negative size', { layers: [{ ...layer, size: -1 }] }],
    ['a fraction as size', { layers: [{ ...layer, size: 1.5 }] }],
    ['a size beyond numbers', { layers: [{ ...layer, size: 1e300 }] }],
    ['a digest that climbs', { layers: [{ ...layer, digest: 'sha256:../../x' }] }],
    ['a media type with a line break', { layers: [{ ...layer, mediaType: 'a/b\r\nx: y' }] }],
    ['annotations that are no text', { layers: [], annotations: { a: 1 } }],
    ['an artifactType that is no text', { layers: [], artifactType: {} }],
    ['a subject that is no descriptor', { layers: [], subject: 'x' }],
    ['a platform that is no object', { layers: [{ ...layer, platform: 1 }] }],
  ])('refuses %s', (_name, value) => {
    expect(code(() => parse(value))).toBe('OCI_DESCRIPTOR_INVALID');
  });

  it('bounds layers and annotations', () => {
    expect(code(() => parse({ layers: Array.from({ length: 20_001 }, () => layer) }))).toBe('OCI_TOO_MANY');
    expect(code(() => parse({ layers: [], annotations: Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`k${i}`, 'v'])) }))).toBe(
      'OCI_TOO_MANY',
    );
  });

  it('keeps an algorithm that is unknown apart from a bad digest', () => {
    expect(code(() => parse({ layers: [{ ...layer, digest: `blake3:${'a'.repeat(64)}` }] }))).toBe('DIGEST_UNSUPPORTED');
  });

  it('checks the subject', () => {
    const subject = imageManifest({ layer });
    const other = indexOf([]);
    const referrer = imageManifest({ layer, subject: subject.descriptor });
    const manifest = parseManifest(referrer.descriptor, referrer.bytes);
    expect(code(() => checkSubject(referrer.descriptor, manifest, subject.descriptor))).toBe('no fault');
    expect(code(() => checkSubject(referrer.descriptor, manifest, other.descriptor))).toBe('OCI_REFERRER_SUBJECT_MISMATCH');
    expect(code(() => checkSubject(subject.descriptor, parseManifest(subject.descriptor, subject.bytes), subject.descriptor))).toBe(
      'OCI_REFERRER_SUBJECT_MISMATCH',
    );
  });

  it('writes descriptors in the order of Go and reads them back', () => {
    const text = `{"mediaType":"a/b","digest":"${layer.digest}","size":1,"urls":["u"],"annotations":{"a":"1","b":"\\u003c"},"data":"eA==","platform":{"architecture":"arm64","os":"linux","os.version":"1","variant":"v8"},"artifactType":"c/d"}`;
    const descriptor = parseDescriptor(JSON.parse(text), 'test');
    expect(encodeGoJson(descriptorJson(descriptor))).toBe(text);
  });

  it('throws nothing but faults, whatever it reads', () => {
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom(null, 1, -1, '', layer.digest, OCI_MANIFEST, 'a/b', true),
        fc.array(tie('any'), { maxLength: 3 }),
        fc.dictionary(
          fc.constantFrom(
            'mediaType',
            'digest',
            'size',
            'layers',
            'manifests',
            'config',
            'subject',
            'annotations',
            'platform',
            'artifactType',
            '__proto__',
          ),
          tie('any'),
          { maxKeys: 6 },
        ),
      ),
    })).any;
    fc.assert(
      fc.property(value, fc.constantFrom(OCI_MANIFEST, OCI_INDEX), (v, type) => void code(() => parse(v, type))),
      { numRuns: 500 },
    );
  });
});

describe('platforms', () => {
  const entry = (platform: object, text: string) => ({ ...blob(text, OCI_MANIFEST).descriptor, platform });
  const index = parse(
    {
      manifests: [
        entry({ os: 'linux', architecture: 'amd64' }, 'a'),
        entry({ os: 'linux', architecture: 'arm64', variant: 'v8' }, 'b'),
        entry({ os: 'linux', architecture: 'arm', variant: 'v6' }, 'c'),
        blob('d', OCI_MANIFEST).descriptor,
      ],
    },
    OCI_INDEX,
  );

  it('finds a manifest, with the usual variants', () => {
    expect(selectPlatform(index, 'linux/amd64').digest).toBe(blob('a').descriptor.digest);
    expect(selectPlatform(index, 'linux/arm64').digest).toBe(blob('b').descriptor.digest);
    expect(selectPlatform(index, 'linux/arm64/v8').digest).toBe(blob('b').descriptor.digest);
    expect(selectPlatform(index, 'linux/arm/v6').digest).toBe(blob('c').descriptor.digest);
  });

  it('says what there is when there is none', () => {
    expect(code(() => selectPlatform(index, 'linux/arm'))).toBe('OCI_PLATFORM_NOT_FOUND');
    expect(() => selectPlatform(index, 'windows/amd64')).toThrow(
      'the index has no manifest for windows/amd64; it has linux/amd64, linux/arm64/v8, linux/arm/v6',
    );
    expect(() => selectPlatform(parse({ manifests: [] }, OCI_INDEX), 'linux/amd64')).toThrow('none with a platform');
  });

  it.each(['linux', 'linux/', '/amd64', 'a/b/c/d', 'linux/AMD64', 'linux/amd64 '])('refuses %j', (text) => {
    expect(code(() => parsePlatform(text))).toBe('OCI_PLATFORM_INVALID');
  });
});
