// SPDX-License-Identifier: Apache-2.0
import { codeOf } from '@notary/testkit';
import { describe, expect, it } from 'vitest';
import { collectReferrers, type Descriptor, fetchReferrer, OCI_CONFIG, OCI_EMPTY, OCI_INDEX } from '../src/index.ts';
import { referrersTag } from '../src/remote/referrers-tag.ts';
import {
  ARTIFACT_TYPE,
  blob,
  type Content,
  entryOf,
  errorResponse,
  imageManifest,
  indexOf,
  json,
  manifestResponse,
  scripted,
} from './support.ts';

const layer = blob('layer').descriptor;
const subject = imageManifest({ layer });
const other = imageManifest({ layer, annotations: { other: 'yes' } });
const TAG = subject.descriptor.digest.replace(':', '-');
const referrer = (n: number, o: Parameters<typeof imageManifest>[0] = { layer }) =>
  imageManifest({ subject: subject.descriptor, annotations: { n: String(n) }, ...o });

/** A registry with these manifests and this answer of the Referrers API. */
function registry(api: (url: URL) => Response, manifests: readonly Content[] = [], tag?: Content) {
  return scripted((_request, url) => {
    if (url.pathname.includes('/referrers/')) return api(url);
    const wanted = url.pathname.split('/').at(-1);
    const found = wanted === TAG ? tag : manifests.find((m) => m.descriptor.digest === wanted);
    return found === undefined ? errorResponse(404, 'MANIFEST_UNKNOWN', 'manifest unknown') : manifestResponse(found);
  });
}
const page = (entries: readonly unknown[], headers: Record<string, string> = {}) =>
  new Response(json({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: entries }) as BodyInit, {
    headers: { 'content-type': OCI_INDEX, ...headers },
  });
const noApi = () => new Response('404 page not found\n', { status: 404, headers: { 'content-type': 'text/plain' } });
const list = (w: ReturnType<typeof scripted>, options = {}, query = {}) =>
  collectReferrers(w.repository(options), subject.descriptor, { artifactType: ARTIFACT_TYPE, ...query });
const digests = (found: readonly Descriptor[]) => found.map((d) => d.digest);
const paths = (w: ReturnType<typeof scripted>) => w.http.sent.map((r) => r.url.replace('https://registry.example/v2/team/app/', ''));

describe('the Referrers API', () => {
  const [a, b] = [referrer(1), referrer(2)];

  it('needs one request, filtered by type, in the order of the registry', async () => {
    const w = registry(() => page([entryOf(b), entryOf(a)], { 'oci-filters-applied': 'artifactType' }));
    expect(digests(await list(w))).toEqual([b.descriptor.digest, a.descriptor.digest]);
    expect(paths(w)).toEqual([`referrers/${subject.descriptor.digest}?artifactType=${encodeURIComponent(ARTIFACT_TYPE)}`]);
  });

  it('runs beside the resolving of the subject', async () => {
    let waiting = 0;
    let most = 0;
    const w = scripted(async (_request, url) => {
      waiting++;
      most = Math.max(most, waiting);
      await new Promise((resolve) => setTimeout(resolve, 5));
      waiting--;
      return url.pathname.includes('/referrers/') ? page([entryOf(a)]) : manifestResponse(subject);
    });
    const repository = w.repository();
    const [resolved, found] = await Promise.all([
      repository.resolve(subject.descriptor.digest),
      collectReferrers(repository, subject.descriptor, { artifactType: ARTIFACT_TYPE }),
    ]);
    expect([resolved.digest, found.length, most, w.http.sent.length]).toEqual([subject.descriptor.digest, 1, 2, 2]);
  });

  it('does not trust a filter that is not confirmed', async () => {
    const w = registry(() => page([entryOf(a, 'application/sbom'), entryOf(b)]));
    expect(digests(await list(w))).toEqual([b.descriptor.digest]);
  });

  it('does not take a confirmed filter for a proof', async () => {
    const w = registry(() => page([entryOf(a, 'application/sbom'), b.descriptor], { 'oci-filters-applied': 'annotations, artifactType' }));
    expect(digests(await list(w))).toEqual([b.descriptor.digest]);
  });

  it('reads the filter of release candidates from the index', async () => {
    const w = registry(
      () =>
        new Response(
          json({ manifests: [a.descriptor], annotations: { 'org.opencontainers.referrers.filtersApplied': 'artifactType' } }) as BodyInit,
          { headers: { 'content-type': OCI_INDEX } },
        ),
    );
    expect(digests(await list(w))).toEqual([a.descriptor.digest]);
    expect(w.http.sent).toHaveLength(1);
  });

  it.each([undefined, OCI_EMPTY, OCI_CONFIG])('asks the manifest of an entry whose type is %s', async (artifactType) => {
    const sbom = imageManifest({ layer, subject: subject.descriptor, artifactType: 'application/sbom' });
    const byConfig = imageManifest({
      layer,
      subject: subject.descriptor,
      artifactType: '',
      config: { ...layer, mediaType: ARTIFACT_TYPE },
    });
    const elsewhere = imageManifest({ layer, subject: other.descriptor });
    const entries = [a, sbom, byConfig, elsewhere].map((m) =>
      artifactType === undefined ? m.descriptor : { ...m.descriptor, artifactType },
    );
    const w = registry(() => page(entries), [a, sbom, byConfig, elsewhere]);
    const found = await list(w);
    expect(digests(found)).toEqual([a.descriptor.digest, byConfig.descriptor.digest]);
    expect(found[0]).toMatchObject({ artifactType: ARTIFACT_TYPE, annotations: { n: '1' } });
  });

  it('passes over what cannot be fetched or is no descriptor', async () => {
    const w = registry(() => page([null, { digest: 'x' }, { ...b.descriptor, size: -1 }, b.descriptor, entryOf(a), entryOf(a)]));
    expect(digests(await list(w))).toEqual([a.descriptor.digest]);
  });

  it('fetches no more manifests than its bound to decide', async () => {
    const entries = Array.from({ length: 400 }, (_, n) => blob(`junk ${n}`, subject.descriptor.mediaType).descriptor);
    const w = registry(() => page([...entries, entryOf(a)]));
    expect(digests(await list(w))).toEqual([a.descriptor.digest]);
    expect(w.http.sent).toHaveLength(257);
  });

  it('[CVE-2023-33957] [ADA-NOT-23-1] stops at the limit', async () => {
    const w = registry(() => page([entryOf(a), entryOf(b)], { link: '</v2/team/app/referrers/x>; rel="next"' }));
    expect(digests(await list(w, {}, { limit: 1 }))).toEqual([a.descriptor.digest]);
  });

  it('shows a claim to whoever uses it', async () => {
    const liar = imageManifest({ layer, subject: other.descriptor });
    const w = registry(() => page([entryOf(liar), entryOf(a)]), [liar, a]);
    const [first, second] = await list(w);
    expect(await codeOf(fetchReferrer(w.repository(), first as Descriptor, subject.descriptor))).toBe('OCI_REFERRER_SUBJECT_MISMATCH');
    expect((await fetchReferrer(w.repository(), second as Descriptor, subject.descriptor)).manifest.layers).toEqual([layer]);
  });
});

