// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { startedText } from '../src/commands/serve/view.ts';

const started = { root: undefined, protection: 'none', anonymousPull: false, readOnly: false } as const;

describe('what to try', () => {
  it.each([
    ['http://127.0.0.1:5000', true],
    ['http://[::1]:5000', true],
    ['https://0.0.0.0:5000', false],
    ['https://[::]:5000', false],
  ])('names this machine where the registry listens on %s', (url, loopback) => {
    expect(startedText({ ...started, url, loopback })).toContain('try: oras push localhost:5000/hello:v1 ');
  });

  it('names a host as it is, and says that it has no TLS', () => {
    expect(startedText({ ...started, url: 'http://registry.example:80', loopback: false })).toContain(
      'try: oras push --plain-http registry.example:80/hello:v1 README.md && notation sign --insecure-registry registry.example:80/hello:v1\n',
    );
  });

  it('is no push where nothing can be pushed', () => {
    expect(startedText({ ...started, url: 'http://127.0.0.1:5000', loopback: true, readOnly: true })).not.toContain('try:');
  });
});
