// SPDX-License-Identifier: Apache-2.0
/**
 * Trust pins: what a user knows about a root before the first contact. Precedence: `certs[GUN]`, the longest `certs["prefix*"]`,
 * the longest `ca` prefix, then trust on first use unless it is switched off. GUNs are compared with their case: the reference
 * lower-cases the keys of its configuration and thereby ignores pins of names with capitals.
 */
import type { Certificate } from '@notary/x509';
import { bundleKey } from './certificates.ts';

/** What was said beforehand about roots, before any is seen. */
export interface TrustPins {
  /** GUN or `prefix*` to IDs of root keys in their x509 form. */
  readonly certs: ReadonlyMap<string, readonly string[]>;
  /** GUN prefix to the certificates of the authorities that may issue root certificates. */
  readonly ca: ReadonlyMap<string, readonly Certificate[]>;
  /** Refuse a first contact that no pin covers. */
  readonly disableTofu: boolean;
}

/** No pins, trust on first use: how the reference behaves out of the box. */
export const NO_PINS: TrustPins = { certs: new Map(), ca: new Map(), disableTofu: false };

/** Which pin covers a GUN. */
export type PinChoice =
  | { readonly kind: 'certs'; readonly pattern: string; readonly keyIds: readonly string[] }
  | { readonly kind: 'ca'; readonly prefix: string; readonly authorities: readonly Certificate[] }
  | { readonly kind: 'tofu' }
  | { readonly kind: 'refused' };

/** Which pin applies: the collection's own, else the longest `prefix*`, else the longest prefix of an authority. */
export function choosePin(pins: TrustPins, gun: string): PinChoice {
  if (pins.certs.size === 0 && pins.ca.size === 0) return { kind: pins.disableTofu ? 'refused' : 'tofu' };
  const exact = pins.certs.get(gun);
  if (exact !== undefined) return { kind: 'certs', pattern: gun, keyIds: exact };
  const wildcards = [...pins.certs.keys()].filter((p) => p.endsWith('*') && gun.startsWith(p.slice(0, -1)));
  const pattern = longest(wildcards);
  if (pattern !== undefined) return { kind: 'certs', pattern, keyIds: pins.certs.get(pattern) ?? [] };
  const prefix = longest([...pins.ca.keys()].filter((p) => gun.startsWith(p)));
  if (prefix !== undefined) return { kind: 'ca', prefix, authorities: pins.ca.get(prefix) ?? [] };
  return pins.disableTofu ? { kind: 'refused' } : { kind: 'tofu' };
}

const longest = (texts: readonly string[]): string | undefined => [...texts].sort((a, b) => b.length - a.length)[0];

/** Does a root certificate (with the intermediates that travel with it) satisfy the pin? */
export async function satisfiesPin(
  choice: PinChoice,
  leaf: Certificate,
  intermediates: readonly Certificate[],
  at: Date,
): Promise<boolean> {
  switch (choice.kind) {
    case 'certs':
      return choice.keyIds.includes(bundleKey(leaf, intermediates).id);
    case 'ca':
      // Few collections are pinned to an authority: the others do not load what builds a path.
      return (await import('./ca-path.ts')).chainsTo(choice.authorities, leaf, intermediates, at);
    case 'tofu':
      return true;
    case 'refused':
      return false;
  }
}
