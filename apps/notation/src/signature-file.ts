// SPDX-License-Identifier: Apache-2.0
/** Names of detached signatures: `<blob>.<format>.sig`. */
import { mediaTypeForFormat } from '@notary/signature';
import type { AppDeps } from './deps.ts';
import { faults } from './faults.ts';
import { baseName } from './store/paths.ts';

/** The envelope's media type, which only the file's name tells. Fault: `CMD_SIGNATURE_NAME_INVALID`, and the signature package's for the format. */
export function signatureMediaType(deps: Pick<AppDeps, 'host'>, path: string): string {
  const name = baseName(deps, path);
  const parts = name.split('.');
  if (parts.length < 2 || parts.at(-1)?.toLowerCase() !== 'sig')
    throw faults.SIGNATURE_NAME_INVALID({ message: `invalid signature filename ${name}. The file extension must be .sig` });
  if (parts.length < 3)
    throw faults.SIGNATURE_NAME_INVALID({
      message: `invalid signature filename ${name}. A valid signature file name must contain signature format and .sig file extension`,
    });
  return mediaTypeForFormat((parts.at(-2) as string).toLowerCase());
}
