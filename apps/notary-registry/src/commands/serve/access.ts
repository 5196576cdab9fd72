// SPDX-License-Identifier: Apache-2.0
/** Who may do what, from the flags. */
import { type Files, fromUtf8, type Handler } from '@notary/base';
import { encodePem, parsePem } from '@notary/base/pem';
import type { OptionsOf } from '@notary/cli';
import { type Access, type AccessControl, createBasicAccess, createHtpasswd, type PasswordUsers, parseHtpasswd } from '@notary/service';
import type { TokenSigner } from '@notary/service/token';
import type { AppDeps } from '../../deps.ts';
import { faults } from '../../faults.ts';
import type { serveFlags } from './spec.ts';

const MAX_HTPASSWD_BYTES = 1024 * 1024;
const MAX_KEY_BYTES = 64 * 1024;

export interface ServeAccess {
  readonly protection: 'none' | 'htpasswd' | 'token';
  readonly control: AccessControl | undefined;
  /** The token endpoint, with its path. */
  readonly issuer: { readonly path: string; readonly handle: Handler } | undefined;
  reload(): Promise<void>;
}

type Options = OptionsOf<typeof serveFlags>;

async function readText(files: Files, path: string, purpose: string): Promise<string> {
  const bytes = await files.read(path, MAX_HTPASSWD_BYTES);
  if (bytes === undefined) throw faults.FILE_MISSING({ path, purpose });
  return fromUtf8(bytes);
}

/** Who has a password: asked for each request, and by name. */
interface Users {
  readonly passwords: PasswordUsers;
  readonly names: ReadonlySet<string>;
}

async function readUsers(options: Options, deps: AppDeps): Promise<Users | undefined> {
  if (options.htpasswd === '') return undefined;
  const { createBcryptCheck } = await import('@notary/service/bcrypt');
  const text = await readText(deps.files, options.htpasswd, '--htpasswd');
  const names = new Set(parseHtpasswd(text).keys());
  if (names.size === 0 && !options.anonymousPull) throw faults.HTPASSWD_EMPTY({ path: options.htpasswd });
  return { passwords: createHtpasswd({ text, check: createBcryptCheck(), clock: deps.clock, random: deps.random }), names };
}

type Rights = (user: string, type: string, name: string, action: string) => boolean;

/**
 * Everybody with a password may do everything, except those who are named: they read. A name that no user has is refused, since a slip of
 * the pen would give all rights to the one who was meant.
 */
function readRights(options: Options, users: Users | undefined): Rights {
  const readers = new Set(options.readOnlyUsers.split(',').flatMap((name) => name.trim() || []));
  if (readers.size === 0) return () => true;
  for (const name of readers)
    if (!users?.names.has(name))
      throw faults.FLAG_CONFLICT({ reason: `--read-only-users names ${JSON.stringify(name)}, who is not in --htpasswd` });
  return (user, type, _name, action) => !readers.has(user) || action === 'pull' || type === 'registry';
}

/** The signing key: the named file, or one made once below the root. In memory it lives as long as the process. */
async function signingKey(options: Options, { files }: AppDeps): Promise<TokenSigner> {
  const { generateTokenSigner, importTokenSigner } = await import('@notary/service/token');
  const named = options.tokenSigningKey !== '';
  if (!named && options.memory) return generateTokenSigner();
  const path = named ? options.tokenSigningKey : `${options.root}/.notary/token-key.pem`;
  const pem = await files.read(path, MAX_KEY_BYTES);
  if (pem !== undefined) {
    const block = parsePem(pem).find((b) => b.label === 'PRIVATE KEY');
    if (block === undefined) throw faults.SIGNING_KEY_MISSING({ path });
    return importTokenSigner(block.bytes);
  }
  if (named) throw faults.FILE_MISSING({ path, purpose: '--token-signing-key' });
  const signer = await generateTokenSigner();
  await files.makeDirectory(`${options.root}/.notary`, 0o755);
  await files.writeAtomic(path, new TextEncoder().encode(encodePem('PRIVATE KEY', await signer.pkcs8())), { mode: 0o600 });
  return signer;
}

