// SPDX-License-Identifier: Apache-2.0
/** Prints the command pages of every executable with a command table, as a JSON object of paths and texts. Run by docs.mjs. */
import { commandPages } from '@notary/cli/docs';
import { rootCommand as notary } from '../apps/notary/src/program.ts';
import { rootCommand as registry } from '../apps/notary-registry/src/program.ts';
import { rootCommand as notation } from '../apps/notation/src/program.ts';

const pages = new Map<string, string>();
const add = (name: string, of: readonly { readonly file: string; readonly text: string }[]): void => {
  for (const { file, text } of of) pages.set(`docs/commands/${name}/${file}`, text);
};
add('notation', commandPages(notation));
add('notary', commandPages(notary));
add('notary-registry', commandPages(registry));
process.stdout.write(JSON.stringify(Object.fromEntries(pages)));
