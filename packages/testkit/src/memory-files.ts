// SPDX-License-Identifier: Apache-2.0
/** Files in memory with the faults of the real ones. Paths are absolute and use slashes. */
import { concatBytes, type FileKind, type FileLock, type Files, filesFaults, toUtf8 } from '@notary/base';

interface Node {
  readonly kind: FileKind;
  bytes: Uint8Array;
  mode: number;
  modifiedAt: Date;
  readonly target?: string;
}

export interface MemoryFiles extends Files {
  /** Puts a file there with its directories: set-up without ceremony. */
  put(path: string, content: string | Uint8Array, mode?: number): void;
  /** Puts a symbolic link there. */
  putLink(path: string, target: string): void;
  /** Every file's path and text, sorted: for one comparison. */
  snapshot(): Record<string, string>;
  /** Makes the next `writeAtomic` fail as a full disk does. */
  failNextWrite(): void;
}

const PARENT = /\/[^/]*$/;
const normal = (path: string): string => {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
};
const parentOf = (path: string): string => path.replace(PARENT, '') || '/';

/** The tree and its rules. */
class Tree {
  readonly nodes = new Map<string, Node>([['/', { kind: 'directory', bytes: new Uint8Array(0), mode: 0o755, modifiedAt: new Date(0) }]]);
  readonly #now: () => Date;

  constructor(now: () => Date) {
    this.#now = now;
  }

