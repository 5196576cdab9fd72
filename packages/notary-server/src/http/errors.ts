// SPDX-License-Identifier: Apache-2.0
/** The reference's error codes with their statuses and texts, and the one form of an error body. */
import { encodeGoJson, type GoJsonInput } from '@notary/base/json';
import { MAX_ERROR_BODY_BYTES } from '../limits.ts';

const TABLE = {
  NO_STORAGE: [500, 'The server is misconfigured and has no storage.'],
  NO_FILENAME: [400, 'No file/role name provided.'],
  INVALID_ROLE: [400, 'The role you are attempting to operate on is invalid.'],
  MALFORMED_JSON: [400, 'JSON sent by the client could not be parsed by the server'],
  UPDATING: [500, 'An error has occurred while updating the TUF repository.'],
  VERSION: [400, 'A newer version of metadata is already available.'],
  METADATA_NOT_FOUND: [404, 'You have requested metadata that does not exist.'],
  INVALID_UPDATE: [400, 'Update sent by the client is invalid.'],
  MALFORMED_UPLOAD: [400, 'The body of your request is malformed.'],
  GENERIC_NOT_FOUND: [404, 'You have requested a resource that does not exist.'],
  NO_CRYPTOSERVICE: [500, 'The server does not have a signing service configured.'],
  NO_KEYALGORITHM: [500, 'The server does not have a key algorithm configured.'],
  INVALID_GUN: [400, 'The server does not support actions on images of this name.'],
  INVALID_PARAMETERS: [400, 'The parameters provided are not valid.'],
  UNKNOWN: [500, 'unknown error'],
  UNAUTHORIZED: [401, 'authentication required'],
  DENIED: [403, 'requested access to the resource is denied'],
  TOOMANYREQUESTS: [429, 'too many requests'],
} as const satisfies Record<string, readonly [number, string]>;

/** A code of the protocol. `DENIED` and `TOOMANYREQUESTS` are Distribution's, for cases the reference lets pass. */
export type ApiCode = keyof typeof TABLE;

/** Every code with its status, for documentation and tests. */
export const apiCodes = (): readonly (readonly [ApiCode, number, string])[] =>
  (Object.keys(TABLE) as ApiCode[]).map((code) => [code, TABLE[code][0], TABLE[code][1]]);

/** An answer that is an error of the protocol: thrown by handlers, turned into a response at the rim. */
export class ApiError extends Error {
  readonly code: ApiCode;
  /** JSON of the `detail` member; `undefined` leaves it out. Plain Go errors are `{}` there. */
  readonly detail: GoJsonInput | undefined;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: ApiCode,
    detail?: GoJsonInput,
    extras: { status?: number; headers?: Readonly<Record<string, string>>; cause?: unknown } = {},
  ) {
    super(TABLE[code][1], extras.cause === undefined ? undefined : { cause: extras.cause });
    this.name = 'ApiError';
    this.code = code;
    this.detail = detail;
    this.status = extras.status ?? TABLE[code][0];
    this.headers = extras.headers ?? {};
  }
}

const encoder = new TextEncoder();

/** `{"errors":[{"code","message","detail"}]}` and a newline. A detail too long for the reference's client is shortened. */
export function encodeApiError(error: ApiError): string {
  const body = (detail: GoJsonInput | undefined): string =>
    `${encodeGoJson({ errors: [{ code: error.code, message: error.message, ...(detail === undefined ? {} : { detail }) }] })}\n`;
  const text = body(error.detail);
  if (error.code === 'UNAUTHORIZED' || encoder.encode(text).length <= MAX_ERROR_BODY_BYTES) return text;
  const shorter = shorten(error.detail);
  const short = body(shorter);
  return encoder.encode(short).length <= MAX_ERROR_BODY_BYTES ? short : body(undefined);
}

/** Longest text kept of a message in a detail that must be shortened. */
const SHORT_TEXT = 200;

function shorten(detail: GoJsonInput | undefined): GoJsonInput | undefined {
  if (typeof detail === 'string') return detail.length > SHORT_TEXT ? `${[...detail].slice(0, SHORT_TEXT).join('')}…` : detail;
  if (typeof detail !== 'object' || detail === null || Array.isArray(detail)) return detail;
  return Object.fromEntries(Object.entries(detail as Record<string, GoJsonInput>).map(([k, v]) => [k, shorten(v) ?? null]));
}

/** The response to an error. */
export function errorResponse(error: ApiError): Response {
  return new Response(encodeApiError(error), {
    status: error.status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...error.headers },
  });
}
