// SPDX-License-Identifier: Apache-2.0
/** The writing half of the memory of references, which only a verification that saw something new loads. */
import { type Digest, type Files, toBase64, toUtf8 } from '@notary/base';
import type { AppDeps } from '../deps.ts';
import { joinPath } from '../directories.ts';
import { limits } from '../limits.ts';
import type { Contents, ReferenceMemory } from './memory.ts';

/** Keeps what a verification read. A disk that does not take it must not stop the command: the next one asks the registry again. */
export async function remember(deps: AppDeps, memory: ReferenceMemory, artifact: Digest, contents: Contents): Promise<void> {
  const { files } = deps;
  const { directory } = memory;
  const kept = [...contents].map(([digest, { mediaType, bytes }]) => ({ digest, mediaType, data: toBase64(bytes) }));
  const text = JSON.stringify({ version: 1, reference: memory.reference, artifact, contents: kept });
  try {
    await files.makeDirectory(directory, 0o700);
    await makeRoom(files, directory, (name) => joinPath(deps, directory, name));
    await files.writeAtomic(memory.path, toUtf8(text), { mode: 0o600, durable: false });
  } catch {
    // See above.
  }
}

/** Of too many files every fourth goes: their names are hashes, so that is as good as by lot, and needs no times. */
async function makeRoom(files: Files, directory: string, pathOf: (name: string) => string): Promise<void> {
  const entries = (await files.list(directory)) ?? [];
  if (entries.length < limits.memories) return;
  for (let i = 0; i < entries.length; i += 4) await files.remove(pathOf((entries[i] as { name: string }).name));
}
