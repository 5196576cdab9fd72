// SPDX-License-Identifier: Apache-2.0
import { ApiError } from './errors.ts';
import { type SilenceFaults, SilenceWatch } from './silence-watch.ts';

/** Memory that bodies of updates may take together. A request beyond it is told to come back. */
export class BodyBudget {
  readonly #maxTotal: number;
  readonly #watch: SilenceWatch;
  #held = 0;

  /** A sender who is silent for longer than `silenceMs` is answered 408, and so is one who takes as long for a small body. */
  constructor(maxTotal: number, silenceMs: number) {
    this.#maxTotal = maxTotal;
    this.#watch = new SilenceWatch(silenceMs, FAULTS);
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
      let body: Uint8Array;
      if (declared > 0 && declared <= SMALL_BODY_BYTES) {
        body = new Uint8Array(await this.#watch.within(request.arrayBuffer()));
        take(body.length);
      } else body = await collect(request, this.#watch, take);
      return await use(body);
    } finally {
      this.#held -= own;
    }
  }
}

/** Bodies that say they are no longer than this are read in one piece: nearly all of them. */
const SMALL_BODY_BYTES = 64 * 1024;

const FAULTS: SilenceFaults = {
  // the connection goes, too: what comes next on it is the rest of this body
  late: () => new ApiError('MALFORMED_UPLOAD', undefined, { status: 408, headers: { connection: 'close' } }),
  broken: (cause) => new ApiError('MALFORMED_UPLOAD', undefined, { cause }), // by the sender
};

async function collect(request: Request, watch: SilenceWatch, take: (bytes: number) => void): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  const reader = request.body?.getReader();
  try {
    while (reader !== undefined) {
      const step = await watch.within(reader.read());
      if (step.done) break;
      take(step.value.length);
      chunks.push(step.value);
    }
  } catch (e) {
    void reader?.cancel().catch(() => undefined);
    throw e;
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
