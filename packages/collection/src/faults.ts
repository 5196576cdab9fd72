// SPDX-License-Identifier: Apache-2.0
/** Faults of working with collections. Messages are the reference client's where it has one. */
import { defineFaults } from '@notary/base';

/** The faults with codes `COLLECTION_…`. */
export const collectionFaults = defineFaults('COLLECTION', {
  GUN_INVALID: {
    category: 'usage',
    say: (f: { gun: string }) => `invalid collection name ${JSON.stringify(f.gun.slice(0, 300))}`,
    remedy: 'a name is a host or path such as registry.example/team/app: no empty, "." or ".." parts, no backslash, no control characters',
  },
  SERVER_URL_INVALID: {
    category: 'usage',
    say: (f: { url: string }) => `Trust server url has to be in the form of http(s)://URL:PORT. Got: ${f.url}`,
  },
  NO_TRUST_DATA: {
    category: 'unavailable',
    say: (f: { location: string; gun: string }) => `${f.location} does not have trust data for ${f.gun}`,
    remedy: 'check the name and the server; a collection is there once its owner has published it',
  },
  METADATA_NOT_FOUND: {
    category: 'unavailable',
    say: (f: { name: string; location: string }) => `${f.name} trust data unavailable.  Has a notary repository been initialized?`,
  },
  OFFLINE: {
    category: 'unavailable',
    say: (_: { location: string; detail: string }) => 'client is offline',
    meaning: 'The server could not be reached; the cause says why.',
  },
  SERVER_UNAVAILABLE: {
    category: 'unavailable',
    say: (f: { status: number; location: string }) =>
      f.status === 401
        ? 'you are not authorized to perform this operation: server returned 401.'
        : `unable to reach trust server at this time: ${f.status}.`,
    remedy: (f: { status: number }) =>
      f.status === 401
        ? { text: 'check the user name and password (NOTARY_AUTH) and what that user may do with this collection' }
        : undefined,
  },
  BAD_RESPONSE: {
    category: 'untrusted',
    say: (_: { name: string; location: string; detail: string }) => 'trust server returned a bad response.',
  },
  REJECTED: {
    category: 'conflict',
    say: (f: { serverCode: string; text: string }) => (f.text === '' ? 'trust server rejected operation.' : f.text),
    meaning: 'The server checked the update and refused it.',
  },
  PUBLISH_CONFLICT: {
    category: 'conflict',
    say: (_: { attempts: number }) => 'trust server rejected operation.',
    meaning: 'Others kept publishing to this collection at the same time.',
    remedy: 'nothing is lost: the changes are still staged, publish again',
  },
  NO_SUCH_TARGET: { category: 'untrusted', say: (f: { target: string }) => `No valid trust data for ${f.target}` },
  NOT_INITIALIZED: { category: 'usage', say: () => 'repository has not been initialized' },
  REMOTE_ROLE_INVALID: { category: 'usage', say: (f: { role: string }) => `notary does not permit the server managing the ${f.role} key` },
  LOCAL_ROLE_INVALID: { category: 'usage', say: (f: { role: string }) => `notary does not permit the client managing the ${f.role} key` },
  ROTATION_INVALID: { category: 'usage', say: (f: { role: string }) => `notary does not currently permit rotating the ${f.role} key` },
  REMOTE_KEY_ROTATION_FAILED: { category: 'unavailable', say: (f: { reason: string }) => `unable to rotate remote key: ${f.reason}` },
  KEY_NOT_FOUND: { category: 'usage', say: (f: { keyId: string }) => `signing key not found: ${f.keyId}` },
  KEY_NOT_IN_STORE: { category: 'usage', say: (f: { keyId: string }) => `unable to find key: ${f.keyId}` },
  KEY_ROLE_MISMATCH: { category: 'usage', say: (f: { role: string }) => `attempted to load root key but given ${f.role} key instead` },
  KEY_EXISTS: { category: 'conflict', say: (f: { role: string; keyId: string }) => `key with same ID already exists for role: ${f.role}` },
  KEY_FILE_INVALID: { category: 'malformed', say: (f: { problem: string; name: string }) => f.problem },
  KEY_ID_INVALID: {
    category: 'usage',
    say: (f: { keyId: string }) => `invalid key ID provided: ${f.keyId}`,
    remedy: 'give all 64 hexadecimal digits',
  },
  CERTIFICATE_KEY_MISMATCH: { category: 'usage', say: (f: { problem: string }) => f.problem },
  PASSPHRASE_WRONG: {
    category: 'usage',
    say: (_: { keyId: string; role: string }) => 'password invalid, operation has failed.',
    remedy: 'check the passphrase of this role: the prompt, NOTARY_<ROLE>_PASSPHRASE, or the file or helper it comes from',
  },
  PASSPHRASE_ATTEMPTS: { category: 'usage', say: (_: { keyId: string; role: string }) => 'maximum number of passphrase attempts exceeded' },
  PASSPHRASE_UNAVAILABLE: {
    category: 'usage',
    say: () => 'Please either use environment variables or STDIN with a terminal to provide key passphrases',
    remedy:
      'set NOTARY_ROOT_PASSPHRASE, NOTARY_TARGETS_PASSPHRASE, NOTARY_SNAPSHOT_PASSPHRASE, NOTARY_DELEGATION_PASSPHRASE: those of the keys in use',
  },
  NOT_IMPORTED: { category: 'usage', say: () => 'failed to import all keys: invalid key pem block' },
  CHANGE_INVALID: { category: 'malformed', say: (f: { problem: string; file: string }) => f.problem },
  CHANGES_TOO_MANY: { category: 'limit', say: (f: { maximum: number }) => `more than ${f.maximum} staged changes` },
  SCOPE_UNSUPPORTED: { category: 'usage', say: (f: { scope: string }) => `scope not supported: ${f.scope}` },
  CHANGE_UNSUPPORTED: { category: 'usage', say: (f: { problem: string }) => f.problem },
  NO_HASHES: { category: 'usage', say: (f: { target: string }) => `no hashes specified for target "${f.target}"` },
  CONFIG_INVALID: { category: 'malformed', say: (f: { path: string; problem: string }) => `error opening config file: ${f.problem}` },
  PIN_CA_UNREADABLE: {
    category: 'unavailable',
    say: (_: { gun: string; path: string }) => 'could not validate the path to a trusted root: could not load root cert from CA path',
  },
  MIRROR_STALE: {
    category: 'untrusted',
    say: (f: { location: string; reason: string }) => `the mirror ${f.location} is out of date: ${f.reason}`,
    rank: 92,
    remedy: 'refresh the mirror from its server; if the server is gone, --as-of TIME checks it as it was at that time',
  },
  MIRROR_TAMPERED: {
    category: 'untrusted',
    say: (f: { location: string; reason: string }) => `the mirror ${f.location} was changed or damaged: ${f.reason}`,
    rank: 95,
    remedy: 'do not use this copy: make a new one from the server or from another mirror',
  },
  MIRROR_READ_ONLY: { category: 'usage', say: (f: { location: string }) => `${f.location} is a mirror: nothing can be published to it` },
  MIRROR_LIST_INVALID: {
    category: 'usage',
    say: (f: { line: number; text: string }) =>
      `line ${f.line} of the list is not a collection name: ${JSON.stringify(f.text.slice(0, 200))}`,
  },
  ADOPTION_NOT_IMPORTED: {
    category: 'conflict',
    say: (f: { location: string; gun: string; serverRoot: number | undefined; mirrorRoot: number }) =>
      f.serverRoot === undefined
        ? `${f.location} does not hold ${f.gun} yet`
        : `${f.location} holds ${f.gun} at root version ${f.serverRoot}, the mirror at ${f.mirrorRoot}`,
    remedy: 'the operator of the server imports the mirror first: notary-server import DIR',
  },
  RECOVERY_IMPOSSIBLE: {
    category: 'usage',
    say: (f: { role: string; reason: string }) => `the ${f.role} key cannot be replaced: ${f.reason}`,
  },
  PLAN_INVALID: { category: 'malformed', say: (f: { problem: string }) => `the rotation plan cannot be used: ${f.problem}` },
  PLAN_OUTDATED: {
    category: 'conflict',
    say: (f: { gun: string; planned: number; current: number }) =>
      `the plan was made for root version ${f.planned} of ${f.gun}, which is at ${f.current} now`,
    remedy: 'make a new plan',
  },
});
