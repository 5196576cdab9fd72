// SPDX-License-Identifier: Apache-2.0
/** Builds what commands get from the real machine. Adapters are made when first asked for. */
import { createPlatform } from '@notary/platform';
import { USER_AGENT } from './build-info.ts';
import type { AppDeps } from './deps.ts';

export function compose(): AppDeps {
  const platform = createPlatform();
  const { bun } = process.versions;
  return {
    runtime: bun === undefined ? `Node ${process.versions.node}` : `Bun ${bun}`,
    get workingDirectory() {
      return process.cwd();
    },
    get terminal() {
      return platform.terminal;
    },
    get environment() {
      return platform.environment;
    },
    get files() {
      return platform.files;
    },
    get clock() {
      return platform.clock;
    },
    get random() {
      return platform.random;
    },
    get processes() {
      return platform.processes;
    },
    http: (options) => platform.http({ userAgent: USER_AGENT, ...options }),
  };
}
