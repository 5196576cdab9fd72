// SPDX-License-Identifier: Apache-2.0
/**
 * The TypeScript on pages, each block as a file of its own. What it imports, calls and passes has to be there, with those types; names that a
 * page leaves to the reader (a clock, a password) need not.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';

/** Blocks of a page, with the line on which each begins. */
export function typeScriptBlocks(text) {
  return [...text.matchAll(/^```(?:ts|typescript)\n([\s\S]*?)^```/gm)].map((m) => ({
    line: text.slice(0, m.index).split('\n').length + 1,
    code: m[1],
  }));
}

/** A name that is not declared, and a parameter whose type would have followed from one. */
const READERS = /: error TS(2304|2552|18004|7006|7031):/;

/** Messages, with the lines that continue them, but for those about the reader's own names. */
function withoutReaders(lines) {
  let kept = true;
  return lines.filter((line) => {
    if (!/^\s/.test(line)) kept = !READERS.test(line);
    return kept;
  });
}

/**
 * Compiles the blocks of all pages and returns what is wrong, by page and line. `compile` runs the compiler on a project below `root` and
 * returns its messages; the files are in a folder that git ignores, inside the repository, where packages are found.
 */
export function checkPageExamples(root, pages, compile) {
  const folder = `.cache/page-examples-${process.pid}`;
  const origins = new Map();
  mkdirSync(`${root}${folder}`, { recursive: true });
  try {
    for (const [page, text] of pages) {
      for (const { line, code } of typeScriptBlocks(text)) {
        const name = `${origins.size}.ts`;
        origins.set(name, { page, line });
        writeFileSync(`${root}${folder}/${name}`, `${code}export {};\n`);
      }
    }
    writeFileSync(`${root}${folder}/tsconfig.json`, JSON.stringify({ extends: '../../tsconfig.json', include: ['*.ts'] }));
    const problems = withoutReaders(compile(`${folder}/tsconfig.json`)).map((message) =>
      message.replace(/^\S*?(\d+\.ts)\((\d+),(\d+)\)/, (whole, name, row, column) => {
        const origin = origins.get(name);
        return origin === undefined ? whole : `${origin.page}:${origin.line + Number(row) - 1}:${column}`;
      }),
    );
    return { problems, blocks: origins.size };
  } finally {
    rmSync(`${root}${folder}`, { recursive: true, force: true });
  }
}
