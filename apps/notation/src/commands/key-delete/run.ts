// SPDX-License-Identifier: Apache-2.0
import { command } from '../../present.ts';
import { changeSigningKeys, withoutKeys } from '../../store/signing-keys.ts';
import type { keyDeleteFlags } from './spec.ts';
import { keysRemovedText } from './view.ts';

/** Takes keys off the list; the key files stay. All or none. */
export const { run } = command<typeof keyDeleteFlags>(async ({ args }, deps, report) => {
  let defaultKey: string | undefined;
  await changeSigningKeys(deps, (keys) => {
    defaultKey = keys.default;
    return withoutKeys(keys, args);
  });
  report.text(keysRemovedText(args, defaultKey));
  return { removed: args };
});
