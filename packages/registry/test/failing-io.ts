// SPDX-License-Identifier: Apache-2.0
/** A file system that fails or loses power at a chosen step, over the real one. */
import { type DiskFile, type DiskIo, diskFault } from '@notary/registry/store-disk';

export type Failure = 'ENOSPC' | 'EIO' | 'EROFS';

export interface FailingIo extends DiskIo {
  /** Steps that would write, so far. */
  readonly steps: number;
  /** From this step on every write fails (`for` steps of them, default all). */
  failAt(step: number, failure: Failure, count?: number): void;
  heal(): void;
}

export function createFailingIo(io: DiskIo): FailingIo {
  let steps = 0;
  let from = Number.POSITIVE_INFINITY;
  let until = 0;
  let failure: Failure = 'EIO';
  const step = (): void => {
    steps++;
    if (steps >= from && steps < until) throw diskFault('test', Object.assign(new Error(failure), { code: failure }));
  };
  const wrap = (file: DiskFile): DiskFile => ({
    async write(chunks, position) {
      step();
      await file.write(chunks, position);
    },
    async sync() {
      step();
      await file.sync();
    },
    truncate: (size) => file.truncate(size),
    close: () => file.close(),
  });
  return {
    get steps() {
      return steps;
    },
    failAt(at, what, count = Number.POSITIVE_INFINITY) {
      from = steps + at;
      until = from + count;
      failure = what;
    },
    heal() {
      from = Number.POSITIVE_INFINITY;
    },
    stat: (p) => io.stat(p),
    read: (p, max) => io.read(p, max),
    list: (p) => io.list(p),
    chunks: (p) => io.chunks(p),
    body: (p, s, r) => io.body(p, s, r),
    remove: (p) => io.remove(p),
    touch: (p, at) => io.touch(p, at),
    makeDirectory(p) {
      step();
      io.makeDirectory(p);
    },
    async open(p) {
      step();
      return wrap(await io.open(p));
    },
    put(p, b) {
      step();
      io.put(p, b);
    },
    rename(a, b) {
      step();
      io.rename(a, b);
    },
    link(a, b) {
      step();
      io.link(a, b);
    },
    async sync(p) {
      step();
      await io.sync(p);
    },
  };
}
