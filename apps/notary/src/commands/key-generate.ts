// SPDX-License-Identifier: Apache-2.0
/** `notary key generate`: a key in the store, or as two files. */
import { toUtf8 } from '@notary/base';
import { generatePrivateKey } from '@notary/base/crypto';
import { encodePem } from '@notary/base/pem';
import type { Invocation } from '@notary/cli';
import { encodeKeyFile, newPassphrase, privateKeyId } from '@notary/collection';
import { createSigningKey } from '@notary/tuf';
import { asJson } from '../arguments.ts';
import { absolute } from '../config.ts';
import type { AppDeps } from '../deps.ts';
import { faults } from '../faults.ts';
import { printResult } from '../json.ts';
import { openKeyring } from '../keys.ts';
import { createPassphrases } from '../passphrases.ts';

export async function run(invocation: Invocation, deps: AppDeps): Promise<void> {
  const { args } = invocation;
  const { output, role } = invocation.options as { output: string; role: string };
  if (args.length > 1) throw faults.USAGE({ problem: 'Please provide only one Algorithm as an argument to generate (rsa, ecdsa)' });
  const algorithm = (args[0] ?? 'ecdsa').toLowerCase();
  if (algorithm !== 'ecdsa') throw faults.INPUT({ problem: 'Algorithm not allowed, possible values are: ECDSA' });
  const { keys } = await openKeyring(invocation, deps);
  if (output !== '') return generateFiles(invocation, deps, role, output);
  const { publicKey } = await keys.create(role, '');
  if (asJson(invocation)) return printResult(deps.terminal, invocation, { keyId: publicKey.id, role, algorithm });
  deps.terminal.out(`Generated new ${algorithm} ${role} key with keyID: ${publicKey.id}\n`);
}

async function generateFiles(invocation: Invocation, deps: AppDeps, role: string, output: string): Promise<void> {
  const key = await generatePrivateKey('EC-256');
  const keyId = privateKeyId(key);
  const passphrase = await newPassphrase(createPassphrases(deps), keyId, '');
  if (passphrase.reveal() === '') throw faults.INPUT({ problem: 'no password provided' });
  const base = absolute(deps, output);
  await deps.files.writeAtomic(`${base}-key.pem`, await encodeKeyFile(key, { role, gun: '' }, passphrase, deps.random), { mode: 0o600 });
  const publicPem = encodePem('PUBLIC KEY', createSigningKey(key).publicKey.public, new Map([['role', role]]));
  await deps.files.writeAtomic(`${base}.pem`, toUtf8(publicPem), { mode: 0o600 });
  if (asJson(invocation)) printResult(deps.terminal, invocation, { keyId, role, files: [`${output}.pem`, `${output}-key.pem`] });
}
