// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { fuzzMultipart, fuzzRoutes, fuzzUploads } from './fuzz/server.fuzz.ts';
import { multipart } from './support/publisher.ts';

/** Words that lead deep into the parsers. */
const WORDS = [
  '--b',
  '--b--',
  '\r\n',
  '\n',
  '\r\n\r\n',
  'Content-Disposition: form-data; name="files"; filename="root"',
  'filename="targets/a"',
  '{"signed":{"version":1},"signatures":[]}',
  '/v2/',
  '/_trust/tuf/',
  'root.json',
  'targets/a/b',
  '..',
  '\u0000',
  '"',
  '\\',
];
const bytes = fc
  .array(
    fc.oneof(
      fc.constantFrom(...WORDS).map((w) => new TextEncoder().encode(w)),
      fc.uint8Array({ maxLength: 12 }),
    ),
    { maxLength: 30 },
  )
  .map((parts) => Uint8Array.from(parts.flatMap((p) => [...p])));

/** A valid body with a few bytes changed, dropped or doubled. */
const mutated = fc.tuple(fc.nat(), fc.nat(), fc.constantFrom('flip', 'cut', 'double')).map(([at, value, how]) => {
  const body = multipart({ root: '{"signed":{"version":1}}', 'targets/a': '{}' });
  const i = at % body.length;
  if (how === 'cut') return body.slice(0, i);
  if (how === 'double') return Uint8Array.from([...body.subarray(0, i), ...body.subarray(Math.max(0, i - (value % 50)))]);
  body[i] = value % 256;
  return body;
});

describe('the server’s parsers', () => {
  for (const [name, target] of Object.entries({ fuzzUploads, fuzzMultipart, fuzzRoutes })) {
    it(name, () => {
      fc.assert(
        fc.property(fc.oneof(bytes, mutated), (input) => {
          target(input);
        }),
        { numRuns: 600 },
      );
    });
  }
});
