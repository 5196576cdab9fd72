// SPDX-License-Identifier: Apache-2.0
/** Private keys from files that a command was given. */
import type { PrivateKey } from '@notary/base/crypto';
import { parsePem } from '@notary/base/pem';
import { isEncrypted, MAX_IMPORT_BYTES, openKeyBlock, withPassphrase } from '@notary/collection';
import type { AppDeps } from './deps.ts';
import { faults } from './faults.ts';
import { createPassphrases } from './passphrases.ts';

/** A root key must be encrypted. The passphrase of any key given so is asked for as that of the root role, as in the reference. */
export async function readPrivateKey(deps: AppDeps, path: string, role: string): Promise<PrivateKey> {
  const bytes = await deps.files.read(path, MAX_IMPORT_BYTES);
  if (bytes === undefined) throw faults.INPUT({ problem: `Error reading input root key file: open ${path}: no such file or directory` });
  const block = parsePem(bytes)[0];
  if (block === undefined) throw faults.INPUT({ problem: 'no valid private key found' });
  if (isEncrypted(block)) return withPassphrase(createPassphrases(deps), { keyId: '', role: 'root' }, (p) => openKeyBlock(block, p));
  if (role === 'root') throw faults.INPUT({ problem: 'only encrypted root keys may be imported' });
  return openKeyBlock(block);
}
