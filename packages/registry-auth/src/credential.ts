// SPDX-License-Identifier: Apache-2.0
/** Credentials of a registry, as they are held in memory: every secret part is a `Secret`. */
import { Secret } from '@notary/base';

/**
 * What is known about a user of a registry. All parts absent means anonymous.
 * `refreshToken` is Docker's identity token; `accessToken` is a ready bearer token (`registrytoken`).
 */
export interface Credential {
  readonly username?: string;
  readonly password?: Secret<string>;
  readonly refreshToken?: Secret<string>;
  readonly accessToken?: Secret<string>;
}

/** Where a credential is wanted: the host as it stands in the reference, and the repository where one is known. */
export interface CredentialTarget {
  /** `host[:port]`, for Docker Hub `docker.io` or its API host. */
  readonly registry: string;
  readonly repository?: string;
}

/** Finds the credential for a registry; an empty one means anonymous. Called at most once per registry and command. */
export interface CredentialSource {
  credential(target: CredentialTarget): Promise<Credential>;
}

/** No credential at all. */
export const anonymous: Credential = Object.freeze({});

/** A source that knows no one. */
export const anonymousSource: CredentialSource = { credential: async () => anonymous };

const filled = (text: string | undefined): boolean => text !== undefined && text !== '';
const revealed = (secret: Secret<string> | undefined): string => secret?.reveal() ?? '';

/** Does the credential hold nothing? */
export function isAnonymous(credential: Credential): boolean {
  return (
    !filled(credential.username) &&
    !filled(credential.password?.reveal()) &&
    !filled(credential.refreshToken?.reveal()) &&
    !filled(credential.accessToken?.reveal())
  );
}

/** Are both the same user with the same secrets? */
export function sameCredential(a: Credential, b: Credential): boolean {
  return (
    (a.username ?? '') === (b.username ?? '') &&
    revealed(a.password) === revealed(b.password) &&
    revealed(a.refreshToken) === revealed(b.refreshToken) &&
    revealed(a.accessToken) === revealed(b.accessToken)
  );
}

/** From what a user typed: a password without a user name is a refresh (identity) token, as in the reference. */
export function typedCredential(username: string, password: string): Credential {
  if (username === '') return password === '' ? anonymous : { refreshToken: new Secret(password) };
  return { username, password: new Secret(password) };
}

/** One credential for one registry, anonymous elsewhere. `docker.io` covers its API host too. */
export function staticCredentials(registry: string, credential: Credential): CredentialSource {
  const host = registryHost(registry);
  return { credential: async (target) => (registryHost(target.registry) === host ? credential : anonymous) };
}

/** The host that serves the API of a registry: `docker.io` is served by `registry-1.docker.io`. */
export function registryHost(registry: string): string {
  return registry === 'docker.io' ? 'registry-1.docker.io' : registry;
}

/** The key of a registry in credential files and helpers: Docker Hub's is `https://index.docker.io/v1/`. */
export function serverAddress(registry: string): string {
  return registry === 'docker.io' || registry === 'registry-1.docker.io' ? 'https://index.docker.io/v1/' : registry;
}
