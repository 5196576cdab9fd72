// SPDX-License-Identifier: Apache-2.0
import {
  brokenResponse,
  counterpart,
  createFakeClock,
  createFakeProcesses,
  createFixedRandom,
  createLoopbackHttp,
  createOpensslCa,
  createScriptedHttp,
  createTestCa,
  startDockerRegistry,
} from '@notary/testkit';
import { checkCodeSigningChain, checkTimestampingChain, parseCertificate } from '@notary/x509';
import { describe, expect, it } from 'vitest';

const bounds = { maxBytes: 100, timeoutMs: 1_000 };

describe('fakes', () => {
  it('moves the clock and wakes sleepers in order', async () => {
    const clock = createFakeClock('2026-01-01T00:00:00Z');
    const woken: string[] = [];
    void clock.sleep(200).then(() => woken.push('late'));
    void clock.sleep(100).then(() => woken.push('early'));
    await clock.advance(150);
    expect(woken).toEqual(['early']);
    await clock.advance(100);
    expect(woken).toEqual(['early', 'late']);
    expect(clock.now().toISOString()).toBe('2026-01-01T00:00:00.250Z');
  });

  it('rejects a sleep that is aborted', async () => {
    const stop = new AbortController();
    const sleep = createFakeClock().sleep(1_000, stop.signal);
    stop.abort(new Error('enough'));
    await expect(sleep).rejects.toThrow('enough');
  });

  it('gives the same random bytes for the same seed', () => {
    expect(createFixedRandom(7).bytes(16)).toEqual(createFixedRandom(7).bytes(16));
    expect(createFixedRandom(7).bytes(16)).not.toEqual(createFixedRandom(8).bytes(16));
  });

  it('runs programs that are functions, and knows no others', async () => {
    const processes = createFakeProcesses({ hello: ({ stdin }) => ({ stdout: `hi ${stdin.length}` }) });
    const result = await processes.run('hello', ['a'], { stdin: new Uint8Array(3), maxOutputBytes: 100 });
    expect(new TextDecoder().decode(result.stdout)).toBe('hi 3');
    await expect(processes.run('other', [], { maxOutputBytes: 1 })).rejects.toMatchObject({ code: 'PROCESS_NOT_FOUND' });
    await expect(processes.run('hello', [], { maxOutputBytes: 1 })).rejects.toMatchObject({ code: 'PROCESS_OUTPUT_TOO_LARGE' });
  });
});

describe('loopback HTTP', () => {
  it('fails as a connection that breaks, and as one that nobody takes', async () => {
    const http = createLoopbackHttp({ 'http://a.example': () => brokenResponse(new Uint8Array(3), 10) });
    const answer = await http.send({ method: 'GET', url: 'http://a.example/x', ...bounds });
    await expect(answer.bytes()).rejects.toMatchObject({ code: 'HTTP_UNREACHABLE' });
    await expect(http.send({ method: 'GET', url: 'http://b.example/', ...bounds })).rejects.toThrow(
      'Get "http://b.example/": dial tcp b.example:80: connect: connection refused',
    );
    expect(http.sent.map((r) => r.url)).toEqual(['http://a.example/x', 'http://b.example/']);
  });

  it('follows a script', async () => {
    const http = createScriptedHttp([{ expect: 'GET http://a.example/1', answer: new Response('one') }]);
    const answer = await http.send({ method: 'GET', url: 'http://a.example/1', ...bounds });
    expect(new TextDecoder().decode(await answer.bytes())).toBe('one');
    await expect(http.send({ method: 'GET', url: 'http://a.example/2', ...bounds })).rejects.toThrow('no answer left');
  });
});

describe('certificate authorities', () => {
  it('issues chains that the profiles accept', async () => {
    const root = await createTestCa();
    const intermediate = await root.intermediate();
    const signer = await intermediate.codeSigner({ keyType: 'EC-384' });
    await checkCodeSigningChain(
      signer.chain.map((der) => parseCertificate(der)),
      {},
    );
    const tsa = await root.timestamper();
    await checkTimestampingChain(tsa.chain.map((der) => parseCertificate(der)));
    expect(signer.chain).toHaveLength(3);
    expect(signer.keyPem).toContain('BEGIN PRIVATE KEY');
  });

  it.skipIf(counterpart('openssl') === undefined)('issues them by OpenSSL too', async () => {
    const ca = createOpensslCa();
    try {
      const signer = ca?.codeSigner();
      expect(signer?.chainPem.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
    } finally {
      ca?.remove();
    }
  });
});

describe('docker-registry', () => {
  it.skipIf(counterpart('docker-registry') === undefined || counterpart('htpasswd') === undefined)('starts with users', async () => {
    const registry = await startDockerRegistry({ htpasswd: { alice: 'wonder' } });
    try {
      const refused = await fetch(`${registry?.url}/v2/`);
      expect(refused.status).toBe(401);
      await refused.body?.cancel();
      const allowed = await fetch(`${registry?.url}/v2/`, { headers: { authorization: `Basic ${btoa('alice:wonder')}` } });
      expect(allowed.status).toBe(200);
    } finally {
      await registry?.stop();
    }
  });
});
