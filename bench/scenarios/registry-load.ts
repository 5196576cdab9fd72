// SPDX-License-Identifier: Apache-2.0
/** Requests in numbers: wrk for reads where it is installed, else a loader of our own; pushes always with our own, which makes content. */
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { findExecutable } from './registry-servers.ts';

export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const CONNECTIONS = 16;
const ACCEPT = `${OCI_MANIFEST}, application/vnd.oci.image.index.v1+json`;

export const digestOf = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
export const content = (size: number): Uint8Array => new Uint8Array(randomBytes(size));

/** Content that differs each time, without the cost of making it all anew. */
export function contentMaker(size: number): () => Uint8Array {
  const base = content(size);
  let number = 0;
  return () => {
    const bytes = base.slice();
    new DataView(bytes.buffer).setFloat64(0, number++);
    return bytes;
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

async function expectStatus(response: Response, ...statuses: number[]): Promise<Response> {
  if (!statuses.includes(response.status)) throw new Error(`${response.url}: ${response.status} ${await response.text()}`);
  await response.arrayBuffer();
  return response;
}

/** POST, then PUT: what every client does. */
export async function pushBlob(base: string, repository: string, bytes: Uint8Array, digest = digestOf(bytes)): Promise<string> {
  const opened = await expectStatus(await fetch(`${base}/v2/${repository}/blobs/uploads/`, { method: 'POST' }), 202);
  const location = new URL(opened.headers.get('location') ?? '', base);
  location.searchParams.set('digest', digest);
  const headers = { 'content-type': 'application/octet-stream' };
  await expectStatus(await fetch(location, { method: 'PUT', body: bytes as Uint8Array<ArrayBuffer>, headers }), 201);
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
  const url = `${base}/v2/${repository}/manifests/${tag ?? digest}`;
  await expectStatus(await fetch(url, { method: 'PUT', body: bytes, headers: { 'content-type': OCI_MANIFEST } }), 201);
  return { digest, size: bytes.length };
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
