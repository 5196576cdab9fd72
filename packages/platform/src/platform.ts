// SPDX-License-Identifier: Apache-2.0
/**
 * The machine, as ports. Nothing is created before it is asked for, and no adapter loads a module of the runtime before its
 * first call: a command pays only for the ports it uses.
 */
import type { Clock, Environment, Files, Http, Listener, Processes, Random, Signals, Terminal } from '@notary/base';
import { createSystemClock } from './clock.ts';
import { createProcessEnvironment } from './environment.ts';
import { createNodeFiles } from './files/node-files.ts';
import { createBunHttp } from './http/bun-http.ts';
import type { HttpClientOptions } from './http/exchange.ts';
import { createSystemRandom } from './random.ts';
import { bun } from './runtime.ts';
import { createProcessSignals } from './signals.ts';
import { createProcessTerminal } from './terminal/terminal.ts';

/** The machine behind the ports. Parts are made when first used. */
export interface Platform {
  readonly clock: Clock;
  readonly random: Random;
  readonly environment: Environment;
  readonly files: Files;
  readonly processes: Processes;
  readonly terminal: Terminal;
  readonly listener: Listener;
  readonly signals: Signals;
  /** Ends what an executable's build says about the runtime's compiler for short commands; elsewhere it does nothing. */
  expectLongWork(): void;
  /** A client with its own connections. Clients with the same options should be one client. */
  http(options?: HttpClientOptions): Http;
}

/** The factor on the runtime's own thresholds for compiling. */
const DEFAULT_JIT_POLICY = 1;

/** Node's client is a module of its own: Bun's executables never reach it. */
function deferredHttp(load: () => Promise<Http>): Http {
  let loaded: Promise<Http> | undefined;
  return {
    async send(request) {
      loaded ??= load();
      return (await loaded).send(request);
    },
  };
}

/** The ports of this process, for Bun and Node alike. */
export function createPlatform(): Platform {
  const made = new Map<string, unknown>();
  const once = <T>(name: string, make: () => T): T => {
    if (!made.has(name)) made.set(name, make());
    return made.get(name) as T;
  };
  const platform: Platform = {
    get clock() {
      return once('clock', createSystemClock);
    },
    get random() {
      return once('random', createSystemRandom);
    },
    get environment() {
      return once('environment', createProcessEnvironment);
    },
    get files() {
      return once('files', createNodeFiles);
    },
    get processes() {
      return once('processes', () => deferredProcesses(platform.environment));
    },
    get terminal() {
      return once('terminal', createProcessTerminal);
    },
    get listener() {
      return once('listener', deferredListener);
    },
    get signals() {
      return once('signals', createProcessSignals);
    },
    expectLongWork: () => bun?.unsafe.setJITPolicy?.(DEFAULT_JIT_POLICY),
    http(options = {}) {
      const { files, environment } = platform;
      if (bun !== undefined) return createBunHttp(options, files, environment);
      return deferredHttp(async () => (await import('./http/node-http.ts')).createNodeHttp(options, files, environment));
    },
  };
  return platform;
}

/** The platform with an application's own members, which win. Ports stay unmade until they are asked for. */
export const extendPlatform = <Own extends object>(platform: Platform, own: Own): Omit<Platform, keyof Own> & Own =>
  // As its prototype: to copy the getters of all ports takes a cold command 0.1 ms.
  Object.setPrototypeOf(own, platform) as Omit<Platform, keyof Own> & Own;

function deferredProcesses(environment: Environment): Processes {
  return {
    run: async (file, args, options) =>
      (await import('./processes/processes.ts')).createSystemProcesses(environment).run(file, args, options),
  };
}

function deferredListener(): Listener {
  return {
    async listen(handler, options) {
      const listener =
        bun === undefined
          ? (await import('./listener/node-listener.ts')).createNodeListener()
          : (await import('./listener/bun-listener.ts')).createBunListener(bun);
      return listener.listen(handler, options);
    },
  };
}
