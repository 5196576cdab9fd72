// SPDX-License-Identifier: Apache-2.0
/** Logging in and out: a credential is tried at the registry before it is kept. */
import { type Fault, isFault, printableUrl } from '@notary/base';
import { withinDeadline } from '@notary/base/deadline';
import { createRegistryClient, type RegistryClientOptions } from '../client.ts';
import { type Credential, registryHost, sameCredential, serverAddress, staticCredentials } from '../credential.ts';
import { authFaults } from '../faults.ts';
import { MAX_ERROR_BYTES, PING_DEADLINE_MS } from '../limits.ts';
import { parseRegistryErrors, statusReason } from '../registry-error.ts';
import type { RegistryResponse } from '../request.ts';
import { forgetRegistry, type TokenCache } from '../token-store.ts';
import type { CredentialStore } from './store.ts';

/** A credential, the registry it is for, and where it is saved. */
export interface LoginOptions extends Omit<RegistryClientOptions, 'credentials' | 'tokenCache' | 'baseUrl'> {
  readonly allowPlainHttp?: boolean;
  readonly credential: Credential;
  readonly store: CredentialStore;
  /** Its tokens of this registry are forgotten. */
  readonly tokenCache?: TokenCache;
  /** Bound on all that is asked of the registry and its token server; default five minutes. */
  readonly deadlineMs?: number;
}

/** Asks the registry whether it accepts a credential: `GET /v2/`. Faults: `AUTH_PING_FAILED`, `AUTH_PING_DEADLINE` and those of the client. */
export async function ping(options: Omit<LoginOptions, 'store' | 'tokenCache'>): Promise<void> {
  const { registry, credential, clock, deadlineMs = PING_DEADLINE_MS } = options;
  const baseUrl = `${options.allowPlainHttp === true ? 'http' : 'https'}://${registryHost(registry)}`;
  const client = createRegistryClient({ ...options, baseUrl, credentials: staticCredentials(registry, credential) });
  const url = `${baseUrl}/v2/`;
  const read = async (response: RegistryResponse): Promise<void> => {
    if (response.status === 200) return response.cancel();
    const errors = parseRegistryErrors(await response.bytes().catch(() => new Uint8Array()));
    throw authFaults.PING_FAILED({
      url: printableUrl(url),
      status: response.status,
      reason: statusReason(response.status, errors),
      errors,
    });
  };
  const fault = (): Fault => authFaults.PING_DEADLINE({ registry, deadlineMs });
  await withinDeadline({ clock, from: clock.now(), ms: deadlineMs, fault }, (signal) =>
    client.exchange({ method: 'GET', url, maxBytes: MAX_ERROR_BYTES, signal }, read),
  );
}

/**
 * Tries a credential and keeps it. `saved`; or `existing` where nothing may be written because it would be plaintext, and the
 * same credential is there already. Faults: `AUTH_LOGIN_INVALID`, `AUTH_LOGIN_UNSAVED` (its cause says why).
 */
export async function login(options: LoginOptions): Promise<'saved' | 'existing'> {
  const { registry, credential, store, tokenCache, ...rest } = options;
  try {
    await ping({ ...rest, registry, credential });
  } catch (cause) {
    if (!isFault(cause)) throw cause;
    throw authFaults.LOGIN_INVALID(
      { registry, problem: cause.message },
      { cause, ...(cause.remedy === undefined ? {} : { remedy: cause.remedy }) },
    );
  }
  if (tokenCache !== undefined) await forgetRegistry(tokenCache, registry);
  try {
    await store.save(registry, credential);
    return 'saved';
  } catch (cause) {
    if (!isFault(cause)) throw cause;
    if (isFault(cause, 'AUTH_PLAINTEXT_REFUSED') && (await isStored(store, registry, credential))) return 'existing';
    throw authFaults.LOGIN_UNSAVED(
      { server: serverAddress(registry), problem: cause.message },
      { cause, ...(cause.remedy === undefined ? {} : { remedy: cause.remedy }) },
    );
  }
}

async function isStored(store: CredentialStore, registry: string, credential: Credential): Promise<boolean> {
  try {
    return sameCredential(await store.credential({ registry }), credential);
  } catch (e) {
    // What is stored cannot be read, so it is not known to be the same.
    if (!isFault(e)) throw e;
    return false;
  }
}

/** Forgets a credential and the tokens that were got with it. Faults: `AUTH_LOGOUT_FAILED`. */
export async function logout(options: {
  readonly registry: string;
  readonly store: CredentialStore;
  readonly tokenCache?: TokenCache;
}): Promise<void> {
  if (options.tokenCache !== undefined) await forgetRegistry(options.tokenCache, options.registry);
  try {
    await options.store.erase(options.registry);
  } catch (cause) {
    if (!isFault(cause)) throw cause;
    throw authFaults.LOGOUT_FAILED({ server: serverAddress(options.registry), problem: cause.message }, { cause });
  }
}
