// SPDX-License-Identifier: Apache-2.0
/** Commands against a registry that never ends an answer: each says so in its own time, and prints nothing that it does not know. */
import type { HttpRequest, HttpResponse } from '@notary/base';
import { createTestCa, type TestCa, type TestIdentity } from '@notary/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { interruptible } from '../src/compose.ts';
import { CONFIG, createNotation, type Notation, type Outcome, policyFor, REGISTRY, withIndex } from './support.ts';

let ca: TestCa;
let signer: TestIdentity;
beforeAll(async () => {
  ca = await createTestCa({ subject: { C: 'US', ST: 'WA', O: 'Acme', CN: 'Acme Root' }, keyType: 'EC-256' });
  signer = await ca.codeSigner({ subject: { C: 'US', ST: 'WA', O: 'Acme', CN: 'build' }, keyType: 'EC-256' });
});

const acme = (): Notation =>
  createNotation({
    [`${CONFIG}/trustpolicy.oci.json`]: policyFor('acme'),
    [`${CONFIG}/truststore/x509/ca/acme/root.pem`]: ca.rootPem,
    '/home/key.pem': signer.keyPem + signer.chainPem,
  });
const signing = ['sign', '--key-file', '/home/key.pem'];
const TEN_MINUTES = 600_000;

