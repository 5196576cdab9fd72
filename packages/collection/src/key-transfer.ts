// SPDX-License-Identifier: Apache-2.0
/** Import and export of keys as PEM, in the reference's forms and by its rules. */
import { type Log, silentLog, toUtf8 } from '@notary/base';
import { encodePem, type PemBlock, parsePem } from '@notary/base/pem';
import { collectionFaults } from './faults.ts';
import { carriesGun, isEncrypted, openKeyBlock, privateKeyId } from './key-file.ts';
import type { FileKeyStore } from './key-store.ts';
import type { PassphraseRetriever } from './passphrase.ts';
import { withPassphrase } from './passphrase.ts';

/** What to assume of keys whose file does not say what they are for. */
export interface ImportOptions {
  /** For blocks without a `role` header; `delegation` if empty. */
  readonly role: string;
  /** For blocks without a `gun` header. */
  readonly gun: string;
  readonly passphrases: PassphraseRetriever;
  readonly log?: Log;
}

/** Imports every usable block; returns the IDs. Faults: `COLLECTION_NOT_IMPORTED` if there was none but broken ones. */
export async function importKeys(pem: Uint8Array, store: FileKeyStore, options: ImportOptions): Promise<readonly string[]> {
  const log = options.log ?? silentLog;
  const imported: string[] = [];
  let skipped = 0;
  for (const block of parsePem(pem)) {
    const prepared = prepare(block, options);
    if (carriesGun(prepared.role) && prepared.gun === '') {
      log.warn(
        `failed to import key (${prepared.path}) to store: Cannot have canonical role key without a gun, don't know what gun it belongs to`,
      );
      skipped++;
      continue;
    }
    const keyId = await importBlock(block, prepared, store, options);
    if (keyId === undefined) {
      log.warn('failed to import key to store: Invalid key generated, key may be encrypted and does not contain path header');
      skipped++;
    } else imported.push(keyId);
  }
  if (imported.length === 0 && skipped > 0) throw collectionFaults.NOT_IMPORTED();
  return imported;
}

interface Prepared {
  readonly role: string;
  readonly gun: string;
  readonly path: string;
}

/** Role, GUN and file name of a block: a `path` header of old clients may carry the GUN. */
function prepare(block: PemBlock, options: ImportOptions): Prepared {
  const rawPath = block.headers.get('path') ?? '';
  const slash = rawPath.lastIndexOf('/');
  const folder = slash < 0 ? '' : rawPath.slice(0, slash);
  const fromPath = folder.startsWith('tuf_keys') ? folder.slice('tuf_keys'.length).replace(/^\/+|\/+$/g, '') : '';
  const role = block.headers.get('role') || options.role || 'delegation';
  const gun = fromPath || block.headers.get('gun') || options.gun;
  return { role, gun: carriesGun(role) ? gun : '', path: rawPath.slice(slash + 1) };
}

async function importBlock(block: PemBlock, at: Prepared, store: FileKeyStore, options: ImportOptions): Promise<string | undefined> {
  if (!/(?:^|^ENCRYPTED |^RSA |^EC |^ED25519 )PRIVATE KEY$/.test(block.label)) return undefined;
  if (!isEncrypted(block)) {
    const key = await openKeyBlock(block);
    await store.store(key, { role: at.role, gun: at.gun }, options.passphrases);
    return privateKeyId(key);
  }
  // The reference cannot import an encrypted key without its ID in a `path` header, not even one it generated. Opening it tells the ID.
  const keyId =
    at.path || privateKeyId(await withPassphrase(options.passphrases, { keyId: '', role: at.role }, (p) => openKeyBlock(block, p)));
  const headers = new Map([...block.headers].filter(([name]) => name !== 'path' && name !== 'gun'));
  headers.set('role', at.role);
  if (at.gun !== '') headers.set('gun', at.gun);
  await store.writeRaw(keyId, toUtf8(encodePem(block.label, block.bytes, headers)));
  return keyId;
}

/** PEM of the chosen keys, each with a `path` header for a later import. */
export async function exportKeys(
  store: FileKeyStore,
  choose: { readonly gun?: string; readonly keyIds?: readonly string[] } = {},
): Promise<string> {
  let out = '';
  for (const { keyId, gun } of await store.list()) {
    if (choose.gun !== undefined && choose.gun !== gun) continue;
    if (choose.keyIds !== undefined && !choose.keyIds.includes(keyId)) continue;
    const bytes = await store.raw(keyId);
    for (const block of bytes === undefined ? [] : parsePem(bytes)) {
      out += encodePem(block.label, block.bytes, new Map(block.headers).set('path', keyId));
    }
  }
  return out;
}
