// SPDX-License-Identifier: Apache-2.0
/** Custom data of targets: any JSON, which is signed in canonical form. */
import { isFault } from '@notary/base';
import type { CanonicalValue } from '@notary/base/canonical-json';
import { encodeCanonicalJson } from '@notary/base/canonical-json';
import { parseJsonStrict } from '@notary/base/json';
import { MAX_CHANGE_BYTES } from '@notary/collection';
import { absolute } from './config.ts';
import type { AppDeps } from './deps.ts';
import { faults } from './faults.ts';

/** Reads `--custom FILE`; numbers must be whole, or no verifier could compute what was signed. */
export async function readCustom(deps: AppDeps, path: string): Promise<CanonicalValue | undefined> {
  if (path === '') return undefined;
  const bytes = await deps.files.read(absolute(deps, path), MAX_CHANGE_BYTES);
  if (bytes === undefined) throw faults.FILE_MISSING({ path });
  try {
    const value = parseJsonStrict(bytes, { maxBytes: MAX_CHANGE_BYTES, surrogates: 'refuse' }) as CanonicalValue;
    encodeCanonicalJson(value);
    return value;
  } catch (e) {
    if (!isFault(e)) throw e;
    throw faults.INPUT({ problem: e.message }, { cause: e, ...(e.remedy ? { remedy: e.remedy } : {}) });
  }
}
