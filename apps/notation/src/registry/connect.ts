// SPDX-License-Identifier: Apache-2.0
/** Repositories of registries: who asks, over what, with which tokens. */
import { fromUtf8, type Http } from '@notary/base';
import { printable } from '@notary/cli';
import type { Repository } from '@notary/oci';
import { createRemoteRepository } from '@notary/oci/remote';
import {
  type CredentialSource,
  isAnonymous,
  staticCredentials,
  type TokenCache,
  typedCredential,
  usesPlainHttp,
} from '@notary/registry-auth';
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
  /** `push` for a command that is going to write: its first token is good for that too. Default `pull`. */
  readonly access?: 'pull' | 'push';
}

export interface Connected {
  readonly repository: Repository;
  /**
   * Resolves once the stored credentials are known to be readable, rejects if they are not. They are opened when first needed: whoever
   * wants the reference's order of faults calls this before asking anything of the registry, or before reporting an answer of it.
   */
  checkCredentials(): Promise<void>;
}

/** Connects to a repository. Sends nothing yet. */
export type Connector = (registry: string, repository: string) => Promise<Connected>;

/** A connector whose repositories share one HTTP client and one store of tokens. */
export function createConnector(deps: AppDeps, options: RegistryOptions): Connector {
  let http: Promise<Http> | undefined;
  const tokenCache = openTokenCache(deps);
  return async (registry, name) => {
    const openCredentials = credentialsFor(deps, registry, options);
    const defaults = await readDefaults(deps);
    http ??= openHttp(deps, options);
    const repository = createRemoteRepository({
      registry,
      repository: name,
      http: await http,
      clock: deps.clock,
      random: deps.random,
      credentials: { credential: async (target) => (await openCredentials()).credential(target) },
      tokenCache,
      allowPlainHttp: usesPlainHttp(registry, { insecure: options.insecureRegistry, insecureRegistries: defaults.insecureRegistries }),
      userAgent: USER_AGENT,
      clientId: 'notation',
      referrers: 'parallel',
      access: options.access ?? 'pull',
      forceReferrersTag: options.forceReferrersTag === true,
      onWarning: (text) => deps.terminal.err(`Warning: ${printable(text)}\n`),
    });
    return {
      repository,
      async checkCredentials() {
        await openCredentials();
      },
    };
  };
}

/** The tokens that are kept for later calls. Opens nothing yet. */
export function openTokenCache(deps: AppDeps): TokenCache {
  const { files, clock, random } = deps;
  return createFileTokenCache({ files, clock, random, directory: joinPath(deps, cacheDirectory(deps), 'tokens') });
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

/** What was typed or stands in the environment; else what is stored, opened once. */
function credentialsFor(deps: AppDeps, registry: string, { username, password, debug }: RegistryOptions): () => Promise<CredentialSource> {
  const typed = typedCredential(username, password);
  let opened: Promise<CredentialSource> | undefined = isAnonymous(typed) ? undefined : Promise.resolve(staticCredentials(registry, typed));
  return () => {
    opened ??= import('./credentials.ts').then(({ openStoredCredentials }) => openStoredCredentials(deps, { debug }));
    return opened;
  };
}
