// SPDX-License-Identifier: Apache-2.0
/** Globally unique names: what a collection is called on the server, and a relative path in the trust directory. */
import { collectionFaults } from './faults.ts';
import { MAX_GUN } from './limits.ts';

/** A name whose form was checked by {@link parseGun}. */
export type Gun = string & { readonly __gun: unique symbol };

type WellFormable = string & { isWellFormed(): boolean };
const UNFIT = '\u007f*\\?#%';

/** Without a pattern, which would cost every command more than the few characters of its GUN. */
function isFit(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) <= 0x20 || UNFIT.includes(text.charAt(i))) return false;
  return (text as WellFormable).isWellFormed();
}

const isFitPart = (part: string): boolean => part !== '' && part !== '.' && part !== '..' && part !== '_trust';

/**
 * The reference takes any text and joins it to a path. Here a name that could leave its directory, or that a URL could not
 * carry unchanged, is `COLLECTION_GUN_INVALID`.
 */
export function parseGun(text: string): Gun {
  let isGun = text.length <= MAX_GUN && isFit(text);
  for (const part of text.split('/')) isGun &&= isFitPart(part);
  if (!isGun) throw collectionFaults.GUN_INVALID({ gun: text });
  return text as Gun;
}