describe('pages', () => {
  const PATH = `/v2/team/app/referrers/${subject.descriptor.digest}`;
  const link = (target: string) => ({ link: `<${target}>; rel="next"` });

  it('follows relative and absolute links to the end', async () => {
    const found = [1, 2, 3].map((n) => referrer(n));
    const w = registry((url) => {
      const n = Number(url.searchParams.get('page') ?? '0');
      return page(
        [entryOf(found[n] as Content)],
        n === 0 ? link(`${PATH}?page=1`) : n === 1 ? link(`https://registry.example${PATH}?page=2`) : {},
      );
    });
    expect(digests(await list(w))).toEqual(digests(found.map((f) => f.descriptor)));
  });

  it('[CVE-2023-33958] [ADA-NOT-23-2] ends an endless list', async () => {
    let n = 0;
    const w = registry(() => page([], link(`${PATH}?page=${++n}`)));
    expect(await codeOf(list(w))).toBe('OCI_REFERRERS_ENDLESS');
    expect(n).toBe(512);
  });

  it('ends a list of endless bytes', async () => {
    let n = 0;
    const filler = { digest: 'x', filler: 'x'.repeat(4_000_000) };
    const w = registry(() => page([filler], link(`${PATH}?page=${++n}`)));
    expect(await codeOf(list(w))).toBe('OCI_REFERRERS_ENDLESS');
    expect(n).toBeLessThan(12);
  });

  it('ends a list of endless entries', async () => {
    const entries = Array.from({ length: 20_001 }, () => ({}));
    expect(await codeOf(list(registry(() => page(entries))))).toBe('OCI_REFERRERS_ENDLESS');
  });

  it.each([
    ['in a circle', `${PATH}?page=1`],
    ['to another host', 'https://evil.example/v2/team/app/referrers/x'],
    ['to another scheme', `http://registry.example${PATH}`],
    ['to another list', '/v2/team/app/referrers/sha256:0'],
    ['out of the repository', '/v2/other/manifests/x'],
    ['with a user name', `https://a:b@registry.example${PATH}`],
    ['to no URL', 'https://[x'],
  ])('does not follow a link %s', async (_name, target) => {
    const w = registry(() => page([], link(target)));
    expect(await codeOf(list(w))).toBe('OCI_LINK_INVALID');
    expect(w.http.sent.every((r) => new URL(r.url).host === 'registry.example')).toBe(true);
  });

  it('ignores links that are not to the next page', async () => {
    expect(await list(registry(() => page([], { link: `<${PATH}?page=0>; rel="prev"` })))).toEqual([]);
  });

  it('refuses a later page that is something else', async () => {
    const w = registry((url) =>
      url.searchParams.has('page')
        ? new Response('<html>', { headers: { 'content-type': 'text/html' } })
        : page([], link(`${PATH}?page=1`)),
    );
    expect(await codeOf(list(w))).toBe('OCI_REFERRERS_UNREADABLE');
    const gone = registry((url) => (url.searchParams.has('page') ? noApi() : page([], link(`${PATH}?page=1`))));
    expect(await codeOf(list(gone))).toBe('OCI_STATUS');
  });

  it.each([
    ['not JSON', '<html>'],
    ['no object', '[]'],
    ['no list', '{"manifests":{}}'],
    ['ambiguous', '{"manifests":[],"manifests":[]}'],
    ['made of tiny values', `{"x":[${'0,'.repeat(320_000)}0]}`],
  ])('refuses a page that is %s', async (_name, body) => {
    expect(await codeOf(list(registry(() => new Response(body, { headers: { 'content-type': OCI_INDEX } }))))).toBe(
      'OCI_REFERRERS_UNREADABLE',
    );
  });

  it('bounds a page', async () => {
    expect(await codeOf(list(registry(() => new Response('x'.repeat(9_000_000), { headers: { 'content-type': OCI_INDEX } }))))).toBe(
      'HTTP_BODY_TOO_LARGE',
    );
  });
});

