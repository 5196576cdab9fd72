// SPDX-License-Identifier: Apache-2.0
import { isFault } from '@notary/base';
import { parseRegistry } from '@notary/oci';
import { typedCredential, usesPlainHttp } from '@notary/registry-auth';
import { login } from '@notary/registry-auth/credentials';
import { USER_AGENT } from '../../build-info.ts';
import { during, faults, prefixed } from '../../faults.ts';
import { command, lines } from '../../present.ts';
import { openHttp, openTokenCache } from '../../registry/connect.ts';
import { openStoredCredentials } from '../../registry/credentials.ts';
import { readDefaults } from '../../store/config-file.ts';
import { askCredential, passwordFromInput } from './ask.ts';
import type { loginFlags } from './spec.ts';
import { existingCredentialWarning } from './view.ts';

/** Tries a credential at a registry, then keeps it in a credential store; never in plaintext. */
export const { run } = command<typeof loginFlags>(async ({ args, options }, deps, report) => {
  const server = args[0] as string;
  const password = options.passwordStdin ? await passwordFromInput(deps) : options.password;
  const typed = await askCredential(deps, { username: options.username, password, json: options.json });
  const store = await openStoredCredentials(deps, options);
  const registry = await during('failed to get registry client: ', async () => parseRegistry(server));
  const { insecureRegistries } = await readDefaults(deps);
  let outcome: 'saved' | 'existing';
  try {
    outcome = await login({
      registry,
      http: await openHttp(deps, options),
      clock: deps.clock,
      random: deps.random,
      userAgent: USER_AGENT,
      clientId: 'notation',
      allowPlainHttp: usesPlainHttp(registry, { insecure: options.insecureRegistry, insecureRegistries }),
      credential: typedCredential(typed.username, typed.password),
      store,
      tokenCache: openTokenCache(deps),
    });
  } catch (e) {
    if (isFault(e, 'AUTH_LOGIN_UNSAVED') && isFault(e.cause, 'AUTH_PLAINTEXT_REFUSED'))
      throw faults.CREDENTIALS_PLAINTEXT({ host: registry }, { cause: e });
    throw prefixed(`failed to log in to ${registry}: `, e);
  }
  if (outcome === 'existing') {
    report.warn(existingCredentialWarning);
    report.text(lines('Authenticated with existing credentials'));
  }
  report.text(lines('Login Succeeded'));
  return { registry, outcome };
});
