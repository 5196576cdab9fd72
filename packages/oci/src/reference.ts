// SPDX-License-Identifier: Apache-2.0
/**
 * References to artifacts: `registry/repository[:tag][@digest]`, with the grammar and the messages of oras-go, on which the
 * Go tools stand. What passes here is safe to place into a URL: names never reach one unparsed.
 */
import { type Digest, isFault, parseDigest } from '@notary/base';
import { goQuote } from '@notary/base/json';
import { ociFaults } from './faults.ts';
import { MAX_REFERENCE_LENGTH } from './limits.ts';

/** A parsed reference. With both, the digest decides; the tag is only what the writer of the reference believed. */
export interface OciReference {
  readonly registry: string;
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: Digest;
}

const COMPONENT = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const REGISTRY = /^(?:\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,253}))(?::[0-9]{1,5})?$/;

/** Is this a tag as OCI allows it? */
export const isTag = (text: string): boolean => TAG.test(text);
/** Is this a repository name? */
export function isRepositoryName(text: string): boolean {
  if (text.length > MAX_REFERENCE_LENGTH) return false;
  for (const part of text.split('/')) if (!COMPONENT.test(part)) return false;
  return true;
}
/** Is this `host` or `host:port`? */
export function isRegistryName(text: string): boolean {
  if (!REGISTRY.test(text)) return false;
  const colon = text.lastIndexOf(':');
  return text.endsWith(']') || colon < 0 || Number(text.slice(colon + 1)) <= 65_535;
}

/**
 * Parses a reference; tag and digest may both be absent. With a digest, a tag before it is kept if it is one and dropped
 * without a word if it is not, as in the reference. Every failure is `OCI_REFERENCE_INVALID` with oras's message.
 */
export function parseReference(text: string): OciReference {
  const invalid = (problem: string) =>
    ociFaults.REFERENCE_INVALID({ reference: text.slice(0, 500), problem: `invalid reference: ${problem}` });
  if (text.length > MAX_REFERENCE_LENGTH) throw invalid('too long');
  const slash = text.indexOf('/');
  if (slash < 0) throw invalid('missing registry or repository');
  const registry = text.slice(0, slash);
  const { repository, tag, digest } = splitPath(text.slice(slash + 1));
  if (!isRegistryName(registry)) throw invalid(`invalid registry ${goQuote(registry)}`);
  if (!isRepositoryName(repository)) throw invalid(`invalid repository ${goQuote(repository)}`);
  if (digest !== undefined && digest !== '') {
    const problem = digestProblem(digest);
    if (problem !== undefined) throw invalid(`invalid digest ${goQuote(digest)}: ${problem}`);
    return { registry, repository, ...(tag !== undefined && isTag(tag) ? { tag } : {}), digest: parseDigest(digest) };
  }
  if (digest === undefined && tag !== undefined && tag !== '') {
    if (!isTag(tag)) throw invalid(`invalid tag ${goQuote(tag)}`);
    return { registry, repository, tag };
  }
  return { registry, repository };
}

/** The parts of what follows the registry, unchecked: a digest starts at the first `@`, a tag at the first `:` before it. */
function splitPath(path: string): { repository: string; tag?: string; digest?: string } {
  const at = path.indexOf('@');
  const head = at < 0 ? path : path.slice(0, at);
  const colon = head.indexOf(':');
  const out: { repository: string; tag?: string; digest?: string } = { repository: colon < 0 ? head : head.slice(0, colon) };
  if (colon >= 0) out.tag = head.slice(colon + 1);
  if (at >= 0) out.digest = path.slice(at + 1);
  return out;
}

/** What go-digest says is wrong with a digest, or `undefined` if nothing is. */
export function digestProblem(text: string): string | undefined {
  try {
    parseDigest(text);
    return undefined;
  } catch (e) {
    if (isFault(e, 'DIGEST_UNSUPPORTED')) return 'unsupported digest algorithm';
    const match = /^(sha256|sha384|sha512):(.+)$/s.exec(text);
    const length = match === null ? undefined : { sha256: 64, sha384: 96, sha512: 128 }[match[1] as 'sha256'];
    return length !== undefined && match?.[2]?.length !== length ? 'invalid checksum digest length' : 'invalid checksum digest format';
  }
}

const EXPECTING = 'Expecting <registry>/<repository>:<tag> or <registry>/<repository>@<digest>';

/** A reference that must name a tag or a digest; messages as the Go notation prints them. */
export function parseArtifactReference(text: string): OciReference {
  let reference: OciReference;
  try {
    reference = parseReference(text);
  } catch (cause) {
    if (!isFault(cause, 'OCI_REFERENCE_INVALID')) throw cause;
    throw ociFaults.REFERENCE_INVALID(
      { reference: text.slice(0, 500), problem: `${goQuote(text)}: ${cause.message}. ${EXPECTING}` },
      { cause },
    );
  }
  if (reference.tag === undefined && reference.digest === undefined)
    throw ociFaults.REFERENCE_INVALID({ reference: text, problem: `${goQuote(text)}: invalid reference: no tag or digest. ${EXPECTING}` });
  return reference;
}

/** The registry alone, as `login` takes it. */
export function parseRegistry(text: string): string {
  if (!isRegistryName(text))
    throw ociFaults.REFERENCE_INVALID({ reference: text.slice(0, 500), problem: `invalid reference: invalid registry ${goQuote(text)}` });
  return text;
}

/** `registry/repository`. */
export const repositoryName = (r: OciReference): string => `${r.registry}/${r.repository}`;

/** What {@link Repository} takes: the digest if there is one, else the tag. */
export const referenceTarget = (r: OciReference): string | undefined => r.digest ?? r.tag;

/** The text form; with a digest the tag is left out, as oras does. */
export function formatReference(r: OciReference): string {
  const name = repositoryName(r);
  return r.digest !== undefined ? `${name}@${r.digest}` : r.tag !== undefined ? `${name}:${r.tag}` : name;
}

/**
 * The full form of a name as people type it to Docker: `alpine` is `docker.io/library/alpine:latest`. The Go notation does
 * not do this; commands that take Docker names do.
 */
export function expandDockerReference(text: string): OciReference {
  const slash = text.indexOf('/');
  const first = slash < 0 ? '' : text.slice(0, slash);
  const isHost = /[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase();
  const full = isHost ? text : `docker.io/${slash < 0 ? 'library/' : ''}${text}`;
  const normal = full.replace(/^index\.docker\.io\//, 'docker.io/').replace(/^docker\.io\/(?=[^/]+$)/, 'docker.io/library/');
  const reference = parseReference(normal);
  return reference.tag === undefined && reference.digest === undefined ? { ...reference, tag: 'latest' } : reference;
}
