// SPDX-License-Identifier: Apache-2.0
/** Who we are to the server: `NOTARY_AUTH`, or asked for on a terminal. */
import { fromBase64, fromUtf8, isFault, type Log, Secret } from '@notary/base';
import { anonymous, type Credential, type CredentialSource } from '@notary/registry-auth';
import type { AppDeps } from './deps.ts';

export function createCredentials(deps: AppDeps, log: Log): CredentialSource {
  let known: Promise<Credential> | undefined;
  return { credential: () => (known ??= find(deps, log)) };
}

async function find(deps: AppDeps, log: Log): Promise<Credential> {
  const encoded = deps.environment.get('NOTARY_AUTH') ?? '';
  if (encoded !== '') return parseAuth(encoded, log);
  const { terminal } = deps;
  // The reference also asks where nobody can answer, and waits half a minute.
  if (!terminal.stdinIsTerminal) return anonymous;
  terminal.out('Enter username: ');
  const username = (await terminal.readLine())?.trim() ?? '';
  if (username === '') return anonymous;
  // Echo is off before the question is seen.
  const reading = terminal.readSecret();
  terminal.out('Enter password: ');
  const password = (await reading)?.trim() ?? '';
  terminal.out('\n');
  return { username, password: new Secret(password) };
}

function parseAuth(encoded: string, log: Log): Credential {
  let plain: string;
  try {
    plain = fromUtf8(fromBase64(encoded));
  } catch (e) {
    if (!isFault(e)) throw e;
    log.error('Could not base64-decode authentication string');
    return anonymous;
  }
  const colon = plain.indexOf(':');
  if (colon > 0) return { username: plain.slice(0, colon), password: new Secret(plain.slice(colon + 1).trim()) };
  log.error(
    colon === 0
      ? 'Authentication string with zero-length username'
      : 'Malformatted authentication string; format must be <username>:<password>',
  );
  return anonymous;
}