describe('without the API', () => {
  const a = referrer(1);
  const index = indexOf([entryOf(a)]);

  it.each<[string, () => Response]>([
    ['404 in plain text', noApi],
    ['404 with MANIFEST_UNKNOWN', () => errorResponse(404, 'MANIFEST_UNKNOWN', 'x')],
    ['200 with HTML', () => new Response('<html>', { headers: { 'content-type': 'text/html' } })],
    ['200 with JSON of another type', () => Response.json({})],
    ['400', () => errorResponse(400, 'UNSUPPORTED', 'x')],
    ['405', () => new Response('', { status: 405 })],
    ['406', () => new Response('', { status: 406 })],
    ['501', () => new Response('', { status: 501 })],
  ])('reads the tag after %s', async (_name, answer) => {
    const w = registry(answer, [], index);
    expect(digests(await list(w))).toEqual([a.descriptor.digest]);
    expect(paths(w).at(-1)).toBe(`manifests/${TAG}`);
  });

  it.each<[string, () => Response, string]>([
    ['an unknown repository', () => errorResponse(404, 'NAME_UNKNOWN', 'repository name not known to registry'), 'OCI_STATUS'],
    ['a refusal', () => errorResponse(403, 'DENIED', 'x'), 'OCI_DENIED'],
    ['a failure', () => new Response('', { status: 500 }), 'OCI_STATUS'],
  ])('does not take %s for a missing API', async (_name, answer, code) => {
    expect(await codeOf(list(registry(answer, [], index)))).toBe(code);
  });

  it('remembers that there is none', async () => {
    const w = registry(noApi, [], index);
    const repository = w.repository();
    await collectReferrers(repository, subject.descriptor);
    await collectReferrers(repository, subject.descriptor);
    expect(paths(w)).toEqual([`referrers/${subject.descriptor.digest}`, `manifests/${TAG}`, `manifests/${TAG}`]);
  });

  it('finds nothing where there is no tag', async () => {
    expect(await list(registry(noApi))).toEqual([]);
  });

  it('takes what is no list for none, and says so', async () => {
    const warnings: string[] = [];
    for (const squatter of [
      subject,
      { ...index, bytes: json({ manifests: 3 }) },
      { ...index, bytes: json({ manifests: [], layers: [] }) },
    ]) {
      const w = registry(noApi, [], {
        bytes: squatter.bytes,
        descriptor: {
          ...squatter.descriptor,
          digest: blob(new TextDecoder().decode(squatter.bytes)).descriptor.digest,
          size: squatter.bytes.length,
        },
      });
      expect(await list(w, { onWarning: (text: string) => warnings.push(text) })).toEqual([]);
    }
    expect(warnings).toHaveLength(3);
  });

  it('asks both at once where that is wanted, and prefers the API', async () => {
    const b = referrer(2);
    const w = registry(() => page([entryOf(b)]), [], index);
    expect(digests(await list(w, { referrers: 'parallel' }))).toEqual([b.descriptor.digest]);
    expect(w.http.sent).toHaveLength(2);
    expect(digests(await list(registry(noApi, [], index), { referrers: 'parallel' }))).toEqual([a.descriptor.digest]);
  });

  it('joins both lists where that is wanted', async () => {
    const b = referrer(2);
    const w = registry(() => page([entryOf(b), entryOf(a)]), [], index);
    expect(digests(await list(w, { referrers: 'both' }))).toEqual([b.descriptor.digest, a.descriptor.digest]);
  });

  it('asks only one where that is wanted', async () => {
    const w = registry(() => page([]), [], index);
    expect(digests(await list(w, { referrers: 'tag' }))).toEqual([a.descriptor.digest]);
    expect(w.http.sent).toHaveLength(1);
    expect(await codeOf(list(registry(noApi, [], index), { referrers: 'api' }))).toBe('OCI_REFERRERS_UNREADABLE');
  });

  it('cuts the tag to what a tag may be', () => {
    expect(referrersTag({ digest: `sha512:${'a'.repeat(128)}` as never })).toBe(`sha512-${'a'.repeat(64)}`);
    expect(referrersTag(subject.descriptor)).toBe(TAG);
  });
});
