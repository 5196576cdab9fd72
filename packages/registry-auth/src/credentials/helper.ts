// SPDX-License-Identifier: Apache-2.0
/** Docker's credential helper protocol: `docker-credential-NAME get|store|erase`, talking over the standard streams. */
import { fromUtf8Lossy, isFault, type Processes, Secret, toUtf8 } from '@notary/base';
import { isJsonObject, parseJsonStrict } from '@notary/base/json';
import { anonymous, type Credential } from '../credential.ts';
import { authFaults } from '../faults.ts';
import { HELPER_TIMEOUT_MS, MAX_HELPER_OUTPUT_BYTES } from '../limits.ts';

/** The user name that marks a secret as an identity token. */
const TOKEN_USER = '<token>';
const NOT_FOUND = 'credentials not found in native keychain';

/** A program `docker-credential-NAME`, which keeps credentials by server. */
export interface CredentialHelper {
  get(server: string): Promise<Credential>;
  store(server: string, credential: Credential): Promise<void>;
  erase(server: string): Promise<void>;
}

/** The file name of a helper; a name that could be a path is `AUTH_HELPER_NAME_INVALID`. */
export function helperFile(name: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name)) throw authFaults.HELPER_NAME_INVALID({ helper: name });
  return `docker-credential-${name}`;
}

/** Speaks with a helper. Faults: `AUTH_HELPER_NAME_INVALID` at once, `AUTH_HELPER_FAILED` with what it printed. */
export function createCredentialHelper(processes: Processes, name: string): CredentialHelper {
  const file = helperFile(name);
  const run = async (action: 'get' | 'store' | 'erase', input: string): Promise<{ output: string; failed: boolean }> => {
    const failed = (problem: string, cause?: unknown) => authFaults.HELPER_FAILED({ helper: file, action, problem }, { cause });
    try {
      const result = await processes.run(file, [action], {
        stdin: toUtf8(input),
        maxOutputBytes: MAX_HELPER_OUTPUT_BYTES,
        timeoutMs: HELPER_TIMEOUT_MS,
      });
      const output = fromUtf8Lossy(result.stdout).trim();
      if (result.exitCode === 0 || (action === 'get' && output === NOT_FOUND)) return { output, failed: result.exitCode !== 0 };
      throw failed(output === '' ? `exit status ${result.exitCode}` : output.slice(0, 1000));
    } catch (cause) {
      if (isFault(cause, 'PROCESS_NOT_FOUND')) throw failed(`exec: ${JSON.stringify(file)}: executable file not found in $PATH`, cause);
      if (isFault(cause) && cause.code.startsWith('PROCESS_')) throw failed(cause.message, cause);
      throw cause;
    }
  };
  return {
    async get(server) {
      const { output, failed } = await run('get', server);
      return failed ? anonymous : parseAnswer(file, output);
    },
    async store(server, credential) {
      const { username = '', password, refreshToken } = credential;
      const isToken = refreshToken !== undefined;
      const secret = refreshToken?.reveal() ?? password?.reveal() ?? '';
      await run('store', JSON.stringify({ ServerURL: server, Username: isToken ? TOKEN_USER : username, Secret: secret }));
    },
    async erase(server) {
      await run('erase', server);
    },
  };
}

function parseAnswer(helper: string, output: string): Credential {
  const failed = (cause?: unknown) =>
    authFaults.HELPER_FAILED({ helper, action: 'get', problem: `${helper} did not answer with a credential` }, { cause });
  let json: unknown;
  try {
    json = parseJsonStrict(output, { duplicates: 'last' });
  } catch (cause) {
    throw failed(cause);
  }
  if (!isJsonObject(json as never)) throw failed();
  const { Username: username = '', Secret: secret = '' } = json as Record<string, unknown>;
  if (typeof username !== 'string' || typeof secret !== 'string') throw failed();
  if (username === TOKEN_USER) return { refreshToken: new Secret(secret) };
  return { ...(username === '' ? {} : { username }), ...(secret === '' ? {} : { password: new Secret(secret) }) };
}
