// SPDX-License-Identifier: Apache-2.0
/** The registry as a process that is killed while clients push: after each kill everything acknowledged is there, and the layout opens. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { digestOf } from '@notary/base';
import { recordSkip, repositoryRoot, until } from '@notary/testkit';
import { describe, expect, it } from 'vitest';
import { bytesOf, descriptor, image, makeRoot, OCI_MANIFEST, removeRoot, signature } from './support.ts';

const PROGRAM = fileURLToPath(new URL('./programs/serve.ts', import.meta.url));
const bun = [join(repositoryRoot(), 'node_modules/@oven/bun-linux-x64/bin/bun'), join(repositoryRoot(), 'node_modules/.bin/bun')].find(
  existsSync,
);
/** Kills of one run. */
const ROUNDS = 5;

interface Server {
  readonly url: string;
  kill(): Promise<void>;
}

function start(root: string): Promise<Server> {
  const child: ChildProcess = spawn(bun as string, ['--conditions=@notary/source', PROGRAM, root], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
    child.stdout?.on('data', (text: Buffer) => {
      const port = /port (\d+)/.exec(String(text))?.[1];
      if (port === undefined) return;
      const kill = async (): Promise<void> => {
        child.kill('SIGKILL');
        await exited;
      };
      resolve({ url: `http://127.0.0.1:${port}`, kill });
    });
  });
}

type Known = Map<string, string>;

/** Pushes until the server goes away; notes what was acknowledged. */
async function pushUntilGone(url: string, worker: string, known: Known): Promise<void> {
  const put = async (path: string, body: Uint8Array, type: string): Promise<boolean> => {
    const response = await fetch(`${url}${path}`, {
      method: path.includes('/blobs/') ? 'POST' : 'PUT',
      body: body as Uint8Array<ArrayBuffer>,
      headers: { 'content-type': type },
    });
    await response.arrayBuffer();
    return response.status === 201;
  };
  try {
    for (let i = 0; ; i++) {
      const name = i % 4 === 0 ? `own/${worker}` : 'shared/app';
      const layer = i % 5 === 0 ? new Uint8Array(200_000).fill(i % 256) : bytesOf(`${worker} ${i}`);
      const digest = digestOf(layer);
      if (await put(`/v2/${name}/blobs/uploads/?digest=${digest}`, layer, 'application/octet-stream'))
        known.set(`/v2/${name}/blobs/${digest}`, digest);
      const manifest = bytesOf(
        JSON.stringify(image({ layers: [descriptor('application/octet-stream', layer)], annotations: { worker, i: String(i) } })),
      );
      const tag = `${worker}-${i % 7}`;
      if (await put(`/v2/${name}/manifests/${tag}`, manifest, OCI_MANIFEST))
        known.set(`/v2/${name}/manifests/${digestOf(manifest)}`, digestOf(manifest));
      const signed = bytesOf(JSON.stringify(signature({ digest: digestOf(manifest), size: manifest.length })));
      if (await put(`/v2/${name}/manifests/${digestOf(signed)}`, signed, OCI_MANIFEST))
        known.set(`/v2/${name}/referrers/${digestOf(manifest)}`, digestOf(signed));
    }
  } catch {
    // The connection broke: this is what the test is about.
  }
}

async function check(url: string, known: Known): Promise<void> {
  for (const [path, digest] of known) {
    const response = await fetch(`${url}${path}`);
    const body = new Uint8Array(await response.arrayBuffer());
    const found = path.includes('/referrers/') ? new TextDecoder().decode(body).includes(digest) : digestOf(body) === digest;
    expect([path, response.status, found]).toEqual([path, 200, true]);
  }
}

describe('kill -9', () => {
  if (bun === undefined) {
    recordSkip('bun', 'no Bun executable beside the packages');
    it.skip('needs Bun to run the server from source', () => undefined);
    return;
  }
  it(`${ROUNDS} times while four clients push: nothing acknowledged is lost`, { timeout: 120_000 }, async () => {
    const root = makeRoot();
    const known: Known = new Map();
    try {
      for (let round = 0; round < ROUNDS; round++) {
        const server = await start(root);
        await check(server.url, known);
        const before = known.size;
        const workers = ['a', 'b', 'c', 'd'].map((w) => pushUntilGone(server.url, `${w}${round}`, known));
        await until('some answers', () => known.size > before + 4);
        // Rounds end before, at and after the first writing of index.json.
        await new Promise((resume) => setTimeout(resume, 50 + round * 200));
        await server.kill();
        await Promise.all(workers);
      }
      const server = await start(root);
      await check(server.url, known);
      expect(known.size).toBeGreaterThan(20);
      const wanted = [...known].filter(([path]) => path.startsWith('/v2/shared/app/manifests/')).map(([, digest]) => digest);
      await until('every manifest in index.json', () => {
        const index = JSON.parse(readFileSync(join(root, 'shared/app/index.json'), 'utf8')) as { manifests: { digest: string }[] };
        const listed = new Set(index.manifests.map((m) => m.digest));
        return wanted.every((digest) => listed.has(digest));
      });
      await server.kill();
    } finally {
      removeRoot(root);
    }
  });
});
