// SPDX-License-Identifier: Apache-2.0
import { equalBytes, type Files, fromUtf8, toUtf8 } from '@notary/base';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

export interface FilesUnderTest {
  readonly files: Files;
  /** An empty folder. */
  readonly root: string;
  readonly link: (path: string, target: string) => Promise<void>;
  readonly cleanUp: () => Promise<void>;
}

async function* chunks(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield toUtf8(text);
}

const code = (value: string): object => ({ code: value });

export function filesContract(name: string, make: () => Promise<FilesUnderTest>): void {
  describe(`Files: ${name}`, () => {
    let t: FilesUnderTest;
    const at = (path: string): string => `${t.root}/${path}`;
    const text = async (path: string): Promise<string | undefined> => {
      const bytes = await t.files.read(at(path), 1_000_000);
      return bytes === undefined ? undefined : fromUtf8(bytes);
    };
    beforeEach(async () => {
      t = await make();
    });
    afterEach(() => t.cleanUp());

    it('reads what it wrote, and nothing where nothing is', async () => {
      await t.files.writeAtomic(at('a'), toUtf8('hello'), { mode: 0o600 });
      expect(await text('a')).toBe('hello');
      expect(await t.files.read(at('none'), 10)).toBeUndefined();
      expect(await t.files.read(at('none/below'), 10)).toBeUndefined();
    });

    it('writes alike without waiting for the device', async () => {
      await t.files.writeAtomic(at('a'), toUtf8('durable'), { mode: 0o600 });
      await t.files.writeAtomic(at('a'), toUtf8('quick'), { mode: 0o644, durable: false });
      expect(await text('a')).toBe('quick');
      expect((await t.files.stat(at('a')))?.mode).toBe(0o644);
    });

    it('refuses more than the bound, and takes exactly the bound', async () => {
      await t.files.writeAtomic(at('a'), new Uint8Array(11), { mode: 0o600 });
      await expect(t.files.read(at('a'), 10)).rejects.toMatchObject(code('FILES_TOO_LARGE'));
      expect(await t.files.read(at('a'), 11)).toHaveLength(11);
      await t.files.writeAtomic(at('empty'), new Uint8Array(0), { mode: 0o600 });
      expect(await t.files.read(at('empty'), 0)).toHaveLength(0);
    });

    it('reads a large file whole', async () => {
      const large = new Uint8Array(1_000_003).map((_, i) => i % 251);
      await t.files.writeAtomic(at('large'), large, { mode: 0o600 });
      // Not member by member, as the test runner would: that takes seconds.
      expect(equalBytes((await t.files.read(at('large'), 2_000_000)) ?? new Uint8Array(0), large)).toBe(true);
    });

    it('says what is in the way', async () => {
      await t.files.makeDirectory(at('dir'), 0o755);
      await t.files.writeAtomic(at('file'), new Uint8Array(1), { mode: 0o600 });
      await expect(t.files.read(at('dir'), 10)).rejects.toMatchObject(code('FILES_IS_DIRECTORY'));
      await expect(t.files.read(at('file/x'), 10)).rejects.toMatchObject(code('FILES_NOT_DIRECTORY'));
      await expect(t.files.list(at('file'))).rejects.toMatchObject(code('FILES_NOT_DIRECTORY'));
      await expect(t.files.makeDirectory(at('file/x'), 0o755)).rejects.toMatchObject(code('FILES_NOT_DIRECTORY'));
      await expect(t.files.makeDirectory(at('file'), 0o755)).rejects.toMatchObject(code('FILES_NOT_DIRECTORY'));
      await expect(t.files.writeAtomic(at('none/x'), new Uint8Array(0), { mode: 0o600 })).rejects.toMatchObject(code('FILES_NOT_FOUND'));
      await expect(t.files.rename(at('none'), at('other'))).rejects.toMatchObject(code('FILES_NOT_FOUND'));
      await expect(t.files.setMode(at('none'), 0o600)).rejects.toMatchObject(code('FILES_NOT_FOUND'));
    });

    it('streams a part', async () => {
      await t.files.writeAtomic(at('a'), toUtf8('0123456789'), { mode: 0o600 });
      const read = async (options?: { offset?: number; length?: number }): Promise<string> => {
        let out = '';
        for await (const chunk of t.files.readStream(at('a'), options)) out += fromUtf8(chunk);
        return out;
      };
      expect(await read()).toBe('0123456789');
      expect(await read({ offset: 3, length: 4 })).toBe('3456');
      expect(await read({ offset: 8, length: 40 })).toBe('89');
      expect(await read({ length: 0 })).toBe('');
      const missing = t.files.readStream(at('none'))[Symbol.asyncIterator]();
      await expect(missing.next()).rejects.toMatchObject(code('FILES_NOT_FOUND'));
    });

    it('writes all or nothing', async () => {
      await t.files.writeAtomic(at('a'), toUtf8('old'), { mode: 0o600 });
      async function* breaking(): AsyncGenerator<Uint8Array> {
        yield toUtf8('half');
        throw new Error('the source broke');
      }
      await expect(t.files.writeAtomic(at('a'), breaking(), { mode: 0o600 })).rejects.toThrow('the source broke');
      expect(await text('a')).toBe('old');
      await t.files.writeAtomic(at('a'), chunks('n', 'ew'), { mode: 0o600 });
      expect(await text('a')).toBe('new');
      expect((await t.files.list(t.root))?.map((e) => e.name)).toEqual(['a']);
    });

    it('leaves an existing file alone when it must be new', async () => {
      await t.files.writeAtomic(at('a'), toUtf8('first'), { mode: 0o600, exclusive: true });
      await expect(t.files.writeAtomic(at('a'), toUtf8('second'), { mode: 0o600, exclusive: true })).rejects.toMatchObject(
        code('FILES_EXISTS'),
      );
      expect(await text('a')).toBe('first');
      expect(await t.files.list(t.root)).toHaveLength(1);
    });

    it('stages where it is told', async () => {
      await t.files.makeDirectory(at('target'), 0o700);
      await t.files.makeDirectory(at('staging'), 0o700);
      let seen: string[] | undefined;
      async function* watching(): AsyncGenerator<Uint8Array> {
        yield toUtf8('x');
        seen = (await t.files.list(at('target')))?.map((e) => e.name);
      }
      await t.files.writeAtomic(at('target/a'), watching(), { mode: 0o600, stagingDir: at('staging') });
      expect(seen).toEqual([]);
      expect(await t.files.list(at('staging'))).toEqual([]);
      expect(await text('target/a')).toBe('x');
    });

    it('sets permissions exactly', async () => {
      for (const mode of [0o600, 0o644, 0o666, 0o400]) {
        await t.files.writeAtomic(at(`f${mode}`), new Uint8Array(0), { mode });
        expect((await t.files.stat(at(`f${mode}`)))?.mode).toBe(mode);
      }
      await t.files.makeDirectory(at('open/deep'), 0o777);
      expect((await t.files.stat(at('open/deep')))?.mode).toBe(0o777);
      expect((await t.files.stat(at('open')))?.mode).toBe(0o777);
      await t.files.setMode(at('open'), 0o700);
      await t.files.makeDirectory(at('open'), 0o777);
      expect((await t.files.stat(at('open')))?.mode).toBe(0o700);
    });

    it('tells kinds apart without following links', async () => {
      await t.files.writeAtomic(at('file'), toUtf8('abc'), { mode: 0o600 });
      await t.files.makeDirectory(at('dir'), 0o755);
      await t.link(at('link'), at('file'));
      await t.link(at('broken'), at('nowhere'));
      const entries = (await t.files.list(t.root)) ?? [];
      expect(entries).toEqual([
        { name: 'broken', kind: 'symlink' },
        { name: 'dir', kind: 'directory' },
        { name: 'file', kind: 'file' },
        { name: 'link', kind: 'symlink' },
      ]);
      expect(await t.files.stat(at('file'))).toMatchObject({ kind: 'file', size: 3 });
      expect((await t.files.stat(at('link')))?.kind).toBe('symlink');
      expect(await t.files.stat(at('none'))).toBeUndefined();
      expect(await text('link')).toBe('abc');
      expect(await t.files.read(at('broken'), 10)).toBeUndefined();
      expect(await t.files.list(at('none'))).toBeUndefined();
    });

    it('removes files and empty directories, and trees when told so', async () => {
      await t.files.makeDirectory(at('d/e'), 0o755);
      await t.files.writeAtomic(at('d/f'), new Uint8Array(1), { mode: 0o600 });
      await expect(t.files.remove(at('d'))).rejects.toMatchObject(code('FILES_NOT_EMPTY'));
      expect(await t.files.remove(at('d/f'))).toBe(true);
      expect(await t.files.remove(at('d/f'))).toBe(false);
      await t.files.removeTree(at('d'));
      expect(await t.files.stat(at('d'))).toBeUndefined();
      await t.files.removeTree(at('d'));
    });

    it('removes a link, not what it points to', async () => {
      await t.files.makeDirectory(at('real'), 0o755);
      await t.files.writeAtomic(at('real/f'), new Uint8Array(1), { mode: 0o600 });
      await t.link(at('link'), at('real'));
      expect(await t.files.remove(at('link'))).toBe(true);
      expect(await t.files.stat(at('real/f'))).toBeDefined();
    });

    it('renames over what is there', async () => {
      await t.files.writeAtomic(at('a'), toUtf8('a'), { mode: 0o600 });
      await t.files.writeAtomic(at('b'), toUtf8('b'), { mode: 0o600 });
      await t.files.rename(at('a'), at('b'));
      expect(await text('b')).toBe('a');
      expect(await t.files.read(at('a'), 10)).toBeUndefined();
    });

    it('locks one holder at a time', async () => {
      const first = await t.files.lock(at('lock'), 0);
      await expect(t.files.lock(at('lock'), 40)).rejects.toMatchObject(code('FILES_LOCKED'));
      const waiting = t.files.lock(at('lock'), 5_000);
      setTimeout(() => void first.release(), 60);
      const second = await waiting;
      await first.release();
      await expect(t.files.lock(at('lock'), 0)).rejects.toMatchObject(code('FILES_LOCKED'));
      await second.release();
      await second.release();
      expect(await t.files.stat(at('lock'))).toBeUndefined();
    });

    it('never lets two in, however many want to', async () => {
      let inside = 0;
      let most = 0;
      await Promise.all(
        Array.from({ length: 12 }, async () => {
          const lock = await t.files.lock(at('lock'), 20_000);
          inside++;
          most = Math.max(most, inside);
          await new Promise((resolve) => setTimeout(resolve, 3));
          inside--;
          await lock.release();
        }),
      );
      expect(most).toBe(1);
    });

    it('makes private temporary directories', async () => {
      const one = await t.files.makeTemporaryDirectory('notary-test-');
      const two = await t.files.makeTemporaryDirectory('notary-test-');
      expect(one).not.toBe(two);
      expect(await t.files.stat(one)).toMatchObject({ kind: 'directory', mode: 0o700 });
      await t.files.removeTree(one);
      await t.files.removeTree(two);
    });
  });
}
