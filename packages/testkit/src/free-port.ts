// SPDX-License-Identifier: Apache-2.0
/**
 * Ports for servers that cannot be told "any". A port that the system hands out and takes back may be the next one that it hands out, to
 * a connection or to another test's listener, before the server under test has it. So these come from below the range that the system
 * hands out from, and each thread of each process has some that the others do not ask for.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { threadId } from 'node:worker_threads';

/** Above the port 10080, which no client of the web platform connects to. */
const LOWEST = 10_240;
/** Where Linux and every BSD hand out from, unless told otherwise. */
const USUAL_END = 32_768;
/** Far more than one thread has in use at a time. */
const BLOCK = 200;

/** The first port that the system hands out by itself. */
function firstEphemeral(): number {
  try {
    return Number(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').split(/\s/)[0]);
  } catch {
    return USUAL_END;
  }
}

/** The port, if nobody listens on it; any that is free for 0; `undefined` if somebody does. */
function probe(wanted: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(wanted, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

let next: number | undefined;

/** A TCP port of the loopback that nobody listens on, and that nobody else will be given meanwhile. */
export async function freePort(): Promise<number> {
  const blocks = Math.floor((Math.min(firstEphemeral(), USUAL_END) - LOWEST) / BLOCK);
  // None of our own where the system hands out nearly all.
  const first = blocks < 1 ? undefined : LOWEST + ((process.pid + threadId) % blocks) * BLOCK;
  next ??= Math.floor(Math.random() * BLOCK);
  for (let tried = 0; tried < BLOCK; tried++) {
    const port = await probe(first === undefined ? 0 : first + (next++ % BLOCK));
    if (port !== undefined) return port;
  }
  throw new Error(`no port from ${first} on is free`);
}
