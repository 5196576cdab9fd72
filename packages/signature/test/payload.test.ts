// SPDX-License-Identifier: Apache-2.0
import { toUtf8 } from '@notary/base';
import { describe, expect, it } from 'vitest';
import { attributeText, checkPayloadContentType, encodePayload, PAYLOAD_CONTENT_TYPE, parsePayload } from '../src/index.ts';
import { faultOf, outcome } from './support.ts';

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const DIGEST = 'sha256:aa';
const parse = (json: string) => parsePayload(toUtf8(json)).targetArtifact;
const codeOf = (json: string): Promise<string> => outcome(() => parse(json));

describe('encodePayload', () => {
  const target = { mediaType: 'a/b', digest: DIGEST, size: 3, annotations: { z: '<&>', '\u00e9': '\u2028', 'a"': '' }, artifactType: 'x' };
  it('sorts for a JWS, keeps the order of the struct elsewhere, escapes as Go does, and writes four members only', () => {
    const annotations = '{"a\\"":"","z":"\\u003c\\u0026\\u003e","\u00e9":"\\u2028"}';
    expect(text(encodePayload(target, 'jws'))).toBe(
      `{"targetArtifact":{"annotations":${annotations},"digest":"${DIGEST}","mediaType":"a/b","size":3}}`,
    );
    const struct = `{"targetArtifact":{"mediaType":"a/b","digest":"${DIGEST}","size":3,"annotations":${annotations}}}`;
    expect([text(encodePayload(target, 'cose')), text(encodePayload(target, 'plugin'))]).toEqual([struct, struct]);
  });
  it('leaves empty annotations out and takes maps', () => {
    expect(text(encodePayload({ ...target, annotations: {} }, 'cose'))).toBe(
      `{"targetArtifact":{"mediaType":"a/b","digest":"${DIGEST}","size":3}}`,
    );
    expect(text(encodePayload({ ...target, annotations: new Map([['1', 'x']]) }, 'jws'))).toContain('"annotations":{"1":"x"}');
  });
});

describe('parsePayload', () => {
  it('reads what the Go tools read: names in any case, unknown members, null and absence', () => {
    const none = { mediaType: '', digest: '', size: 0, annotations: new Map() };
    expect(parse('{"TargetArtifact":{"MEDIATYPE":"a","digest":null,"x":1}}')).toEqual({ ...none, mediaType: 'a' });
    for (const json of ['{}', 'null', '{"targetArtifact":null}', '{"targetArtifact":{}}']) expect(parse(json)).toEqual(none);
    expect(parse('{"targetArtifact":{"annotations":{"a":"1","b":null,"__proto__":"x"}}}').annotations).toEqual(
      new Map([
        ['a', '1'],
        ['b', ''],
        ['__proto__', 'x'],
      ]),
    );
  });
  it('keeps the other members of a descriptor for inspect', () => {
    const json =
      '{"targetArtifact":{"urls":["u",null],"data":"AQI=","artifactType":"t","platform":{"architecture":"amd64","os":"linux","os.version":"1","os.features":["f"],"variant":"v"}}}';
    expect(parse(json)).toMatchObject({
      urls: ['u', ''],
      data: Uint8Array.of(1, 2),
      artifactType: 't',
      platform: { architecture: 'amd64', os: 'linux', osVersion: '1', osFeatures: ['f'], variant: 'v' },
    });
  });
  it('refuses other types, names twice and trailing bytes', async () => {
    const target = (members: string): string => `{"targetArtifact":{${members}}}`;
    for (const json of [
      '[]',
      '{',
      target('"size":"1"'),
      target('"size":1.5'),
      target('"size":9007199254740992'),
      target('"digest":1'),
      target('"annotations":[]'),
      target('"annotations":{"a":1}'),
      target('"urls":"x"'),
      target('"urls":[1]'),
      target('"data":"A"'),
      target('"platform":1'),
      '{} {}',
    ]) {
      expect([json, await codeOf(json)]).toEqual([json, 'PAYLOAD_MALFORMED']);
    }
    expect(await codeOf(target('"digest":"a","digest":"b"'))).toBe('PAYLOAD_DUPLICATE_KEY');
    expect(await codeOf(target('"digest":"a","Digest":"b"'))).toBe('PAYLOAD_DUPLICATE_KEY');
    expect(await codeOf('['.repeat(100))).toBe('JSON_TOO_DEEP');
  });
  it('is only read under its own content type', async () => {
    checkPayloadContentType(PAYLOAD_CONTENT_TYPE);
    expect(await outcome(() => checkPayloadContentType('text/plain'))).toBe('PAYLOAD_CONTENT_TYPE_UNSUPPORTED');
    expect((await faultOf(() => checkPayloadContentType('text/"x"'))).message).toBe('payload content type "text/\\"x\\"" not supported');
  });
});

describe('attributeText', () => {
  it('prints as Go prints what it decodes from JSON', () => {
    const map = Object.assign(Object.create(null), { b: [1, 'x', null], a: true });
    expect([map, 'x y', 1e21, 0.00001, 123456789, -0.5, 1e-7, null].map(attributeText)).toEqual([
      'map[a:true b:[1 x <nil>]]',
      'x y',
      '1e+21',
      '1e-05',
      '123456789',
      '-0.5',
      '1e-07',
      '<nil>',
    ]);
  });
});
