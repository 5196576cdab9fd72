// SPDX-License-Identifier: Apache-2.0
/** JSON Web Tokens in compact form (RFC 7515, RFC 7519), as far as registries use them. Parsing alone proves nothing. */
import { fromBase64Url, fromUtf8, toUtf8 } from '@notary/base';
import { faults } from '../faults.ts';
import { MAX_AUTHORIZATION_BYTES } from '../limits.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** A token whose signature nobody has checked yet. */
export interface UnverifiedToken {
  readonly header: JsonObject;
  readonly claims: JsonObject;
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
}

export const isObject = (v: unknown): v is JsonObject => typeof v === 'object' && v !== null && !Array.isArray(v);

function part(text: string, name: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(fromUtf8(fromBase64Url(text)));
  } catch (cause) {
    throw faults.TOKEN_MALFORMED({ reason: `its ${name} is not base64url of JSON` }, { cause });
  }
  if (!isObject(value)) throw faults.TOKEN_MALFORMED({ reason: `its ${name} is not an object` });
  return value;
}

/** Splits and decodes. Faults: `SERVICE_TOKEN_MALFORMED`. */
export function parseToken(text: string): UnverifiedToken {
  if (text.length > MAX_AUTHORIZATION_BYTES) throw faults.TOKEN_MALFORMED({ reason: 'too long' });
  const parts = text.split('.');
  if (parts.length !== 3) throw faults.TOKEN_MALFORMED({ reason: 'it has not three parts' });
  const [head, body, sig] = parts as [string, string, string];
  const header = part(head, 'header');
  // RFC 7515 4.1.11: an extension that must be understood, and none is here.
  if ('crit' in header) throw faults.TOKEN_MALFORMED({ reason: 'it names critical extensions' });
  let signature: Uint8Array;
  try {
    signature = fromBase64Url(sig);
  } catch (cause) {
    throw faults.TOKEN_MALFORMED({ reason: 'its signature is not base64url' }, { cause });
  }
  return { header, claims: part(body, 'payload'), signed: toUtf8(`${head}.${body}`), signature };
}
