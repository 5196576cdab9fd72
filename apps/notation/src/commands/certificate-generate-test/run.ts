// SPDX-License-Identifier: Apache-2.0
import { toUtf8 } from '@notary/base';
import { formatRfc3339 } from '@notary/cli/format';
import type { AppDeps } from '../../deps.ts';
import { configPath } from '../../directories.ts';
import { during, faults } from '../../faults.ts';
import { command, lines } from '../../present.ts';
import { writeConfigFile } from '../../store/files.ts';
import { cleanPath } from '../../store/paths.ts';
import { changeSigningKeys, localKey, withKey } from '../../store/signing-keys.ts';
import { addCertificate } from '../../store/trust-store.ts';
import { isFileName } from '../shared.ts';
import { generateTestCertificate } from './certificate.ts';
import type { certificateGenerateTestFlags } from './spec.ts';

/** Makes a key with a self-signed certificate, lists the key and trusts the certificate: for trying things out. */
export const { run } = command<typeof certificateGenerateTestFlags>(async ({ args, options }, deps, report) => {
  const name = args[0] as string;
  if (!isFileName(name) || name === '.' || name === '..') throw faults.USAGE({ message: 'name needs to follow [a-zA-Z0-9_.-]+ format' });
  report.text(lines(`generating RSA Key with ${options.bits} bits`));
  const { keyPem, certificatePem, notAfter } = await generateTestCertificate(deps, { name, bits: options.bits });
  report.text(lines(`generated certificate expiring on ${formatRfc3339(notAfter)}`));
  const { keyPath, certPath } = localKeyPaths(deps, name);
  await during('failed to write key file: ', () => writeConfigFile(deps, keyPath, toUtf8(keyPem), { mode: 0o600, existing: 'exclusive' }));
  report.text(lines(`wrote key: ${keyPath}`));
  await during('failed to write certificate file: ', () =>
    writeConfigFile(deps, certPath, toUtf8(certificatePem), { mode: 0o644, existing: 'exclusive' }),
  );
  report.text(lines(`wrote certificate: ${certPath}`));
  await changeSigningKeys(deps, (keys) => withKey(keys, localKey(name, keyPath, certPath), options.default ? 'default' : 'listed'));
  await addCertificate(deps, certPath, 'ca', name);
  report.text(lines(`Successfully added ${name}.crt to named store ${name} of type ca`, `${name}: added to the key list`));
  if (options.default) report.text(lines(`${name}: marked as default signing key`));
  return { name, keyPath, certPath, notAfter: notAfter.toISOString(), default: options.default };
});

/** Where the test key of that name and its certificate are. */
export function localKeyPaths(deps: AppDeps, name: string): { keyPath: string; certPath: string } {
  const base = cleanPath(deps, configPath(deps, 'localkeys', name));
  return { keyPath: `${base}.key`, certPath: `${base}.crt` };
}