/** Lets things happen until one of them did, or until they have had time enough. */
async function wait(until: () => boolean, most: number): Promise<void> {
  for (let i = 0; i < most && !until(); i++) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** Calls while the registry is silent on what matches, and lets `ms` pass. */
async function slowly(
  notation: Notation,
  argv: readonly string[],
  silent: (request: Request, path: string) => boolean,
  ms = TEN_MINUTES,
): Promise<{ outcome: Outcome | undefined; asked: number; aborted: number }> {
  let asked = 0;
  let aborted = 0;
  notation.http.route(`http://${REGISTRY}`, (request, context) => {
    if (!silent(request, new URL(request.url).pathname)) return notation.registry.handle(request, context);
    asked++;
    request.signal.addEventListener('abort', () => aborted++);
    return new Promise<never>(() => undefined);
  });
  let outcome: Outcome | undefined;
  void notation.call(argv).then((ended) => {
    outcome = ended;
  });
  await wait(() => asked > 0 && notation.clock.sleeping > 0, 5000);
  await wait(() => false, 10);
  await notation.clock.advance(ms);
  await wait(() => outcome !== undefined, ms < TEN_MINUTES ? 20 : 5000);
  return { outcome, asked, aborted };
}

describe('[D-35] a registry that does not come to an end', () => {
  const manifests = (request: Request, path: string) => request.method === 'GET' && path.includes('/manifests/');
  const referrers = (_: Request, path: string) => path.includes('/referrers/');
  const heads = (request: Request) => request.method === 'HEAD';

  it.each([
    ['listing', 'list', heads],
    ['listing', 'list', referrers],
    ['inspection', 'inspect', heads],
    ['inspection', 'inspect', referrers],
    ['inspection', 'inspect', manifests],
    ['verification', 'verify', heads],
    ['verification', 'verify', referrers],
    ['verification', 'verify', manifests],
  ] as const)('ends the %s of %s', async (work, command, silent) => {
    const notation = acme();
    const reference = `${REGISTRY}/app@${await notation.push('app', 'v1')}`;
    await notation.ok([...signing, reference]);
    const { outcome, asked, aborted } = await slowly(notation, [command, '--json', reference], silent);
    expect(outcome?.json()).toMatchObject({
      error: { code: 'NOTATION_DEADLINE_EXCEEDED', facts: { work, reference, deadlineMs: TEN_MINUTES } },
    });
    expect(outcome?.code).toBe(1);
    expect(outcome?.stderr).toMatch(new RegExp(`^Hint: .*\nError: .*${work} of ${reference} did not end within 600000 ms\n$`));
    expect(aborted).toBe(asked);
    expect((await slowly(notation, [command, reference], silent, TEN_MINUTES - 1)).outcome).toBeUndefined();
  });

  it('ends the looking up before anything is signed', async () => {
    const notation = acme();
    const reference = `${REGISTRY}/app@${await notation.push('app', 'v1')}`;
    const { outcome } = await slowly(notation, [...signing, '--json', reference], heads);
    expect(outcome?.json().error).toMatchObject({ code: 'NOTATION_DEADLINE_EXCEEDED', facts: { work: 'signing', reference } });
  });

  it('ends the reading of an index for --recursive', async () => {
    const notation = acme();
    const { reference } = await withIndex(notation);
    const { outcome } = await slowly(notation, [...signing, '--json', '--recursive', reference], manifests);
    expect(outcome?.json().error).toMatchObject({ code: 'NOTATION_DEADLINE_EXCEEDED', facts: { work: 'signing', reference } });
  });

  it('ends the storing, and says that the signature may be there and how to look', async () => {
    const notation = acme();
    const reference = `${REGISTRY}/app@${await notation.push('app', 'v1')}`;
    const { outcome } = await slowly(notation, [...signing, reference], (request) => request.method === 'PUT');
    expect(outcome?.code).toBe(1);
    expect(outcome?.stdout).toBe('');
    expect(outcome?.stderr).toMatch(
      new RegExp(
        `^Hint: see whether "notation list" shows it before you sign again\nError: signing of ${reference} did not end within 600000 ms: signature sha256:[0-9a-f]{64} may or may not be stored\n$`,
      ),
    );
  });

  it('gives every manifest of an index its own time, and tells what was signed until then', async () => {
    const notation = acme();
    const { reference } = await withIndex(notation);
    let stored = 0;
    const second = (request: Request, path: string) => request.method === 'PUT' && path.includes('/manifests/') && ++stored > 1;
    const { outcome } = await slowly(notation, [...signing, '--json', '--recursive', reference], second);
    expect(outcome?.json()).toMatchObject({ signed: [{ reference }], error: { code: 'NOTATION_SIGNATURE_UNCONFIRMED' } });
  });

  it('ends the looking up of the manifest for a platform, after the verification', async () => {
    const notation = acme();
    const { reference } = await withIndex(notation);
    await notation.ok([...signing, reference]);
    const index = (request: Request, path: string) =>
      request.method === 'GET' && path.endsWith(`/manifests/${reference.slice(reference.indexOf('sha256'))}`);
    const { outcome } = await slowly(notation, ['verify', '--json', '--platform', 'linux/amd64', reference], index);
    expect(outcome?.json()).toMatchObject({
      basis: 'verified',
      error: { code: 'NOTATION_DEADLINE_EXCEEDED', facts: { work: 'lookup', reference } },
    });
  });

  it('does not hurry whoever opens the key, as a person may have to be asked for its passphrase', async () => {
    const notation = acme();
    const reference = `${REGISTRY}/app@${await notation.push('app', 'v1')}`;
    const { read } = notation.files;
    notation.files.read = async (path, maxBytes) => {
      if (path === '/home/key.pem') await notation.clock.sleep(6 * TEN_MINUTES);
      return read(path, maxBytes);
    };
    const signed = notation.ok([...signing, reference]);
    await wait(() => notation.clock.sleeping > 0, 5000);
    await wait(() => false, 50);
    await notation.clock.advance(6 * TEN_MINUTES);
    await signed;
    expect(notation.clock.sleeping).toBe(0);
  });

  it('ends a login', async () => {
    const notation = acme();
    const argv = ['login', '-u', 'a', '-p', 'b', '--json', REGISTRY];
    notation.files.put(`${CONFIG}/config.json`, JSON.stringify({ credsStore: 'x' }));
    const { outcome, aborted } = await slowly(notation, argv, () => true, 300_000);
    expect(outcome?.json().error).toMatchObject({
      code: 'AUTH_LOGIN_INVALID',
      message: expect.stringContaining('localhost:5000 did not finish its answer within 300000 ms'),
    });
    expect(aborted).toBe(1);
  });
});

describe('an interrupt', () => {
  /** Sends a request, with a signal of its own or without, and returns the signal that it left with. */
  async function signalOf(interrupt: AbortSignal, own?: AbortSignal): Promise<AbortSignal | undefined> {
    const seen: (AbortSignal | undefined)[] = [];
    const send = async ({ signal }: HttpRequest): Promise<HttpResponse> => {
      seen.push(signal);
      return { status: 200 } as HttpResponse;
    };
    const request = { method: 'GET', url: 'https://r/', maxBytes: 1, timeoutMs: 1 };
    await interruptible({ send }, interrupt).send(own === undefined ? request : { ...request, signal: own });
    return seen[0];
  }

  it.each(['interrupt', 'deadline'] as const)('ends requests that a deadline may end too: %s', async (which) => {
    const ends = { interrupt: new AbortController(), deadline: new AbortController() };
    const signal = await signalOf(ends.interrupt.signal, ends.deadline.signal);
    expect(signal?.aborted).toBe(false);
    ends[which].abort(which);
    expect([signal?.aborted, signal?.reason]).toEqual([true, which]);
  });

  it('ends requests that nothing else ends', async () => {
    const interrupt = new AbortController();
    const signal = await signalOf(interrupt.signal);
    interrupt.abort('interrupt');
    expect(signal?.reason).toBe('interrupt');
  });
});
