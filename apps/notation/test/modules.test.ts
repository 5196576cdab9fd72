// SPDX-License-Identifier: Apache-2.0
/**
 * What the hot commands load, module by module: whether verification fits into every step of a pipeline is decided by its cold
 * start. A part that is not in the list needs a reason to be loaded; UPDATE_MODULES=1 rewrites the lists once there is one.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Handler } from '@notary/base';
import { createPlatform } from '@notary/platform';
import { createTestCa, repositoryRoot } from '@notary/testkit';
import { describe, expect, it } from 'vitest';
import { bunExecutable } from '../../../scripts/build.mjs';
import { limits } from '../src/limits.ts';
import { createNotation, policyFor } from './support.ts';

const root = repositoryRoot();
const lists = join(root, 'apps/notation/test/modules');

/** Sources of this project that a call loads, relative to the repository. */
async function loadedBy(home: string, argv: readonly string[]): Promise<{ code: number; modules: string[] }> {
  const file = join(home, 'modules.json');
  const child = spawn(
    bunExecutable(),
    ['--conditions=@notary/source', '--preload', join(lists, 'report.ts'), join(root, 'apps/notation/src/main.ts'), ...argv],
    { env: { HOME: home, PATH: process.env.PATH, MODULES_FILE: file }, stdio: 'ignore' },
  );
  const code = await new Promise<number>((resolve) => {
    child.on('close', (c) => resolve(c ?? -1));
  });
  const modules = JSON.parse(readFileSync(file, 'utf8')) as string[];
  return { code, modules: modules.map((m) => m.replace(`${root}/`, '')).sort() };
}

function expectList(name: string, modules: readonly string[]): void {
  const path = join(lists, `${name}.txt`);
  // The app by file, the packages by folder: where a package puts its files is its own business, which of its parts are loaded is not.
  const units = new Set(modules.map((m) => (m.startsWith('apps/') ? m : `${m.slice(0, m.lastIndexOf('/'))}/`)));
  const text = `${[...units].sort().join('\n')}\n`;
  if (process.env.UPDATE_MODULES) writeFileSync(path, text);
  expect(text).toBe(readFileSync(path, 'utf8'));
}

describe('modules loaded', () => {
  it('version loads the table and nothing else', async () => {
    const home = mkdtempSync(join(tmpdir(), 'notation-modules-'));
    try {
      const { code, modules } = await loadedBy(home, ['version']);
      expect(code).toBe(0);
      expectList('version', modules);
      const commands = modules.filter((m) => /apps\/notation\/src\/commands\/.*\/(run|view)\.ts$/.test(m));
      expect(commands).toEqual(['apps/notation/src/commands/version/run.ts', 'apps/notation/src/commands/version/view.ts']);
      expect(modules.filter((m) => /packages\/(oci|signature|x509|trust|notation|registry-auth)\//.test(m))).toEqual([]);
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  });

  it('verify loads nothing that signs, inspects, explains or helps', async () => {
    const home = mkdtempSync(join(tmpdir(), 'notation-modules-'));
    const notation = createNotation();
    // Far enough for the first verification to be remembered, so that the one that is looked at has nothing to write.
    const handle: Handler = async (request, connection) => {
      await setTimeout(3 * limits.nearRegistryMs);
      return notation.registry.handle(request, connection);
    };
    const listener = await createPlatform().listener.listen(handle, { host: '127.0.0.1', port: 0 });
    try {
      const reference = `localhost:${listener.port}/app@${await notation.push('app', 'v1')}`;
      await signInto(home, notation, reference, `http://localhost:${listener.port}`);
      expect((await loadedBy(home, ['verify', reference])).code).toBe(0);
      const { code, modules } = await loadedBy(home, ['verify', reference]);
      expect(code).toBe(0);
      expectList('verify', modules);
      expect(
        modules.filter((m) =>
          /packages\/.*\/(sign|inspect|cose|layout|memory|help|completion|docs|sql|processes|listener)\/|commands\/(?!verify\/).*\/(run|view)\.ts$/.test(
            m,
          ),
        ),
      ).toEqual([]);
    } finally {
      await listener.stop(0);
      rmSync(home, { recursive: true, force: true });
    }
  });
});

/** Signs in process, and leaves a home that trusts the signature. */
async function signInto(home: string, notation: ReturnType<typeof createNotation>, reference: string, origin: string): Promise<void> {
  const ca = await createTestCa({ subject: { C: 'US', ST: 'WA', O: 'Acme', CN: 'Acme Root' } });
  // The test clock stands in 2026; the child process has the real one.
  const signer = await ca.codeSigner({ subject: { C: 'US', ST: 'WA', O: 'Acme', CN: 'build' } });
  notation.http.route(origin, notation.registry.handle);
  notation.files.put('/home/all.pem', signer.keyPem + signer.chainPem);
  await notation.ok(['sign', '--key-file', '/home/all.pem', reference]);
  const config = join(home, '.config/notation');
  mkdirSync(join(config, 'truststore/x509/ca/acme'), { recursive: true });
  writeFileSync(join(config, 'truststore/x509/ca/acme/root.pem'), ca.rootPem);
  writeFileSync(join(config, 'trustpolicy.oci.json'), policyFor('acme'));
}
