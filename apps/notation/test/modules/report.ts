// SPDX-License-Identifier: Apache-2.0
/** Preloaded into Bun: at the end, writes the sources that were loaded into the file that MODULES_FILE names. */
import { readFileSync, writeFileSync } from 'node:fs';

interface LoadPlugins {
  plugin(plugin: {
    name: string;
    setup(build: { onLoad(options: { filter: RegExp }, load: (args: { path: string }) => { contents: string; loader: 'ts' }): void }): void;
  }): void;
}

const loaded: string[] = [];
const { Bun } = globalThis as unknown as { Bun: LoadPlugins };
Bun.plugin({
  name: 'report modules',
  setup(build) {
    build.onLoad({ filter: /\/(packages|apps)\/.*\.ts$/ }, ({ path }) => {
      loaded.push(path);
      return { contents: readFileSync(path, 'utf8'), loader: 'ts' };
    });
  },
});
process.on('exit', () => {
  writeFileSync(process.env.MODULES_FILE as string, JSON.stringify(loaded));
});
