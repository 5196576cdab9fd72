// SPDX-License-Identifier: Apache-2.0
/** Repositories of registries: who asks, over what, with which tokens. */
import { fromUtf8, type Http } from '@notary/base';
import type { Repository } from '@notary/oci';
import { createRemoteRepository } from '@notary/oci/remote';
import { type CredentialSource, isAnonymous, staticCredentials, typedCredential, usesPlainHttp } from '@notary/registry-auth';
import { createFileTokenCache } from '@notary/registry-auth/token-cache';
import { USER_AGENT } from '../build-info.ts';
import type { AppDeps } from '../deps.ts';
import { cacheDirectory, joinPath } from '../directories.ts';
import { limits } from '../limits.ts';
import { readDefaults } from '../store/config-file.ts';
import { readExisting } from '../store/files.ts';

export interface RegistryOptions {
  readonly username: string;
  readonly password: string;
  readonly insecureRegistry: boolean;
  readonly caFile: string;
  readonly debug: boolean;
  readonly forceReferrersTag?: boolean;
}

/** Connects to a repository. Sends nothing yet. */
export type Connector = (registry: string, repository: string) => Promise<Repository>;

/** A connector whose repositories share one HTTP client and one store of tokens. */
export function createConnector(deps: AppDeps, options: RegistryOptions): Connector {
  let http: Promise<Http> | undefined;
  const tokenCache = createFileTokenCache({ ...deps, directory: joinPath(deps, cacheDirectory(deps), 'tokens') });
  return async (registry, repository) => {
    const credentials = await credentialsFor(deps, registry, options);
    const defaults = await readDefaults(deps);
    http ??= openHttp(deps, options);
    return createRemoteRepository({
      registry,
      repository,
      http: await http,
      clock: deps.clock,
      random: deps.random,
      credentials,
      tokenCache,
      allowPlainHttp: usesPlainHttp(registry, { insecure: options.insecureRegistry, insecureRegistries: defaults.insecureRegistries }),
      userAgent: USER_AGENT,
      clientId: 'notation',
      referrers: 'parallel',
      forceReferrersTag: options.forceReferrersTag === true,
      onWarning: (text) => deps.terminal.err(`Warning: ${text}\n`),
    });
  };
}

/** The client of a command: with further authorities if `--ca-file` names some, and with its requests in the log of `--debug`. */
export async function openHttp(deps: AppDeps, { caFile, debug }: Pick<RegistryOptions, 'caFile' | 'debug'>): Promise<Http> {
  const ca = caFile === '' ? undefined : fromUtf8(await readExisting(deps.files, caFile, limits.certificateBytes));
  const http = await deps.http(ca === undefined ? {} : { tls: { ca: [ca] } });
  if (!debug) return http;
  const { logRequests } = await import('../debug/http.ts');
  const { createDebugLog } = await import('../debug/log.ts');
  return logRequests(http, createDebugLog(deps));
}

/** What was typed or stands in the environment; else what is stored. */
async function credentialsFor(deps: AppDeps, registry: string, { username, password, debug }: RegistryOptions): Promise<CredentialSource> {
  const typed = typedCredential(username, password);
  if (!isAnonymous(typed)) return staticCredentials(registry, typed);
  const { openStoredCredentials } = await import('./credentials.ts');
  return openStoredCredentials(deps, { debug });
}
