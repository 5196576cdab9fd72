// SPDX-License-Identifier: Apache-2.0
/** A server in process: memory or any store, keys in memory, a clock that tests turn. */
import { type Clock, isFault, Secret } from '@notary/base';
import {
  type AuditEntry,
  createMemoryStore,
  createNotaryServer,
  type MetadataStore,
  type NotaryServer,
  type NotaryServerOptions,
  type SigningService,
  signingFaults,
} from '@notary/notary-server';
import { createKeyVault, createMemoryKeyStore } from '@notary/notary-signer';

export class TestClock implements Clock {
  #now: number;
  constructor(at = new Date('2026-06-01T12:00:00Z')) {
    this.#now = at.getTime();
  }
  now(): Date {
    return new Date(this.#now);
  }
  advance(ms: number): void {
    this.#now += ms;
  }
  async sleep(ms: number): Promise<void> {
    this.#now += ms;
  }
}

export const random = { bytes: (count: number) => crypto.getRandomValues(new Uint8Array(count)) };

/** Keys in memory, as a signing service; `fail` makes every call fail. */
export function createTestSigning(now: () => Date): SigningService & { fail: Error | undefined; signed: number } {
  const vault = createKeyVault({
    store: createMemoryKeyStore(),
    random,
    now,
    defaultAlias: 'test',
    passphrase: () => new Secret('passphrase'),
  });
  const service = {
    inProcess: true,
    fail: undefined as Error | undefined,
    signed: 0,
    async create(role: 'timestamp' | 'snapshot', gun: string, algorithm: string) {
      if (service.fail) throw service.fail;
      return vault.create(role, gun, algorithm);
    },
    async find(keyId: string) {
      if (service.fail) throw service.fail;
      return (await vault.find(keyId))?.key;
    },
    async sign(keyId: string, data: Uint8Array) {
      if (service.fail) throw service.fail;
      try {
        service.signed++;
        return (await vault.sign(keyId, data)).signature;
      } catch (e) {
        throw isFault(e, 'VAULT_KEY_NOT_FOUND') ? signingFaults.KEY_NOT_FOUND({ keyId }) : e;
      }
    },
    async checkHealth() {
      if (service.fail) throw service.fail;
    },
  };
  return service;
}

export interface TestServer {
  readonly server: NotaryServer;
  readonly handle: (request: Request) => Promise<Response>;
  readonly clock: TestClock;
  readonly store: MetadataStore;
  readonly signing: ReturnType<typeof createTestSigning>;
  readonly audit: AuditEntry[];
}

export function createTestServer(options: Partial<NotaryServerOptions> & { clock?: TestClock } = {}): TestServer {
  const clock = options.clock ?? new TestClock();
  const store = options.store ?? createMemoryStore(() => clock.now());
  const signing = (options.signing as ReturnType<typeof createTestSigning> | undefined) ?? createTestSigning(() => clock.now());
  const audit: AuditEntry[] = [];
  const server = createNotaryServer({
    keyAlgorithm: 'ed25519',
    random,
    onAudit: (e) => void audit.push(e),
    ...options,
    store,
    signing,
    clock,
  });
  return { server, handle: async (request) => server.handle(request), clock, store, signing, audit };
}

/** The one error of a body. */
export async function errorOf(response: Response): Promise<{ status: number; code: string; message: string; detail: unknown }> {
  const body = (await response.json()) as { errors: { code: string; message: string; detail?: unknown }[] };
  const [error] = body.errors as [{ code: string; message: string; detail?: unknown }];
  return { status: response.status, code: error.code, message: error.message, detail: error.detail };
}
