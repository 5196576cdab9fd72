// SPDX-License-Identifier: Apache-2.0
/** Globally unique names: what a collection is called on the server, and a relative path in the trust directory. */
import { collectionFaults } from './faults.ts';
import { MAX_GUN } from './limits.ts';

/** A name whose form was checked by {@link parseGun}. */
export type Gun = string & { readonly __gun: unique symbol };

type WellFormable = string & { isWellFormed(): boolean };
const UNFIT = /[\u0000-\u0020\u007f*\\?#%]/;

/**
 * The reference takes any text and joins it to a path. Here a name that could leave its directory, or that a URL could not
 * carry unchanged, is `COLLECTION_GUN_INVALID`.
 */
export function parseGun(text: string): Gun {
  const parts = text.split('/');
  const bad =
    text.length > MAX_GUN ||
    UNFIT.test(text) ||
    !(text as WellFormable).isWellFormed() ||
    parts.some((p) => p === '' || p === '.' || p === '..' || p === '_trust');
  if (bad) throw collectionFaults.GUN_INVALID({ gun: text });
  return text as Gun;
}
