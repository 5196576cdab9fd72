// SPDX-License-Identifier: Apache-2.0
import type { Signals } from '@notary/base';

/** Signals sent to the process. */
export function createProcessSignals(): Signals {
  return {
    on(names, handler) {
      const listeners = names.map((name) => [name, () => handler(name)] as const);
      for (const [name, listener] of listeners) process.on(name, listener);
      return () => {
        for (const [name, listener] of listeners) process.removeListener(name, listener);
      };
    },
  };
}
