// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { versionInGoBinary, versionInText } from '../versions.ts';

describe('versions', () => {
  it.each([
    ['Version:     v2.0.0-alpha.1+unreleased\nGo version:  go1.26.8', 'v2.0.0-alpha.1+unreleased'],
    ['Version:     0.1.0 (compatible with notation v2.0.0-alpha.1)\nRuntime:     Bun 1.4.5', '0.1.0'],
    ['notary-server Version: 0.1.0, Runtime: Bun 1.4.5', '0.1.0'],
    ['docker-registry github.com/docker/distribution 2.8.2+ds1', '2.8.2+ds1'],
    ['skopeo version 1.9.3', '1.9.3'],
    ['notary\n Version:    \n Git commit: \n Go version: go1.19.8', undefined],
    ['{"time":"2026-11-22T08:00:15.13Z","distribution-spec":"1.1.1","commit":"","go version":"go1.26.8"}', undefined],
    ['{"distribution-spec":"1.1.1","commit":"v2.1.10-0-gabc","go version":"go1.26.8"}', 'v2.1.10-0-gabc'],
    ['cannot listen on 127.0.0.1', undefined],
  ])('of what %j says', (text, version) => expect(versionInText(text)).toBe(version));

  it('of what the Go linker wrote', () => {
    expect(versionInGoBinary(Buffer.from('\0path\tx/cmd\nmod\tzotregistry.dev/zot/v2\tv2.1.10\th1:x\ndep\ty\tv1.0.0\n'))).toBe('v2.1.10');
    expect(versionInGoBinary(Buffer.from('mod\tx\t(devel)\n'))).toBeUndefined();
    expect(versionInGoBinary(Buffer.from('\nmod\tx\t(devel)\t\n'))).toBeUndefined();
  });
});
