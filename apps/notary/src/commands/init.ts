// SPDX-License-Identifier: Apache-2.0
/** `notary init`: keys and first metadata of a collection. */

import { parsePem } from '@notary/base/pem';
import type { Invocation } from '@notary/cli';
import { initializeCollection, MAX_IMPORT_BYTES } from '@notary/collection';
import { bundleKey, type PublicKey } from '@notary/tuf';
import { parseCertificate } from '@notary/x509';
import { asJson, requireArguments } from '../arguments.ts';
import { absolute } from '../config.ts';
import type { AppDeps } from '../deps.ts';
import { faults } from '../faults.ts';
import { readPrivateKey } from '../key-input.ts';
import { finishStaging } from '../publishing.ts';
import { type OpenedCollection, openSession } from '../session.ts';

export async function run(invocation: Invocation, deps: AppDeps): Promise<void> {
  const [gun = ''] = requireArguments(invocation, 1, 'Must specify a GUN');
  const { rootkey, rootcert, serverSnapshot } = invocation.options as { rootkey: string; rootcert: string; serverSnapshot: boolean };
  const session = await openSession(invocation, deps, gun, 'write');
  const rootKeyIds = await chooseRootKey(invocation, deps, session, rootkey, rootcert);
  const rootCertificates = rootcert === '' ? [] : [await readCertificate(deps, rootcert)];
  const { rootKeys } = await initializeCollection(session, {
    rootKeyIds,
    rootCertificates,
    serverManaged: serverSnapshot ? ['snapshot'] : [],
  });
  await finishStaging(invocation, deps, { gun, text: '', json: { rootKeys } });
}

/** A given key is imported; else the first that is there is named. With a certificate alone its key is looked up later. */
async function chooseRootKey(
  invocation: Invocation,
  deps: AppDeps,
  session: OpenedCollection,
  rootkey: string,
  rootcert: string,
): Promise<string[]> {
  let keyId: string | undefined;
  if (rootkey !== '') {
    const key = await readPrivateKey(deps, absolute(deps, rootkey), 'root');
    try {
      keyId = await session.keys.add(key, { role: 'root', gun: '' });
    } catch (e) {
      throw faults.INPUT({ problem: `Error importing key: ${(e as Error).message}` }, { cause: e });
    }
  } else {
    keyId = (await session.keys.list())
      .filter((k) => k.role === 'root')
      .map((k) => k.keyId)
      .sort()[0];
  }
  if (keyId !== undefined && !asJson(invocation)) deps.terminal.out(`Root key found, using: ${keyId}\n`);
  return keyId === undefined || (rootkey === '' && rootcert !== '') ? [] : [keyId];
}

async function readCertificate(deps: AppDeps, path: string): Promise<PublicKey> {
  const bytes = await deps.files.read(absolute(deps, path), MAX_IMPORT_BYTES);
  if (bytes === undefined) throw faults.INPUT({ problem: `error reading certificate file: open ${path}: no such file or directory` });
  const block = parsePem(bytes)[0];
  if (block === undefined) throw faults.INPUT({ problem: 'the provided file does not contain a valid PEM certificate <nil>' });
  try {
    return bundleKey(parseCertificate(block.bytes));
  } catch (e) {
    throw faults.INPUT({ problem: `Parsing certificate PEM bytes to x509 certificate: ${(e as Error).message}` }, { cause: e });
  }
}
