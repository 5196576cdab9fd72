// SPDX-License-Identifier: Apache-2.0
import { createArtifactOpener } from '../../artifact/open.ts';
import { checkMaxSignatures } from '../../artifact/signatures.ts';
import { command } from '../../present.ts';
import { openAndLookUp } from './looked-up.ts';
import type { verifyFlags } from './spec.ts';

/** Asks the registry first and loads what judges its answers meanwhile: on a fast network both take about as long. */
export const { run } = command<typeof verifyFlags>(async (invocation, deps, report) => {
  const { args, options } = invocation;
  checkMaxSignatures(options.maxSignatures);
  const open = createArtifactOpener(deps, options);
  const [only] = args;
  const early = only !== undefined && args.length === 1 && options.file === '' ? await openAndLookUp(open, only, deps) : undefined;
  // Loading code occupies this thread: the requests leave first.
  if (early !== undefined) await new Promise((resolve) => setImmediate(resolve));
  const { verifyAll } = await import('./verify-all.ts');
  return verifyAll(invocation, deps, report, { open, early });
});
