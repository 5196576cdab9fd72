// SPDX-License-Identifier: Apache-2.0
/** Prints the command pages of every executable with a command table, as a JSON object of paths and texts. Run by docs.mjs. */
import { commandPages } from '@notary/cli/docs';
import { rootCommand as notation } from '../apps/notation/src/program.ts';

const pages = new Map<string, string>();
for (const { file, text } of commandPages(notation)) pages.set(`docs/commands/notation/${file}`, text);
process.stdout.write(JSON.stringify(Object.fromEntries(pages)));
