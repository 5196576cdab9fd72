// SPDX-License-Identifier: Apache-2.0
import { createFakeEnvironment } from '@notary/testkit';
import { describe, expect, it } from 'vitest';
import { cacheDirectory, configDirectory, platformConfigDirectory } from '../src/directories.ts';
import { absolutePath, baseName, cleanPath, directoryName, joinPaths } from '../src/store/paths.ts';

const host = (os: string) => ({ os, arch: 'amd64', runtime: '', zoneAt: () => ({ offsetMinutes: 0 }) });

describe('directories by platform', () => {
  it.each([
    ['linux', { HOME: '/h' }, '/h/.config/notation', '/h/.cache/notation'],
    ['linux', { HOME: '/h', XDG_CONFIG_HOME: '/c', XDG_CACHE_HOME: '/k' }, '/c/notation', '/k/notation'],
    ['linux', { HOME: '/h', XDG_CONFIG_HOME: 'c', XDG_CACHE_HOME: 'k' }, '.notation', '.notation/cache'],
    ['linux', {}, '.notation', '.notation/cache'],
    ['darwin', { HOME: '/h' }, '/h/Library/Application Support/notation', '/h/Library/Caches/notation'],
    ['windows', { AppData: 'C:\\a', LocalAppData: 'C:\\l' }, 'C:\\a\\notation', 'C:\\l\\notation'],
    ['linux', { HOME: '/h', NOTATION_CONFIG: '/n', NOTATION_CACHE: '/m' }, '/n', '/m'],
    ['linux', { HOME: '/h', NOTATION_CONFIG: '', NOTATION_CACHE: '' }, '/h/.config/notation', '/h/.cache/notation'],
  ])('%s with %j', (os, variables, config, cache) => {
    const machine = { host: host(os), environment: createFakeEnvironment(variables) };
    expect(configDirectory(machine)).toBe(config);
    expect(cacheDirectory(machine)).toBe(cache);
  });
  it('the platform directory does not follow NOTATION_CONFIG', () => {
    const machine = { host: host('linux'), environment: createFakeEnvironment({ HOME: '/h', NOTATION_CONFIG: '/n' }) };
    expect(platformConfigDirectory(machine)).toBe('/h/.config/notation');
  });
});

describe('paths as Go has them', () => {
  const linux = { host: host('linux'), workingDirectory: '/w' };
  it.each([
    ['', '.'],
    ['a//b/./c/..', 'a/b'],
    ['../a/..', '..'],
    ['/../a', '/a'],
    ['/', '/'],
    ['a/../..', '..'],
    ['a\\b', 'a\\b'],
  ])('clean %j is %j', (path, clean) => {
    expect(cleanPath(linux, path)).toBe(clean);
  });
  it('joins, splits and completes', () => {
    expect(joinPaths(linux, '', 'a', '../b')).toBe('b');
    expect(absolutePath(linux, '../x')).toBe('/x');
    expect(absolutePath(linux, '/a/../b')).toBe('/b');
    expect(baseName(linux, 'a/b/')).toBe('b');
    expect(baseName(linux, '/')).toBe('/');
    expect(baseName(linux, '')).toBe('.');
    expect(directoryName(linux, 'a/b')).toBe('a');
    expect(directoryName(linux, 'a')).toBe('.');
    expect(directoryName(linux, '/a')).toBe('/');
    expect(directoryName(linux, 'a\\b/c')).toBe('a\\b');
  });
});
