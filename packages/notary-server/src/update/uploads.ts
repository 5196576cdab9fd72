// SPDX-License-Identifier: Apache-2.0
/** The body of an update, taken apart: which role, which version, which bytes. */
import { fromBase64, fromUtf8 } from '@notary/base';
import { isJsonObject, type JsonValue } from '@notary/base/json';
import { isRoleName, parseExpiry } from '@notary/tuf';
import { ApiError } from '../http/errors.ts';
import { boundaryOf, type Part, parseMultipart } from '../http/multipart.ts';
import { MAX_FILE_BYTES } from '../limits.ts';
import type { Upload } from './validate.ts';

/** The uploads by role; of two parts for one role the last counts, and timestamps are the server's own business. */
export function parseUploads(contentType: string | null, body: Uint8Array): Map<string, Upload> {
  const boundary = boundaryOf(contentType);
  const parts = boundary === undefined ? undefined : parseMultipart(body, boundary);
  if (parts === undefined) throw new ApiError('MALFORMED_UPLOAD');
  const uploads = new Map<string, Upload>();
  for (const part of parts) {
    const upload = parseUpload(part);
    if (upload.role !== 'timestamp') uploads.set(upload.role, upload);
  }
  return uploads;
}

function parseUpload(part: Part): Upload {
  const role = (part.filename ?? '').replace(/\.json$/, '');
  if (role === '') throw new ApiError('NO_FILENAME');
  if (!isRoleName(role)) throw new ApiError('INVALID_ROLE', role.slice(0, 300));
  if (part.bytes.length > MAX_FILE_BYTES) throw new ApiError('MALFORMED_UPLOAD', undefined, { status: 413 });
  return { role, version: declaredVersion(part.bytes), bytes: part.bytes };
}

/** What the reference decodes before it validates: the members that all files share must have their types, any may be missing. */
function declaredVersion(bytes: Uint8Array): number {
  try {
    const file = orEmpty(JSON.parse(fromUtf8(bytes)) as JsonValue);
    const signed = isJsonObject(file) ? orEmpty(file['signed']) : undefined;
    if (!isJsonObject(file) || !isJsonObject(signed)) throw new ApiError('MALFORMED_JSON');
    const version = signed['version'] ?? 0;
    const { expires, _type: type } = signed;
    const texts = [expires, type].every((v) => v === undefined || v === null || typeof v === 'string');
    if (!Number.isSafeInteger(version) || !texts || !areSignatures(file['signatures'] ?? [])) throw new ApiError('MALFORMED_JSON');
    if (typeof expires === 'string') parseExpiry(expires);
    return version as number;
  } catch (cause) {
    throw cause instanceof ApiError ? cause : new ApiError('MALFORMED_JSON', undefined, { cause });
  }
}

/** Go leaves a struct as it is when it meets `null`. */
const orEmpty = (value: JsonValue | undefined): JsonValue => value ?? {};

function areSignatures(list: JsonValue): boolean {
  if (!Array.isArray(list)) return false;
  for (const item of list) {
    if (!isJsonObject(item)) return false;
    if (typeof item['sig'] === 'string') fromBase64(item['sig']);
  }
  return true;
}
