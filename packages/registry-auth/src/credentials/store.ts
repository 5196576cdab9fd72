// SPDX-License-Identifier: Apache-2.0
/**
 * Which credential counts, in the order of the Go notation: its own config.json if that configures authentication, else
 * Docker's if that does, else the platform's helper if it is installed, else its own file again.
 *
 * In addition, and only where all that yields nothing, Podman's auth.json is asked, whose keys may name a repository.
 */
import type { Environment, Files, Processes } from '@notary/base';
import { anonymous, type Credential, type CredentialSource, isAnonymous, serverAddress } from '../credential.ts';
import { authFaults } from '../faults.ts';
import { type ConfigFile, loadConfigFile } from './config-file.ts';
import { createCredentialHelper, helperFile } from './helper.ts';

/** The files and programs in which credentials are looked for. */
export interface CredentialStoreOptions {
  readonly files: Files;
  readonly processes: Processes;
  readonly environment: Environment;
  readonly platform: 'linux' | 'darwin' | 'win32';
  /** The config.json of Notation, or `undefined` for a program that has none. */
  readonly configPath?: string;
  /** Docker's config.json; `undefined` where there is no home directory. See {@link dockerConfigPath}. */
  readonly dockerConfigPath?: string;
  /** Podman's auth.json files, first one first. See {@link podmanAuthPaths}. */
  readonly podmanPaths?: readonly string[];
}

/** Credentials by registry, as Notation, Docker and Podman keep them. */
export interface CredentialStore extends CredentialSource {
  /** Saves through a helper; without one it is `AUTH_PLAINTEXT_REFUSED`. */
  save(registry: string, credential: Credential): Promise<void>;
  erase(registry: string): Promise<void>;
}

/** Docker's config.json: in `$DOCKER_CONFIG`, else in the home directory. */
export function dockerConfigPath(environment: Environment, home: string | undefined): string | undefined {
  const directory = environment.get('DOCKER_CONFIG') || (home === undefined ? undefined : `${home}/.docker`);
  return directory === undefined ? undefined : `${directory}/config.json`;
}

/** Where Podman and Skopeo keep credentials: `$REGISTRY_AUTH_FILE`, else the run-time directory, else the config directory. */
export function podmanAuthPaths(environment: Environment, home: string | undefined): string[] {
  const named = environment.get('REGISTRY_AUTH_FILE');
  if (named) return [named];
  const runtime = environment.get('XDG_RUNTIME_DIR');
  const config = environment.get('XDG_CONFIG_HOME') || (home === undefined ? undefined : `${home}/.config`);
  const paths: string[] = [];
  for (const directory of [runtime, config]) if (directory) paths.push(`${directory}/containers/auth.json`);
  return paths;
}

/** Creates the store. Files are read when the first credential is wanted. */
export function createCredentialStore(options: CredentialStoreOptions): CredentialStore {
  let chosen: Promise<Chosen> | undefined;
  const choice = (): Promise<Chosen> => (chosen ??= choose(options));
  return {
    async credential({ registry, repository }) {
      const found = await (await choice()).get(serverAddress(registry));
      return isAnonymous(found) ? fromPodman(options, registry, repository) : found;
    },
    save: async (registry, credential) => (await choice()).save(serverAddress(registry), credential),
    erase: async (registry) => (await choice()).erase(serverAddress(registry)),
  };
}

interface Chosen {
  get(server: string): Promise<Credential>;
  save(server: string, credential: Credential): Promise<void>;
  erase(server: string): Promise<void>;
}

async function choose(options: CredentialStoreOptions): Promise<Chosen> {
  const { files, configPath } = options;
  const own =
    configPath === undefined ? undefined : await loadConfigFile(files, configPath, 'failed to create credential store from config file: ');
  if (own?.configuresAuth === true) return fromFile(options, own);
  const docker =
    options.dockerConfigPath === undefined
      ? undefined
      : await loadConfigFile(files, options.dockerConfigPath, 'failed to create credential store from docker config file: ');
  if (docker?.configuresAuth === true) return fromFile(options, docker);
  const native = await defaultHelper(options);
  if (native !== undefined) return fromHelper(options, native);
  const last = own ?? docker;
  return last === undefined ? nothing : fromFile(options, last);
}

const nothing: Chosen = {
  get: async () => anonymous,
  save: async () => {
    throw authFaults.PLAINTEXT_REFUSED({ path: '' });
  },
  erase: async () => undefined,
};

function fromHelper(options: CredentialStoreOptions, name: string): Chosen {
  const helper = createCredentialHelper(options.processes, name);
  return {
    get: (server) => helper.get(server),
    save: (server, credential) => helper.store(server, credential),
    erase: (server) => helper.erase(server),
  };
}

function fromFile(options: CredentialStoreOptions, file: ConfigFile): Chosen {
  const helper = (server: string): Chosen | undefined => {
    const name = file.helperFor(server);
    return name === undefined ? undefined : fromHelper(options, name);
  };
  return {
    get: async (server) => (await helper(server)?.get(server)) ?? file.credential(server),
    async save(server, credential) {
      const through = helper(server);
      if (through === undefined) throw authFaults.PLAINTEXT_REFUSED({ path: file.path });
      await through.save(server, credential);
    },
    erase: async (server) => (helper(server) ?? { erase: (address: string) => file.remove(address) }).erase(server),
  };
}

async function fromPodman(options: CredentialStoreOptions, registry: string, repository: string | undefined): Promise<Credential> {
  for (const path of options.podmanPaths ?? []) {
    const file = await loadConfigFile(options.files, path);
    const host = registry === 'registry-1.docker.io' ? 'docker.io' : registry;
    const name = file.helperFor(host);
    const found = name === undefined ? file.credentialByPath(host, repository) : await fromHelper(options, name).get(host);
    if (!isAnonymous(found)) return found;
  }
  return anonymous;
}

/** The platform's helper if its program is installed: on Linux `pass` where the password manager is, else `secretservice`. */
async function defaultHelper(options: CredentialStoreOptions): Promise<string | undefined> {
  const name =
    options.platform === 'darwin'
      ? 'osxkeychain'
      : options.platform === 'win32'
        ? 'wincred'
        : (await isInstalled(options, 'pass'))
          ? 'pass'
          : 'secretservice';
  return (await isInstalled(options, helperFile(name))) ? name : undefined;
}

/** Is there a program of this name in PATH? Relative entries do not count, as in Go. */
async function isInstalled(options: CredentialStoreOptions, name: string): Promise<boolean> {
  const windows = options.platform === 'win32';
  const isAbsolute = windows ? /^[A-Za-z]:[\\/]/ : /^\//;
  for (const directory of (options.environment.get('PATH') ?? '').split(windows ? ';' : ':')) {
    if (!isAbsolute.test(directory)) continue;
    const stat = await options.files.stat(`${directory}/${name}${windows ? '.exe' : ''}`).catch(() => undefined);
    if (stat !== undefined && (stat.kind === 'symlink' || (stat.kind === 'file' && (windows || (stat.mode & 0o111) !== 0)))) return true;
  }
  return false;
}
