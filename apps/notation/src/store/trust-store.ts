// SPDX-License-Identifier: Apache-2.0
/** The trust store directory, `truststore/x509/<type>/<store>/<file>`, as the certificate commands change and list it. */
import { type Certificate, parseCertificates } from '@notary/x509';
import type { AppDeps } from '../deps.ts';
import { configPath } from '../directories.ts';
import { faults } from '../faults.ts';
import { limits } from '../limits.ts';
import { readExisting, removeExisting, statExisting, writeConfigFile } from './files.ts';
import { absolutePath, baseName, cleanPath } from './paths.ts';

export const storeTypes = ['ca', 'signingAuthority', 'tsa'] as const;

/** Faults with `CMD_STORE_TYPE_…` or `CMD_STORE_NAME_INVALID`, in the reference's order. */
export function checkStore(type: string, name: string): void {
  checkStoreType(type);
  checkStoreName(name);
}

/** Faults with `CMD_STORE_TYPE_EMPTY` or `CMD_STORE_TYPE_UNSUPPORTED`. */
export function checkStoreType(type: string): void {
  if (type === '') throw faults.STORE_TYPE_EMPTY();
  if (!isStoreType(type)) throw faults.STORE_TYPE_UNSUPPORTED({ type });
}

/** Faults with `CMD_STORE_NAME_INVALID`; `.` and `..` would lead out of the trust store and are refused with it. */
export function checkStoreName(name: string): void {
  if (!/^[a-zA-Z0-9_.-]+$/.test(name) || name === '.' || name === '..') throw faults.STORE_NAME_INVALID();
}

/** The name of a file in a store: one that would lead elsewhere is refused with `CMD_FILE_NAME_INVALID`. */
export function checkStoredName(file: string): void {
  if (file === '.' || file === '..' || /[\\/\0]/.test(file)) throw faults.FILE_NAME_INVALID({ file });
}

export const isStoreType = (type: string): boolean => (storeTypes as readonly string[]).includes(type);

/** The path of a type, a store or a file in it. */
export const storePath = (deps: AppDeps, ...names: readonly string[]): string =>
  cleanPath(deps, configPath(deps, 'truststore', 'x509', ...names));

/** Certificates of a file, PEM or DER. */
export async function readCertificates(deps: AppDeps, path: string): Promise<readonly Certificate[]> {
  return parseCertificates(await readExisting(deps.files, path, limits.certificateBytes));
}

/** Copies a certificate file into a named store under its own name. It is not checked whether a CA is in it: the reference does not. */
export async function addCertificate(deps: AppDeps, path: string, type: string, store: string): Promise<void> {
  checkStore(type, store);
  const source = absolutePath(deps, path);
  const bytes = await readExisting(deps.files, source, limits.certificateBytes);
  if (parseCertificates(bytes).length === 0) throw faults.CERTIFICATE_NONE();
  const target = storePath(deps, type, store, baseName(deps, source));
  if ((await deps.files.stat(target)) !== undefined) throw faults.CERTIFICATE_EXISTS();
  await writeConfigFile(deps, target, bytes, { mode: 0o600, existing: 'exclusive' });
}

/** A certificate file as listed. */
export interface StoredCertificate {
  readonly type: string;
  readonly store: string;
  readonly file: string;
}

/** Paths of the certificate files below `root`, `depth` directories deep, in the order of names. A missing directory holds none. */
export async function listCertificates(deps: AppDeps, root: string, depth: number): Promise<StoredCertificate[]> {
  const found: StoredCertificate[] = [];
  let seen = 0;
  const visit = async (path: string, left: number): Promise<void> => {
    for (const entry of (await deps.files.list(path)) ?? []) {
      if (++seen > limits.trustStoreEntries) return;
      const child = `${path}/${entry.name}`;
      if (entry.kind === 'directory' && left > 0) await visit(child, left - 1);
      if (entry.kind !== 'file') continue;
      if ((await readCertificates(deps, child)).length > 0) found.push(describe(child));
    }
  };
  if ((await deps.files.stat(root))?.kind === 'directory') await visit(root, depth);
  return found;
}

/** The last three names of a path. */
function describe(path: string): StoredCertificate {
  const [type = '', store = '', file = ''] = path.split(/[\\/]/).slice(-3);
  return { type, store, file };
}

export type EmptyStore =
  | { readonly kept: true }
  | { readonly removed: string }
  | { readonly failed: 'check' | 'remove'; readonly directory: string; readonly reason: string };

/** Deletes one certificate file, and its store if that was the last. */
export async function deleteCertificate(deps: AppDeps, type: string, store: string, file: string): Promise<EmptyStore> {
  const path = storePath(deps, type, store, file);
  await statExisting(deps.files, path);
  await removeExisting(deps.files, path);
  const directory = cleanPath(deps, `${path}/..`);
  let isEmpty: boolean;
  try {
    isEmpty = (await deps.files.list(directory))?.length === 0;
  } catch (e) {
    return { failed: 'check', directory, reason: (e as Error).message };
  }
  if (!isEmpty) return { kept: true };
  try {
    await deps.files.remove(directory);
    return { removed: directory };
  } catch (e) {
    return { failed: 'remove', directory, reason: (e as Error).message };
  }
}

/** Deletes a named store with all that is in it. */
export async function deleteStore(deps: AppDeps, type: string, store: string): Promise<string> {
  const path = storePath(deps, type, store);
  await statExisting(deps.files, path);
  await deps.files.removeTree(path);
  return path;
}
