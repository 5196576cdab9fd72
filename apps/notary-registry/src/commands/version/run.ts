// SPDX-License-Identifier: Apache-2.0
import type { Invocation } from '@notary/cli';
import { VERSION } from '../../build-info.ts';
import type { AppDeps } from '../../deps.ts';

/** Prints what this build is. */
export async function run(invocation: Invocation, { terminal }: AppDeps): Promise<void> {
  terminal.out(
    invocation.options.json === true ? `${JSON.stringify({ schemaVersion: 1, version: VERSION })}\n` : `notary-registry ${VERSION}\n`,
  );
}
