// SPDX-License-Identifier: Apache-2.0
/** Signing, inspecting and blobs while something drips: what is said at the end, and what is let go. */
import { httpFaults, toUtf8 } from '@notary/base';
import type { Descriptor, Repository } from '@notary/oci';
import { JWS_MEDIA_TYPE } from '@notary/signature';
import { createFakeClock } from '@notary/testkit';
import { createMemoryTrustStore, parseBlobTrustPolicy } from '@notary/trust';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  evaluateBlob,
  inspectSignatures,
  listSignatures,
  notationLimits,
  type SignArtifactRequest,
  signArtifact,
  signBlob,
} from '../src/index.ts';
import { createPublisher, now, type Publisher } from './support/publisher.ts';
import { createWorld, name, sign, signing } from './support/world.ts';

let acme: Publisher;
beforeAll(async () => {
  acme = await createPublisher('ci');
});

const asleep = async () => {
  for (let i = 0; i < 50; i++) await new Promise((resolve) => setTimeout(resolve, 1));
};
const outcomeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (e: unknown) => e,
  );

type Step = 'resolve' | 'pushBlob' | 'attach' | 'confirmDiscoverable' | 'fetchManifest';

/** The repository, of which one method never answers and ends when its signal says so. */
function silentAt(repository: Repository, step: Step) {
  const state = { asked: 0, ended: 0 };
  const never = (...args: readonly unknown[]): Promise<never> => {
    state.asked++;
    const signal = args.map((arg) => (arg as { signal?: AbortSignal } | undefined)?.signal).find((s) => s !== undefined);
    return new Promise((_, reject) => {
      signal?.addEventListener('abort', () => {
        state.ended++;
        reject(httpFaults.ABORTED({ method: 'PUT', url: 'https://r/', detail: 'context canceled' }));
      });
    });
  };
  const silent = new Proxy(repository, {
    get: (target, key) => {
      if (key === step) return never;
      const member = Reflect.get(target, key);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
  return { state, silent };
}

async function signSlowly(step: Step, ms: number, over: Partial<SignArtifactRequest> = {}, meanwhile = (): void => {}) {
  const clock = createFakeClock(now);
  const world = await createWorld();
  const { state, silent } = silentAt(world.repository, step);
  const outcome = outcomeOf(signArtifact({ ...signing(acme, { clock }), repository: silent, reference: world.artifact.digest, ...over }));
  await asleep();
  meanwhile();
  await clock.advance(ms);
  await asleep();
  return { outcome: await Promise.race([outcome, Promise.resolve('pending')]), state, clock, world };
}

const { artifactMs } = notationLimits;

describe('the deadline of a signing', () => {
  it('[D-35] ends it while the artifact is looked up: nothing is stored', async () => {
    const { outcome, state, clock, world } = await signSlowly('resolve', artifactMs);
    const reference = `${name}@${world.artifact.digest}`;
    expect(outcome).toMatchObject({ code: 'NOTATION_DEADLINE_EXCEEDED', facts: { work: 'signing', reference, deadlineMs: artifactMs } });
    expect(state).toEqual({ asked: 1, ended: 1 });
    expect(clock.sleeping).toBe(0);
  });

  it.each<[Step, number]>([
    ['pushBlob', 2],
    ['attach', 1],
    ['confirmDiscoverable', 1],
  ])('[D-35] NOTATION_SIGNATURE_UNCONFIRMED during %s says which signature may be stored and how to look', async (step, asked) => {
    const { outcome, state, clock, world } = await signSlowly(step, artifactMs);
    const reference = `${name}@${world.artifact.digest}`;
    expect(outcome).toMatchObject({
      code: 'NOTATION_SIGNATURE_UNCONFIRMED',
      category: 'unavailable',
      facts: { reference, signature: expect.stringMatching(/^sha256:/), deadlineMs: artifactMs },
      remedy: { text: expect.stringContaining('notation list') },
    });
    expect(state).toEqual({ asked, ended: asked });
    expect(clock.sleeping).toBe(0);
    const { signature } = (outcome as { facts: { signature: string } }).facts;
    const { signatures } = await listSignatures(world.repository, world.artifact.digest);
    expect(signatures.map((s) => s.digest)).toEqual(step === 'confirmDiscoverable' ? [signature] : []);
  });

  it('stores nothing once it is over, however late the signer comes', async () => {
    let answer = (): void => {};
    const late = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const signer = {
      keySpec: () => acme.signer.keySpec(),
      sign: async (bytes: Uint8Array) => {
        await late;
        return acme.signer.sign(bytes);
      },
    };
    const { outcome, world } = await signSlowly('fetchManifest', 5000, { signer, deadlineMs: 5000 });
    expect(outcome).toMatchObject({ code: 'NOTATION_DEADLINE_EXCEEDED', facts: { work: 'signing', deadlineMs: 5000 } });
    answer();
    await asleep();
    expect((await listSignatures(world.repository, world.artifact.digest)).signatures).toEqual([]);
  });

  it('is not reached a second before, and leaves no timer behind', async () => {
    expect((await signSlowly('attach', artifactMs - 1000)).outcome).toBe('pending');
    const { outcome, clock } = await signSlowly('fetchManifest', 0);
    expect([outcome, clock.sleeping]).toEqual(['done', 0]);
  });

  it('is beside the caller’s own signal, whose reason ends it as well', async () => {
    const stopped = await signSlowly('attach', 0, { signal: AbortSignal.abort('enough') });
    expect([stopped.outcome, stopped.state.asked]).toEqual(['enough', 0]);
    const stop = new AbortController();
    const { outcome, state } = await signSlowly('attach', 0, { signal: stop.signal }, () => stop.abort('enough'));
    expect(outcome).toBe('enough');
    expect(state).toEqual({ asked: 1, ended: 1 });
  });
});

describe('inspecting until a signal', () => {
  it('throws its reason, and calls no signature unavailable', async () => {
    const world = await createWorld();
    const { signature } = await sign(world, acme);
    const { state, silent } = silentAt(world.repository, 'fetchManifest');
    const steps: string[] = [];
    const inspect = async (signal: AbortSignal) => {
      const listed: Descriptor[] = [signature];
      for await (const step of inspectSignatures(silent, world.artifact, listed, { signal })) steps.push(step.kind);
    };
    const stop = new AbortController();
    const outcome = outcomeOf(inspect(stop.signal));
    await asleep();
    stop.abort('enough');
    expect(await outcome).toBe('enough');
    expect(state).toEqual({ asked: 1, ended: 1 });
    expect(steps).toEqual([]);
  });
});

describe('blobs that drip', () => {
  const policy = parseBlobTrustPolicy(
    toUtf8(
      JSON.stringify({
        version: '1.0',
        trustPolicies: [
          {
            name: 'all',
            globalPolicy: true,
            signatureVerification: { level: 'strict' },
            trustStores: ['ca:acme'],
            trustedIdentities: ['*'],
          },
        ],
      }),
    ),
  );

  /** One byte a minute, and whether its reader let go of it. */
  function dripping(clock: ReturnType<typeof createFakeClock>) {
    const state = { closed: false };
    const blob = async function* (): AsyncGenerator<Uint8Array> {
      try {
        for (;;) {
          await clock.sleep(60_000);
          yield new Uint8Array(1);
        }
      } finally {
        state.closed = true;
      }
    };
    return { state, blob };
  }

  async function slowly(start: (clock: ReturnType<typeof createFakeClock>, blob: () => AsyncIterable<Uint8Array>) => Promise<unknown>) {
    const clock = createFakeClock(now);
    const { state, blob } = dripping(clock);
    const outcome = outcomeOf(start(clock, blob));
    await asleep();
    await clock.advance(artifactMs);
    await clock.advance(60_000);
    await asleep();
    return { outcome: await Promise.race([outcome, Promise.resolve('pending')]), state };
  }

  const signed = (clock: ReturnType<typeof createFakeClock>, blob: AsyncIterable<Uint8Array>, over: object) =>
    signBlob({ signer: acme.signer, mediaType: JWS_MEDIA_TYPE, clock, signingAgent: 'test/1', contentMediaType: 'a/b', blob, ...over });

  it('are signed within the deadline that the caller gives, and without one as long as it takes', async () => {
    const { outcome, state } = await slowly((clock, blob) => signed(clock, blob(), { deadlineMs: artifactMs }));
    expect(outcome).toMatchObject({ code: 'NOTATION_DEADLINE_EXCEEDED', facts: { work: 'signing', deadlineMs: artifactMs } });
    expect(state.closed).toBe(true);
    const patient = await slowly((clock, blob) => signed(clock, blob(), {}));
    expect([patient.outcome, patient.state.closed]).toEqual(['pending', false]);
    const stopped = await slowly((clock, blob) => signed(clock, blob(), { signal: AbortSignal.abort('enough') }));
    expect(stopped.outcome).toBe('enough');
  });

  it('are verified within the deadline that the caller gives, and without one as long as it takes', async () => {
    const one = async function* () {
      yield new Uint8Array(1);
    };
    const { envelope } = await signed(createFakeClock(now), one(), {});
    const trustStore = createMemoryTrustStore(new Map([['ca:acme', [acme.root]]]));
    const request = { signature: envelope, signatureMediaType: JWS_MEDIA_TYPE, policy, trustStore };
    const { outcome, state } = await slowly((clock, blob) => evaluateBlob({ ...request, clock, blob, deadlineMs: artifactMs }));
    expect(outcome).toMatchObject({ code: 'NOTATION_DEADLINE_EXCEEDED', facts: { work: 'verification', deadlineMs: artifactMs } });
    expect(state.closed).toBe(true);
    const patient = await slowly((clock, blob) => evaluateBlob({ ...request, clock, blob }));
    expect([patient.outcome, patient.state.closed]).toEqual(['pending', false]);
  });
});
