// SPDX-License-Identifier: Apache-2.0
/** Uploads in progress: bounded in number and in idleness, resumable by a later process. */
import type { Clock, Random } from '@notary/base';
import { faults } from '../faults.ts';
import { MAX_UPLOADS, UPLOAD_IDLE_MS } from '../limits.ts';
import type { Algorithm, RepositoryName } from '../names.ts';
import { randomUuid } from '../random-uuid.ts';
import type { Blobs } from './blobs.ts';
import type { DiskIo } from './io.ts';
import type { Paths } from './paths.ts';
import { DiskUpload, readNote, type UploadEnd } from './upload.ts';

export interface UploadAreaDeps {
  readonly io: DiskIo;
  readonly paths: Paths;
  readonly clock: Clock;
  readonly random: Random;
  readonly blobs: Blobs;
}

const UPLOAD_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export class UploadArea {
  readonly #deps: UploadAreaDeps;
  readonly #uploads = new Map<string, DiskUpload>();
  readonly #end: UploadEnd;

  constructor(deps: UploadAreaDeps) {
    this.#deps = deps;
    this.#end = {
      publish: (upload, digest) => deps.blobs.adopt(upload.name, digest, upload.path),
      forget: (upload) => void this.#uploads.delete(upload.id),
    };
  }

  get count(): number {
    return this.#uploads.size;
  }

  #nowMs(): number {
    return this.#deps.clock.now().getTime();
  }

  start(name: RepositoryName, algorithm: Algorithm): DiskUpload {
    const id = randomUuid(this.#deps.random);
    return this.#keep({ id, name, algorithm, path: this.#deps.paths.upload(id), size: 0, usedAt: this.#nowMs() });
  }

  #keep(init: ConstructorParameters<typeof DiskUpload>[2]): DiskUpload {
    if (this.#uploads.size >= MAX_UPLOADS) throw faults.UPLOADS_FULL({ retryAfterSeconds: 60 });
    const upload = new DiskUpload(this.#deps.io, this.#end, init);
    this.#uploads.set(init.id, upload);
    return upload;
  }

  find(name: RepositoryName, id: string): DiskUpload | undefined {
    const known = this.#uploads.get(id);
    if (known !== undefined) {
      known.usedAt = this.#nowMs();
      return known.name === name ? known : undefined;
    }
    if (!UPLOAD_ID.test(id)) return undefined;
    const path = this.#deps.paths.upload(id);
    const note = readNote(this.#deps.io, path);
    const stat = this.#deps.io.stat(path);
    if (note === undefined || stat === undefined || note.name !== name) return undefined;
    return this.#keep({ id, name, algorithm: note.algorithm, path, size: stat.size, usedAt: this.#nowMs() });
  }

  /** Drops idle sessions, and files of earlier processes that nobody came back for. */
  async sweep(idleMs: number = UPLOAD_IDLE_MS): Promise<number> {
    const { io, paths } = this.#deps;
    const oldest = this.#nowMs() - idleMs;
    let dropped = 0;
    for (const upload of [...this.#uploads.values()]) {
      if (upload.taken || upload.usedAt > oldest) continue;
      await upload.cancel();
      dropped++;
    }
    for (const { name, directory } of io.list(paths.uploads)) {
      if (directory || this.#uploads.has(name.replace(/\.json$/, ''))) continue;
      const path = paths.upload(name);
      if ((io.stat(path)?.modifiedMs ?? 0) <= oldest && io.remove(path)) dropped++;
    }
    return dropped;
  }

  /** Staging files without a note cannot be resumed by anyone. */
  clearOrphans(): void {
    const { io, paths } = this.#deps;
    const names = new Set(io.list(paths.uploads).map((e) => e.name));
    for (const name of names) if (UPLOAD_ID.test(name) && !names.has(`${name}.json`)) io.remove(paths.upload(name));
  }

  /** Leaves what can be resumed, removes the rest. */
  async close(): Promise<void> {
    for (const upload of [...this.#uploads.values()]) {
      if (upload.size === 0) await upload.cancel();
      else await upload.suspend();
    }
    this.#uploads.clear();
  }
}
