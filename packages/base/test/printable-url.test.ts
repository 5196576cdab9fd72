// SPDX-License-Identifier: Apache-2.0
import { printableUrl } from '@notary/base';
import { expect, it } from 'vitest';

it.each([
  ['https://registry.example:443/v2/app/manifests/v1', 'https://registry.example:443/v2/app/manifests/v1'],
  ['https://r/v2/app/blobs/uploads/?mount=sha256:ab&from=team/app', 'https://r/v2/app/blobs/uploads/?mount=sha256:ab&from=team/app'],
  ['https://r/u/1?_state=c2VjcmV0&digest=sha256:ab', 'https://r/u/1?_state=redacted&digest=sha256:ab'],
  ['https://r/u/1?c2VjcmV0', 'https://r/u/1?redacted'],
  ['https://r/u/1?Digest=secret&&=secret', 'https://r/u/1?Digest=redacted&redacted&=redacted'],
  ['https://user:secret@r/u#secret', 'https://r/u'],
  ['https://auth/token?service=r&scope=repository:a:pull&x=secret', 'https://auth/token?service=r&scope=repository:a:pull&x=redacted'],
])('%s', (text, printed) => {
  expect(printableUrl(text)).toBe(printed);
});

it('bounds what it prints, of a URL or anything else', () => {
  expect(printableUrl(`https://r/${'a'.repeat(10_000)}`)).toHaveLength(2_000);
  expect(printableUrl(`https://r/?digest=${'a'.repeat(10_000)}`)).toHaveLength(2_000);
  expect(printableUrl(`?${'a'.repeat(10_000)}`)).toHaveLength(500);
});
