// SPDX-License-Identifier: Apache-2.0
/** Faults that other registries had, each as the request that would show it here. See docs/explanation/audits.md. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Harness, type StoreKind, startHarness } from './support.ts';

describe.each(['memory', 'disk'] as StoreKind[])('a registry on %s', (kind) => {
  let h: Harness;
  beforeEach(async () => {
    h = await startHarness(kind);
  });
  afterEach(() => h.close());

  it('[CVE-2026-35172] does not give back what was deleted from one repository because another one has it', async () => {
    const digest = await h.blob('a', 'layer');
    expect(await h.blob('b', 'layer')).toBe(digest);
    const status = async (name: string): Promise<number> => (await h.call('GET', `/v2/${name}/blobs/${digest}`)).status;
    expect([await status('a'), await status('b')]).toEqual([200, 200]);
    expect((await h.call('DELETE', `/v2/a/blobs/${digest}`)).status).toBe(202);
    // Asked of the other repository in between: whatever is remembered of the digest says nothing about this one.
    expect([await status('b'), await status('a'), await status('b'), await status('a')]).toEqual([200, 404, 200, 404]);
    expect((await h.call('HEAD', `/v2/a/blobs/${digest}`)).status).toBe(404);
    const mounted = await h.call('POST', `/v2/c/blobs/uploads/?mount=${encodeURIComponent(digest)}&from=a`);
    expect(mounted.status).toBe(202);
  });

  it('[CVE-2023-2253] sets aside nothing for the length of a list that the caller asks for', async () => {
    await h.blob('a', 'layer');
    for (const n of ['2147483647', '9007199254740991', '99999999999999999999']) {
      const response = await h.call('GET', `/v2/_catalog?n=${n}`);
      expect([200, 400]).toContain(response.status);
      await response.arrayBuffer();
    }
  });
});
