// SPDX-License-Identifier: Apache-2.0
import type { Environment } from '@notary/base';

/** An environment of exactly these variables. Change the object to change it. */
export function createFakeEnvironment(variables: Readonly<Record<string, string | undefined>> = {}): Environment {
  return { get: (name) => (Object.hasOwn(variables, name) ? variables[name] : undefined) };
}
