// SPDX-License-Identifier: Apache-2.0
/** A mirror in a folder, used as `file://DIR`: the same files that a web server would serve. */
import { type Files, isFault } from '@notary/base';
import { MAX_METADATA_BYTES } from '@notary/tuf';
import { collectionFaults } from './faults.ts';
import type { Gun } from './gun.ts';
import type { Remote } from './remote.ts';

/** The path inside a mirror of a collection's files, without a slash at its end. */
export const mirrorPath = (gun: Gun): string => `v2/${gun}/_trust/tuf`;

/** A mirror in a directory, as `notary mirror` writes it. It takes no updates: `COLLECTION_MIRROR_READ_ONLY`. */
export function createFileRemote(options: { readonly directory: string; readonly gun: Gun; readonly files: Files }): Remote {
  const { directory, gun, files } = options;
  const location = `file://${directory}`;
  const readOnly = async (): Promise<never> => {
    throw collectionFaults.MIRROR_READ_ONLY({ location });
  };
  return {
    location,
    kind: 'mirror',
    async get(name, maxBytes) {
      try {
        const bytes = await files.read(`${directory}/${mirrorPath(gun)}/${name}.json`, Math.min(maxBytes, MAX_METADATA_BYTES));
        if (bytes !== undefined) return bytes;
      } catch (e) {
        if (isFault(e, 'FILES_TOO_LARGE')) throw collectionFaults.BAD_RESPONSE({ name, location, detail: e.message }, { cause: e });
        throw e;
      }
      throw collectionFaults.METADATA_NOT_FOUND({ name, location });
    },
    publish: readOnly,
    key: readOnly,
    rotateKey: readOnly,
    deleteAll: readOnly,
  };
}
