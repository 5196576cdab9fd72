// SPDX-License-Identifier: Apache-2.0
/** Where an artifact is: in a registry, in an image layout, or in an archive of one. */
import { type Digest, isDigest, parseDigest } from '@notary/base';
import { goQuote } from '@notary/base/json';
import { ociFaults } from './faults.ts';
import { type OciReference, parseArtifactReference } from './reference.ts';

/** An artifact inside a layout. Without tag and digest it is the only one there. A name in a layout may be a full reference. */
export interface LayoutReference {
  readonly path: string;
  readonly tag?: string;
  readonly digest?: Digest;
}

/** Where an artifact is: in a registry, in an image layout, in an archive of one. */
export type ArtifactLocation =
  | { readonly kind: 'registry'; readonly reference: OciReference }
  | ({ readonly kind: 'layout' } & LayoutReference)
  | ({ readonly kind: 'archive' } & LayoutReference);

/** `oci-layout:PATH[:tag|@digest]`, `oci-archive:PATH[:tag|@digest]`, else a reference that names a tag or digest. */
export function parseArtifactLocation(text: string): ArtifactLocation {
  for (const [prefix, kind] of [
    ['oci-layout:', 'layout'],
    ['oci-archive:', 'archive'],
  ] as const) {
    if (text.startsWith(prefix)) return { kind, ...parseLayoutPath(text.slice(prefix.length), text) };
  }
  return { kind: 'registry', reference: parseArtifactReference(text) };
}

/** The path ends at `@` before a digest, or at the last colon if what follows could be a tag: no slash, no drive letter before it. */
function parseLayoutPath(rest: string, whole: string): LayoutReference {
  const at = rest.lastIndexOf('@');
  if (at >= 0 && isDigest(rest.slice(at + 1))) return withPath(rest.slice(0, at), whole, { digest: parseDigest(rest.slice(at + 1)) });
  const colon = rest.lastIndexOf(':');
  const tag = rest.slice(colon + 1);
  if (colon < 0 || /[\\/]/.test(tag) || isDriveColon(rest, colon)) return withPath(rest, whole, {});
  if (tag === '') throw missingReference(whole);
  return withPath(rest.slice(0, colon), whole, { tag });
}

/**
 * The argument of `--oci-layout`, `PATH:tag` or `PATH@digest`, split and complained about as the Go notation does: at the last
 * `@`, else at the last colon.
 */
export function parseLayoutReference(text: string): LayoutReference {
  const at = text.lastIndexOf('@');
  const cut = at >= 0 ? at : text.lastIndexOf(':');
  if (cut < 0 || (at < 0 && isDriveColon(text, cut))) throw missingReference(text);
  const target = text.slice(cut + 1);
  if (text.slice(0, cut) === '') throw missingPath(text);
  if (target === '') throw missingReference(text);
  return withPath(text.slice(0, cut), text, isDigest(target) ? { digest: parseDigest(target) } : { tag: target });
}

const isDriveColon = (text: string, colon: number): boolean => colon === 1 && text.length > 2 && /^[A-Za-z]:\\/.test(text);

function withPath(path: string, whole: string, target: { tag?: string; digest?: Digest }): LayoutReference {
  if (path === '') throw missingPath(whole);
  return { path, ...target };
}

const EXPECTING = 'Expecting <file_path>:<tag> or <file_path>@<digest>';

const missingPath = (text: string) =>
  ociFaults.LAYOUT_REFERENCE_INVALID({
    reference: text,
    problem: `${goQuote(text)}: invalid reference: missing oci-layout file path. ${EXPECTING}`,
  });
const missingReference = (text: string) =>
  ociFaults.LAYOUT_REFERENCE_INVALID({
    reference: text,
    problem: `${goQuote(text)}: invalid reference: missing tag or digest. ${EXPECTING}`,
  });
