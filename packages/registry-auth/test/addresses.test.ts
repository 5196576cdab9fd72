// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { isPrivateHost, targetProblem } from '../src/index.ts';

const host = (text: string): string => new URL(`http://${text}/`).hostname;

describe('addresses that a registry must not send us to', () => {
  it.each([
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f.0.0.1',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    'localhost',
    'LOCALHOST.',
    'a.localhost',
    '[::1]',
    '[::]',
    '[fe80::1]',
    '[fd00::1]',
    '[::ffff:10.0.0.1]',
    '[::ffff:127.0.0.1]',
    '[64:ff9b::a9fe:a9fe]',
    '[2002:7f00:1::]',
  ])('%s is private', (address) => {
    expect(isPrivateHost(host(address))).toBe(true);
  });

  it.each([
    '8.8.8.8',
    '172.32.0.1',
    '172.15.0.1',
    '100.128.0.1',
    '193.168.1.1',
    'example.com',
    '10.example.com',
    '[2001:db8::1]',
    '[::ffff:8.8.8.8]',
    'localhost.example.com',
  ])('%s is public', (address) => {
    expect(isPrivateHost(host(address))).toBe(false);
  });

  const problem = (target: string, origin: string) => targetProblem(new URL(target), new URL(origin));

  it('allows the same host, whatever its port', () => {
    expect(problem('https://10.0.0.5:8443/t', 'https://10.0.0.5/v2/')).toBeUndefined();
    expect(problem('https://auth.example/t', 'https://registry.example/v2/')).toBeUndefined();
  });

  it('allows this machine to a registry on this machine', () => {
    expect(problem('http://localhost:5001/t', 'http://127.0.0.1:5000/v2/')).toBeUndefined();
  });

  it.each([
    ['https://10.0.0.6/t', 'https://registry.example/v2/', 'private address'],
    ['https://169.254.169.254/latest', 'https://10.0.0.5/v2/', 'private address'],
    ['http://10.0.0.5/t', 'http://127.0.0.1:5000/', 'private address'],
    ['http://registry.example/t', 'https://registry.example/', 'not https'],
    ['ftp://registry.example/t', 'https://registry.example/', 'not an http'],
    ['https://user:pass@registry.example/t', 'https://registry.example/', 'user name'],
  ])('refuses %s for %s', (target, origin, words) => {
    expect(problem(target, origin)).toContain(words);
  });
});
