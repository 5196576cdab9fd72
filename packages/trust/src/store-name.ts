// SPDX-License-Identifier: Apache-2.0
/** Names of trust stores: `ca:acme-rockets` is the store `acme-rockets` of type `ca`. */

/** The types of trust stores (trust store specification). */
export const storeTypes = ['ca', 'signingAuthority', 'tsa'] as const;
/** What the certificates of a store may vouch for: signers, signing authorities, time stamps. */
export type StoreType = (typeof storeTypes)[number];

/** Is this one of the types? */
export const isStoreType = (text: string): text is StoreType => (storeTypes as readonly string[]).includes(text);

/** Letters, digits, `_`, `.`, `-`; and never `.` or `..`, which would leave the directory. */
export const isStoreName = (text: string): boolean => /^[a-zA-Z0-9_.-]+$/.test(text) && text !== '.' && text !== '..';

/** Splits at the first colon; `undefined` without one. */
export function splitStoreValue(value: string): { readonly type: string; readonly name: string } | undefined {
  const colon = value.indexOf(':');
  return colon < 0 ? undefined : { type: value.slice(0, colon), name: value.slice(colon + 1) };
}
