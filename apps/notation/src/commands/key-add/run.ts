// SPDX-License-Identifier: Apache-2.0
import { faults } from '../../faults.ts';
import { command } from '../../present.ts';
import { absolutePath } from '../../store/paths.ts';
import { changeSigningKeys, localKey, withKey } from '../../store/signing-keys.ts';
import type { keyAddFlags } from './spec.ts';
import { keyAddedText } from './view.ts';

/** Lists a key with its certificates, after a look at whether the two belong together. */
export const { run } = command<typeof keyAddFlags>(async ({ args, options }, deps, report) => {
  const name = args[0] as string;
  if (name === '') throw faults.KEY_NAME_EMPTY();
  if (options.keyFile === '') throw faults.KEY_PATH_MISSING();
  if (options.certFile === '') throw faults.CERTIFICATE_PATH_MISSING();
  const keyPath = absolutePath(deps, options.keyFile);
  const certPath = absolutePath(deps, options.certFile);
  const { loadKeyPair } = await import('../../signing/key-pair.ts');
  await loadKeyPair(deps, { keyPath, certPath });
  const mark = options.default ? 'default' : 'listed';
  await changeSigningKeys(deps, (keys) => withKey(keys, localKey(name, keyPath, certPath), mark));
  report.text(keyAddedText(name, mark));
  return { name, keyPath, certPath, default: options.default };
});