  make(path: string, kind: FileKind, mode: number, bytes: Uint8Array = new Uint8Array(0)): void {
    this.nodes.set(path, { kind, bytes, mode, modifiedAt: this.#now() });
  }

  /** The node, links in the last component followed. */
  follow(path: string, depth = 0): { node: Node; path: string } | undefined {
    const at = normal(path);
    const node = this.nodes.get(at);
    if (node?.kind !== 'symlink') return node === undefined ? undefined : { node, path: at };
    if (depth > 40) throw filesFaults.FAILED({ path, operation: 'open', reason: 'too many levels of symbolic links' });
    return this.follow(node.target?.startsWith('/') ? node.target : `${parentOf(at)}/${node.target}`, depth + 1);
  }

  /** Every directory above must be one. */
  checkParents(path: string, operation: string): void {
    for (let at = parentOf(normal(path)); ; at = parentOf(at)) {
      const node = this.nodes.get(at);
      if (node !== undefined && node.kind !== 'directory') throw filesFaults.NOT_DIRECTORY({ path, operation, reason: 'not a directory' });
      if (at === '/') return;
    }
  }

  children(path: string): string[] {
    const prefix = path === '/' ? '/' : `${path}/`;
    return [...this.nodes.keys()].filter((p) => p !== '/' && p.startsWith(prefix) && !p.slice(prefix.length).includes('/'));
  }

  makeDirectories(path: string, mode: number): void {
    const at = normal(path);
    this.checkParents(at, 'mkdir');
    const found = this.follow(at);
    if (found?.node.kind === 'directory') return;
    if (found !== undefined) throw filesFaults.NOT_DIRECTORY({ path, operation: 'mkdir', reason: 'not a directory' });
    this.makeDirectories(parentOf(at), mode);
    this.make(at, 'directory', mode);
  }
}

function readFrom(tree: Tree, path: string): Uint8Array | undefined {
  tree.checkParents(path, 'open');
  const found = tree.follow(path);
  if (found === undefined) return undefined;
  if (found.node.kind === 'directory') throw filesFaults.IS_DIRECTORY({ path, operation: 'read', reason: 'is a directory' });
  return found.node.bytes;
}

async function collect(bytes: Uint8Array | AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  if (bytes instanceof Uint8Array) return bytes.slice();
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk.slice());
  return concatBytes(...chunks);
}

/** Files in memory, empty but for `/tmp`. */
export function createMemoryFiles(
  initial: Readonly<Record<string, string | Uint8Array>> = {},
  now: () => Date = () => new Date(0),
): MemoryFiles {
  const tree = new Tree(now);
  const locks = new Set<string>();
  let failWrite = false;
  let temporary = 0;
  const put = (path: string, content: string | Uint8Array, mode = 0o644): void => {
    const at = normal(path);
    tree.makeDirectories(parentOf(at), 0o755);
    tree.make(at, 'file', mode, typeof content === 'string' ? toUtf8(content) : content);
  };
  tree.makeDirectories('/tmp', 0o777);
  for (const [path, content] of Object.entries(initial)) put(path, content);

  return {
    put,
    putLink(path, target) {
      tree.makeDirectories(parentOf(normal(path)), 0o755);
      tree.nodes.set(normal(path), { kind: 'symlink', bytes: new Uint8Array(0), mode: 0o777, modifiedAt: now(), target });
    },
    snapshot() {
      const files = [...tree.nodes].filter(([, n]) => n.kind === 'file').sort(([a], [b]) => (a < b ? -1 : 1));
      return Object.fromEntries(files.map(([path, n]) => [path, new TextDecoder().decode(n.bytes)]));
    },
    failNextWrite() {
      failWrite = true;
    },
    async read(path, maxBytes) {
      const bytes = readFrom(tree, path);
      if (bytes !== undefined && bytes.length > maxBytes) throw filesFaults.TOO_LARGE({ path, maxBytes });
      return bytes?.slice();
    },
    async *readStream(path, { offset = 0, length = Number.POSITIVE_INFINITY } = {}) {
      const bytes = readFrom(tree, path);
      if (bytes === undefined) throw filesFaults.NOT_FOUND({ path, operation: 'open', reason: 'no such file or directory' });
      const end = Math.min(bytes.length, offset + length);
      for (let at = offset; at < end; at += 65_536) yield bytes.slice(at, Math.min(end, at + 65_536));
    },
    async stat(path) {
      tree.checkParents(path, 'lstat');
      const node = tree.nodes.get(normal(path));
      return node && { kind: node.kind, size: node.bytes.length, mode: node.mode, modifiedAt: node.modifiedAt };
    },
    async writeAtomic(path, bytes, { mode, stagingDir, exclusive }) {
      const at = normal(path);
      const content = await collect(bytes);
      for (const dir of [parentOf(at), normal(stagingDir ?? parentOf(at))]) {
        tree.checkParents(`${dir}/x`, 'open');
        if (tree.follow(dir) === undefined) throw filesFaults.NOT_FOUND({ path, operation: 'open', reason: 'no such file or directory' });
      }
      if (failWrite) {
        failWrite = false;
        throw filesFaults.NO_SPACE({ path, operation: 'write', reason: 'no space left on device' });
      }
      const there = tree.nodes.get(at);
      if (there !== undefined && exclusive) throw filesFaults.EXISTS({ path, operation: 'open', reason: 'file exists' });
      if (there?.kind === 'directory') throw filesFaults.IS_DIRECTORY({ path, operation: 'open', reason: 'is a directory' });
      tree.make(at, 'file', mode, content);
    },
    async list(path) {
      tree.checkParents(path, 'open');
      const found = tree.follow(path);
      if (found === undefined) return undefined;
      if (found.node.kind !== 'directory') throw filesFaults.NOT_DIRECTORY({ path, operation: 'open', reason: 'not a directory' });
      const entries = tree
        .children(found.path)
        .map((p) => ({ name: p.slice(p.lastIndexOf('/') + 1), kind: (tree.nodes.get(p) as Node).kind }));
      return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    makeDirectory: async (path, mode) => tree.makeDirectories(path, mode),
    async remove(path) {
      tree.checkParents(path, 'remove');
      const at = normal(path);
      if (tree.nodes.get(at)?.kind === 'directory' && tree.children(at).length > 0)
        throw filesFaults.NOT_EMPTY({ path, operation: 'remove', reason: 'directory not empty' });
      return tree.nodes.delete(at);
    },
    async removeTree(path) {
      const at = normal(path);
      for (const p of [...tree.nodes.keys()]) if (p === at || p.startsWith(`${at}/`)) tree.nodes.delete(p);
    },
    async rename(from, to) {
      const source = normal(from);
      if (!tree.nodes.has(source)) throw filesFaults.NOT_FOUND({ path: from, operation: 'rename', reason: 'no such file or directory' });
      if (tree.follow(parentOf(normal(to))) === undefined)
        throw filesFaults.NOT_FOUND({ path: to, operation: 'rename', reason: 'no such file or directory' });
      for (const [path, node] of [...tree.nodes]) {
        if (path !== source && !path.startsWith(`${source}/`)) continue;
        tree.nodes.delete(path);
        tree.nodes.set(normal(to) + path.slice(source.length), node);
      }
    },
    async setMode(path, mode) {
      const found = tree.follow(path);
      if (found === undefined) throw filesFaults.NOT_FOUND({ path, operation: 'chmod', reason: 'no such file or directory' });
      found.node.mode = mode;
    },
    async lock(path, waitMs): Promise<FileLock> {
      const at = normal(path);
      for (let waited = 0; locks.has(at); waited += 5) {
        if (waited >= waitMs) throw filesFaults.LOCKED({ path, waitedMs: waited, holder: 'process 1' });
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      locks.add(at);
      put(at, '{}', 0o600);
      let released = false;
      return {
        async release() {
          if (released) return;
          released = true;
          locks.delete(at);
          tree.nodes.delete(at);
        },
      };
    },
    async makeTemporaryDirectory(prefix) {
      temporary++;
      const path = `/tmp/${prefix}${temporary}`;
      tree.makeDirectories(path, 0o700);
      return path;
    },
  };
}
