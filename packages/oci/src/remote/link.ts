// SPDX-License-Identifier: Apache-2.0
/** The `Link` header of a page (RFC 8288): only its `rel="next"` counts, and only if it stays on the registry. */
import { printableUrl } from '@notary/base';
import { parseUrl } from '@notary/registry-auth';
import { ociFaults } from '../faults.ts';
import { MAX_LINK_LENGTH } from '../limits.ts';

/** The URL of the next page, `undefined` if there is none. A link that leads away is `OCI_LINK_INVALID`. */
export function nextPage(field: string | undefined, pageUrl: string): string | undefined {
  if (field === undefined || field.trim() === '') return undefined;
  const refuse = (problem: string) => ociFaults.LINK_INVALID({ url: printableUrl(pageUrl), problem });
  if (field.length > MAX_LINK_LENGTH) throw refuse('is too long');
  const target = nextTarget(field);
  if (target === undefined) return undefined;
  const page = new URL(pageUrl);
  const next = parseUrl(target, pageUrl);
  if (next === undefined) throw refuse('is not a URL');
  if (next.origin !== page.origin || next.username !== '' || next.password !== '') throw refuse('leads to another host');
  if (next.pathname !== page.pathname) throw refuse('leads to another list');
  next.hash = '';
  return next.href;
}

/** Go through the links of the field; the first one named `next` is it, and so is one without any name, as oras has it. */
function nextTarget(field: string): string | undefined {
  for (const match of field.matchAll(/<([^<>]*)>([^<]*)/g)) {
    const rel = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,"]+))/i.exec(match[2] as string);
    if (rel === null || (rel[1] ?? rel[2] ?? '').toLowerCase().split(/\s+/).includes('next')) return match[1] as string;
  }
  return undefined;
}
