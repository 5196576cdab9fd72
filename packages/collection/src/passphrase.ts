// SPDX-License-Identifier: Apache-2.0
/** Where passphrases of key files come from: a prompt, the environment, a file, a helper program. */
import { type Environment, type Files, fromUtf8, isFault, type Processes, Secret } from '@notary/base';
import { isBaseRole } from '@notary/tuf';
import { collectionFaults } from './faults.ts';
import { MAX_PASSPHRASE_ATTEMPTS } from './limits.ts';

/** Which passphrase is wanted, and for what. */
export interface PassphraseRequest {
  readonly keyId: string;
  /** The role as the key file names it. */
  readonly role: string;
  /** `new` for a key that is about to be written. */
  readonly purpose: 'new' | 'open';
  /** 0 at first; counts answers that were wrong. */
  readonly attempt: number;
}

/** `again`: the answer was unusable (too short, say), ask once more. `none`: nobody can answer. */
export type PassphraseAnswer = Secret<string> | 'again' | 'none';
/** Finds a passphrase. `again` asks once more, `none` gives up. */
export type PassphraseRetriever = (request: PassphraseRequest) => Promise<PassphraseAnswer>;

/** A passphrase for a key to write. Faults: `COLLECTION_PASSPHRASE_ATTEMPTS`. */
export async function newPassphrase(retrieve: PassphraseRetriever, keyId: string, role: string): Promise<Secret<string>> {
  for (let attempt = 0; attempt <= MAX_PASSPHRASE_ATTEMPTS; attempt++) {
    const answer = await retrieve({ keyId, role, purpose: 'new', attempt });
    if (answer === 'none') break;
    if (answer !== 'again') return answer;
  }
  throw collectionFaults.PASSPHRASE_ATTEMPTS({ keyId, role });
}

/** Tries passphrases until `open` takes one. Faults: `COLLECTION_PASSPHRASE_WRONG`, `COLLECTION_PASSPHRASE_ATTEMPTS`. */
export async function withPassphrase<T>(
  retrieve: PassphraseRetriever,
  key: { readonly keyId: string; readonly role: string },
  open: (passphrase: Secret<string>) => Promise<T>,
): Promise<T> {
  for (let attempt = 0; attempt <= MAX_PASSPHRASE_ATTEMPTS; attempt++) {
    const answer = await retrieve({ ...key, purpose: 'open', attempt });
    if (answer === 'none') throw collectionFaults.PASSPHRASE_WRONG(key);
    if (answer === 'again') continue;
    try {
      return await open(answer);
    } catch (e) {
      if (!isFault(e, 'CRYPTO_PASSPHRASE_INCORRECT')) throw e;
    }
  }
  throw collectionFaults.PASSPHRASE_ATTEMPTS(key);
}

/** The variable of a role: every role that is not a base role shares the one of delegations. */
export function passphraseVariable(role: string, prefix = 'NOTARY'): string {
  const name = isBaseRole(role) ? role.toUpperCase() : 'DELEGATION';
  return `${prefix}_${name}_PASSPHRASE`;
}

/** From the environment: the same wrong value is offered twice, as in the reference, then no more. An unset one asks `next`. */
export function environmentPassphrases(environment: Environment, next: PassphraseRetriever): PassphraseRetriever {
  return async (request) => {
    const value = environment.get(passphraseVariable(request.role));
    if (value === undefined || value === '') return next(request);
    return request.attempt > 1 ? 'none' : new Secret(value);
  };
}

/** From files: a variable `NOTARY_<ROLE>_PASSPHRASE_FILE` names one; a newline at its end does not count. */
export function filePassphrases(environment: Environment, files: Files, next: PassphraseRetriever): PassphraseRetriever {
  return async (request) => {
    const path = environment.get(`${passphraseVariable(request.role)}_FILE`);
    if (path === undefined || path === '') return next(request);
    if (request.attempt > 0) return 'none';
    const bytes = await files.read(path, MAX_PASSPHRASE_BYTES);
    return bytes === undefined ? 'none' : new Secret(fromUtf8(bytes).replace(/\r?\n$/, ''));
  };
}

const MAX_PASSPHRASE_BYTES = 4096;
const HELPER_TIMEOUT_MS = 60_000;

/**
 * From a helper: the program named by `NOTARY_PASSPHRASE_HELPER` gets `get`, the role and the key ID as arguments and prints the
 * passphrase. It says "no" by exiting with another code than 0.
 */
export function helperPassphrases(environment: Environment, processes: Processes, next: PassphraseRetriever): PassphraseRetriever {
  return async (request) => {
    const helper = environment.get('NOTARY_PASSPHRASE_HELPER');
    if (helper === undefined || helper === '') return next(request);
    if (request.attempt > 0) return 'none';
    const result = await processes.run(helper, ['get', request.role, request.keyId], {
      maxOutputBytes: MAX_PASSPHRASE_BYTES,
      timeoutMs: HELPER_TIMEOUT_MS,
    });
    return result.exitCode === 0 ? new Secret(fromUtf8(result.stdout).replace(/\r?\n$/, '')) : 'none';
  };
}

/** Remembers what opened or sealed a key, per role: the reference asks once per role and command. */
export function rememberPassphrases(next: PassphraseRetriever): PassphraseRetriever {
  const known = new Map<string, Secret<string>>();
  return async (request) => {
    const kept = known.get(request.role);
    if (request.attempt === 0 && kept !== undefined) return kept;
    const answer = await next(request);
    if (answer instanceof Secret) known.set(request.role, answer);
    return answer;
  };
}

/** Nobody to ask: standard input is no terminal and nothing else is set. */
export const noPassphrases: PassphraseRetriever = async () => {
  throw collectionFaults.PASSPHRASE_UNAVAILABLE();
};
