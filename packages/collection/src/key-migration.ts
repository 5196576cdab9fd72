// SPDX-License-Identifier: Apache-2.0
/**
 * Key directories of clients before 0.4: `private/root_keys/<id>[_role].key` and `private/tuf_keys/<GUN>/<id>[_role].key` become
 * `private/<id>.key` with headers. A key is written before its old file goes, so a crash loses nothing.
 */
import { type Log, toUtf8 } from '@notary/base';
import { encodePem, parsePem } from '@notary/base/pem';
import { MAX_KEY_FILE_BYTES } from './limits.ts';
import { privatePath, type TrustDirectory, withLock, writeTrusted } from './trust-directory.ts';

const LEGACY = ['root_keys', 'tuf_keys'] as const;

/** Moves legacy keys. Cheap where there are none: three looks at the file system. */
export async function migrateLegacyKeys(dir: TrustDirectory, log: Log): Promise<void> {
  const base = privatePath(dir);
  const present: string[] = [];
  for (const name of LEGACY) if ((await dir.files.stat(`${base}/${name}`))?.kind === 'directory') present.push(name);
  const certificates = `${base}/trusted_certificates`;
  const stale = (await dir.files.stat(certificates)) !== undefined;
  if (present.length === 0 && !stale) return;
  await withLock(dir, undefined, async () => {
    for (const name of present) {
      let complete = true;
      for (const file of await keyFiles(dir, `${base}/${name}`, '')) complete = (await moveKey(dir, name, file, log)) && complete;
      // The reference deletes the folder with keys it could not read in it; here they stay.
      if (complete) await dir.files.removeTree(`${base}/${name}`);
    }
    if (stale) await dir.files.removeTree(certificates);
  });
}

/** Relative paths of `.key` files, without their ending. Symlinks are left alone. */
async function keyFiles(dir: TrustDirectory, base: string, below: string): Promise<string[]> {
  const found: string[] = [];
  for (const { name, kind } of (await dir.files.list(below === '' ? base : `${base}/${below}`)) ?? []) {
    const path = below === '' ? name : `${below}/${name}`;
    if (kind === 'directory') found.push(...(await keyFiles(dir, base, path)));
    else if (kind === 'file' && name.endsWith('.key')) found.push(path.slice(0, -4));
  }
  return found;
}

async function moveKey(dir: TrustDirectory, folder: string, file: string, log: Log): Promise<boolean> {
  const base = privatePath(dir);
  const source = `${base}/${folder}/${file}.key`;
  const bytes = await dir.files.read(source, MAX_KEY_FILE_BYTES);
  const block = bytes && parsePem(bytes)[0];
  if (block === undefined) {
    log.warn(
      `Key data for ${folder}/${file} could not be decoded as a valid PEM block. The key will not been migrated and may not be available`,
    );
    return false;
  }
  const slash = file.lastIndexOf('/');
  const [keyId = '', role] = file.slice(slash + 1).split('_');
  const headers = new Map(block.headers);
  if (slash > 0) headers.set('gun', file.slice(0, slash));
  if (role !== undefined) headers.set('role', role);
  await writeTrusted(dir, `${base}/${keyId}.key`, toUtf8(encodePem(block.label, block.bytes, headers)));
  return true;
}
