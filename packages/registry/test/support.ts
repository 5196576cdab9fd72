// SPDX-License-Identifier: Apache-2.0
/** A registry in the test's own process, called with requests. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, digestOf, type Random } from '@notary/base';
import { createRegistry, type Registry, type RegistryOptions, type RegistryStore } from '@notary/registry';
import { openDiskStore } from '@notary/registry/store-disk';
import { createMemoryStore } from '@notary/registry/store-memory';

export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
export const OCI_CONFIG = 'application/vnd.oci.image.config.v1+json';
export const OCI_EMPTY = 'application/vnd.oci.empty.v1+json';
export const SIGNATURE = 'application/vnd.cncf.notary.signature';

export const systemClock: Clock = {
  now: () => new Date(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const timer = setTimeout(resolve, ms);
      signal?.addEventListener(
        'abort',
        () => {
          clearTimeout(timer);
          reject(signal.reason);
        },
        { once: true },
      );
    }),
};
export const systemRandom: Random = { bytes: (count) => crypto.getRandomValues(new Uint8Array(count)) };

export type StoreKind = 'memory' | 'disk';

export interface Harness {
  readonly registry: Registry;
  readonly store: RegistryStore;
  /** Of the disk store; empty for memory. */
  readonly root: string;
  call(method: string, path: string, options?: CallOptions): Promise<Response>;
  /** Pushes and checks; returns the digest. */
  blob(name: string, bytes: Uint8Array | string): Promise<string>;
  manifest(name: string, document: object, reference?: string): Promise<Pushed>;
  close(): Promise<void>;
}

export interface CallOptions {
  readonly headers?: Record<string, string>;
  readonly body?: Uint8Array | string | ReadableStream<Uint8Array>;
}

export interface Pushed {
  readonly digest: string;
  readonly size: number;
  readonly response: Response;
}

export const bytesOf = (v: Uint8Array | string): Uint8Array => (typeof v === 'string' ? new TextEncoder().encode(v) : v);
export const makeRoot = (): string => mkdtempSync(join(tmpdir(), 'registry-test-'));
export const removeRoot = (root: string): void => rmSync(root, { recursive: true, force: true });

export function requestOf(method: string, path: string, { headers = {}, body }: CallOptions = {}): Request {
  const all: Record<string, string> = { ...headers };
  if (typeof body === 'string' || body instanceof Uint8Array) all['content-length'] ??= String(bytesOf(body).length);
  const init = { method, headers: all, ...(body === undefined ? {} : { body, duplex: 'half' }) };
  return new Request(`http://registry.test${path}`, init as RequestInit);
}

export async function openStore(kind: StoreKind, root: string): Promise<RegistryStore> {
  const deps = { clock: systemClock, random: systemRandom };
  return kind === 'memory' ? createMemoryStore(deps) : openDiskStore({ root, ...deps });
}

export function harnessOver(store: RegistryStore, root: string, options: Partial<RegistryOptions> = {}): Harness {
  const registry = createRegistry({ store, clock: systemClock, random: systemRandom, ...options });
  const call: Harness['call'] = async (method, path, o) => registry.handle(requestOf(method, path, o), { remoteAddress: '127.0.0.1' });
  return {
    registry,
    store,
    root,
    call,
    async blob(name, content) {
      const body = bytesOf(content);
      const digest = digestOf(body);
      const response = await call('POST', `/v2/${name}/blobs/uploads/?digest=${digest}`, { body });
      if (response.status !== 201) throw new Error(`blob push answered ${response.status} ${await response.text()}`);
      return digest;
    },
    async manifest(name, document, reference) {
      const body = bytesOf(JSON.stringify(document));
      const digest = digestOf(body);
      const mediaType = (document as { mediaType?: string }).mediaType ?? OCI_MANIFEST;
      const response = await call('PUT', `/v2/${name}/manifests/${reference ?? digest}`, { body, headers: { 'content-type': mediaType } });
      if (response.status !== 201) throw new Error(`manifest push answered ${response.status} ${await response.text()}`);
      return { digest, size: body.length, response };
    },
    close: () => registry.close(),
  };
}

/** A registry with an empty store. */
export async function startHarness(kind: StoreKind, options: Partial<RegistryOptions> = {}): Promise<Harness> {
  const root = kind === 'disk' ? makeRoot() : '';
  const harness = harnessOver(await openStore(kind, root), root, options);
  return {
    ...harness,
    close: async () => {
      await harness.close();
      if (root !== '') removeRoot(root);
    },
  };
}

export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}
export const descriptor = (mediaType: string, content: Uint8Array | string): Descriptor => ({
  mediaType,
  digest: digestOf(bytesOf(content)),
  size: bytesOf(content).length,
});

/** An image manifest; `more` adds or replaces members. */
export const image = (more: object = {}): object => ({
  schemaVersion: 2,
  mediaType: OCI_MANIFEST,
  config: descriptor(OCI_CONFIG, '{}'),
  layers: [descriptor('application/vnd.oci.image.layer.v1.tar', 'layer')],
  ...more,
});

/** A signature on a subject. */
export const signature = (subject: { digest: string; size: number }, more: object = {}): object => ({
  schemaVersion: 2,
  mediaType: OCI_MANIFEST,
  artifactType: SIGNATURE,
  config: descriptor(OCI_EMPTY, '{}'),
  layers: [descriptor('application/jose+json', 'envelope')],
  subject: { mediaType: OCI_MANIFEST, digest: subject.digest, size: subject.size },
  ...more,
});

/** The code of the first error of an answer. */
export async function errorCode(response: Response): Promise<string> {
  const body = (await response.json()) as { errors: { code: string; message: string }[] };
  return body.errors[0]?.code ?? '';
}

export interface ReferrersPage {
  readonly manifests: readonly {
    digest: string;
    mediaType: string;
    size: number;
    artifactType?: string;
    annotations?: Record<string, string>;
  }[];
}
export async function referrersOf(harness: Harness, name: string, digest: string, query = ''): Promise<ReferrersPage['manifests']> {
  const response = await harness.call('GET', `/v2/${name}/referrers/${digest}${query}`);
  if (response.status !== 200) throw new Error(`referrers answered ${response.status}`);
  return ((await response.json()) as ReferrersPage).manifests;
}
