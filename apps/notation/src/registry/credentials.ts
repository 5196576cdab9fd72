// SPDX-License-Identifier: Apache-2.0
/** Stored credentials, in the reference's order: config.json, Docker's, the platform's helper; then Podman's. */
import type { Log, Processes } from '@notary/base';
import {
  type CredentialStore,
  createCredentialStore,
  dockerConfigPath,
  loadConfigFile,
  podmanAuthPaths,
} from '@notary/registry-auth/credentials';
import type { AppDeps } from '../deps.ts';
import { configPath } from '../directories.ts';
import { during } from '../faults.ts';

/** Opens the store. A file that is malformed fails here, before anything is asked of a registry. */
export async function openStoredCredentials(deps: AppDeps, { debug }: { readonly debug: boolean }): Promise<CredentialStore> {
  const { environment, files, host } = deps;
  const home = (host.os === 'windows' ? environment.get('USERPROFILE') : environment.get('HOME')) || undefined;
  const own = configPath(deps, 'config.json');
  const docker = dockerConfigPath(environment, home);
  await during('failed to get credentials store: ', async () => {
    const config = await loadConfigFile(files, own, 'failed to create credential store from config file: ');
    if (config.configuresAuth || docker === undefined) return;
    await loadConfigFile(files, docker, 'failed to create credential store from docker config file: ');
  });
  return createCredentialStore({
    files,
    processes: debug ? logHelpers(deps.processes, (await import('../debug/log.ts')).createDebugLog(deps)) : deps.processes,
    environment,
    platform: host.os === 'windows' ? 'win32' : host.os === 'darwin' ? 'darwin' : 'linux',
    configPath: own,
    ...(docker === undefined ? {} : { dockerConfigPath: docker }),
    podmanPaths: podmanAuthPaths(environment, home),
  });
}

/** Says which helper is run, and how that went; never what it is told or answers. */
function logHelpers(processes: Processes, log: Log): Processes {
  return {
    async run(file, args, options) {
      log.debug(`started executing credential helper program ${file} with action ${args[0]}`);
      try {
        const result = await processes.run(file, args, options);
        if (result.exitCode === 0) log.debug(`successfully finished executing credential helper program ${file} with action ${args[0]}`);
        else
          log.error(
            `finished executing credential helper program ${file} with action ${args[0]} and got error exit status ${result.exitCode}`,
          );
        return result;
      } catch (e) {
        log.error(`finished executing credential helper program ${file} with action ${args[0]} and got error ${(e as Error).message}`);
        throw e;
      }
    },
  };
}
