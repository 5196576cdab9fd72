// SPDX-License-Identifier: Apache-2.0
/** Many signers of one image at once: the tag schema keeps every signature. */
import { counterpart, type DockerRegistry, startDockerRegistry } from '@notary/testkit';
import { describe, expect, it } from 'vitest';
import { createIdentities, type Identities } from './support/identities.ts';
import { createPusher, imageNamed } from './support/images.ts';
import { createMachine, furnish, ourTool, pushedSignature } from './support/machine.ts';

const SIGNERS = 24;
const can = counterpart('openssl') !== undefined && counterpart('docker-registry') !== undefined;

describe.skipIf(!can)('parallel signers on docker-registry', () => {
  it.each([true, false])(
    'lose no signature; deletes allowed: %s',
    async (deletes) => {
      const identities = createIdentities(['EC-256']) as Identities;
      const registry = (await startDockerRegistry({ deletes })) as DockerRegistry;
      const user = createMachine(ourTool());
      try {
        furnish(user, { rootPem: identities.ca.certPem, keys: identities.keys });
        const image = imageNamed('wanted by many');
        const reference = `${registry.host.replace('127.0.0.1', 'localhost')}/${await createPusher(registry.url).push('app', image)}`;
        const signed = await Promise.all(Array.from({ length: SIGNERS }, (_, i) => user.ok(['sign', '-m', `signer=${i}`, reference])));
        const listed = (await user.ok(['list', reference])).stdout.match(/(?<=── )sha256:[0-9a-f]{64}$/gm);
        expect(listed?.toSorted()).toEqual(signed.map(pushedSignature).toSorted());
      } finally {
        user.remove();
        identities.ca.remove();
        await registry.stop();
      }
    },
    120_000,
  );
});
