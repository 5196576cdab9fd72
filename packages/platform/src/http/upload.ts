// SPDX-License-Identifier: Apache-2.0
/** Request bodies: checked against their announced length, in chunks whose sending counts as progress. */
import { type HttpRequest, httpFaults, printableUrl } from '@notary/base';
import { UPLOAD_CHUNK_BYTES } from '../limits.ts';

async function* slices(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += UPLOAD_CHUNK_BYTES) yield bytes.subarray(at, at + UPLOAD_CHUNK_BYTES);
}

export interface Upload {
  /** Bytes when they are few, a stream otherwise. */
  readonly body: Uint8Array | AsyncIterable<Uint8Array> | undefined;
  readonly length: number | undefined;
  /** May be sent a second time. */
  readonly repeatable: boolean;
}

/** Prepares the body of a request; `progress` is called whenever a chunk leaves. */
export function prepareUpload(request: HttpRequest, progress: () => void): Upload {
  const { body } = request;
  if (body === undefined) return { body: undefined, length: undefined, repeatable: true };
  if (body instanceof Uint8Array && body.length <= UPLOAD_CHUNK_BYTES) return { body, length: body.length, repeatable: true };
  const length = body instanceof Uint8Array ? body.length : request.bodyLength;
  const source = body instanceof Uint8Array ? slices(body) : body;
  return { body: counted(request, source, length, progress), length, repeatable: false };
}

async function* counted(
  request: HttpRequest,
  source: AsyncIterable<Uint8Array>,
  length: number | undefined,
  progress: () => void,
): AsyncGenerator<Uint8Array> {
  let sent = 0;
  const refuse = (reason: string): Error => httpFaults.REQUEST_INVALID({ method: request.method, url: printableUrl(request.url), reason });
  for await (const chunk of source) {
    sent += chunk.length;
    if (length !== undefined && sent > length) throw refuse(`the body is longer than the announced ${length} bytes`);
    progress();
    if (chunk.length > 0) yield chunk;
  }
  progress();
  if (length !== undefined && sent !== length) throw refuse(`the body has ${sent} bytes where ${length} were announced`);
}
