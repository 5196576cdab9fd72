// SPDX-License-Identifier: Apache-2.0
/**
 * Adapter: bcrypt off the event loop. Bun has it in its own thread pool; elsewhere one worker thread runs bcryptjs and ends when idle.
 * This subpath uses runtime APIs.
 */
import type { PasswordCheck } from '../htpasswd.ts';

interface BunPassword {
  verify(password: string, hash: string, algorithm?: 'bcrypt'): Promise<boolean>;
}

/** Text of the worker: evaluated, so that it needs no file of its own next to a bundle. */
const WORKER = `
const { parentPort, workerData } = require('node:worker_threads');
const ready = import(workerData);
parentPort.on('message', async ({ id, password, hash }) => {
  try {
    const bcrypt = (await ready).default;
    parentPort.postMessage({ id, ok: bcrypt.compareSync(password, hash) });
  } catch (e) {
    parentPort.postMessage({ id, error: String(e && e.message) });
  }
});
`;

interface Reply {
  readonly id: number;
  readonly ok?: boolean;
  readonly error?: string;
}

function createWorkerCheck(): PasswordCheck {
  // An adapter may ask the runtime for its parts; they load on the first password, not with the module.
  const runtime = globalThis.process;
  const { Worker } = runtime.getBuiltinModule('node:worker_threads');
  const waiting = new Map<number, { resolve: (ok: boolean) => void; reject: (e: Error) => void }>();
  let worker: InstanceType<typeof Worker> | undefined;
  let next = 0;
  const failAll = (e: Error): void => {
    worker = undefined;
    for (const w of waiting.values()) w.reject(e);
    waiting.clear();
  };
  const start = (): InstanceType<typeof Worker> => {
    const { createRequire } = runtime.getBuiltinModule('node:module');
    const { pathToFileURL } = runtime.getBuiltinModule('node:url');
    const library = pathToFileURL(createRequire(import.meta.url).resolve('bcryptjs')).href;
    const started = new Worker(WORKER, { eval: true, workerData: library });
    started.unref();
    started.on('message', (reply: Reply) => {
      const w = waiting.get(reply.id);
      waiting.delete(reply.id);
      if (waiting.size === 0) started.unref();
      if (reply.ok === undefined) w?.reject(new Error(reply.error));
      else w?.resolve(reply.ok);
    });
    started.on('error', failAll);
    return started;
  };
  return {
    verify: (password, hash) =>
      new Promise((resolve, reject) => {
        worker ??= start();
        worker.ref();
        const id = next++;
        waiting.set(id, { resolve, reject });
        worker.postMessage({ id, password, hash });
      }),
  };
}

/** The check for this runtime. */
export function createBcryptCheck(): PasswordCheck {
  const bun = (globalThis as { Bun?: { password: BunPassword } }).Bun;
  if (bun === undefined) return createWorkerCheck();
  // Apache writes $2y$, which means the same as $2b$; Bun knows the latter.
  return { verify: (password, hash) => bun.password.verify(password, hash.replace(/^\$2[ay]\$/, '$2b$'), 'bcrypt').catch(() => false) };
}
