// SPDX-License-Identifier: Apache-2.0
/** Go's proxy rules, by the tables of golang.org/x/net/http/httpproxy where those apply. */
import { proxyFor } from '@notary/platform';
import { createFakeEnvironment } from '@notary/testkit';
import { describe, expect, it } from 'vitest';

const through = (url: string, variables: Record<string, string>): string | undefined =>
  proxyFor(new URL(url), createFakeEnvironment(variables))?.href;

describe('which proxy', () => {
  it.each([
    ['http://example.com/', { HTTP_PROXY: '127.0.0.1:8080' }, 'http://127.0.0.1:8080/'],
    ['http://example.com/', { HTTP_PROXY: 'cache.corp.example.com:1234' }, 'http://cache.corp.example.com:1234/'],
    ['http://example.com/', { HTTP_PROXY: 'cache.corp.example.com' }, 'http://cache.corp.example.com/'],
    ['http://example.com/', { HTTP_PROXY: 'https://cache.corp.example.com' }, 'https://cache.corp.example.com/'],
    ['http://example.com/', { http_proxy: 'http://127.0.0.1:8080' }, 'http://127.0.0.1:8080/'],
    ['http://example.com/', { HTTP_PROXY: 'http://upper', http_proxy: 'http://lower' }, 'http://upper/'],
    ['http://example.com/', { HTTP_PROXY: '', http_proxy: 'http://lower' }, 'http://lower/'],
    ['https://example.com/', { HTTP_PROXY: 'http.proxy.tld' }, undefined],
    ['https://secure.tld/', { HTTP_PROXY: 'http.proxy.tld', HTTPS_PROXY: 'secure.proxy.tld' }, 'http://secure.proxy.tld/'],
    ['https://secure.tld/', { HTTPS_PROXY: 'https://secure.proxy.tld' }, 'https://secure.proxy.tld/'],
    ['http://example.com/', {}, undefined],
    ['http://example.com/', { ALL_PROXY: 'http://proxy' }, undefined],
  ])('%s with %j', (url, variables, expected) => {
    expect(through(url, variables as Record<string, string>)).toBe(expected);
  });
});

describe('never', () => {
  it.each([
    'http://localhost/',
    'http://localhost:80/',
    'http://127.0.0.1/',
    'http://127.9.9.9:8080/',
    'http://[::1]:80/',
    'https://[::ffff:127.0.0.1]/',
  ])('%s', (url) => {
    expect(through(url, { HTTP_PROXY: 'http://proxy', HTTPS_PROXY: 'http://proxy' })).toBeUndefined();
  });

  it('but for names that only look like the loopback', () => {
    for (const host of ['localhost.example', 'notlocalhost', '128.0.0.1', '[2001::1]'])
      expect(through(`http://${host}/`, { HTTP_PROXY: 'http://proxy' })).toBe('http://proxy/');
  });
});

it.each(['http://user:se/cret@proxy:1', 'user:se@cret@bad host', 'HTTP://user:se?cret@[', 'ftp://user:secret@proxy'])(
  'an address that is none keeps its secret: %s',
  (value) => {
    expect(() => through('http://example.com/', { HTTP_PROXY: value })).toThrow(/^invalid proxy address "[^"]*\[redacted\]@[^"]*"$/);
    expect(() => through('http://example.com/', { HTTP_PROXY: value })).not.toThrow(/cret|user/);
  },
);

describe('NO_PROXY', () => {
  const noProxy =
    'foobar.com, .barbaz.net, *.wild.org, 192.168.1.1, 192.168.1.2:81, 192.168.1.3:80, 10.0.0.0/30, 2001:db8::52:0:1, [2001:db8::52:0:2]:443, [2001:db8::52:0:3]:80, 2002:db8:a::45/64, port.com:8080';
  it.each([
    ['http://foobar.com/', false],
    ['http://www.foobar.com/', false],
    ['http://foofoobar.com/', true],
    ['http://baz.com/', true],
    ['http://www.barbaz.net/', false],
    ['http://barbaz.net/', true],
    ['http://x.wild.org/', false],
    ['http://wild.org/', true],
    ['http://FOOBAR.COM/', false],
    ['http://192.168.1.1/', false],
    ['http://192.168.1.1:81/', false],
    ['http://192.168.1.2/', true],
    ['http://192.168.1.2:81/', false],
    ['http://192.168.1.3/', false],
    ['http://192.168.1.4/', true],
    ['http://10.0.0.2/', false],
    ['http://10.0.0.3/', false],
    ['http://10.0.0.4/', true],
    ['http://[2001:db8::52:0:1]/', false],
    ['http://[2001:db8::52:0:2]/', true],
    ['https://[2001:db8::52:0:2]/', false],
    ['http://[2001:db8::52:0:3]/', false],
    ['http://[2002:db8:a::123]/', false],
    ['http://[fe80::424b:c8be:1643:a1b6]/', true],
    ['http://port.com:8080/', false],
    ['http://port.com/', true],
  ])('%s uses the proxy: %s', (url, uses) => {
    expect(through(url, { HTTP_PROXY: 'http://proxy', HTTPS_PROXY: 'http://proxy', NO_PROXY: noProxy }) !== undefined).toBe(uses);
  });

  it.each(['*', ' * ', 'a.example, *'])('of %j means all', (value) => {
    expect(through('http://example.com/', { HTTP_PROXY: 'http://proxy', no_proxy: value })).toBeUndefined();
  });

  it.each(['', ',', ' , ', ':80', '/', '10.0.0.0/33', '10.0.0.0/x', 'example.com/8', '.com.', '.1'])('of %j exempts nobody', (value) => {
    for (const host of ['example.com', '10.0.0.1'])
      expect(through(`http://${host}/`, { HTTP_PROXY: 'http://proxy', NO_PROXY: value })).toBe('http://proxy/');
  });
});
