// SPDX-License-Identifier: Apache-2.0
export { isLoopbackHost, isPrivateHost, parseUrl, targetProblem } from './addresses.ts';
export { type Challenge, chooseChallenge, parseChallenges } from './challenge.ts';
export { createRegistryClient, type RegistryClient, type RegistryClientOptions } from './client.ts';
export {
  anonymous,
  anonymousSource,
  type Credential,
  type CredentialSource,
  type CredentialTarget,
  isAnonymous,
  registryHost,
  sameCredential,
  serverAddress,
  staticCredentials,
  typedCredential,
} from './credential.ts';
export { authFaults } from './faults.ts';
export { usesPlainHttp } from './plain-http.ts';
export { parseRegistryErrors, type RegistryError, statusReason } from './registry-error.ts';
export type { RegistryRequest, RegistryResponse } from './request.ts';
export { jitter, parseRetryAfter } from './retry.ts';
export { CATALOG_SCOPE, coversScopes, mergeScopes, repositoryScope } from './scope.ts';
export type { BearerToken } from './token.ts';
export type { TokenCache } from './token-store.ts';
export { parseWarnings } from './warnings.ts';
