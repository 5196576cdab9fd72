// SPDX-License-Identifier: Apache-2.0
import { logout } from '@notary/registry-auth/credentials';
import { during } from '../../faults.ts';
import { command, lines } from '../../present.ts';
import { openTokenCache } from '../../registry/connect.ts';
import { openStoredCredentials } from '../../registry/credentials.ts';
import type { logoutFlags } from './spec.ts';

/** Forgets the credential of a registry, and the tokens that were got with it. */
export const { run } = command<typeof logoutFlags>(async ({ args, options }, deps, report) => {
  const registry = args[0] as string;
  const store = await openStoredCredentials(deps, options);
  const tokenCache = openTokenCache(deps);
  await during(`failed to log out of ${registry}: `, () => logout({ registry, store, tokenCache }));
  report.text(lines('Logout Succeeded'));
  return { registry };
});
