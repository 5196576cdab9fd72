// SPDX-License-Identifier: Apache-2.0
import { type Clock, type Http, type HttpRequest, type Random, toUtf8 } from '@notary/base';
import { createFakeClock, createFixedRandom, createLoopbackHttp, type LoopbackHttp } from '@notary/testkit';
import { type Descriptor, describe as describeContent, descriptorJson, OCI_EMPTY, OCI_INDEX, OCI_MANIFEST } from '../src/index.ts';
import { createRemoteRepository, type RemoteRepositoryOptions } from '../src/remote/index.ts';

export const ARTIFACT_TYPE = 'application/vnd.example.note';
export const EMPTY = toUtf8('{}');
export const EMPTY_DESCRIPTOR = describeContent(OCI_EMPTY, EMPTY);

export interface Content {
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array;
}

export const json = (value: unknown): Uint8Array => toUtf8(JSON.stringify(value));

/** An image manifest of one layer; with a subject it is a referrer. */
export function imageManifest(o: {
  layer: Descriptor;
  subject?: Descriptor;
  artifactType?: string;
  config?: Descriptor;
  annotations?: Record<string, string>;
}): Content {
  const { layer, subject, artifactType = ARTIFACT_TYPE, config = EMPTY_DESCRIPTOR, annotations } = o;
  const plain = subject === undefined ? undefined : { mediaType: subject.mediaType, digest: subject.digest, size: subject.size };
  const bytes = json({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    ...(artifactType === '' ? {} : { artifactType }),
    config,
    layers: [layer],
    subject: plain,
    annotations,
  });
  return { bytes, descriptor: describeContent(OCI_MANIFEST, bytes) };
}

export function indexOf(entries: readonly Descriptor[], extra: Record<string, unknown> = {}): Content {
  const bytes = json({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: entries.map(descriptorJson), ...extra });
  return { bytes, descriptor: describeContent(OCI_INDEX, bytes) };
}

export function blob(text: string, mediaType = 'application/octet-stream'): Content {
  const bytes = toUtf8(text);
  return { bytes, descriptor: describeContent(mediaType, bytes) };
}

/** An entry of a list of referrers. */
export const entryOf = (content: Content, artifactType = ARTIFACT_TYPE): Descriptor => ({ ...content.descriptor, artifactType });

export interface Scripted {
  readonly http: LoopbackHttp;
  readonly clock: Clock;
  readonly random: Random;
  repository(options?: Partial<RemoteRepositoryOptions>): ReturnType<typeof createRemoteRepository>;
}

/** A registry `registry.example` that is one function of the request. */
export function scripted(handler: (request: Request, url: URL) => Response | Promise<Response>): Scripted {
  const http = createLoopbackHttp({ 'https://registry.example': (request) => handler(request, new URL(request.url)) });
  const clock = createFakeClock('2026-01-15T12:00:00Z', { sleeps: 'skip' });
  const random = createFixedRandom();
  return {
    http,
    clock,
    random,
    repository: (options = {}) =>
      createRemoteRepository({ registry: 'registry.example', repository: 'team/app', http, clock, random, ...options }),
  };
}

/** Counts requests of a real client. */
export function counting(http: Http): Http & { readonly requests: HttpRequest[] } {
  const requests: HttpRequest[] = [];
  return {
    requests,
    send(request) {
      requests.push(request);
      return http.send(request);
    },
  };
}

/** A manifest as a registry serves it. */
export const manifestResponse = (content: Content, init: { headers?: Record<string, string>; status?: number } = {}): Response =>
  new Response(content.bytes as BodyInit, {
    status: init.status ?? 200,
    headers: {
      'content-type': content.descriptor.mediaType,
      'docker-content-digest': content.descriptor.digest,
      'content-length': String(content.bytes.length),
      ...init.headers,
    },
  });

export const errorResponse = (status: number, code: string, message: string): Response =>
  Response.json({ errors: [{ code, message }] }, { status });
