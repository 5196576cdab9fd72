// SPDX-License-Identifier: Apache-2.0
/** The body of an update, taken apart: which role, which version, which bytes. */
import { fromUtf8 } from '@notary/base';
import { isJsonObject, type JsonValue } from '@notary/base/json';
import { isRoleName } from '@notary/tuf';
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

/** What the reference decodes before it validates: types of the common members must fit, anything may be missing. */
function declaredVersion(bytes: Uint8Array): number {
  let file: JsonValue;
  try {
    file = JSON.parse(fromUtf8(bytes)) as JsonValue;
  } catch (cause) {
    throw new ApiError('MALFORMED_JSON', undefined, { cause });
  }
  const signed = isJsonObject(file) ? (file['signed'] ?? {}) : undefined;
  if (!isJsonObject(file) || !isJsonObject(signed)) throw new ApiError('MALFORMED_JSON');
  const { version = 0, expires = '', _type: type = '' } = signed;
  if (!Number.isSafeInteger(version) || typeof expires !== 'string' || typeof type !== 'string') throw new ApiError('MALFORMED_JSON');
  return version as number;
}
