// SPDX-License-Identifier: Apache-2.0
import { command } from '../../present.ts';
import { loadSigningKeys } from '../../store/signing-keys.ts';
import type { keyListFlags } from './spec.ts';
import { keyTable } from './view.ts';

/** The signing key list. */
export const { run } = command<typeof keyListFlags>(async (_, deps, report) => {
  const { keys, default: defaultKey } = await loadSigningKeys(deps);
  report.text(keyTable(keys, defaultKey));
  return { keys: keys.map(({ extra: _extra, ...key }) => ({ ...key, default: key.name === defaultKey })) };
});
