// SPDX-License-Identifier: Apache-2.0
/** Roots that were found to hold by themselves, by their bytes: a collection's root changes once a year, its updates come daily. */
import { checkRoot, rootFingerprints, type VerifiedRoot } from '@notary/tuf';
import type { StoredFile } from '../storage/port.ts';

/** Roots remembered. One takes a few kilobytes. */
const MAX_ROOTS = 2_000;

export class RootMemory {
  /** By collection. */
  readonly #known = new Map<string, { sha256: string; root: VerifiedRoot; until: number }>();

  /** As `checkRoot` of a stored root without its expiry. Certificates are judged anew once one of them may have expired. */
  check(gun: string, file: StoredFile, at: Date): VerifiedRoot | Promise<VerifiedRoot> {
    const known = this.#known.get(gun);
    return known !== undefined && known.sha256 === file.sha256 && at.getTime() < known.until ? known.root : this.#judge(gun, file, at);
  }

  async #judge(gun: string, file: StoredFile, at: Date): Promise<VerifiedRoot> {
    const root = await checkRoot(file.bytes, { gun, at, expiry: 'ignore' });
    const until = Math.min(...rootFingerprints(root, gun).map((f) => f.notAfter.getTime()));
    if (this.#known.size >= MAX_ROOTS) this.#known.delete(this.#known.keys().next().value as string);
    this.#known.set(gun, { sha256: file.sha256, root, until });
    return root;
  }
}