function checkFlags(options: Options): void {
  if (options.tokenIssuer && (options.htpasswd === '' || options.tokenRealm === '')) {
    throw faults.FLAG_CONFLICT({
      reason: '--token-issuer needs --htpasswd, whose users get tokens, and --token-realm, where they get them',
    });
  }
  if (options.tokenRealm !== '' && options.tokenKey === '' && !options.tokenIssuer) {
    throw faults.FLAG_CONFLICT({ reason: '--token-realm needs --token-key, the keys that verify tokens, or --token-issuer' });
  }
  if (options.tokenRealm !== '' && !URL.canParse(options.tokenRealm)) throw faults.FLAG_CONFLICT({ reason: '--token-realm is not a URL' });
  if (options.anonymousPull && options.htpasswd === '') throw faults.FLAG_CONFLICT({ reason: '--anonymous-pull needs --htpasswd' });
  if (options.readOnlyUsers !== '' && options.htpasswd === '') throw faults.FLAG_CONFLICT({ reason: '--read-only-users needs --htpasswd' });
  if (options.readOnlyUsers !== '' && options.tokenRealm !== '' && !options.tokenIssuer)
    throw faults.FLAG_CONFLICT({
      reason: '--read-only-users needs --token-issuer where there is --token-realm: another issuer grants what it likes',
    });
}

async function tokenAccess(options: Options, deps: AppDeps, users: Users | undefined): Promise<ServeAccess> {
  const { createBearerAccess, createTokenIssuer } = await import('@notary/service/token');
  const { readTokenKeys } = await import('./token-trust.ts');
  const { clock, random } = deps;
  const { tokenName: issuerName, tokenService: service, tokenRealm: realm } = options;
  const signer = options.tokenIssuer ? await signingKey(options, deps) : undefined;
  const readTrust = async () => {
    const configured = options.tokenKey === '' ? { keys: [], checkChain: undefined } : await readTokenKeys(deps.files, options.tokenKey);
    const keys = signer === undefined ? configured.keys : [...configured.keys, signer.key];
    return { issuer: issuerName, service, keys, ...(configured.checkChain === undefined ? {} : { checkChain: configured.checkChain }) };
  };
  let trust = await readTrust();
  const rights = readRights(options, users);
  const grant = (user: string | undefined, wanted: Access): readonly string[] => {
    if (user !== undefined) return wanted.actions.filter((a) => rights(user, wanted.type, wanted.name, a));
    return options.anonymousPull ? wanted.actions.filter((a) => a === 'pull') : [];
  };
  const obtainable = (subject: string, wanted: Access): boolean => {
    const granted = grant(subject === '' ? undefined : subject, wanted);
    return wanted.actions.every((a) => granted.includes(a));
  };
  const issuer =
    signer === undefined || users === undefined
      ? undefined
      : {
          path: new URL(realm).pathname,
          handle: createTokenIssuer({ issuer: issuerName, service, signer, users: users.passwords, grant, clock, random }),
        };
  return {
    protection: 'token',
    control: createBearerAccess({ trust: () => trust, realm, clock, random, ...(issuer === undefined ? {} : { obtainable }) }),
    issuer,
    async reload() {
      trust = await readTrust();
      if (users !== undefined) users.passwords.reload(await readText(deps.files, options.htpasswd, '--htpasswd'));
    },
  };
}

/** Reads what the flags name. Faults: `NOTARYREGISTRY_…`, `SERVICE_HTPASSWD_INVALID`, `SERVICE_TOKEN_KEY_INVALID`. */
export async function readAccess(options: Options, deps: AppDeps): Promise<ServeAccess> {
  checkFlags(options);
  const users = await readUsers(options, deps);
  if (options.tokenRealm !== '') return tokenAccess(options, deps, users);
  if (users === undefined) return { protection: 'none', control: undefined, issuer: undefined, reload: async () => undefined };
  const anonymousActions = options.anonymousPull ? ['pull'] : [];
  return {
    protection: 'htpasswd',
    control: createBasicAccess({
      users: users.passwords,
      realm: options.tokenService,
      anonymousActions,
      rights: readRights(options, users),
    }),
    issuer: undefined,
    reload: async () => users.passwords.reload(await readText(deps.files, options.htpasswd, '--htpasswd')),
  };
}
