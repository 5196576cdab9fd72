// SPDX-License-Identifier: Apache-2.0
/** A registry over a disk store in a process of its own, to be killed: `serve.ts ROOT`. Prints its port. */

import { createPlatform } from '@notary/platform';
import { createRegistry } from '@notary/registry';
import { openDiskStore } from '@notary/registry/store-disk';

const { clock, random, listener } = createPlatform();
const store = await openDiskStore({ root: process.argv[2] ?? '', clock, random });
const { handle } = createRegistry({ store, clock, random });
const { port } = await listener.listen(handle, { host: '127.0.0.1', port: 0, maxRequestBytes: Number.MAX_SAFE_INTEGER });
console.log(`port ${port}`);
