// SPDX-License-Identifier: Apache-2.0
/** Every envelope of vectors/envelope ends as its manifest says, when verified and when inspected. */
import { describe, expect, it } from 'vitest';
import { attributeText, checkEnvelope, decodeEnvelope, parseEnvelope, verifyEnvelope } from '../src/index.ts';
import { outcome, readJson, readVector } from './support.ts';

interface Row {
  readonly id: string;
  readonly file: string;
  readonly mediaType: string;
  readonly clause: string;
  readonly expect: string;
  readonly inspect?: string;
  readonly scheme?: string;
  readonly signingTime?: string;
  readonly expiry?: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

const rows = readJson<Row[]>('envelope/manifest.json');

describe('vectors/envelope', () => {
  for (const row of rows) {
    it(`${row.id}: ${row.clause} -> ${row.expect}`, async () => {
      const bytes = readVector(`envelope/${row.file}`);
      expect(await outcome(async () => verifyEnvelope(await decodeEnvelope(bytes, row.mediaType)))).toBe(row.expect);
      const inspected = await outcome(async () => checkEnvelope(await parseEnvelope(bytes, row.mediaType)));
      expect(inspected).toBe(row.inspect ?? row.expect);
      if (inspected !== 'ok') return;
      const envelope = await parseEnvelope(bytes, row.mediaType);
      expect(envelope.signingScheme).toBe(row.scheme ?? 'notary.x509');
      expect(envelope.signingTime.toISOString()).toBe(row.signingTime ?? '2026-12-01T12:00:00.000Z');
      expect(envelope.expiry?.toISOString()).toBe(row.expiry);
      const texts = Object.fromEntries(envelope.extendedAttributes.map(({ key, value }) => [attributeText(key), attributeText(value)]));
      if (row.attributes) expect(texts).toEqual(row.attributes);
    });
  }

  it('holds more refusals than acceptances', () => {
    expect(rows.filter((row) => row.expect !== 'ok').length).toBeGreaterThan(rows.length / 2);
  });
});
