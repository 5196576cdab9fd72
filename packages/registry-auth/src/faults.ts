// SPDX-License-Identifier: Apache-2.0
import { defineFaults } from '@notary/base';
import type { RegistryError } from './registry-error.ts';

/** The request that needed a credential: messages begin with it, as oras prints them. */
interface RequestFacts {
  readonly method: string;
  readonly url: string;
}
const at = (f: RequestFacts): string => `${f.method} ${JSON.stringify(f.url)}: `;

const LOG_IN = 'log in to the registry first';

/** The faults with codes `AUTH_…`. */
export const authFaults = defineFaults('AUTH', {
  CREDENTIAL_NOT_FOUND: {
    category: 'unavailable',
    say: (f: RequestFacts) => `${at(f)}basic credential not found`,
    meaning: 'The registry asks who is there (Basic authentication), and no credential for it is stored or was given.',
    remedy: LOG_IN,
  },
  CREDENTIAL_INCOMPLETE: {
    category: 'unavailable',
    say: (f: RequestFacts & { scheme: 'basic' | 'bearer' }) => `${at(f)}missing username or password for ${f.scheme} auth`,
    meaning: 'The stored credential has a user name or a password, not both.',
    remedy: 'log out of the registry and log in again',
  },
  REALM_REFUSED: {
    category: 'untrusted',
    say: (f: RequestFacts & { realm: string; problem: string }) =>
      `${at(f)}the token server ${JSON.stringify(f.realm.slice(0, 500))} is refused: ${f.problem}`,
    meaning:
      'The registry names a token server that must not see credentials: it is not https although the registry is, or it is a private address of another machine.',
  },
  TOKEN_REFUSED: {
    category: 'unavailable',
    say: (f: RequestFacts & { tokenMethod: string; tokenUrl: string; status: number; reason: string; errors: readonly RegistryError[] }) =>
      `${at(f)}${f.tokenMethod} ${JSON.stringify(f.tokenUrl)}: response status code ${f.status}: ${f.reason}`,
    meaning: 'The token server of the registry does not accept the credential.',
    remedy: 'check the user name and password, and log in again',
  },
  TOKEN_INVALID: {
    category: 'malformed',
    say: (f: RequestFacts & { tokenMethod: string; tokenUrl: string; problem: string }) =>
      `${at(f)}${f.tokenMethod} ${JSON.stringify(f.tokenUrl)}: ${f.problem}`,
    clause: 'Distribution token specification, "Token Response Fields"',
  },
  REDIRECT_REFUSED: {
    category: 'untrusted',
    say: (f: { url: string; problem: string }) => `the redirect of ${f.url} is refused: ${f.problem}`,
    meaning: 'A redirect must not lead from https to http, to a private address of another machine, or in circles.',
  },
  CONFIG_INVALID: {
    category: 'malformed',
    say: (f: { path: string; problem: string }) => f.problem,
    meaning: 'A credential file is not what Docker defines.',
    remedy: (f) => ({ text: `repair ${f.path}` }),
  },
  CONFIG_UNREADABLE: {
    category: 'unavailable',
    say: (f: { path: string; problem: string; prefix: string }) => `${f.prefix}failed to open config file at ${f.path}: ${f.problem}`,
  },
  HELPER_NAME_INVALID: {
    category: 'malformed',
    say: (f: { helper: string }) => `invalid credential helper name ${JSON.stringify(f.helper.slice(0, 100))}`,
    meaning: 'The name becomes part of the name of a program, so only letters, digits, dots, dashes and underscores may stand in it.',
  },
  HELPER_FAILED: {
    category: 'unavailable',
    say: (f: { helper: string; action: string; problem: string }) => f.problem,
    meaning: 'A docker-credential helper could not be run or reported an error.',
    remedy: (f) => ({ text: `check that ${f.helper} is installed and works` }),
  },
  PLAINTEXT_REFUSED: {
    category: 'unsupported',
    say: (_: { path: string }) => 'putting plaintext credentials is disabled',
    meaning: 'No credential helper is configured, and a password is never written to a file as it is.',
    remedy: 'install a docker-credential helper (pass, secretservice, osxkeychain, wincred) and name it as credsStore',
  },
  PING_FAILED: {
    category: 'unavailable',
    say: (f: { url: string; status: number; reason: string; errors: readonly RegistryError[] }) =>
      f.status === 404 ? 'not found' : `GET ${JSON.stringify(f.url)}: response status code ${f.status}: ${f.reason}`,
    remedy: 'check the user name, the password and the name of the registry',
  },
  PING_DEADLINE: {
    category: 'unavailable',
    say: (f: { registry: string; deadlineMs: number }) => `${f.registry} did not finish its answer within ${f.deadlineMs} ms`,
    meaning: 'Every part of the answer came within its own bound, but all of them together took too long. The credential was not kept.',
    remedy: 'try again when the registry and the network are faster',
  },
  LOGIN_INVALID: {
    category: 'unavailable',
    say: (f: { registry: string; problem: string }) => `failed to validate the credentials for ${f.registry}: ${f.problem}`,
  },
  LOGIN_UNSAVED: {
    category: 'unavailable',
    say: (f: { server: string; problem: string }) => `failed to store the credentials for ${f.server}: ${f.problem}`,
  },
  LOGOUT_FAILED: {
    category: 'unavailable',
    say: (f: { server: string; problem: string }) => `failed to delete the credential for ${f.server}: ${f.problem}`,
  },
});
