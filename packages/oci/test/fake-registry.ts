// SPDX-License-Identifier: Apache-2.0
/** A registry in a few lines, with the switches that tests of writing need. It is honest unless told otherwise. */
import { digestOf } from '@notary/base';
import { errorResponse, type Scripted, scripted } from './support.ts';

interface Stored {
  readonly bytes: Uint8Array;
  readonly type: string;
}

export interface FakeRegistry extends Scripted {
  readonly manifests: Map<string, Stored>;
  readonly blobs: Map<string, Uint8Array>;
  readonly tags: Map<string, string>;
  /** Changes the behaviour of single requests: what it returns is the answer, `undefined` goes on. */
  intercept: (request: Request, url: URL) => Response | undefined | Promise<Response | undefined>;
  /** The digests listed at a tag. */
  listed(tag: string): string[];
  /** `PUT manifests/x`, without host and repository. */
  lines(): string[];
}

export interface FakeRegistryOptions {
  readonly deletes?: boolean;
  /** Honours If-Match and If-None-Match and sends an ETag. */
  readonly conditional?: boolean;
  /** Says OCI-Subject. */
  readonly indexesSubjects?: boolean;
  readonly location?: (id: number) => string;
  /** Stores what comes with a POST that names a digest, and answers with these headers. */
  readonly singlePost?: Readonly<Record<string, string>>;
}

export function fakeRegistry(options: FakeRegistryOptions = {}): FakeRegistry {
  const {
    deletes = true,
    conditional = false,
    indexesSubjects = false,
    location = (id) => `/v2/team/app/blobs/uploads/${id}?state=a%2Bb`,
    singlePost,
  } = options;
  const manifests = new Map<string, Stored>();
  const blobs = new Map<string, Uint8Array>();
  const tags = new Map<string, string>();
  let uploads = 0;

  const putManifest = async (request: Request, name: string): Promise<Response> => {
    const bytes = new Uint8Array(await request.arrayBuffer());
    const digest = digestOf(bytes);
    const current = tags.get(name);
    if (conditional && request.headers.get('if-none-match') === '*' && current !== undefined) return new Response('', { status: 412 });
    const expected = request.headers.get('if-match');
    if (conditional && expected !== null && expected !== `"${current}"`) return new Response('', { status: 412 });
    manifests.set(digest, { bytes, type: request.headers.get('content-type') ?? '' });
    if (name !== digest) tags.set(name, digest);
    const { subject } = JSON.parse(new TextDecoder().decode(bytes)) as { subject?: { digest: string } };
    const headers = {
      'docker-content-digest': digest,
      ...(indexesSubjects && subject !== undefined ? { 'oci-subject': subject.digest } : {}),
    };
    return new Response('', { status: 201, headers });
  };
  const getManifest = (name: string): Response => {
    const digest = tags.get(name) ?? name;
    const found = manifests.get(digest);
    if (found === undefined) return errorResponse(404, 'MANIFEST_UNKNOWN', 'manifest unknown');
    const headers = {
      'content-type': found.type,
      'docker-content-digest': digest,
      'content-length': String(found.bytes.length),
      ...(conditional ? { etag: `"${digest}"` } : {}),
    };
    return new Response(found.bytes as BodyInit, { headers });
  };
  const deleteManifest = (digest: string): Response => {
    if (!deletes) return errorResponse(405, 'UNSUPPORTED', 'The operation is unsupported.');
    for (const [tag, target] of tags) if (target === digest) tags.delete(tag);
    return new Response('', { status: manifests.delete(digest) ? 202 : 404 });
  };
  const blobAnswer = async (request: Request, url: URL, name: string): Promise<Response> => {
    const stores = request.method === 'PUT' || (singlePost !== undefined && url.searchParams.has('digest'));
    if (request.method === 'POST' && !stores) return new Response('', { status: 202, headers: { location: location(++uploads) } });
    if (stores) {
      const bytes = new Uint8Array(await request.arrayBuffer());
      const digest = url.searchParams.get('digest') ?? '';
      if (digestOf(bytes) !== digest) return errorResponse(400, 'DIGEST_INVALID', 'provided digest did not match uploaded content');
      blobs.set(digest, bytes);
      return new Response('', { status: 201, headers: (request.method === 'POST' ? singlePost : undefined) ?? {} });
    }
    const found = blobs.get(name);
    return found === undefined
      ? new Response('', { status: 404 })
      : new Response(found as BodyInit, { headers: { 'content-length': String(found.length) } });
  };

  const registry = scripted(async (request, url) => {
    const intercepted = await self.intercept(request, url);
    if (intercepted !== undefined) return intercepted;
    const [kind, name = ''] = url.pathname.replace('/v2/team/app/', '').split('/');
    if (kind === 'blobs') return blobAnswer(request, url, name);
    if (kind !== 'manifests') return new Response('404 page not found', { status: 404 });
    if (request.method === 'PUT') return putManifest(request, name);
    return request.method === 'DELETE' ? deleteManifest(name) : getManifest(name);
  });
  const self: FakeRegistry = {
    ...registry,
    manifests,
    blobs,
    tags,
    intercept: () => undefined,
    listed(tag) {
      const stored = manifests.get(tags.get(tag) ?? '');
      if (stored === undefined) return [];
      return (JSON.parse(new TextDecoder().decode(stored.bytes)) as { manifests: { digest: string }[] }).manifests.map((m) => m.digest);
    },
    lines: () => registry.http.sent.map((r) => `${r.method} ${r.url.replace('https://registry.example/v2/team/app/', '')}`),
  };
  return self;
}
