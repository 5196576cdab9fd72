// SPDX-License-Identifier: Apache-2.0
/** Requests in numbers: wrk for reads where it is installed, else a loader of our own; pushes always with our own, which makes content. */
import { spawn, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { Agent, request } from 'node:http';
import { findExecutable } from './registry-servers.ts';

export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const CONNECTIONS = 16;
const OCTETS = 'application/octet-stream';
const ACCEPT = `${OCI_MANIFEST}, application/vnd.oci.image.index.v1+json`;

export const digestOf = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
export const content = (size: number): Uint8Array => new Uint8Array(randomBytes(size));

/** What is pushed: its bytes in parts that are sent as they are, and its digest. */
export interface Pushed {
  readonly parts: readonly Uint8Array[];
  readonly digest: string;
}

export const pushed = (bytes: Uint8Array): Pushed => ({ parts: [bytes], digest: digestOf(bytes) });

/** Digits at the end of a content that make it another. */
const NUMBER_BYTES = 16;

/** Content that differs each time by its end alone, so that neither its bytes nor most of its hash are made anew. */
export function contentMaker(size: number): () => Pushed {
  const begin = content(size - NUMBER_BYTES);
  const begun = createHash('sha256').update(begin);
  let number = 0;
  return () => {
    const end = new TextEncoder().encode(String(number++).padStart(NUMBER_BYTES, '0'));
    return { parts: [begin, end], digest: `sha256:${begun.copy().update(end).digest('hex')}` };
  };
}

async function output(file: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (d) => {
      text += d;
    });
    child.once('exit', (code) => (code === 0 ? resolve(text) : reject(new Error(`${file} ended with ${code}`))));
  });
}

async function readsByFetch(url: string, seconds: number): Promise<number> {
  const end = performance.now() + seconds * 1000;
  let count = 0;
  const worker = async (): Promise<void> => {
    while (performance.now() < end) {
      const response = await fetch(url, { headers: { accept: ACCEPT } });
      await response.arrayBuffer();
      if (!response.ok) throw new Error(`${url}: ${response.status}`);
      count++;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  return count / seconds;
}

/** Requests a second over 16 connections. Anything but success is an error. */
export async function readsPerSecond(url: string, seconds: number): Promise<number> {
  const wrk = findExecutable('wrk');
  if (wrk === undefined) return readsByFetch(url, seconds);
  const text = await output(wrk, ['-t1', `-c${CONNECTIONS}`, `-d${seconds}s`, '-H', `Accept: ${ACCEPT}`, url]);
  if (text.includes('Non-2xx')) throw new Error(`${url}: errors under load`);
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(text)?.[1] ?? 0);
}

/** Connections are kept, and bodies sent without a copy, since the client takes its share of the servers' processors. */
const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });

/** The answer's `Location`. Any other status is an error. */
async function send(method: 'POST' | 'PUT', url: URL, parts: readonly Uint8Array[], type: string, expected: number): Promise<string> {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return new Promise((resolve, reject) => {
    const call = request(url, { method, agent, headers: { 'content-type': type, 'content-length': length } }, (answer) => {
      answer.resume();
      answer.once('error', reject);
      answer.once('end', () => {
        if (answer.statusCode === expected) resolve(answer.headers.location ?? '');
        else reject(new Error(`${url}: ${answer.statusCode}`));
      });
    });
    call.once('error', reject);
    for (const part of parts) call.write(part);
    call.end();
  });
}

/** POST: where the blob is to be put. */
async function openUpload(base: string, repository: string, digest: string): Promise<URL> {
  const opened = await send('POST', new URL(`${base}/v2/${repository}/blobs/uploads/`), [], OCTETS, 202);
  const location = new URL(opened, base);
  location.searchParams.set('digest', digest);
  return location;
}

/** POST, then PUT: what every client does. */
export async function pushBlob(base: string, repository: string, { parts, digest }: Pushed): Promise<string> {
  await send('PUT', await openUpload(base, repository, digest), parts, OCTETS, 201);
  return digest;
}

export async function pushManifest(
  base: string,
  repository: string,
  manifest: object,
  tag?: string,
): Promise<{ digest: string; size: number }> {
  const bytes = new TextEncoder().encode(JSON.stringify(manifest));
  const digest = digestOf(bytes);
  await send('PUT', new URL(`${base}/v2/${repository}/manifests/${tag ?? digest}`), [bytes], OCI_MANIFEST, 201);
  return { digest, size: bytes.length };
}

/**
 * Readies the machine for what is measured next. What others left unwritten goes to the device, and the kernel has memory at hand: a
 * virtual machine may give its free memory back to its host, and who writes to it next waits for the host, several times what writing
 * takes otherwise.
 */
export function settleMachine(mib: number): void {
  spawnSync('sync');
  const script = `const kept = []; for (let i = 0; i < ${mib}; i += 64) kept.push(new Uint8Array(64 * 1024 * 1024).fill(1));`;
  spawnSync(process.execPath, ['-e', script], { stdio: 'ignore' });
}

/** Seconds until a large blob is stored. By curl where it is installed, for the reason that {@link pullSeconds} gives. */
export async function pushSeconds(base: string, repository: string, file: string, blob: Pushed): Promise<number> {
  const curl = findExecutable('curl');
  const started = performance.now();
  if (curl === undefined) await pushBlob(base, repository, blob);
  else {
    const location = await openUpload(base, repository, blob.digest);
    const answer = ['-o', '/dev/null', '-w', '%{http_code}'];
    const status = await output(curl, ['-sSf', ...answer, '-H', 'Expect:', '-H', `Content-Type: ${OCTETS}`, '-T', file, location.href]);
    if (status !== '201') throw new Error(`${location}: ${status}`);
  }
  return (performance.now() - started) / 1000;
}

/**
 * Seconds until a blob has arrived, with curl where it is installed: a client in JavaScript takes several times longer to receive than
 * any of the servers to send, so its own time is all that would be measured.
 */
export async function pullSeconds(url: string, size: number): Promise<number> {
  const curl = findExecutable('curl');
  const started = performance.now();
  let received = 0;
  if (curl === undefined) for await (const chunk of (await fetch(url)).body ?? []) received += chunk.length;
  else received = Number(await output(curl, ['-sSf', '-o', '/dev/null', '-w', '%{size_download}', url]));
  if (received !== size) throw new Error(`${url}: ${received} of ${size} bytes`);
  return (performance.now() - started) / 1000;
}

/** Runs `work` over 16 connections for a time; returns how often it ended in a second. */
export async function perSecond(seconds: number, work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  const end = started + seconds * 1000;
  let count = 0;
  const worker = async (): Promise<void> => {
    while (performance.now() < end) {
      await work();
      count++;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  return count / ((performance.now() - started) / 1000);
}
