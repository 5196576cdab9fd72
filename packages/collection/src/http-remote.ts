// SPDX-License-Identifier: Apache-2.0
/** A notary server over HTTP, and any web server that holds a mirror. Authentication is the business of the `Http` it gets. */
import { concatBytes, type Fault, fromUtf8Lossy, type Http, type HttpResponse, isFault, type Random, toHex, toUtf8 } from '@notary/base';
import { isJsonObject, type JsonValue, parseJsonStrict } from '@notary/base/json';
import { MAX_KEY_BYTES, MAX_METADATA_BYTES, type PublicKey, parseKeyResponse } from '@notary/tuf';
import { collectionFaults } from './faults.ts';
import type { Gun } from './gun.ts';
import { HTTP_TIMEOUT_MS, MAX_ERROR_BYTES } from './limits.ts';
import type { Remote } from './remote.ts';

/** Which collection on which server. `timeoutMs` bounds silence; default 30 s. */
export interface HttpRemoteOptions {
  /** `https://host[:port][/path]`. */
  readonly server: string;
  readonly gun: Gun;
  readonly http: Http;
  readonly random: Random;
  readonly timeoutMs?: number;
}

/** Checks a server's URL. Faults: `COLLECTION_SERVER_URL_INVALID`. */
export function parseServerUrl(text: string): URL {
  if ((text.startsWith('http://') || text.startsWith('https://')) && URL.canParse(text)) {
    const url = new URL(text);
    if (url.host !== '' && url.search === '' && url.hash === '') return url;
  }
  throw collectionFaults.SERVER_URL_INVALID({ url: text });
}

function withoutSlashes(url: string): string {
  let end = url.length;
  while (url[end - 1] === '/') end--;
  return url.slice(0, end);
}

/** A notary server. `http` brings the credentials. Faults at once: `COLLECTION_SERVER_URL_INVALID`. */
export function createHttpRemote(options: HttpRemoteOptions): Remote {
  const { gun, http } = options;
  const location = parseServerUrl(options.server).host;
  const base = `${withoutSlashes(options.server)}/v2/${gun}/_trust/tuf/`;
  const timeoutMs = options.timeoutMs ?? HTTP_TIMEOUT_MS;

  async function send(
    method: string,
    path: string,
    what: string,
    maxBytes: number,
    body?: { bytes: Uint8Array; type: string },
  ): Promise<Uint8Array> {
    try {
      const response = await http.send({
        method,
        url: `${base}${path}`,
        maxBytes,
        timeoutMs,
        ...(body ? { body: body.bytes, bodyLength: body.bytes.length, headers: { 'content-type': body.type } } : {}),
      });
      if (response.status === 200) return await response.bytes();
      throw await statusFault(response, what, location);
    } catch (e) {
      throw translate(e, what, location);
    }
  }

  return {
    location,
    kind: 'server',
    get: (name, maxBytes) => send('GET', `${name}.json`, name, Math.min(maxBytes, MAX_METADATA_BYTES)),
    async publish(files) {
      await send('POST', '', 'POST metadata endpoint', MAX_ERROR_BYTES, encodeMultipart(files, options.random));
    },
    key: async (role) => readKey(await send('GET', `${role}.key`, `${role} key`, MAX_KEY_BYTES), role, location),
    rotateKey: async (role) => readKey(await send('POST', `${role}.key`, `${role} key`, MAX_KEY_BYTES), role, location),
    async deleteAll() {
      await send('DELETE', '', 'DELETE metadata for GUN endpoint', MAX_ERROR_BYTES);
    },
  };
}

function readKey(bytes: Uint8Array, role: string, location: string): PublicKey {
  try {
    return parseKeyResponse(bytes);
  } catch (cause) {
    throw collectionFaults.BAD_RESPONSE({ name: `${role} key`, location, detail: (cause as Error).message }, { cause });
  }
}

