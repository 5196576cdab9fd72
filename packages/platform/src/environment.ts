// SPDX-License-Identifier: Apache-2.0
import type { Environment } from '@notary/base';

/** The environment of the process, read when asked. */
export function createProcessEnvironment(): Environment {
  return { get: (name) => (Object.hasOwn(process.env, name) ? process.env[name] : undefined) };
}
