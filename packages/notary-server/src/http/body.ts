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
    const declared = Number(request.headers.get('content-length') ?? '0');
    if (declared > maxBytes) throw new ApiError('MALFORMED_UPLOAD', undefined, { status: 413 });
    let own = 0;
    const take = (bytes: number): void => {
      own += bytes;
      this.#held += bytes;
      if (own > maxBytes) throw new ApiError('MALFORMED_UPLOAD', undefined, { status: 413 });
      if (this.#held > this.#maxTotal) throw new ApiError('TOOMANYREQUESTS', undefined, { headers: { 'retry-after': '1' } });
    };
    try {
      return await use(await (declared > 0 && declared <= SMALL_BODY_BYTES ? readAtOnce(request, take) : collect(request, take)));
    } finally {
      this.#held -= own;
    }
  }
}

/** Bodies that say they are no longer than this are read in one piece: nearly all of them. */
const SMALL_BODY_BYTES = 1024 * 1024;

async function readAtOnce(request: Request, take: (bytes: number) => void): Promise<Uint8Array> {
  let body: Uint8Array;
  try {
    body = new Uint8Array(await request.arrayBuffer());
  } catch (cause) {
    throw new ApiError('MALFORMED_UPLOAD', undefined, { cause }); // the sender broke off
  }
  take(body.length);
  return body;
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
