// SPDX-License-Identifier: Apache-2.0
/** Builds what commands get from the real machine. Adapters are made when first asked for. */
import { createPlatform, extendPlatform, runtimeName } from '@notary/platform';
import { USER_AGENT } from './build-info.ts';
import type { AppDeps } from './deps.ts';

export function compose(): AppDeps {
  const platform = createPlatform();
  return extendPlatform(platform, {
    runtime: runtimeName(),
    get workingDirectory() {
      return process.cwd();
    },
    http: (options: Parameters<AppDeps['http']>[0]) => platform.http({ userAgent: USER_AGENT, ...options }),
  });
}
