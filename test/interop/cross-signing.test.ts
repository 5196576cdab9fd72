// SPDX-License-Identifier: Apache-2.0
/** Both envelope formats with all six key specifications, signed by one tool and verified by the other, on each registry. */
import { counterpart, type DockerRegistry, findCounterpart, type OpensslKey, startDockerRegistry } from '@notary/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createIdentities, type Identities, keySpecs } from './support/identities.ts';
import { createPusher, imageNamed } from './support/images.ts';
import { createMachine, furnish, type Machine, ourTool } from './support/machine.ts';
import { type Running, startOurRegistry, startZot } from './support/registries.ts';

const go = counterpart('notation-go');
const formats = ['jws', 'cose'] as const;

let identities: Identities;
let ours: Machine;
let theirs: Machine;
beforeAll(() => {
  if (go === undefined || findCounterpart('openssl') === undefined) return;
  identities = createIdentities() as Identities;
  ours = createMachine(ourTool());
  theirs = createMachine(go);
  for (const machine of [ours, theirs]) furnish(machine, { rootPem: identities.ca.certPem, keys: identities.keys });
});
afterAll(() => {
  ours?.remove();
  theirs?.remove();
  identities?.ca.remove();
});

const some = ['RSA-2048', 'EC-384'] as const;

/** Where every key specification is tried: once with the tag schema, once with the Referrers API. The envelopes are the same elsewhere. */
const registries: readonly { name: string; specs: readonly OpensslKey[]; start: () => Promise<Running | DockerRegistry | undefined> }[] = [
  { name: 'docker-registry, deletes on', specs: keySpecs, start: () => startDockerRegistry() },
  { name: 'docker-registry, deletes off', specs: some, start: () => startDockerRegistry({ deletes: false }) },
  { name: 'notary-registry', specs: keySpecs, start: () => startOurRegistry() },
  { name: 'zot', specs: some, start: () => startZot() },
];

describe.skipIf(go === undefined || counterpart('openssl') === undefined).each(registries)('on $name', ({ specs, start }) => {
  let registry: Running | DockerRegistry | undefined;
  beforeAll(async () => {
    registry = await start();
  });
  afterAll(() => registry?.stop());

  it.for(formats)('%s: signed by one, verified by the other, for each key', async (format, { skip }) => {
    if (registry === undefined) return skip();
    const host = registry.host.replace('127.0.0.1', 'localhost');
    const pusher = createPusher(registry.url);
    const push = async (title: string): Promise<string> => `${host}/${await pusher.push(`x/${format}`, imageNamed(title))}`;
    for (const spec of specs) {
      const { keyFile, chainFile } = identities.bySpec.get(spec) as { keyFile: string; chainFile: string };
      const rest = ['--signature-format', format, '-m', `spec=${spec}`, '-e', '24h'];
      const mine = await push(`${format} ${spec} ours`);
      await ours.ok(['sign', '--key-file', keyFile, '--cert-file', chainFile, ...rest, mine]);
      const verified = await theirs.ok(['verify', '-m', `spec=${spec}`, mine]);
      expect(verified.stdout).toMatch(new RegExp(`^Successfully verified signature for ${mine}\n[^]*\nspec +${spec} `));
      const other = await push(`${format} ${spec} theirs`);
      await theirs.ok(['sign', '--key', spec, ...rest, other]);
      expect((await ours.ok(['verify', '-m', `spec=${spec}`, other])).stdout).toBe(verified.stdout.replace(mine, other));
      expect(await ours.ok(['inspect', '-o', 'json', other])).toEqual(await theirs.ok(['inspect', '-o', 'json', other]));
    }
  });
});
