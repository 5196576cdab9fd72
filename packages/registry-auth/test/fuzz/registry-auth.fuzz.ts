// SPDX-License-Identifier: Apache-2.0
import { fromUtf8Lossy, toUtf8 } from '@notary/base';
import {
  coversScopes,
  mergeScopes,
  parseChallenges,
  parseRegistryErrors,
  parseRetryAfter,
  parseWarnings,
  statusReason,
} from '../../src/index.ts';
import { parseEntries } from '../../src/token-cache/file-token-cache.ts';

export const seeds = [
  toUtf8('Bearer realm="https://auth.example/token",service="s",scope="repository:a:pull,push", Basic realm=x'),
  toUtf8('repository:host:5000/a:pull,push registry:catalog:*'),
  toUtf8('{"errors":[{"code":"DENIED","message":"no","detail":{"a":1}}]}'),
  toUtf8('{"version":1,"tokens":[{"service":"s","scopes":["a"],"owner":"o","salt":"00","token":"t","expiresAt":1}]}'),
  toUtf8('299 - "text", 199 - "other"'),
  toUtf8('Thu, 15 Jan 2026 12:00:07 GMT'),
];

export const challenges = (bytes: Uint8Array): void => void parseChallenges([fromUtf8Lossy(bytes)]);
export const errors = (bytes: Uint8Array): void => void statusReason(401, parseRegistryErrors(bytes));
export const tokenFile = (bytes: Uint8Array): void => void parseEntries(bytes);
export const warnings = (bytes: Uint8Array): void => void parseWarnings([fromUtf8Lossy(bytes)]);
export const retryAfter = (bytes: Uint8Array): void => void parseRetryAfter(fromUtf8Lossy(bytes), new Date(0));
export const scopes = (bytes: Uint8Array): void => {
  const merged = mergeScopes(fromUtf8Lossy(bytes).split(' '));
  if (!coversScopes(merged, merged)) throw new Error('merged scopes do not cover themselves');
};