/** Network faults mean "offline", as the reference's ping does; a body beyond its bound is a bad response. */
function translate(e: unknown, name: string, location: string): unknown {
  if (!isFault(e)) return e;
  if (e.code === 'HTTP_BODY_TOO_LARGE') return collectionFaults.BAD_RESPONSE({ name, location, detail: e.message }, { cause: e });
  if (e.code.startsWith('HTTP_') && e.code !== 'HTTP_REQUEST_INVALID') {
    return collectionFaults.OFFLINE({ location, detail: e.message }, { cause: e, ...(e.remedy ? { remedy: e.remedy } : {}) });
  }
  return e;
}

async function statusFault(response: HttpResponse, name: string, location: string): Promise<Fault> {
  const { status } = response;
  if (status === 400) return rejection(await errorBody(response));
  await response.cancel();
  if (status === 404) return collectionFaults.METADATA_NOT_FOUND({ name, location });
  return collectionFaults.SERVER_UNAVAILABLE({ status, location });
}

/** At most the first KiB, as in the reference; what arrives beyond it is not read. */
async function errorBody(response: HttpResponse): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of response.stream()) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= MAX_ERROR_BYTES) break;
    }
  } catch (e) {
    if (!isFault(e)) throw e; // a broken error body says no less than an empty one
  }
  return concatBytes(...chunks).subarray(0, MAX_ERROR_BYTES);
}

const PREFIXES: ReadonlyMap<string, string> = new Map([
  ['ErrValidation', 'An error occurred during validation: '],
  ['ErrBadHierarchy', 'Metadata hierarchy is incomplete: '],
  ['ErrBadRoot', 'The root metadata is invalid: '],
  ['ErrBadTargets', 'The targets metadata is invalid: '],
  ['ErrBadSnapshot', 'The snapshot metadata is invalid: '],
]);

/** The refusal of an update, in the reference's words where the server gave a reason that it knows. */
export function rejection(body: Uint8Array): Fault {
  let serverCode = '';
  let text = '';
  try {
    const parsed = parseJsonStrict(body, { duplicates: 'last', maxDepth: 16 });
    const errors: JsonValue[] = isJsonObject(parsed) && Array.isArray(parsed.errors) ? parsed.errors : [];
    const first = errors[0];
    if (errors.length === 1 && isJsonObject(first)) {
      serverCode = typeof first.code === 'string' ? first.code : '';
      text = detailText(first.detail);
    }
  } catch (e) {
    if (!isFault(e)) throw e; // not JSON: the generic text
  }
  return collectionFaults.REJECTED({ serverCode: printable(serverCode, 64), text: printable(text, MAX_ERROR_BYTES) });
}

function detailText(detail: JsonValue | undefined): string {
  if (!isJsonObject(detail) || typeof detail.Name !== 'string' || !isJsonObject(detail.Error)) return '';
  const prefix = PREFIXES.get(detail.Name);
  return prefix === undefined ? '' : `${prefix}${typeof detail.Error.Msg === 'string' ? detail.Error.Msg : ''}`;
}

/** A server's words go to a terminal: without control characters, and not endless. */
const printable = (text: string, max: number): string => text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '\ufffd').slice(0, max);

/** The body of an update: one part per file, named by role. No file at all is legal: the server makes a new snapshot then. */
export function encodeMultipart(files: ReadonlyMap<string, Uint8Array>, random: Random): { bytes: Uint8Array; type: string } {
  const boundary = toHex(random.bytes(30));
  const parts: Uint8Array[] = [];
  let first = true;
  for (const [role, bytes] of files) {
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="files"; filename="${role}"\r\nContent-Type: application/octet-stream\r\n\r\n`;
    parts.push(toUtf8(`${first ? '' : '\r\n'}${head}`), bytes);
    first = false;
  }
  parts.push(toUtf8(`\r\n--${boundary}--\r\n`));
  return { bytes: concatBytes(...parts), type: `multipart/form-data; boundary=${boundary}` };
}

/** A server's text for a log. */
export const responseText = (bytes: Uint8Array): string => printable(fromUtf8Lossy(bytes), MAX_ERROR_BYTES);
