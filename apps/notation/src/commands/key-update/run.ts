// SPDX-License-Identifier: Apache-2.0
import { command, lines } from '../../present.ts';
import { changeSigningKeys, withDefault } from '../../store/signing-keys.ts';
import type { keyUpdateFlags } from './spec.ts';

/** Marks a key as the default. Without `--default` there is nothing to update, and that is no failure. */
export const { run } = command<typeof keyUpdateFlags>(async ({ args, options }, deps, report) => {
  const name = args[0] as string;
  if (!options.default) {
    if (options.debug)
      (await import('../../debug/log.ts')).createDebugLog(deps).warn('--default flag is not set, command did not take effect');
    return { name, changed: false };
  }
  await changeSigningKeys(deps, (keys) => withDefault(keys, name));
  report.text(lines(`${name}: marked as default`));
  return { name, changed: true };
});
