// SPDX-License-Identifier: Apache-2.0
/** Bodies that come so slowly that nobody can wait for them, or in so many pieces that a call cannot take them. */
import { describe, expect, it } from 'vitest';
import { createResponse } from '../src/http/response.ts';

const request = { method: 'GET', url: 'http://registry.test/', maxBytes: 1000, timeoutMs: 1000 };
const pace = { graceMs: 60, bytesPerSecond: 1000 };

/** One byte every `everyMs`, `count` times. */
function dripping(everyMs: number, count: number, graceMs = pace.graceMs) {
  let closed = false;
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let i = 0; i < count; i++) {
      await new Promise((resolve) => setTimeout(resolve, everyMs));
      yield Uint8Array.of(i);
    }
  }
  const body = {
    chunks,
    async cancel() {
      closed = true;
    },
  };
  const parts = { request, status: 200, fields: { values: () => [], entries: () => [] }, body, finished: () => undefined };
  return { response: createResponse(parts, { ...pace, graceMs }), isClosed: () => closed };
}

describe('a body that drips', () => {
  it('is given up although it is never silent', async () => {
    const { response, isClosed } = dripping(20, 1000);
    const started = performance.now();
    await expect(response.bytes()).rejects.toMatchObject({ code: 'HTTP_TIMEOUT' });
    // All of it would take twenty seconds.
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(isClosed()).toBe(true);
  });

  it('is read while it is short', async () => {
    expect(await dripping(5, 3, 5_000).response.bytes()).toEqual(Uint8Array.of(0, 1, 2));
  });

  it('is not blamed for a reader who takes his time', async () => {
    const { response } = dripping(1, 5, 600);
    let seen = 0;
    for await (const chunk of response.stream()) {
      seen += chunk.length;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    expect(seen).toBe(5);
  });
});

it('a body in very many pieces is joined', async () => {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let i = 0; i < 200_000; i++) yield Uint8Array.of(i);
  }
  const fields = { values: () => [], entries: () => [] };
  const parts = {
    request: { ...request, maxBytes: 1 << 20 },
    status: 200,
    fields,
    body: { chunks, async cancel() {} },
    finished: () => undefined,
  };
  expect((await createResponse(parts).bytes()).length).toBe(200_000);
});
