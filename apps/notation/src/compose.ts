// SPDX-License-Identifier: Apache-2.0
/** Builds what commands get from the real machine. Adapters are made when first asked for: `version` needs two of them. */
import type { Environment, Http } from '@notary/base';
import type { Zone } from '@notary/cli/format';
import { createPlatform, extendPlatform, runtimeName } from '@notary/platform';
import { USER_AGENT } from './build-info.ts';
import type { AppDeps, Host } from './deps.ts';

/** Read at start, then taken out of the process's environment. */
const CREDENTIALS = ['NOTATION_USERNAME', 'NOTATION_PASSWORD', 'NOTATION_KEY_PASSPHRASE'];

/** The dependencies of the program, and how to end them. */
export function compose(signal: AbortSignal): AppDeps {
  const platform = createPlatform();
  const kept = new Map<string, string | undefined>();
  for (const name of CREDENTIALS) kept.set(name, platform.environment.get(name));
  const environment: Environment = { get: (name) => (kept.has(name) ? kept.get(name) : platform.environment.get(name)) };
  return extendPlatform(platform, {
    environment,
    signal,
    host: createHost(),
    get workingDirectory() {
      return process.cwd();
    },
    http: async (options: Parameters<AppDeps['http']>[0]) => interruptible(platform.http({ userAgent: USER_AGENT, ...options }), signal),
    forgetCredentials() {
      for (const name of CREDENTIALS) delete process.env[name];
    },
  });
}

/** An interrupt ends requests that are under way, as does whoever sent them. */
export function interruptible(http: Http, interrupt: AbortSignal): Http {
  // Requests for one artifact share one signal: joining it to the interrupt for each of them cost as much as a small answer.
  const joined = new WeakMap<AbortSignal, AbortSignal>();
  const either = (own: AbortSignal): AbortSignal => {
    let signal = joined.get(own);
    if (signal === undefined) joined.set(own, (signal = AbortSignal.any([interrupt, own])));
    return signal;
  };
  return { send: (request) => http.send({ ...request, signal: request.signal ? either(request.signal) : interrupt }) };
}

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };

function createHost(): Host {
  return {
    os: process.platform === 'win32' ? 'windows' : process.platform,
    arch: ARCHITECTURES[process.arch] ?? process.arch,
    runtime: runtimeName(),
    zoneAt,
  };
}

/** The machine's zone; its name is only shown where the offset is zero, as no output of these commands prints another. */
function zoneAt(at: Date): Zone {
  const offsetMinutes = -at.getTimezoneOffset();
  return offsetMinutes === 0 ? { offsetMinutes: 0, name: 'UTC' } : { offsetMinutes };
}
