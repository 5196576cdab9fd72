// SPDX-License-Identifier: Apache-2.0
/** Faults as answers: the distribution specification's error body, codes and statuses. What is not in its table follows the category table. */
import type { Fault } from '@notary/base';
import { type AccessDecision, isTellable, retryAfterOf, statusOfFault } from '@notary/service';
import { faults } from './faults.ts';

interface Row {
  readonly status: number;
  readonly code: string;
}

const ROWS: ReadonlyMap<string, Row> = new Map([
  ['REGISTRY_NAME_INVALID', { status: 400, code: 'NAME_INVALID' }],
  ['REGISTRY_TAG_INVALID', { status: 400, code: 'TAG_INVALID' }],
  ['REGISTRY_DIGEST_INVALID', { status: 400, code: 'DIGEST_INVALID' }],
  ['REGISTRY_DIGEST_MISMATCH', { status: 400, code: 'DIGEST_INVALID' }],
  ['REGISTRY_SIZE_INVALID', { status: 400, code: 'SIZE_INVALID' }],
  ['REGISTRY_PAGE_INVALID', { status: 400, code: 'PAGINATION_NUMBER_INVALID' }],
  ['REGISTRY_BODY_UNFINISHED', { status: 400, code: 'BLOB_UPLOAD_INVALID' }],
  ['REGISTRY_MANIFEST_INVALID', { status: 400, code: 'MANIFEST_INVALID' }],
  ['REGISTRY_MANIFEST_BLOB_UNKNOWN', { status: 404, code: 'MANIFEST_BLOB_UNKNOWN' }],
  ['REGISTRY_MANIFEST_UNKNOWN', { status: 404, code: 'MANIFEST_UNKNOWN' }],
  ['REGISTRY_BLOB_UNKNOWN', { status: 404, code: 'BLOB_UNKNOWN' }],
  ['REGISTRY_NAME_UNKNOWN', { status: 404, code: 'NAME_UNKNOWN' }],
  ['REGISTRY_UPLOAD_UNKNOWN', { status: 404, code: 'BLOB_UPLOAD_UNKNOWN' }],
  ['REGISTRY_UPLOAD_RANGE', { status: 416, code: 'BLOB_UPLOAD_INVALID' }],
  ['REGISTRY_UPLOAD_BUSY', { status: 409, code: 'BLOB_UPLOAD_INVALID' }],
  ['REGISTRY_UPLOADS_FULL', { status: 429, code: 'TOOMANYREQUESTS' }],
  ['REGISTRY_BODY_TOO_SLOW', { status: 408, code: 'BLOB_UPLOAD_INVALID' }],
  ['REGISTRY_MANIFEST_TOO_LARGE', { status: 413, code: 'MANIFEST_INVALID' }],
  ['REGISTRY_BLOB_TOO_LARGE', { status: 413, code: 'SIZE_INVALID' }],
  ['REGISTRY_URL_TOO_LONG', { status: 414, code: 'UNSUPPORTED' }],
  ['REGISTRY_PRECONDITION_FAILED', { status: 412, code: 'DENIED' }],
  ['REGISTRY_RANGE_UNSATISFIABLE', { status: 416, code: 'SIZE_INVALID' }],
  ['REGISTRY_METHOD_UNSUPPORTED', { status: 405, code: 'UNSUPPORTED' }],
  ['REGISTRY_READ_ONLY', { status: 405, code: 'UNSUPPORTED' }],
  ['REGISTRY_DENIED', { status: 403, code: 'DENIED' }],
  ['REGISTRY_UNAUTHORIZED', { status: 401, code: 'UNAUTHORIZED' }],
  ['REGISTRY_ROUTE_UNKNOWN', { status: 404, code: 'UNSUPPORTED' }],
  // 507 and not 503: common clients repeat a whole push on 503, which a full disk does not reward.
  ['REGISTRY_STORAGE_FULL', { status: 507, code: 'UNAVAILABLE' }],
  ['REGISTRY_CONTENT_CORRUPT', { status: 500, code: 'UNKNOWN' }],
  ['SERVICE_PASSWORD_CHECKS_BUSY', { status: 429, code: 'TOOMANYREQUESTS' }],
  ['SERVICE_CREDENTIAL_INVALID', { status: 400, code: 'UNAUTHORIZED' }],
]);

const FALLBACK_CODE: Readonly<Record<string, string>> = { unavailable: 'UNAVAILABLE', internal: 'UNKNOWN', limit: 'TOOMANYREQUESTS' };

/** Faults whose message is written for clients although their category is not. */
const TOLD: ReadonlySet<string> = new Set(['REGISTRY_STORAGE_FULL', 'REGISTRY_STORAGE_READ_ONLY']);

export interface ErrorAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers: Record<string, string>;
}

/** Status, body and headers for a fault. `requestId` leads from the answer to the log line. */
export function answerFault(fault: Fault, requestId: string): ErrorAnswer {
  const row = ROWS.get(fault.code) ?? { status: statusOfFault(fault), code: FALLBACK_CODE[fault.category] ?? 'UNSUPPORTED' };
  const tell = isTellable(fault) || TOLD.has(fault.code);
  const message = tell ? fault.message : 'the registry could not do this; its log says why';
  const remedy = fault.remedy === undefined ? {} : { remedy: fault.remedy.text };
  const detail = tell ? { ...fault.facts, reason: fault.code, ...remedy } : { reason: fault.code, requestId };
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  const after = retryAfterOf(fault) ?? (row.status === 503 ? 5 : undefined);
  if (after !== undefined) headers['retry-after'] = String(after);
  return { status: row.status, body: JSON.stringify({ errors: [{ code: row.code, message, detail }] }), headers };
}

/** The answer to who may not: 401 with what to bring, or 403. */
export function answerRefusal(request: Request, decision: AccessDecision & { readonly allowed: false }): Response {
  const { status, reason, challenge } = decision;
  const { body, headers } = answerFault(status === 401 ? faults.UNAUTHORIZED({ reason }) : faults.DENIED({ reason }), '');
  headers['docker-distribution-api-version'] = 'registry/2.0';
  if (challenge !== undefined) headers['www-authenticate'] = challenge;
  return new Response(request.method === 'HEAD' ? null : body, { status, headers });
}
