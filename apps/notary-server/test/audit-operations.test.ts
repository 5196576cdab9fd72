// SPDX-License-Identifier: Apache-2.0
/** What an audit found in the operation of Notary's servers, as the situation that would show it here. See docs/explanation/audits.md. */
import { spawnSync } from 'node:child_process';
import { freePort } from '@notary/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { findPrograms, makeCertificates, type Programs, Stage } from './support/parts.ts';

const programs = findPrograms() as Programs;
let stage = new Stage();
afterEach(async () => {
  await stage.end();
  stage = new Stage();
});

/** Ends by itself, with a failure, and returns what it printed. */
function refused(program: string, args: readonly string[], env: Record<string, string> = {}): string {
  const result = spawnSync(program, args, {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], ...env },
    cwd: stage.folder,
    timeout: 20_000,
  });
  expect([result.error?.message, result.signal, result.status === 0]).toEqual([undefined, null, false]);
  return `${result.stdout}${result.stderr}`;
}

describe.skipIf(programs === undefined)('a certificate or key of the server that cannot be used', () => {
  it('[NCC-2015-08] ends the start: there is no falling back to plain HTTP', async () => {
    makeCertificates(stage, programs);
    stage.write('garbled.crt', 'no certificate');
    stage.write('garbled.key', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n');
    const [cert, key] = ['certs/server.crt', 'certs/server.key'];
    const port = await freePort();
    for (const [certFile, keyFile] of [
      ['nowhere.crt', key],
      [cert, 'nowhere.key'],
      ['garbled.crt', key],
      [cert, 'garbled.key'],
      [cert, 'certs/signer.key'],
      [cert, ''],
      ['', key],
    ]) {
      const server = { http_addr: `127.0.0.1:${port}`, tls_cert_file: certFile, tls_key_file: keyFile };
      const config = stage.write('tls.json', { server, trust_service: { type: 'local' }, storage: { backend: 'memory' } });
      expect(refused(programs.ours.server, ['-config', config])).not.toContain('http://');
      const grpc = { grpc_addr: `127.0.0.1:${port}`, tls_cert_file: certFile, tls_key_file: keyFile, client_ca_file: 'certs/ca.crt' };
      refused(programs.ours.signer, ['-config', stage.write('signer.json', { server: grpc, storage: { backend: 'memory' } })]);
    }
  });
});

describe.skipIf(programs === undefined)('secrets of the signer', () => {
  it('[NCC-2015-06] cannot be given on the command line, where everybody on the machine reads them', () => {
    for (const program of [programs.ours.signer, programs.ours.server]) {
      const help = spawnSync(program, ['-help'], { encoding: 'utf8', timeout: 20_000 });
      const flags = [...`${help.stdout}${help.stderr}`.matchAll(/^\s+-([\w-]+)/gm)].map((m) => m[1] as string);
      expect(flags).toContain('config');
      expect(flags.filter((f) => /pass|pin|secret|token|key/i.test(f))).toEqual([]);
      for (const flag of ['pin', 'passphrase', 'password']) {
        const printed = refused(program, [`-${flag}=hunter2`]);
        expect(printed).toContain('flag provided but not defined');
        expect(printed).not.toContain('hunter2');
      }
    }
  });
});
