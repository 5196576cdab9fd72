// SPDX-License-Identifier: Apache-2.0
/** `notary health`. */
import type { Invocation } from '@notary/cli';
import { checkHealth, type Health, type RoleHealth } from '@notary/collection';
import { asJson, requireArguments } from '../arguments.ts';
import type { AppDeps } from '../deps.ts';
import { printResult } from '../json.ts';
import { noticeFirstUse } from '../notices.ts';
import { openSession } from '../session.ts';
import { table } from '../tables.ts';

/** Ends with 1 if a role has expired or has no force: a job that watches collections needs no more. */
export async function run(invocation: Invocation, deps: AppDeps): Promise<number> {
  const [gun = ''] = requireArguments(invocation, 1, 'Must specify a GUN');
  const session = await openSession(invocation, deps, gun, 'read');
  const health = await checkHealth(session);
  noticeFirstUse(deps.terminal, gun, health);
  const { firstUse: _, ...shown } = health;
  if (asJson(invocation)) printResult(deps.terminal, invocation, { ...shown, healthy: isHealthy(health) });
  else deps.terminal.out(healthText(health));
  return isHealthy(health) ? 0 : 1;
}

const isHealthy = (health: Health): boolean => health.roles.every((r) => r.state !== 'expired' && r.state !== 'invalid');

const DAYS_SHOWN = (role: RoleHealth): string => (role.daysLeft === undefined ? '' : String(role.daysLeft));

export function healthText(health: Health): string {
  const rows = health.roles.map((r) => {
    const held = r.keys.filter((k) => k.held).length;
    return [
      r.role,
      r.state,
      r.version === undefined ? '' : String(r.version),
      DAYS_SHOWN(r),
      `${held} of ${r.keys.length}`,
      String(r.threshold),
    ];
  });
  const certificates = health.rootCertificates.map(
    (c) => `Root certificate ${c.keyId} (${c.commonName}) until ${c.notAfter.slice(0, 10)}\n`,
  );
  const staged = health.stagedChanges > 0 ? `${health.stagedChanges} unpublished changes\n` : '';
  const source = health.source === 'cache' ? 'The server could not be asked: this is the last known state.\n' : '';
  return `${table(['ROLE', 'STATE', 'VERSION', 'DAYS LEFT', 'KEYS HELD', 'THRESHOLD'], rows)}\n${certificates.join('')}${staged}${source}`;
}
