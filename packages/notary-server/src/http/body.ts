// SPDX-License-Identifier: Apache-2.0
import { ApiError } from './errors.ts';

/** Memory that bodies of updates may take together. A request beyond it is told to come back. */
export class BodyBudget {
  readonly #maxTotal: number;
  #held = 0;

  constructor(maxTotal: number) {
    this.#maxTotal = maxTotal;
  }

  /** Reads a body of at most `maxBytes` and runs `use` with it. Throws 413 for a larger one, 429 when too much is held. */
  async read<T>(request: Request, maxBytes: number, use: (body: Uint8Array) => Promise<T>): Promise<T> {
    if (Number(request.headers.get('content-length') ?? '0') > maxBytes) throw new ApiError('MALFORMED_UPLOAD', undefined, { status: 413 });
    let own = 0;
    const take = (bytes: number): void => {
      own += bytes;
      this.#held += bytes;
      if (own > maxBytes) throw new ApiError('MALFORMED_UPLOAD', undefined, { status: 413 });
      if (this.#held > this.#maxTotal) throw new ApiError('TOOMANYREQUESTS', undefined, { headers: { 'retry-after': '1' } });
    };
    try {
      return await use(await collect(request, take));
    } finally {
      this.#held -= own;
    }
  }
}

async function collect(request: Request, take: (bytes: number) => void): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of (request.body ?? []) as AsyncIterable<Uint8Array>) {
      take(chunk.length);
      chunks.push(chunk);
    }
  } catch (e) {
    if (e instanceof ApiError) throw e;
    throw new ApiError('MALFORMED_UPLOAD', undefined, { cause: e }); // the sender broke off
  }
  if (chunks.length === 1) return chunks[0] as Uint8Array;
  const body = new Uint8Array(chunks.reduce((n, c) => n + c.length, 0));
  let at = 0;
  for (const c of chunks) {
    body.set(c, at);
    at += c.length;
  }
  return body;
}
