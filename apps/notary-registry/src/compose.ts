// SPDX-License-Identifier: Apache-2.0
/** Builds what commands get from the real machine. */
import { createPlatform } from '@notary/platform';
import type { AppDeps } from './deps.ts';

export function compose(): AppDeps {
  const platform = createPlatform();
  return {
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
    get listener() {
      return platform.listener;
    },
    get signals() {
      return platform.signals;
    },
  };
}
