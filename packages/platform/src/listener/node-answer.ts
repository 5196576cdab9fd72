// SPDX-License-Identifier: Apache-2.0
/** From a web `Response` to Node's: headers as given, a length where it is known, chunks at the pace of the client. */
import type { IncomingMessage, ServerResponse } from 'node:http';

function writeHead(reply: ServerResponse, response: Response, length: number | undefined): void {
  reply.statusCode = response.status;
  if (response.statusText !== '') reply.statusMessage = response.statusText;
  const cookies = response.headers.getSetCookie();
  for (const [name, value] of response.headers) if (name !== 'set-cookie') reply.setHeader(name, value);
  if (cookies.length > 0) reply.setHeader('set-cookie', cookies);
  if (length !== undefined && !reply.hasHeader('content-length')) reply.setHeader('content-length', length);
}

const writable = (reply: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      reply.removeListener('drain', done);
      reply.removeListener('close', done);
      resolve();
    };
    reply.once('drain', done);
    reply.once('close', done);
  });

type Step = ReadableStreamReadResult<Uint8Array>;
type Reader = ReadableStreamDefaultReader<Uint8Array>;

/** A body of one chunk, which most are, gets its length; waiting one turn of the loop tells it from a longer one. */
async function isWhole(second: Promise<Step>): Promise<boolean> {
  const turn = new Promise<'later'>((resolve) => setImmediate(resolve, 'later'));
  const first = await Promise.race([second, turn]);
  return first !== 'later' && first.done;
}

async function pump(reply: ServerResponse, reader: Reader, pending: Promise<Step>): Promise<void> {
  for (let step = await pending; !step.done; step = await reader.read()) {
    if (reply.destroyed) {
      await reader.cancel().catch(() => undefined);
      return;
    }
    if (!reply.write(step.value)) await writable(reply);
  }
  reply.end();
}

/** Sends `response` as the answer to `message`. A body that breaks off breaks the connection, so that nobody takes it for whole. */
export async function sendResponse(message: IncomingMessage, reply: ServerResponse, response: Response): Promise<void> {
  const bodiless = message.method === 'HEAD' || response.status === 204 || response.status === 304;
  if (bodiless || response.body === null) {
    writeHead(reply, response, bodiless ? undefined : 0);
    reply.end();
    await response.body?.cancel().catch(() => undefined);
    return;
  }
  const reader = response.body.getReader();
  try {
    const first = await reader.read();
    if (first.done) {
      writeHead(reply, response, 0);
      reply.end();
      return;
    }
    const second = reader.read();
    second.catch(() => undefined);
    const whole = response.headers.has('content-length') ? false : await isWhole(second);
    writeHead(reply, response, whole ? first.value.length : undefined);
    if (!reply.write(first.value)) await writable(reply);
    await pump(reply, reader, second);
  } catch (e) {
    reply.destroy();
    await reader.cancel(e).catch(() => undefined);
  }
}
