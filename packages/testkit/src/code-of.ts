// SPDX-License-Identifier: Apache-2.0
import { isFault } from '@notary/base';

/** The code of the fault that some work ends with; the text of anything else that it throws; `nothing` where it succeeds. */
export async function codeOf(work: Promise<unknown> | (() => unknown)): Promise<string> {
  try {
    await (typeof work === 'function' ? work() : work);
  } catch (e) {
    return isFault(e) ? e.code : String(e);
  }
  return 'nothing';
}
