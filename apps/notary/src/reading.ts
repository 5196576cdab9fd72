// SPDX-License-Identifier: Apache-2.0
/** Reading a collection for a command: flags in, notices out. */
import { Fault, isFault } from '@notary/base';
import type { Invocation } from '@notary/cli';
import { readCollection, type Update } from '@notary/collection';
import { digestHexOf, type FileMeta, type FoundTarget } from '@notary/tuf';
import { parseTime } from './arguments.ts';
import type { AppDeps } from './deps.ts';
import { noticeAsOf, noticeExpired, noticeFirstUse } from './notices.ts';
import type { OpenedCollection } from './session.ts';

/** Brings the collection up to date as the flags say. */
export async function readFor(invocation: Invocation, deps: AppDeps, session: OpenedCollection): Promise<Update> {
  const { asOf = '', showExpired = false } = invocation.options as { asOf?: string; showExpired?: boolean };
  const at = parseTime(asOf);
  const canShow = invocation.command.flags?.['show-expired'] !== undefined;
  let update: Update;
  try {
    update = await readCollection(session, { ...(at ? { asOf: at } : {}), expired: showExpired ? 'show' : 'refuse' });
  } catch (e) {
    throw canShow ? explainExpiry(e) : e;
  }
  noticeAsOf(deps.terminal, at);
  noticeFirstUse(deps.terminal, session.gun, update);
  noticeExpired(deps.terminal, update);
  return update;
}

/** Looking at an expired collection is possible, and not deciding by it: the hint says both. */
function explainExpiry(e: unknown): unknown {
  const expired = isFault(e) ? [e, ...e.attempts, e.cause].find((f) => isFault(f, 'TUF_EXPIRED')) : undefined;
  if (!isFault(e) || !(expired instanceof Fault)) return e;
  const text = `${expired.remedy?.text ?? 'it must be signed again'}. To look at what it last said, which may be out of date: --show-expired`;
  const { code, category, message, facts, cause, attempts, rank } = e;
  return new Fault({ code, category, message, facts, cause, attempts, rank, remedy: { text } });
}

/** A target in JSON: digests in hex. */
export function targetJson(target: FoundTarget): Record<string, unknown> {
  const { name, role, meta } = target;
  return { name, role, length: meta.length, hashes: hashesJson(meta), ...(meta.custom === undefined ? {} : { custom: meta.custom }) };
}

function hashesJson(meta: FileMeta): Record<string, string> {
  const hashes: Record<string, string> = {};
  for (const algorithm of ['sha256', 'sha512'] as const) {
    const hex = digestHexOf(meta, algorithm);
    if (hex !== undefined) hashes[algorithm] = hex;
  }
  return hashes;
}

/** Where an answer comes from, for JSON. */
export const sourceJson = (update: Update) => ({
  source: update.fromCache ? 'cache' : 'server',
  ...(update.expired.length > 0 ? { expired: update.expired.map((f) => f.facts.role) } : {}),
  ...(update.firstUse ? { firstUse: update.firstUse.map((r) => r.keyId) } : {}),
});
