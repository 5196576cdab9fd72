// SPDX-License-Identifier: Apache-2.0
/** Small images and indexes, and pushing them with nothing but HTTP. */
import { type Digest, digestOf, toUtf8 } from '@notary/base';

const CONFIG = toUtf8('{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}');

export interface Manifest {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  readonly digest: Digest;
}

const manifest = (mediaType: string, value: Readonly<Record<string, unknown>>): Manifest => {
  const bytes = toUtf8(JSON.stringify({ schemaVersion: 2, mediaType, ...value }));
  return { mediaType, bytes, digest: digestOf(bytes) };
};

/** An image without layers that differs from others by its name. */
export const imageNamed = (name: string): Manifest =>
  manifest('application/vnd.oci.image.manifest.v1+json', {
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: digestOf(CONFIG), size: CONFIG.length },
    layers: [],
    annotations: { 'org.opencontainers.image.title': name },
  });

/** An index of images by platform. */
export const indexOf = (images: Readonly<Record<string, Manifest>>): Manifest =>
  manifest('application/vnd.oci.image.index.v1+json', {
    manifests: Object.entries(images).map(([platform, { mediaType, digest, bytes }]) => {
      const [os, architecture] = platform.split('/');
      return { mediaType, digest, size: bytes.length, platform: { architecture, os }, annotations: { 'index.says': platform } };
    }),
  });

export interface Pusher {
  push(repository: string, what: Manifest, tag?: string): Promise<string>;
}

/** A pusher for a registry. `authorization` is the value of that header, per repository. */
export function createPusher(base: string, authorization?: (repository: string) => Promise<string> | string): Pusher {
  const withConfig = new Set<string>();
  const send = async (repository: string, url: string | URL, init: RequestInit, ...expected: number[]): Promise<Response> => {
    const headers = {
      ...(init.headers as Record<string, string>),
      ...(authorization ? { authorization: await authorization(repository) } : {}),
    };
    const response = await fetch(url, { ...init, headers });
    if (!expected.includes(response.status)) throw new Error(`${init.method} ${url}: ${response.status} ${await response.text()}`);
    return response;
  };
  const pushConfig = async (repository: string): Promise<void> => {
    const started = await send(repository, `${base}/v2/${repository}/blobs/uploads/`, { method: 'POST' }, 202);
    const location = new URL(started.headers.get('location') as string, base);
    location.searchParams.set('digest', digestOf(CONFIG));
    await send(
      repository,
      location,
      { method: 'PUT', body: CONFIG as BodyInit, headers: { 'content-type': 'application/octet-stream' } },
      201,
    );
  };
  return {
    async push(repository, what, tag) {
      if (!withConfig.has(repository)) await pushConfig(repository);
      withConfig.add(repository);
      const url = `${base}/v2/${repository}/manifests/${tag ?? what.digest}`;
      await send(repository, url, { method: 'PUT', body: what.bytes as BodyInit, headers: { 'content-type': what.mediaType } }, 201);
      return `${repository}@${what.digest}`;
    },
  };
}
